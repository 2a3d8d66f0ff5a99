import Testing

@testable import Stacks

@Suite("Values for variables of functions")
struct EnvironmentOverridesTests {
    private static let function = """
              InlineCode: x = 1
              Environment:
                Variables:
                  COLOUR: green
                  SIZE: small
        """

    private func overrides(_ text: String) throws -> EnvironmentOverrides {
        try EnvironmentOverrides(Array(text.utf8), file: "env.json")
    }

    private func variables(_ text: String) throws -> [String: String] {
        let plan = try plan(serverless(function: Self.function)).overriding(try overrides(text))
        let hello = try #require(plan.resources.first { $0.logicalId == "Hello" })
        let variables = try #require(hello.properties["Environment"]?.map?["Variables"]?.map)
        return Dictionary(uniqueKeysWithValues: variables.map { ($0.key, $0.value.text ?? "") })
    }

    @Test(
        "both forms of SAM CLI; a function's own value goes before that for all",
        arguments: [
            (#"{"Hello": {"COLOUR": "blue"}}"#, ["COLOUR": "blue", "SIZE": "small"]),
            (#"{"Parameters": {"COLOUR": "blue"}}"#, ["COLOUR": "blue", "SIZE": "small"]),
            (
                #"{"Hello": {"COLOUR": "red"}, "Parameters": {"COLOUR": "blue", "SIZE": 7}}"#,
                ["COLOUR": "red", "SIZE": "7"]
            ),
            (#"{"Hello": {"COLOUR": true, "SIZE": null}}"#, ["COLOUR": "true", "SIZE": ""]),
        ])
    func areTaken(_ text: String, _ expected: [String: String]) throws {
        #expect(try variables(text) == expected)
    }

    @Test("a variable that the template does not declare is left out, and told")
    func undeclared() throws {
        let text = #"{"Hello": {"SHAPE": "round"}, "Other": {"COLOUR": "red"}}"#
        #expect(try variables(text) == ["COLOUR": "green", "SIZE": "small"])
        let plan = try plan(serverless(function: Self.function))
        #expect(
            try overrides(text).unused(by: plan) == [
                "no variable SHAPE is declared in the template for Hello", "the template has no function Other",
            ])
    }

    @Test(
        "what is no file of variables is refused with its place",
        arguments: [
            ("[]", "env.json: A file of environment variables is a JSON object of functions"),
            (#"{"Hello": 1}"#, "env.json: Hello: This must be an object of variables"),
            (#"{"Hello": {"A": []}}"#, "env.json: Hello.A: This must be a string, a number, true or false"),
        ])
    func refused(_ text: String, _ message: String) {
        #expect { try overrides(text) } throws: { "\($0)" == message }
    }
}
