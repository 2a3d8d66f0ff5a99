import HTTPFront
import JSON
import NIOCore

/// What a function returned, as a response to the client. Rules: the spec's section 6, from recorded answers.
enum FunctionResponse {
    static func respondV2(_ x: Exchange, _ payload: ByteBuffer) {
        switch FunctionAnswer.read(payload) {
        case .notJSON, .otherJSON: respondPlain(x, payload)
        case .string(let text): respondPlain(x, ByteBuffer(bytes: text))
        case .object(let answer): respond(x, answer)
        case .objectWithoutStatus: respondPlain(x, payload)
        case .malformed: refuse(x, payload)
        }
    }

    static func respondV1(_ x: Exchange, _ payload: ByteBuffer) {
        if case .object(let answer) = FunctionAnswer.read(payload) { respond(x, answer) } else { refuse(x, payload) }
    }

    private static func refuse(_ x: Exchange, _ payload: ByteBuffer) {
        x.integrationError = "malformed response of the function"
        x.refuse(
            .internalError,
            because: "the function's answer is no proxy response: \(String(buffer: payload.getSlice(at: payload.readerIndex, length: min(200, payload.readableBytes)) ?? payload))")
    }

    /// 200 and `application/json`, with the payload as it is.
    private static func respondPlain(_ x: Exchange, _ body: ByteBuffer) {
        guard let client = x.connection else { return }
        x.integrationStatus = 200
        client.startResponse(status: 200)
        client.writeDate()
        client.write("content-type: application/json\r\n")
        x.writeGatewayFields()
        client.finishHead(.length(body.readableBytes))
        client.writeBody(body)
        x.complete { $0.endResponse() }
    }

    private static func respond(_ x: Exchange, _ answer: FunctionAnswer) {
        guard let client = x.connection else { return }
        x.integrationStatus = answer.status
        let dropsCORS = x.stage?.cors != nil
        client.startResponse(status: answer.status)
        if !answer.headers.contains(where: { $0.known == .date }) { client.writeDate() }
        client.writeHead { out in
            if !answer.headers.contains(where: { $0.known == .contentType }) {
                out.writeStaticString("content-type: text/plain; charset=utf-8\r\n")
            }
            for header in answer.headers {
                switch header.known {
                case .contentLength, .apigwRequestId: continue
                case .accessControl, .accessControlRequestMethod, .accessControlRequestHeaders:
                    if dropsCORS { continue }
                default: if header.known.isHopByHop { continue }
                }
                out.writeBytes(header.name)
                out.writeStaticString(": ")
                out.writeBytes(header.value)
                out.writeStaticString("\r\n")
            }
            for cookie in answer.cookies {
                out.writeStaticString("set-cookie: ")
                out.writeBytes(cookie)
                out.writeStaticString("\r\n")
            }
        }
        x.writeGatewayFields()
        if answer.status == 204 || answer.status == 304 {
            client.finishHead(.none)
        } else {
            client.finishHead(.length(answer.body.count))
            client.writeBody(ByteBuffer(bytes: answer.body))
        }
        x.complete { $0.endResponse() }
    }
}
