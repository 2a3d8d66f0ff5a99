import GatewayModel
import JSON
import Testing

@testable import Stacks

@Suite struct IntrinsicResolverTests {
    private var resolver: IntrinsicResolver {
        var resolver = IntrinsicResolver(
            parameters: ["Name": .string("n", line: 1), "List": .list([.string("a", line: 1)], line: 1)],
            pseudoParameters: PseudoParameters(
                account: AccountIdentity(accountId: "123456789012", region: "eu-west-1"), stackName: "shop",
                stackId: "arn:stack"))
        resolver.resources["Api"] = ProvisionedResource(
            logicalId: "Api", type: "AWS::ApiGatewayV2::Api", physicalId: "abc", attributes: ["ApiId": "abc"])
        return resolver
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
}
