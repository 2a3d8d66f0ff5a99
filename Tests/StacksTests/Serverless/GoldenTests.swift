import Foundation
import GatewayModel
import JSON
import Testing

@testable import Stacks

/// The transform against what aws-sam-translator makes of the same templates (`Goldens/generate.py`).
@Suite struct GoldenTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Goldens")

    private func transformed(_ name: String) throws -> (plan: StackPlan, golden: JSONValue) {
        let template = try TemplateSource(path: Self.folder.appending(path: "\(name).yaml").path)
        let golden = try Data(contentsOf: Self.folder.appending(path: "\(name).json"))
        return (try StackPlan(template, account: AccountIdentity()), try JSONValue(parsing: Array(golden)))
    }

    @Test(arguments: ["article", "implicit-api", "definition-body"])
    func resourcesHaveTheLogicalIdsAndTypesOfSAM(name: String) throws {
        let (plan, golden) = try transformed(name)
        let resources = try #require(golden["Resources"]?.object)
        let expected = resources.map { "\($0.key): \($0.value["Type"]?.string ?? "")" }
        #expect(plan.resources.map { "\($0.logicalId): \($0.type)" }.sorted() == expected.sorted())
    }

    @Test(arguments: ["article", "implicit-api", "definition-body"])
    func resourcesHaveThePropertiesOfSAM(name: String) throws {
        let (plan, golden) = try transformed(name)
        // The policies of a role are kept as the template writes them.
        for resource in plan.resources where resource.type != "AWS::IAM::Role" {
            let expected = try #require(golden["Resources"]?[resource.logicalId])
            let properties = TemplateValue.map(resource.properties, line: 1).json
            #expect(properties.sorted == expected["Properties"]?.sorted, "\(resource.logicalId)")
            #expect(resource.dependsOn.first?.string == expected["DependsOn"]?.string)
        }
    }

    @Test(arguments: ["article", "implicit-api", "definition-body"])
    func outputsReferToWhatTheTransformMade(name: String) throws {
        let (plan, golden) = try transformed(name)
        for output in plan.outputs {
            #expect(output.value.json.sorted == golden["Outputs"]?[output.name]?["Value"]?.sorted)
        }
    }
}

extension JSONValue {
    /// With the members of objects in the order of their names, for comparing.
    fileprivate var sorted: JSONValue {
        switch self {
        case .array(let values): .array(values.map(\.sorted))
        case .object(let object):
            .object(JSONObject(object.members.sorted { $0.key < $1.key }.map { ($0.key, $0.value.sorted) }))
        default: self
        }
    }
}
