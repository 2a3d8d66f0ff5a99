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
            .internalError, because: "calls \(x.integrationName), whose answer is no proxy response: \(beginning)")
    }

    /// 200 and `application/json`, with the payload as it is.
    private static func respondPlain(_ x: Exchange, _ body: ByteBuffer) {
        guard let client = x.connection else { return }
        x.integrationStatus = 200
        client.startResponse(status: 200)
        client.writeDate()
        client.write("content-type: application/json\r\n")
        client.writeFraming(.length(body.readableBytes))
        x.writeGatewayFields()
        client.finishHead(.length(body.readableBytes))
        client.writeBody(body)
        x.complete { $0.endResponse() }
    }

    private static func respond(_ x: Exchange, _ answer: FunctionAnswer) {
        guard let client = x.connection else { return }
        x.integrationStatus = answer.status
        let dropsCORS = x.stage?.cors != nil
        let hasBody = answer.status != 204 && answer.status != 304
        let framing = hasBody ? HTTPStream.ResponseFraming.length(answer.body.count) : .none
        client.startResponse(status: answer.status)
        if !answer.headers.contains(where: { $0.known == .date }) { client.writeDate() }
        // The order on the wire: date, content-type, content-length, the function's own fields, the request id.
        if let type = answer.headers.last(where: { $0.known == .contentType }) {
            client.writeHead { Self.write(type.name, type.value, to: &$0) }
        } else {
            client.write("content-type: text/plain; charset=utf-8\r\n")
        }
        client.writeFraming(framing)
        client.writeHead { out in
            for header in answer.headers {
                switch header.known {
                case .contentType, .contentLength, .apigwRequestId: continue
                case .accessControl, .accessControlRequestMethod, .accessControlRequestHeaders:
                    if dropsCORS { continue }
                default: if header.known.isHopByHop { continue }
                }
                Self.write(header.name, header.value, to: &out)
            }
            for cookie in answer.cookies {
                out.writeStaticString("set-cookie: ")
                out.writeBytes(cookie)
                out.writeStaticString("\r\n")
            }
        }
        x.writeGatewayFields()
        client.finishHead(framing)
        if hasBody { client.writeBody(ByteBuffer(bytes: answer.body)) }
        x.complete { $0.endResponse() }
    }

    private static func write(_ name: [UInt8], _ value: [UInt8], to out: inout ByteBuffer) {
        out.writeBytes(name)
        out.writeStaticString(": ")
        out.writeBytes(value)
        out.writeStaticString("\r\n")
    }
}
