import JSON
import Testing

@testable import IAMPolicy

@Suite("Policies: what is one")
struct PolicyDocumentTests {
    @Test(
        "A text that is no policy is told why",
        arguments: [
            ("{", PolicyError.noJSON),
            ("[]", .syntax),
            (#"{"Statement": []}"#, .syntax),
            (#"{"Version": "2020-01-01", "Statement": []}"#, .syntax),
            (#"{"Version": "2012-10-17", "Statment": []}"#, .syntax),
            (#"{"Statement": {"Effect": "allow", "Action": "*", "Resource": "*"}}"#, .syntax),
            (#"{"Statement": {"Effect": "Allow", "Resource": "*"}}"#, .missingActions),
            (#"{"Statement": {"Effect": "Allow", "Action": [], "Resource": "*"}}"#, .missingActions),
            (#"{"Statement": {"Effect": "Allow", "Action": "s3:*"}}"#, .missingResources),
            (#"{"Statement": {"Effect": "Allow", "Action": "read", "Resource": "*"}}"#, .actionWithoutVendor),
            (#"{"Statement": {"Effect": "Allow", "Action": "s3:a:b", "Resource": "*"}}"#, .actionWithColons),
            (#"{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "a*"}}"#, .resourceWithoutARN("a*")),
            (#"{"Statement": {"Effect": "Allow", "Action": 1, "Resource": "*"}}"#, .syntax),
            (#"{"Statement": {"Effect": "Allow", "Action": "*", "NotAction": "*", "Resource": "*"}}"#, .syntax),
            (
                #"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "Principal": "*"}}"#,
                .prohibited("Principal")
            ),
            (
                #"""
                {"Statement": [{"Sid": "a", "Effect": "Allow", "Action": "*", "Resource": "*"},
                {"Sid": "a", "Effect": "Deny", "Action": "*", "Resource": "*"}]}
                """#, .repeatedSid
            ),
            (
                #"{"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Near": {"a:b": "c"}}}}"#,
                .unknownOperator("Near")
            ),
            (
                #"{"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"IpAddress": {"a:b": "c"}}}}"#,
                .syntax
            ),
        ])
    func errors(_ text: String, _ error: PolicyError) {
        #expect(throws: error) { try PolicyDocument(text, kind: .identity) }
    }

    @Test("A policy of a resource names principals, one of a role no resources")
    func kinds() throws {
        let open =
            #"{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "*"}}"#
        #expect(throws: Never.self) { try PolicyDocument(open, kind: .resource) }
        #expect(throws: PolicyError.prohibited("Resource")) { try PolicyDocument(open, kind: .trust) }
        let nobody = #"{"Statement": {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}}"#
        #expect(throws: PolicyError.syntax) { try PolicyDocument(nobody, kind: .resource) }
        for principal in [
            #"{"AWS": "nobody"}"#, #"{"AWS": "arn:aws:iam::111122223333:user/*"}"#, #"{"Who": "*"}"#, "{}",
        ] {
            let text = #"{"Statement": {"Effect": "Allow", "Principal": \#(principal), "Action": "sts:AssumeRole"}}"#
            #expect(throws: PolicyError.syntax) { try PolicyDocument(text, kind: .trust) }
        }
    }
}
