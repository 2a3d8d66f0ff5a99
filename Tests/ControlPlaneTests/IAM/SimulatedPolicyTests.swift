import Testing

@testable import ControlPlane

@Suite("Policies of simulations")
struct SimulatedPolicyTests {
    private func places(_ text: String) -> [[Int]] {
        StatementPlace.all(in: text).map { [$0.start.line, $0.start.column, $0.end.line, $0.end.column] }
    }

    @Test("a statement's place, as recorded")
    func recorded() {
        let text =
            #"{"Version": "2012-10-17", "Statement": {"Sid": "", "Effect": "Allow", "Action": "s3:PutObject", "#
            + #""Resource": "*"}}"#
        #expect(places(text) == [[1, 41, 1, 113]])
    }

    @Test(
        "statements are found whatever stands around them",
        arguments: [
            (
                "{\n \"Statement\": [\n  {},\n  {\"Condition\": {\"a\": {\"b\": [\"c\"]}}}\n ]}",
                [[3, 4, 3, 5], [4, 4, 4, 37]]
            ),
            (#"{"Id":"\"Statement\":[{","Statement":[{}]}"#, [[1, 40, 1, 41]]),
            (#"{"St\u0061tement":{"Sid":"}\\"},"Id":"{"}"#, [[1, 20, 1, 32]]),
            (#"{"Statement":[],"Other":[{}]}"#, []),
            (#"{"Other":{"Statement":{}},"Statement":[{},{}]}"#, [[1, 41, 1, 42], [1, 44, 1, 45]]),
        ])
    func found(text: String, expected: [[Int]]) { #expect(places(text) == expected) }

    @Test(
        "keys are told as they are written, each once, variables only where the policy has them",
        arguments: [
            (
                #"{"Resource":"arn:${aws:username}","Condition":{"Bool":{"aws:A":"1"}}}"#, ["aws:username", "aws:A"],
                ["aws:A"]
            ),
            (
                #"{"Condition":{"Bool":{"aws:A":"1"},"Null":{"AWS:a":"1","b:c":"1"}}}"#, ["aws:A", "b:c"],
                ["aws:A", "b:c"]
            ),
            (#"{"NotResource":["${a:b, 'x'}${*}","${?}${$}${c:d","${e:f}"]}"#, ["a:b", "e:f"], []),
            (#"{"Condition":{"StringLike":{"x:y":["${u:v}","${u:v}"]}}}"#, ["x:y", "u:v"], ["x:y"]),
        ])
    func keys(statement: String, newer: [String], older: [String]) {
        #expect(PolicyKeyNames.all(in: #"{"Version":"2012-10-17","Statement":\#(statement)}"#) == newer)
        #expect(PolicyKeyNames.all(in: #"{"Statement":[\#(statement)]}"#) == older)
    }
}
