package import GatewayModel
import JSON
import Velocity

/// A mapping template that is none. AWS takes it, and answers 500 when it is to be run: whoever deploys it wants to know
/// before.
package struct TemplateFault: Sendable, Equatable, CustomStringConvertible {
    /// `GET /pets/{id}`
    package let method: String
    /// `request template application/json`, `response template 200 application/json`
    package let template: String
    package let line: Int
    package let column: Int
    package let message: String

    package var description: String {
        "\(template) of \(method), line \(line), column \(column): \(message)"
    }
}

extension REST.DeploymentContent {
    /// In the order of paths, verbs and types. Every template is parsed.
    package var templateFaults: [TemplateFault] {
        var faults: [TemplateFault] = []
        func check(_ text: String?, _ method: String, _ template: String) {
            guard let text, !text.isEmpty else { return }
            do throws(TemplateError) { _ = try Template(text) } catch {
                faults.append(
                    TemplateFault(
                        method: method, template: template, line: error.line, column: error.column,
                        message: error.message))
            }
        }
        for resource in resources.sorted(by: { $0.path < $1.path }) {
            for (verb, method) in resource.resourceMethods ?? [:] {
                // A proxy has no templates that are run.
                guard let integration = method.methodIntegration, !integration.type.hasSuffix("_PROXY") else {
                    continue
                }
                let name = "\(verb) \(resource.path)"
                for (type, text) in integration.requestTemplates ?? [:] {
                    check(text, name, "request template \(type)")
                }
                for (status, response) in integration.integrationResponses ?? [:] {
                    for (type, text) in response.responseTemplates ?? [:] {
                        check(text, name, "response template \(status) \(type)")
                    }
                }
            }
        }
        return faults
    }
}

extension ControlPlane {
    /// The faults of a REST API's templates as they are now, deployed or not; none of an API that is not there.
    package func templateFaults(ofAPI id: String) -> [TemplateFault] {
        world[RESTAPI.self, id]?.content.templateFaults ?? []
    }
}
