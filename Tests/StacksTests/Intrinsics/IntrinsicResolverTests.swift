import GatewayModel
import JSON
import Testing

@testable import Stacks

@Suite struct IntrinsicResolverTests {
    private var resolver: IntrinsicResolver {
        get throws { try made() }
    }

    private func made() throws -> IntrinsicResolver {
        var resolver = IntrinsicResolver(
            parameters: ["Name": .string("n", line: 1), "List": .list([.string("a", line: 1)], line: 1)],
            pseudoParameters: PseudoParameters(
                account: AccountIdentity(accountId: "123456789012", region: "eu-west-1"), stackName: "shop",
                stackId: "arn:stack"),
            conditions: ["Held": true, "Missed": false], mappings: try mappings,
            exportedValue: { $0 == "shared" ? "elsewhere" : nil })
        resolver.resources["Api"] = ProvisionedResource(
            logicalId: "Api", type: "AWS::ApiGatewayV2::Api", physicalId: "abc", attributes: ["ApiId": "abc"])
        return resolver
    }

    private var mappings: Mappings {
        get throws {
            var problems = Problems(file: "t")
            let section = try YAMLTemplateReader.read("M: {k: {a: 1, l: [x, y]}}", file: "t")?.map?.entries ?? []
            return Mappings(section, problems: &problems)
        }
    }

    private func resolve(_ yaml: String) throws -> JSONValue? {
        let value = try #require(try YAMLTemplateReader.read("v: \(yaml)", file: "t")?.map?["v"])
        return try resolver.resolve(value)?.json
    }

    @Test(arguments: [
        ("!Ref Name", #""n""#), ("!Ref List", #"["a"]"#), ("!Ref Api", #""abc""#), ("!GetAtt Api.ApiId", #""abc""#),
        ("!Ref AWS::Region", #""eu-west-1""#), ("!Ref AWS::AccountId", #""123456789012""#),
        ("!Ref AWS::Partition", #""aws""#), ("!Ref AWS::URLSuffix", #""amazonaws.com""#),
        ("!Ref AWS::StackName", #""shop""#), ("!Ref AWS::StackId", #""arn:stack""#),
        ("!Ref AWS::NotificationARNs", "[]"),
        ("!Sub 'x-${Name}-${Api}-${Api.ApiId}-${!Name}'", #""x-n-abc-abc-${Name}""#),
        ("!Sub ['${Name}${b}${c}', {Name: own, b: !Ref Api, c: 1}]", #""ownabc1""#),
        ("{a: [!Ref Name, {b: !Ref AWS::NoValue}], c: !Ref AWS::NoValue}", #"{"a":["n",{}]}"#),
        ("[!Ref AWS::NoValue, 1]", "[1]"),
        ("!Join ['-', [a, !Ref Name, 1, !Ref AWS::NoValue]]", #""a-n-1""#), ("!Join [',', !Ref List]", #""a""#),
        ("!Split [',', 'a,,b']", #"["a","","b"]"#), ("!Select [1, !Split ['-', 'a-b']]", #""b""#),
        ("!Select ['0', !Ref List]", #""a""#), ("!Base64 'é'", #""w6k=""#),
        ("!If [Held, !Ref Name, !Ref Gone]", #""n""#), ("[!If [Missed, a, !Ref AWS::NoValue]]", "[]"),
        ("!FindInMap [M, k, a]", "1"), ("!FindInMap [M, !Join ['', [k]], l]", #"["x","y"]"#),
        ("!FindInMap [M, z, a, {DefaultValue: !Ref Name}]", #""n""#),
        ("!Cidr [10.0.0.0/16, 2, 8]", #"["10.0.0.0/24","10.0.1.0/24"]"#),
        ("!GetAZs ''", #"["eu-west-1a","eu-west-1b","eu-west-1c"]"#),
        ("!Select [0, !GetAZs {Ref: AWS::Region}]", #""eu-west-1a""#),
        ("{Fn::ImportValue: !Sub ['sh${x}', {x: ared}]}", #""elsewhere""#),
        ("{Fn::Length: !Ref List}", "1"), ("{Fn::Length: [a, b]}", "2"),
        ("{Fn::ToJsonString: {a: [1, !Ref Name]}}", #""{\"a\":[1,\"n\"]}""#),
    ])
    func functionsAreWorkedOut(yaml: String, json: String) throws {
        #expect(try resolve(yaml)?.text == json)
    }

    @Test func noValueIsNothing() throws {
        #expect(try resolve("!Ref AWS::NoValue") == nil)
    }

    @Test(arguments: ["!Sub '${List}'", "!Sub '${AWS::NoValue}'", "!Sub ['${a}', {a: [1]}]"])
    func onlyTextCanBeSubstituted(yaml: String) {
        #expect(throws: IntrinsicResolver.Failure.self) { try resolve(yaml) }
    }

    @Test(arguments: [
        (
            "!Select [2, [a]]",
            "Template error: Fn::Select requires a list argument with two elements: an integer index and a list"
        ),
        ("!Select [2, !Split [',', 'a,b']]", "Template error: Fn::Select cannot select nonexistent value at index 2"),
        ("!Select [-1, !Split [',', a]]", "Template error: Fn::Select cannot select nonexistent value at index -1"),
        ("!FindInMap [M, z, a]", "Template error: Unable to get mapping for M::z::a"),
        ("!If [Gone, a, b]", "Template error: unresolved condition dependency Gone in Fn::If"),
        ("!ImportValue gone", "No export named gone found."),
        ("!Join [',', [[a]]]", "Template error: every item of Fn::Join must be a string"),
        ("!Join [',', !Ref Name]", "Template error: Fn::Join takes a list or a function that returns a list"),
        ("!Base64 [a]", "Template error: every Fn::Base64 object must have a String-typed value."),
        ("!Cidr ['::/0', 1]", "Fn::Cidr takes IPv4 blocks; ::/0 is not supported yet"),
        (
            "!Cidr [10.0.0.0/24, 3, 7]",
            "Template error: Fn::Cidr cannot make that many blocks of that size in 10.0.0.0/24"
        ),
        (
            "!Cidr [0.0.0.0/0, 300, 8]",
            "Template error: Fn::Cidr cannot make that many blocks of that size in 0.0.0.0/0"
        ),
    ])
    func whatCannotBeWorkedOutIsNamed(yaml: String, message: String) throws {
        let failure = #expect(throws: IntrinsicResolver.Failure.self) { try resolve(yaml) }
        #expect(failure?.message == message)
    }

    @Test func textThatGrowsAndGrowsHasAnEnd() throws {
        var yaml = "'0123456789'"
        for _ in 0..<20 { yaml = "{Fn::Sub: ['\(String(repeating: "${v}", count: 10))', {v: \(yaml)}]}" }
        let failure = #expect(throws: IntrinsicResolver.Failure.self) { try resolve(yaml) }
        #expect(failure?.message.contains("more than 16777216 bytes of text") == true)
    }

    @Test func manyLongTextsHaveAnEnd() throws {
        let resolver = try resolver
        let long = String(repeating: "x", count: 4_000_000)
        let value = TemplateValue.map(
            ["Fn::Join": .list([.string("", line: 1), .list([.string(long, line: 1)], line: 1)], line: 1)], line: 1)
        #expect(throws: Never.self) { try resolver.resolve(value) }
        // A copy shares the budget.
        let copy = resolver
        #expect(throws: IntrinsicResolver.Failure.self) {
            for _ in 0..<4 { _ = try copy.resolve(value) }
        }
    }
}
