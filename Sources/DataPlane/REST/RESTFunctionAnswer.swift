import HTTPFront
import JSON
import NIOCore

/// What a function returned to a REST API. Rules: from recorded answers.
enum RESTFunctionAnswer {
    /// A proxy's answer is a response.
    static func respond(_ x: Exchange, _ payload: ByteBuffer) {
        guard case .object(var answer) = read(payload) else {
            x.integrationError = "malformed response of the function"
            x.rest.log?.failure = [ExecutionFailure.malformedAnswer]
            let beginning = String(decoding: payload.readableBytesView.prefix(200), as: UTF8.self)
            return x.refuse(
                .functionFailed, because: "calls \(x.integrationName), whose answer is no proxy response: \(beginning)")
        }
        x.integrationStatus = answer.status
        if answer.isBase64, acceptsBinary(x) {
            guard let decoded = Base64.decode(answer.body) else {
                x.rest.log?.failure = [ExecutionFailure.configuration + "Unable to base64 decode the body."]
                return x.refuse(
                    .internalError, because: "calls \(x.integrationName), whose body is said to be base64 and is not")
            }
            answer.body = decoded
        }
        x.respond(answer.status, whole: ByteBuffer(bytes: answer.body)) { lines in
            lines.date()
            if !answer.headers.contains(where: { $0.known == .contentType }) {
                lines.text("Content-Type: application/json\r\n")
            }
            lines.length()
            for header in answer.headers {
                switch header.name.withUnsafeBytes({ ResponseFields.use(of: header.known, $0, isProxy: false) }) {
                case .passed: lines.field(header.name, header.value)
                case .renamed: lines.field(ResponseFields.remapped.bytes + header.name, header.value)
                case .dropped: continue
                }
            }
        }
    }

    /// A function that streams, called for its whole answer, gives the response its head and no body (API Gateway
    /// Developer Guide, response-transfer-mode-lambda).
    private static func read(_ payload: ByteBuffer) -> FunctionAnswer.Reading {
        let whole = FunctionAnswer.read(payload, .rest)
        guard case .notJSON = whole, let metadata = FunctionStream.metadata(of: payload) else { return whole }
        return FunctionAnswer.read(metadata, .stream)
    }

    /// Only the first media type of Accept counts.
    private static func acceptsBinary(_ x: Exchange) -> Bool {
        guard let types = x.rest.deployment?.binaryTypes, !types.isEmpty else { return false }
        return (IntegrationResponses.acceptedType(x) ?? []).withUnsafeBytes { types.contains($0) }
    }

    /// A custom integration's answer is mapped: by the message of its error, if it is one.
    static func map(_ x: Exchange, _ payload: ByteBuffer, isError: Bool) {
        guard let method = x.route?.method else { return }
        x.integrationStatus = 200
        do throws(Refusal) {
            try method.responses.respond(
                x, IntegrationAnswer(body: payload), by: .function(error: isError ? errorMessage(payload) : nil))
        } catch {
            x.refuse(error, because: x.reason ?? x.explanation(error))
        }
    }

    static func errorMessage(_ payload: ByteBuffer) -> String? {
        (try? JSONValue(parsing: Array(payload.readableBytesView)))?["errorMessage"]?.string
    }
}
