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
        ("!If [A, b, c]", "the function Fn::If is not supported yet"),
        ("!Condition A", "the function Condition is not supported yet"),
        ("{Fn::Sub: a, b: 1}", "Fn::Sub must be the only key of its map"),
        ("{Ref: [A]}", "Ref takes the name of something"),
        ("!GetAtt A", "Fn::GetAtt takes a logical id and the name of an attribute"),
        ("!GetAtt [A, !Ref B]", "Fn::GetAtt takes a logical id and the name of an attribute"),
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
