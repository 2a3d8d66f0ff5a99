import GatewayModel
import JSON
import Testing

@testable import Stacks

/// AWS::Include that brings in sections, or what they declare.
@Suite struct IncludedSectionsTests {
    private func plan(
        _ template: String, _ texts: [String: String], parameters: [(name: String, value: String)] = []
    ) throws -> StackPlan {
        try StackPlan(
            source(template, files: MemoryFiles(texts: texts)), parameters: parameters, account: AccountIdentity())
    }

    private func found(_ template: String, _ texts: [String: String] = [:]) -> [String] {
        problems(of: template, files: MemoryFiles(texts: texts))
    }

    private let logs = "Logs: {Type: AWS::Logs::LogGroup, Properties: {RetentionInDays: 1}}"

    @Test(arguments: [
        "Transform: {Name: AWS::Include, Parameters: {Location: all.yaml}}",
        "Transform: [AWS::LanguageExtensions, {Name: AWS::Include, Parameters: {Location: !Sub 'al${L}.yaml'}}]",
        "Fn::Transform: {Name: AWS::Include, Parameters: {Location: all.yaml}}",
    ])
    func sectionsCanBeIncluded(transform: String) throws {
        let own = "Parameters: {L: {Type: String, Default: l}}\nResources: {Own: {Type: AWS::Logs::LogGroup}}"
        let included = "Resources:\n  \(logs)\nOutputs: {A: {Value: !Ref Logs}}"
        let plan = try plan("\(transform)\n\(own)", ["/work/shop/all.yaml": included])
        #expect(Set(plan.resources.map(\.logicalId)) == ["Own", "Logs"])
        #expect(plan.outputNames == ["A"])
        #expect(plan.capabilities.names == ["CAPABILITY_AUTO_EXPAND"])
        let processed = try JSONValue(parsing: Array((plan.processed ?? "").utf8))
        #expect(processed["Resources"]?["Logs"]?["Type"] == "AWS::Logs::LogGroup")
        #expect(processed["Transform"] == nil && processed["Fn::Transform"] == nil)
    }

    @Test func resourcesAndTheirBodiesCanBeIncluded() throws {
        let template = """
            Parameters: {Place: {Type: String}}
            Mappings:
              Fn::Transform: {Name: AWS::Include, Parameters: {Location: maps.yaml}}
            Resources:
              Fn::Transform: {Name: AWS::Include, Parameters: {Location: !Ref Place}}
              Body:
                Type: AWS::Logs::LogGroup
                Fn::Transform: {Name: AWS::Include, Parameters: {Location: body.yaml}}
                Properties: {RetentionInDays: !FindInMap [M, a, days]}
            """
        let plan = try plan(
            template,
            [
                "/work/shop/all.yaml": logs, "/work/shop/maps.yaml": "M: {a: {days: 3}}",
                "/work/shop/body.yaml": "DeletionPolicy: Retain\nProperties: {RetentionInDays: 5}",
            ], parameters: [("Place", "all.yaml")])
        #expect(Set(plan.resources.map(\.logicalId)) == ["Logs", "Body"])
        let body = try #require(plan.resources.first { $0.logicalId == "Body" })
        #expect(body.deletionPolicy == .retain)
        #expect(body.properties["RetentionInDays"]?.text == "3")
    }

    @Test func whatCannotBeIncludedIsNamed() {
        let transform = "Transform: {Name: AWS::Include, Parameters: {Location: a.yaml}}\nResources: {\(logs)}"
        #expect(found(transform).first?.contains("there is no file /work/shop/a.yaml") == true)
        #expect(
            found(transform, ["/work/shop/a.yaml": "Parameters: {A: {Type: String}}"])
                == ["template.yaml:1: Transform: the section Parameters cannot be included"])
        #expect(
            found("Transform: {Name: !Ref A, Parameters: {}}\nResources: {\(logs)}")
                == ["template.yaml:1: Transform: Key Name of transform definition must be a string."])
        #expect(
            found("Transform: {Name: Mine}\nResources: {\(logs)}")
                == ["template.yaml:1: Transform: the transform Mine is not supported yet"])
    }
}
