import JSON
import Testing

@testable import Stacks

@Suite struct TemplateLoopsTests {
    private func template(_ sections: String) -> String {
        """
        Transform: AWS::LanguageExtensions
        Parameters:
          Names: {Type: CommaDelimitedList, Default: "a-1,b-2"}
        Mappings:
          Sizes: {all: {names: [Small, Large]}}
        \(sections)
        """
    }

    private func made(_ sections: String, parameters: [(name: String, value: String)] = []) throws -> [String: String] {
        Dictionary(
            uniqueKeysWithValues: try plan(template(sections), parameters: parameters).resources.map {
                ($0.logicalId, $0.properties["Value"]?.text ?? $0.properties.entries.first?.value.json.text ?? "")
            })
    }

    private static func parameter(_ value: String) -> String {
        "{Type: AWS::SSM::Parameter, Properties: {Value: \(value), Type: String}}"
    }

    @Test func resourcesAreMadeForEachItem() throws {
        #expect(
            try made(
                """
                Resources:
                  Fn::ForEach::All:
                    - Name
                    - !Ref Names
                    - "Of&{Name}": \(Self.parameter("!Sub \"is ${Name} in ${AWS::Region}\""))
                """, parameters: [("Names", "x-1,y")]
            ).keys.sorted() == ["Ofx1", "Ofy"])
        let sizes = try made(
            """
            Resources:
              Fn::ForEach::All:
                - Size
                - !FindInMap [Sizes, all, names]
                - "${Size}One": \(Self.parameter("!Ref Size"))
                  "${Size}Two": \(Self.parameter("'&{Size} of ${Size}'"))
            """)
        #expect(
            sizes == [
                "SmallOne": "Small", "LargeOne": "Large", "SmallTwo": "Small of Small", "LargeTwo": "Large of Large",
            ])
    }

    /// Recorded.
    @Test func loopsStandInLoops() throws {
        let made = try made(
            """
            Resources:
              Fn::ForEach::TopLevel:
                - Prefix
                - [Foo, Bar]
                - "My${Prefix}Parameter": \(Self.parameter("!Sub \"my value ${Prefix}\""))
                  Fn::ForEach::LowerLevel:
                    - Suffix
                    - [A, B, C]
                    - "My${Prefix}Parameter${Suffix}": \(Self.parameter("!Sub \"my value ${Suffix}\""))
            """)
        #expect(
            made.keys.sorted() == [
                "MyBarParameter", "MyBarParameterA", "MyBarParameterB", "MyBarParameterC", "MyFooParameter",
                "MyFooParameterA", "MyFooParameterB", "MyFooParameterC",
            ])
        #expect(made["MyBarParameter"] == "my value Bar" && made["MyFooParameterC"] == "my value C")
    }

    @Test func conditionsPropertiesAndOutputsHaveLoops() throws {
        let plan = try plan(
            template(
                """
                Conditions:
                  Fn::ForEach::Flags: [Flag, [Up, Down], {"Is${Flag}": !Equals [!Ref Flag, Up]}]
                Resources:
                  Fn::ForEach::All:
                    - Flag
                    - [Up, Down]
                    - "P${Flag}":
                        Type: AWS::SSM::Parameter
                        Condition: !Sub "Is${Flag}"
                        Properties:
                          Type: String
                          Value: x
                          Tags: {"Fn::ForEach::Tags": [Key, [a, b], {"k${Key}": !Sub "${Key}${Flag}"}]}
                Outputs:
                  Fn::ForEach::Outs:
                    - Flag
                    - [Up]
                    - "Value${Flag}": {Value: !GetAtt [!Sub "P${Flag}", Value]}
                """))
        #expect(plan.resources.map(\.logicalId) == ["PUp"])
        #expect(plan.resources[0].properties["Tags"]?.json == ["ka": "aUp", "kb": "bUp"])
        #expect(plan.outputs.map(\.name) == ["ValueUp"])
    }

    @Test(arguments: [
        ("[Id, [a], {Plain: {}}]", "the key Plain of Fn::ForEach::L needs ${Id} or &{Id}"),
        (
            "[Id, [a]]",
            "Fn::ForEach::L takes a list of an identifier, a collection and a map; its name and the identifier are "
                + "alphanumeric"
        ),
        (
            "[Id, !Ref Other, {\"A${Id}\": {}}]", "Unresolved resource dependencies [Other]"
        ),
        (
            "[Id, a, {\"A${Id}\": {}}]",
            "the collection of a loop is a list of strings, or what gives one before anything is made"
        ),
        (
            "[Id, [a, a], {\"A${Id}\": \(parameter("x"))}]",
            "the key Aa is there twice when loops are written out"
        ),
        (
            "[Id, [a], {\"A${Id}\": \(parameter("x")), \"Fn::ForEach::M\": [Id, [b], {\"B${Id}\": {}}]}]",
            "the loop around M has the identifier Id, too"
        ),
    ])
    func whatIsNoLoopIsTold(loop: String, message: String) {
        let sections = """
            Resources:
              Own: \(Self.parameter("x"))
              Fn::ForEach::L:
                \(loop)
            """
        let problems = problems(of: template(sections))
        #expect(problems.contains { $0.hasSuffix(message) }, "\(problems)")
    }

    @Test func aNameIsOneLoops() {
        let sections = """
            Resources:
              Fn::ForEach::L: [I, [a], {"A${I}": \(Self.parameter("x"))}]
            Outputs:
              Fn::ForEach::L: [I, [a], {"A${I}": {Value: x}}]
            """
        #expect(
            problems(of: template(sections)) == [
                "template.yaml:9: Outputs: the name of a loop is there once; L is there twice"
            ])
    }

    @Test func whatLoopsMakeHasAnEnd() {
        let items = "[\((0..<100).map { "i\($0)" }.joined(separator: ", "))]"
        let loops = (0..<5).reduce("{\"R${I0}${I1}${I2}${I3}${I4}\": {a: b}}") { inner, depth in
            "{\"Fn::ForEach::L\(depth)\": [I\(depth), \(items), \(inner)]}"
        }
        #expect(
            problems(of: template("Resources: \(loops)")).contains {
                $0.contains("the loops of the template make more than 250000 values")
            })
        let text = String(repeating: "x", count: 4_000)
        let long =
            "{\"Fn::ForEach::L\": [I, [\((0..<3_000).map { "i\($0)" }.joined(separator: ", "))], "
            + "{\"R${I}\": {a: \"${I}\(text)\"}}]}"
        #expect(problems(of: template("Resources: \(long)")).contains { $0.contains("bytes of text") })
    }

    @Test func withoutTheTransformThereAreNone() {
        #expect(
            problems(of: "Resources: {Fn::ForEach::L: [I, [a], {\"A${I}\": {}}]}")
                == ["template.yaml:1: Resources: Fn::ForEach needs `Transform: AWS::LanguageExtensions`"])
    }

    @Test func policiesMayBeFunctions() throws {
        let resource = { (policy: String) in
            """
            Conditions: {Keep: !Equals [a, a]}
            Resources:
              P:
                Type: AWS::SSM::Parameter
                DeletionPolicy: \(policy)
                UpdateReplacePolicy: !If [Keep, Retain, Delete]
                Properties: {Type: String, Value: x}
            """
        }
        let plan = try plan(template(resource("!If [Keep, Retain, Delete]")))
        #expect(plan.resources[0].deletionPolicy == .retain && plan.resources[0].updateReplacePolicy == .retain)
        #expect(
            problems(of: template(resource("!Ref AWS::Region"))).first?.hasSuffix(
                "Resources.P: DeletionPolicy must be one of Delete, Retain, RetainExceptOnCreate") == true)
        // Fn::If needs no transform, as recorded.
        #expect(problems(of: resource("Retain")) == [])
        #expect(
            problems(of: resource("!Ref AWS::Region")).contains {
                $0.hasSuffix("a function in DeletionPolicy needs `Transform: AWS::LanguageExtensions`")
            })
    }

    @Test func capabilitiesAreThoseOfWhatIsMade() throws {
        let roles = """
            Resources:
              Fn::ForEach::Roles:
                - Name
                - !Ref Names
                - "Role&{Name}": {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {}}}
            """
        #expect(
            try TemplateSummary(source(template(roles))).capabilities.names
                == ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"])
    }
}
