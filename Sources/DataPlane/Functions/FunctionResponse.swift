import HTTPFront
import JSON
import NIOCore

/// What a function returned, as a response to the client. Rules: from recorded answers.
enum FunctionResponse {
    static func respondV2(_ x: Exchange, _ payload: ByteBuffer) {
        switch FunctionAnswer.read(payload, .version2) {
        case .notJSON, .otherJSON: respondPlain(x, payload)
        case .string(let text): respondPlain(x, ByteBuffer(bytes: text))
        case .object(let answer): respond(x, answer)
        case .objectWithoutStatus: respondPlain(x, payload)
        case .malformed: refuse(x, payload)
        }
    }

    static func respondV1(_ x: Exchange, _ payload: ByteBuffer) {
        guard case .object(let answer) = FunctionAnswer.read(payload, .version1) else { return refuse(x, payload) }
        respond(x, answer)
    }

    private static func refuse(_ x: Exchange, _ payload: ByteBuffer) {
        x.integrationError = "malformed response of the function"
        let beginning = String(decoding: payload.readableBytesView.prefix(200), as: UTF8.self)
        x.refuse(
            .functionFailed, because: "calls \(x.integrationName), whose answer is no proxy response: \(beginning)")
    }

    /// 200 and `application/json`, with the payload as it is.
    private static func respondPlain(_ x: Exchange, _ body: ByteBuffer) {
        x.integrationStatus = 200
        x.respond(200, whole: body) { lines in
            lines.date()
            lines.text("content-type: application/json\r\n")
            lines.length()
        }
    }

    private static func respond(_ x: Exchange, _ answer: FunctionAnswer) {
        x.integrationStatus = answer.status
        let dropsCORS = x.stage?.http?.cors != nil
        x.respond(answer.status, whole: ByteBuffer(bytes: answer.body)) { lines in
            // The order on the wire: date, content-type, content-length, the function's own fields, the request id.
            lines.hasDate = answer.headers.contains { $0.known == .date }
            if !lines.hasDate { lines.date() }
            if let type = answer.headers.last(where: { $0.known == .contentType }) {
                lines.field(type.name, type.value)
            } else {
                lines.text("content-type: text/plain; charset=utf-8\r\n")
            }
            lines.length()
            for header in answer.headers {
                switch header.known {
                case .contentType, .contentLength, .apigwRequestId: continue
                case .accessControl, .accessControlRequestMethod, .accessControlRequestHeaders:
                    if dropsCORS { continue }
                default: if header.known.isHopByHop { continue }
                }
                lines.field(header.name, header.value)
            }
            for cookie in answer.cookies { lines.field(Self.setCookie, cookie) }
        }
    }

    private static let setCookie = Array("set-cookie".utf8)
}
