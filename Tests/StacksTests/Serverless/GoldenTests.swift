import Foundation
import GatewayModel
import JSON
import Testing

@testable import Stacks

/// The transform against what aws-sam-translator makes of the same templates (`Goldens/generate.py`).
///
/// Conditions and mappings are worked out before the transform here and after it in AWS, so both sides are compared
/// with those worked out.
@Suite struct GoldenTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Goldens")
    static let names = [
        "article", "implicit-api", "definition-body", "conditions", "publishing", "roles", "tables",
        "leniencies", "layers", "rest-implicit", "rest-explicit", "rest-auth", "rest-openapi", "rest-shared",
        "http-auth", "policies", "cognito", "websocket",
    ]

    /// What the transform makes of a template, and what the translator does.
    struct Comparison {
        let made: [PlainResource]
        let problems: [TemplateProblem]
        let outputs: [TemplateOutput]
        let golden: LiveTemplate
        let goldenProperties: [String: JSONValue]
    }

    private func comparison(_ name: String) throws -> Comparison {
        let found = try Self.comparison(of: name, in: Self.folder)
        let unexpected = found.problems.filter { !$0.message.hasSuffix("is not supported yet") }
        #expect(unexpected.isEmpty)
        return found
    }

    static func comparison(of name: String, in folder: URL) throws -> Comparison {
        var problems = Problems(file: name)
        let template = try live(folder.appending(path: name + ".yaml"), problems: &problems)
        let transform = ServerlessTransform(template, problems: &problems)
        let found = problems.list
        let golden = try live(folder.appending(path: name + ".json"), problems: &problems)
        var known = KnownValues(golden.resolver, source: golden.source)
        var properties: [String: JSONValue] = [:]
        for resource in golden.resources {
            let worked = known.work(out: resource.written, path: resource.path, problems: &problems)
            let value = TemplateValue.map(worked, line: 1).known(to: golden.resolver)
            properties[withoutDigests(resource.logicalId)] = withoutDigests(value.json.sorted)
        }
        let referable = transform.referableProperties
        let made = transform.resources.map { resource in
            var resource = resource
            let value = TemplateValue.map(resource.properties.replacing(referable), line: 1)
                .known(to: golden.resolver)
            resource.properties = value.map ?? TemplateMap()
            return resource
        }
        return Comparison(
            made: made, problems: found, outputs: template.outputs.map { $0.replacing(referable) }, golden: golden,
            goldenProperties: properties)
    }

    /// The digest in a deployment's logical id is our own: SAM's comes from how Python 2.7 wrote dictionaries.
    static func withoutDigests(_ text: String) -> String {
        text.replacing(/Deployment[0-9a-f]{10}\b/, with: "Deployment#")
            .replacing(/deployment id: [0-9a-f]{40}/, with: "deployment id: #")
    }

    static func withoutDigests(_ value: JSONValue) -> JSONValue {
        switch value {
        case .string(let text): .string(withoutDigests(text))
        // SAM writes the statements of a policy, and the resources of each, in an order of chance.
        case .array(let items) where items.first?["Effect"] != nil:
            .array(
                items.map(withoutDigests).sorted {
                    String(decoding: $0.bytes, as: UTF8.self) < String(decoding: $1.bytes, as: UTF8.self)
                })
        case .array(let items) where items.first?.string?.hasPrefix("execute-api:/") == true:
            .array(items.compactMap(\.string).sorted().map(JSONValue.string))
        case .array(let items): .array(items.map(withoutDigests))
        case .object(let object): .object(JSONObject(object.members.map { ($0.key, withoutDigests($0.value)) }))
        default: value
        }
    }

    private static func live(_ file: URL, problems: inout Problems) throws -> LiveTemplate {
        let source = try TemplateSource(path: file.path)
        let template = try Template(source, problems: &problems)
        let valueless = template.parameters.filter { $0.defaultValue == nil }
        let parameters = ParameterValues.bind(
            template.parameters, names: template.parameterNames, given: valueless.map { ($0.name, "given") },
            problems: &problems)
        let pseudo = PseudoParameters(account: AccountIdentity(), stackName: "shop", stackId: nil)
        let resolver = IntrinsicResolver(
            parameters: parameters, pseudoParameters: pseudo, mappings: template.mappings)
        let conditions = Conditions(template.conditions, resolver: resolver, problems: &problems).values
        return LiveTemplate(
            template,
            resolver: IntrinsicResolver(
                parameters: parameters, pseudoParameters: pseudo, conditions: conditions, mappings: template.mappings),
            problems: &problems)
    }

    @Test(arguments: names)
    func resourcesHaveTheLogicalIdsAndTypesOfSAM(name: String) throws {
        let found = try comparison(name)
        // What has no type here yet is left out by the transform, with a problem.
        let types = Set(found.golden.resources.map(\.type)).subtracting(found.made.map(\.type))
        let expected = found.golden.resources.filter { !types.contains($0.type) }
        #expect(types.allSatisfy { ResourceType.all[$0] == nil })
        #expect(
            found.made.map { "\(Self.withoutDigests($0.logicalId)): \($0.type)" }.sorted()
                == expected.map { "\(Self.withoutDigests($0.logicalId)): \($0.type)" }.sorted())
    }

    @Test(arguments: names)
    func resourcesHaveThePropertiesOfSAM(name: String) throws {
        let found = try comparison(name)
        for resource in found.made {
            let properties = TemplateValue.map(resource.properties, line: 1).json
            let id = Self.withoutDigests(resource.logicalId)
            #expect(Self.withoutDigests(properties.sorted) == found.goldenProperties[id], "\(id)")
        }
    }

    @Test(arguments: names)
    func resourcesHaveTheAttributesOfSAM(name: String) throws {
        let found = try comparison(name)
        for resource in found.made {
            let id = Self.withoutDigests(resource.logicalId)
            let golden = try #require(found.golden.resources.first { Self.withoutDigests($0.logicalId) == id })
            #expect(resource.dependsOn.map(\.string) == golden.dependsOn.map(\.string), "\(resource.logicalId)")
            #expect(resource.deletionPolicy == golden.attributes.deletionPolicy ?? .delete, "\(resource.logicalId)")
            #expect(
                resource.updateReplacePolicy == golden.attributes.updateReplacePolicy ?? .delete,
                "\(resource.logicalId)")
        }
    }

    @Test(arguments: names)
    func outputsReferToWhatTheTransformMade(name: String) throws {
        let found = try comparison(name)
        #expect(found.outputs.map(\.name).sorted() == found.golden.outputs.map(\.name).sorted())
        for output in found.outputs {
            let golden = try #require(found.golden.outputs.first { $0.name == output.name })
            #expect(output.value.json.sorted == golden.value.json.sorted)
            #expect(output.exportName?.json.sorted == golden.exportName?.json.sorted)
        }
    }
}

extension JSONValue {
    /// With the members of objects in the order of their names, for comparing.
    var sorted: JSONValue {
        switch self {
        case .array(let values): .array(values.map(\.sorted))
        case .object(let object):
            .object(JSONObject(object.members.sorted { $0.key < $1.key }.map { ($0.key, $0.value.sorted) }))
        default: self
        }
    }
}
