import JSON
import Testing

@testable import Stacks

@Suite struct ParameterValuesTests {
    private func problems(_ definition: String, _ value: String? = nil) -> [String] {
        let template = "Parameters:\n  P: \(definition)\n\(serverless())"
        return StacksTests.problems(of: template, parameters: value.map { [("P", $0)] } ?? [])
    }

    private func value(_ definition: String, _ value: String? = nil) throws -> JSONValue? {
        let template = "Parameters:\n  P: \(definition)\n\(serverless())"
        return try plan(template, parameters: value.map { [("P", $0)] } ?? []).parameters["P"]?.json
    }

    @Test func whatIsGivenComesBeforeTheDefault() throws {
        #expect(try value("{Type: String, Default: a}") == "a")
        #expect(try value("{Type: String, Default: a}", "b") == "b")
        #expect(try value("{Type: Number, Default: 3}") == "3")
        #expect(try value("{Type: CommaDelimitedList}", "a, b ,c") == ["a", "b", "c"])
        #expect(try value("{Type: List<Number>}", "1,2.5") == ["1", "2.5"])
    }

    @Test func thingsOfAnAccountAreStringsAndListsOfStrings() throws {
        #expect(try value("{Type: AWS::EC2::VPC::Id}", "vpc-1") == "vpc-1")
        #expect(try value("{Type: AWS::Route53::HostedZone::Id, MinLength: 2}", "Z1") == "Z1")
        #expect(try value("{Type: 'List<AWS::EC2::Subnet::Id>'}", "subnet-1,subnet-2") == ["subnet-1", "subnet-2"])
    }

    /// Its value has a place all the same.
    @Test(arguments: [
        "AWS::SSM::Parameter::Value<AWS::EC2::Thing>", "List<AWS::EC2::KeyPair::KeyName>", "AWS::EC2::Thing",
        "List<String",
    ])
    func typesThatAreNotServedAreTheOnlyProblem(type: String) {
        #expect(
            problems("{Type: '\(type)'}", "a") == [
                "template.yaml:2: Parameters.P: the parameter type \(type) is not supported yet"
            ])
    }

    /// Whether they count or not.
    @Test(arguments: [
        ("{Type: Number, Default: x}", "3", "Parameter 'P' must be a number."),
        ("{Type: String, Default: c, AllowedValues: [a, b]}", "a", "Parameter 'P' must be one of AllowedValues"),
    ])
    func defaultsAreAmongWhatIsAllowed(definition: String, value: String, message: String) {
        #expect(problems(definition, value) == ["template.yaml:2: Parameters.P: \(message)"])
        #expect(problems(definition) == ["template.yaml:2: Parameters.P: \(message)"])
    }

    @Test(arguments: [
        ("{Type: String}", nil, "Parameters: [P] must have values"),
        ("{Type: Number}", "x", "Parameter 'P' must be a number."),
        ("{Type: List<Number>}", "1,x", "Parameter 'P' must be a number."),
        ("{Type: String, AllowedValues: [a, 1]}", "b", "Parameter 'P' must be one of AllowedValues"),
        ("{Type: CommaDelimitedList, AllowedValues: [a, b]}", "a,c", "Parameter 'P' must be one of AllowedValues"),
        ("{Type: String, AllowedPattern: '[a-z]+'}", "A", "Parameter 'P' must match pattern [a-z]+"),
        ("{Type: String, MinLength: 2}", "a", "Parameter 'P' must contain at least 2 characters"),
        ("{Type: String, MaxLength: '2'}", "abc", "Parameter 'P' must contain at most 2 characters"),
        ("{Type: Number, MinValue: 1}", "0", "Parameter 'P' must be a number not less than 1"),
        ("{Type: Number, MaxValue: 1.5}", "2", "Parameter 'P' must be a number not greater than 1.5"),
        (
            "{Type: String, MinLength: 2, ConstraintDescription: say more}", "a",
            "Parameter 'P' failed to satisfy constraint: say more"
        ),
    ])
    func whatIsNotAllowedIsSaidInCloudFormationsWords(definition: String, value: String?, message: String) {
        #expect(problems(definition, value) == ["template.yaml:2: Parameters.P: \(message)"])
    }

    @Test func theBoundsAreAllowed() {
        #expect(problems("{Type: String, MinLength: 2, MaxLength: 2, NoEcho: true, Description: d}", "ab").isEmpty)
        #expect(problems("{Type: Number, MinValue: 1, MaxValue: 3}", "3").isEmpty)
    }

    @Test func valuesWithoutAParameterAreNamed() {
        #expect(
            StacksTests.problems(of: serverless(), parameters: [("A", "1"), ("B", "2")]) == [
                "template.yaml: Parameters: [A, B] do not exist in the template"
            ])
    }

    @Test func valuesHaveTheSizeOfAWS() {
        #expect(
            problems("{Type: String}", String(repeating: "a", count: 4_097)) == [
                "template.yaml:2: Parameters.P: Parameter 'P' must be at most 4096 bytes"
            ])
    }

    @Test(arguments: [
        (
            "{Type: AWS::SSM::Parameter::Value<Number>}",
            "the parameter type AWS::SSM::Parameter::Value<Number> is not supported yet"
        ),
        ("{Default: a}", "Template format error: Every Parameters object must contain a Type member."),
        ("{Type: String, Default: a, Defalt: b}", "Invalid template parameter property 'Defalt'"),
        ("{Type: String, Default: [a]}", "Every Default member must be a string."),
        ("{Type: String, Default: a, AllowedValues: a}", "AllowedValues must be a list of strings"),
        (
            "{Type: String, Default: a, AllowedPattern: '('}",
            "AllowedPattern (: a group without its closing parenthesis"
        ),
        ("{Type: String, Default: a, MinLength: x}", "MinLength must be a number"),
        ("{Type: String, Default: a, MinLength: 3, MaxLength: 2}", "MinLength is greater than MaxLength"),
        ("text", "A parameter is a map"),
    ])
    func whatIsNoDefinitionIsNamed(definition: String, message: String) {
        #expect(problems(definition) == ["template.yaml:2: Parameters.P: \(message)"])
    }

    @Test func aReferenceToABrokenParameterIsNoSecondProblem() {
        let template = "Parameters:\n  P: {Type: Nothing}\n" + serverless(function: "      InlineCode: !Ref P")
        #expect(StacksTests.problems(of: template).count == 1)
    }
}
