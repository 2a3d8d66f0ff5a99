import JSON
import Testing

@testable import Velocity

/// What `template` renders for `request`; an error's text in the place of the output.
func render(_ template: String, _ request: TemplateRequest = TemplateRequest()) -> String {
    let evaluation = TemplateEvaluation(template, for: request)
    return evaluation.error.map { "\($0)" } ?? evaluation.output
}

/// What `template` renders for `body`.
func render(_ template: String, body: String) -> String { render(template, TemplateRequest(body: body)) }

/// The error of a template that parses or renders to none.
func failure(_ template: String, _ request: TemplateRequest = TemplateRequest()) -> TemplateError? {
    TemplateEvaluation(template, for: request).error
}
