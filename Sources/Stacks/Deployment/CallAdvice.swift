import JSON
import Velocity

/// What a template asks for that is taken, as on AWS, and lets no call succeed: mapping templates that do not parse,
/// throttling limits of 0, and of WebSocket APIs what lets no message reach its route, or no answer the client.
package struct CallAdvice {
    private let resolver: IntrinsicResolver

    static func add(of resources: [PlainResource], _ resolver: IntrinsicResolver, to problems: inout Problems) {
        let advice = CallAdvice(resolver: resolver)
        for resource in resources {
            advice.look(at: resource, &problems)
            advice.lookAtAnswers(of: resource, among: resources, &problems)
        }
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
        case ResourceType.apiGatewayV2Integration.name:
            check(properties["RequestTemplates"], path, &problems, outcome: Self.framed)
        case ResourceType.apiGatewayV2IntegrationResponse.name:
            check(properties["ResponseTemplates"], path, &problems, outcome: Self.framed)
        case ResourceType.apiGatewayV2Api.name:
            checkSelection(properties, path, &problems)
        case ResourceType.apiGatewayV2Stage.name:
            let routes = properties["RouteSettings"]?.map?.map(\.value) ?? []
            checkLimits([properties["DefaultRouteSettings"]].compactMap(\.self) + routes, path, &problems)
        default: break
        }
    }

    private static let answered = "are answered 500"
    private static let framed = "get an Internal server error"

    /// By media type. What is worked out only while deploying is not looked at.
    private func check(
        _ templates: TemplateValue?, _ path: String, _ problems: inout Problems, outcome: String = answered
    ) {
        for entry in templates?.map ?? TemplateMap() {
            guard let text = entry.value.known(to: resolver).string else { continue }
            do throws(Velocity.TemplateError) { _ = try Velocity.Template(text) } catch {
                problems.warn(
                    "the mapping template of \(entry.key) does not parse, at its line \(error.line), column "
                        + "\(error.column): \(error.message); calls that it is for \(outcome), as on AWS",
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

/// Of WebSocket APIs.
extension CallAdvice {
    /// An expression without a variable, as `request.body.action`, gives its own text for every message.
    private func checkSelection(_ properties: TemplateMap, _ path: String, _ problems: inout Problems) {
        guard properties["ProtocolType"]?.known(to: resolver).text == "WEBSOCKET",
            let value = properties["RouteSelectionExpression"], let expression = value.known(to: resolver).text,
            !expression.contains("$")
        else { return }
        problems.warn(
            "RouteSelectionExpression \(expression) has no variable, such as $request.body.action: every message is "
                + "for the route of that key, else for $default, as on AWS", line: value.line, path: path)
    }

    /// Who connects hears of it in another way.
    private func isOfMessages(_ route: PlainResource) -> Bool {
        !["$connect", "$disconnect"].contains(route.properties["RouteKey"]?.known(to: resolver).text)
    }

    /// What a route answers reaches the client where the route has both, the expression and the response.
    private func lookAtAnswers(
        of resource: PlainResource, among resources: [PlainResource], _ problems: inout Problems
    ) {
        let name = "RouteResponseSelectionExpression"
        let path = "\(resource.path).Properties"
        switch resource.type {
        case ResourceType.apiGatewayV2Route.name:
            guard let expression = resource.properties[name], isOfMessages(resource) else { return }
            let hasResponse = resources.contains { response in
                response.type == ResourceType.apiGatewayV2RouteResponse.name
                    && response.owner("RouteId", among: [resource]) != nil
            }
            guard !hasResponse else { return }
            problems.warn(
                "\(name) without an AWS::ApiGatewayV2::RouteResponse of the route: nothing that it answers reaches the "
                    + "client, as on AWS", line: expression.line, path: path)
        case ResourceType.apiGatewayV2RouteResponse.name:
            guard let route = resource.owner("RouteId", among: resources), route.properties[name] == nil,
                isOfMessages(route)
            else { return }
            problems.warn(
                "the route \(route.logicalId) has no \(name): nothing that it answers reaches the client, as on AWS",
                line: resource.line, path: path)
        default: break
        }
    }
}

extension PlainResource {
    /// The one of `resources` that the property names.
    fileprivate func owner(_ property: String, among resources: [PlainResource]) -> PlainResource? {
        guard let value = properties[property] else { return nil }
        var references = References()
        var unwanted = Problems(file: "")
        references.collect(value, path: "", problems: &unwanted)
        return resources.first { resource in references.found.contains { $0.name == resource.logicalId } }
    }
}
