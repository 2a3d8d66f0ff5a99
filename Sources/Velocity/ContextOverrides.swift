internal import JSON

/// What templates wrote into `$context.requestOverride` and `$context.responseOverride`.
///
/// Kept as JSON, with whatever names the template made up: a response template sees them again, as on AWS.
package struct ContextOverrides: Sendable {
    var request: JSONObject
    var response: JSONObject

    package init() {
        request = JSONObject()
        response = JSONObject()
    }

    init(request: JSONObject, response: JSONObject) {
        self.request = request
        self.response = response
    }

    package var isEmpty: Bool { request.isEmpty && response.isEmpty }

    /// `requestOverride.header`, `.querystring` or `.path`, in the order of writing.
    package func request(_ place: TemplateParameterPlace) -> [(name: String, value: String)] {
        switch place {
        case .path: Self.texts(request["path"])
        case .querystring: Self.texts(request["querystring"])
        case .header: Self.texts(request["header"])
        }
    }

    /// `responseOverride.header`, in the order of writing.
    package var responseHeaders: [(name: String, value: String)] {
        response["header"]?.object?.members.flatMap { member in
            // A list makes several lines.
            (member.value.array ?? [member.value]).map { (member.key, Self.text($0)) }
        } ?? []
    }

    /// `responseOverride.status` as it was written: a number or its text.
    package var responseStatus: String? { response["status"].map(Self.text) }

    private static func texts(_ value: JSONValue?) -> [(name: String, value: String)] {
        value?.object?.members.map { ($0.key, text($0.value)) } ?? []
    }

    private static func text(_ value: JSONValue) -> String {
        if case .string(let text) = value { text } else { value.text }
    }
}
