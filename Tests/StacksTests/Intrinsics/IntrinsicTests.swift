import Testing

@testable import Stacks

@Suite struct IntrinsicTests {
    private func refusal(_ yaml: String) throws -> String? {
        let value = try #require(try YAMLTemplateReader.read("v: \(yaml)", file: "t")?.map?["v"])
        if case .refused(let message) = Intrinsic.read(value) { return message }
        return nil
    }

    private func isCall(_ yaml: String) throws -> Bool {
        let value = try #require(try YAMLTemplateReader.read("v: \(yaml)", file: "t")?.map?["v"])
        return Intrinsic.isCall(value)
    }

    @Test(arguments: ["!Ref A", "{Ref: A}", "{Fn::Join: x}", "{Condition: A}", "{Fn::Transform: {}, b: 1}"])
    func callsAreTold(yaml: String) throws {
        #expect(try isCall(yaml))
    }

    @Test(arguments: ["{Ref: A, b: 1}", "{Condition: {StringEquals: {}}}", "{}", "[Ref]", "Ref"])
    func otherMapsAreThemselves(yaml: String) throws {
        #expect(try !isCall(yaml))
    }

    @Test(arguments: [
        ("{Fn::ForEach::Loop: []}", "the function Fn::ForEach::Loop is not supported yet"),
        ("{Fn::Transform: {Name: Macro}}", "the transform Macro is not supported yet"),
        ("{Fn::Transform: {Name: AWS::Include}}", "AWS::Include takes one parameter, its Location"),
        (
            "!If [A, b]",
            "Template error: Fn::If requires a list argument with three elements: the name of a condition, the value if it is true, and the value if it is false"
        ),
        (
            "!Join [a]",
            "Template error: every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) to be joined."
        ),
        (
            "!Split ['', a]",
            "Template error: every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string to be split or a function that returns a string to be split."
        ),
        (
            "!Select [a, [b]]",
            "Template error: Fn::Select requires a list argument with two elements: an integer index and a list"
        ),
        (
            "!FindInMap [a, b]",
            "Template error: every Fn::FindInMap object requires three parameters, the map name, map key and the attribute for return value"
        ),
        ("!FindInMap [a, b, c, d]", "the fourth parameter of Fn::FindInMap is a map with the key DefaultValue"),
        ("!Cidr 10.0.0.0/8", "Fn::Cidr takes a list of an IP block, a count and the bits of each block"),
        ("!Equals [a]", "Template error: every Fn::Equals object requires a list of 2 string parameters."),
        ("!Not [a, b]", "Template error: every Fn::Not object requires one boolean parameter."),
        (
            "!Or [a]",
            "Template error: every Fn::Or object requires a list of at least 2 and at most 10 boolean parameters."
        ),
        ("{Fn::Sub: a, b: 1}", "Fn::Sub must be the only key of its map"),
        ("{Ref: [A]}", "Ref takes the name of something"),
        (
            "!GetAtt A",
            "Template error: every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute"
        ),
        (
            "!GetAtt [A, !Ref B]",
            "Template error: every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute"
        ),
        ("!Sub [a]", "Fn::Sub takes a string, or a list of a string and a map of variables"),
        (
            "!Sub '${a b}'",
            "Template error: variable names in Fn::Sub syntax must contain only alphanumeric characters, underscores, periods, and colons"
        ),
    ])
    func whatIsNoCallIsNamed(yaml: String, message: String) throws {
        #expect(try refusal(yaml) == message)
    }
}
