import GatewayModel
import Testing

@testable import Stacks

@Suite struct ConditionsTests {
    private func evaluate(_ yaml: String) throws -> (values: [String: Bool], problems: [String]) {
        var problems = Problems(file: "t")
        let section = try YAMLTemplateReader.read(yaml, file: "t")?.map?.entries ?? []
        let resolver = IntrinsicResolver(
            parameters: ["Env": .string("prod", line: 1)],
            pseudoParameters: PseudoParameters(account: AccountIdentity(), stackName: "shop", stackId: nil))
        let conditions = Conditions(section, resolver: resolver, problems: &problems)
        return (conditions.values, problems.list.map(\.description))
    }

    @Test(arguments: [
        ("!Equals [!Ref Env, prod]", true), ("!Equals [a, b]", false), ("!Equals [1, '1']", true),
        ("!Equals [!Join ['', [a, b]], ab]", true), ("!Equals [!Ref AWS::StackName, shop]", true),
        ("!Not [!Equals [a, b]]", true), ("!And [!Equals [a, a], !Equals [a, b]]", false),
        ("!And [!Equals [a, a], !Condition Later]", true), ("!Or [!Equals [a, b], {Condition: Later}]", true),
        ("!Or [!Equals [a, b], !Equals [a, c]]", false), ("!Condition Later", true),
    ])
    func conditionsAreWorkedOut(yaml: String, holds: Bool) throws {
        let found = try evaluate("C: \(yaml)\nLater: !Equals [a, a]")
        #expect(found.values["C"] == holds)
        #expect(found.problems == [])
    }

    @Test(arguments: [
        ("true", "Template format error: Conditions can only be boolean operations on parameters and other conditions"),
        (
            "!Ref Env",
            "Template format error: Conditions can only be boolean operations on parameters and other conditions"
        ),
        ("!Equals [!Ref Table, a]", "Unresolved resource dependencies [Table]"),
        ("!Equals [!Ref AWS::StackId, a]", "Unresolved resource dependencies [AWS::StackId]"),
        ("!Equals [!Ref AWS::NoValue, a]", "AWS::NoValue cannot be compared"),
        (
            "!Condition Gone",
            "Template format error: Unresolved condition dependency Gone in the Conditions block of the template"
        ),
    ])
    func whatIsNoConditionIsNamed(yaml: String, message: String) throws {
        #expect(try evaluate("C: \(yaml)").problems == ["t:1: Conditions.C: \(message)"])
    }

    @Test func cyclesAreNamed() throws {
        let found = try evaluate("A: !Not [!Condition B]\nB: !Condition C\nC: !Condition A")
        #expect(found.problems == ["t:3: Conditions: Circular dependency between conditions: [A, B, C]"])
    }

    @Test func longChainsAreNoBurden() throws {
        let chain = (1..<5_000).map { "C\($0): !Condition C\($0 - 1)" }.reversed().joined(separator: "\n")
        let found = try evaluate("\(chain)\nC0: !Equals [a, a]")
        #expect(found.problems == [])
        #expect(found.values["C4999"] == true)
    }
}
