import JSON
import Velocity

/// What a template asks for that is taken, as on AWS, and lets no call succeed: mapping templates that do not parse, and
/// throttling limits of 0.
package struct CallAdvice {
    private let resolver: IntrinsicResolver

    static func add(of resources: [PlainResource], _ resolver: IntrinsicResolver, to problems: inout Problems) {
        let advice = CallAdvice(resolver: resolver)
        for resource in resources { advice.look(at: resource, &problems) }
    }

    private func look(at resource: PlainResource, _ problems: inout Problems) {
        let (properties, path) = (resource.properties, "\(resource.path).Properties")
        switch resource.type {
        case ResourceType.apiGatewayMethod.name:
            let integration = properties["Integration"]?.map ?? TemplateMap()
            let responses = integration["IntegrationResponses"]?.list?.map { $0.map?["ResponseTemplates"] } ?? []
            for templates in [integration["RequestTemplates"]] + responses {
                check(templates, "\(path).Integration", &problems)
            }
        case ResourceType.apiGatewayRestApi.name:
            for item in properties["Body"]?.map?["paths"]?.map ?? TemplateMap() {
                for method in item.value.map ?? TemplateMap() {
                    let integration = method.value.map?[RestApiDefinition.integration]?.map ?? TemplateMap()
                    let responses = integration["responses"]?.map?.map { $0.value.map?["responseTemplates"] } ?? []
                    for templates in [integration["requestTemplates"]] + responses {
                        check(templates, "\(path).Body.paths.\(item.key).\(method.key)", &problems)
                    }
                }
            }
        case ResourceType.apiGatewayStage.name:
            checkLimits(properties["MethodSettings"]?.list ?? [], "\(path).MethodSettings", &problems)
        case ResourceType.apiGatewayDeployment.name:
            guard let stage = properties["StageDescription"] else { return }
            let settings = [stage] + (stage.map?["MethodSettings"]?.list ?? [])
            checkLimits(settings, "\(path).StageDescription", &problems)
        case ResourceType.apiGatewayV2Stage.name:
            let routes = properties["RouteSettings"]?.map?.map(\.value) ?? []
            checkLimits([properties["DefaultRouteSettings"]].compactMap(\.self) + routes, path, &problems)
        default: break
        }
    }

    /// By media type. What is worked out only while deploying is not looked at.
    private func check(_ templates: TemplateValue?, _ path: String, _ problems: inout Problems) {
        for entry in templates?.map ?? TemplateMap() {
            guard let text = entry.value.known(to: resolver).string else { continue }
            do throws(Velocity.TemplateError) { _ = try Velocity.Template(text) } catch {
                problems.warn(
                    "the mapping template of \(entry.key) does not parse, at its line \(error.line), column "
                        + "\(error.column): \(error.message); calls that it is for are answered 500, as on AWS",
                    line: entry.line, path: path)
            }
        }
    }

    /// How warnings of limits end: a server tells of them itself.
    package static let closed = "lets no request pass: they are answered 429, as on AWS"

    private func checkLimits(_ settings: [TemplateValue], _ path: String, _ problems: inout Problems) {
        for name in ["ThrottlingRateLimit", "ThrottlingBurstLimit"] {
            for value in settings.compactMap({ $0.map?[name]?.known(to: resolver) })
            where value.text.flatMap(Double.init) == 0 {
                problems.warn("\(name) 0 \(Self.closed)", line: value.line, path: path)
            }
        }
    }
}
