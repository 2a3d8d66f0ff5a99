import HTTPFront
import NIOCore

/// The answer of a function behind `responseTransferMode` STREAM, on its way to the client.
///
/// It begins with what the response's head is made of, as JSON, and eight NUL bytes; what follows is the body, passed on
/// as it comes (API Gateway Developer Guide, response-transfer-mode-lambda).
final class FunctionStream {
    /// AWS: "the delimiter must be within the first 16 KB".
    private static let metadataBytes = 16_384
    private static let delimiterBytes = 8

    private enum Part {
        case metadata
        /// `remaining` bytes are missing where the function told the length.
        case body(remaining: Int?)
    }

    private var part = Part.metadata
    private var metadata = ByteBuffer()
    /// NUL bytes at the end of `metadata`.
    private var nulls = 0
    /// What the function may send more of once the client has taken it.
    private var untaken = 0
    private var flow: (any AnswerFlow)?

    /// What stands before the delimiter of an answer that is here as a whole.
    static func metadata(of payload: ByteBuffer) -> ByteBuffer? {
        let end = payload.withUnsafeReadableBytes { bytes in
            bytes.prefix(metadataBytes).firstIndex(of: 0).flatMap { start in
                bytes[start...].prefix(delimiterBytes).elementsEqual(repeatElement(0, count: delimiterBytes))
                    ? start : nil
            }
        }
        return end.flatMap { payload.getSlice(at: payload.readerIndex, length: $0) }
    }

    /// Whether the client is what the function waits for.
    var isPaused: Bool { untaken > 0 }

    func begin(_ flow: any AnswerFlow) { self.flow = flow }

    /// The client takes bytes again.
    func clientTook() {
        guard untaken > 0 else { return }
        flow?.took(untaken)
        untaken = 0
    }

    /// Nobody wants the rest of it. The function runs to its end.
    func discard() { flow?.discard() }

    // MARK: Pieces

    func received(_ bytes: ByteBuffer, _ x: Exchange) {
        x.pieceArrived()
        switch part {
        case .metadata: readMetadata(bytes, x)
        case .body: pass(bytes, x)
        }
    }

    /// The function has returned; `rest` is what has not been handed over.
    func ended(_ rest: ByteBuffer, _ x: Exchange) {
        let turn = x.turn
        if rest.readableBytes > 0 { received(rest, x) }
        guard x.turn == turn else { return }
        switch part {
        case .metadata: refuse("ends before its metadata does", x)
        case .body(let remaining?) where remaining > 0:
            x.integrationError = "the function's answer is shorter than its Content-Length"
            x.refuse(
                .functionFailed,
                because: "calls \(x.integrationName), whose answer lacks \(remaining) bytes of its Content-Length")
        case .body: x.finish()
        }
    }

    private func readMetadata(_ bytes: ByteBuffer, _ x: Exchange) {
        var bytes = bytes
        let length = bytes.readableBytes
        let room = Self.metadataBytes - metadata.readableBytes
        let end = bytes.withUnsafeReadableBytes { bytes -> Int? in
            for (position, byte) in bytes.prefix(room).enumerated() {
                nulls = byte == 0 ? nulls + 1 : 0
                if nulls == Self.delimiterBytes { return position + 1 }
            }
            return nil
        }
        guard let end, var head = bytes.readSlice(length: end) else {
            guard length < room else { return refuse("has no 8 NUL bytes in its first 16 KB", x) }
            metadata.writeImmutableBuffer(bytes)
            flow?.took(length)
            return
        }
        metadata.writeBuffer(&head)
        flow?.took(end)
        let json = metadata.getSlice(
            at: metadata.readerIndex, length: metadata.readableBytes - Self.delimiterBytes)
        metadata = ByteBuffer()
        guard let json, case .object(let answer) = FunctionAnswer.read(json, .stream) else {
            return refuse("does not begin with metadata in JSON: headers, multiValueHeaders, cookies, statusCode", x)
        }
        respond(answer, x)
        if case .body = part, bytes.readableBytes > 0 { pass(bytes, x) }
    }

    /// AWS answers 500 for what does not have the form that it asks for.
    private func refuse(_ fault: String, _ x: Exchange) {
        x.integrationError = "the function's answer \(fault)"
        x.refuse(.internalError, because: "calls \(x.integrationName), whose answer \(fault)")
    }

    // MARK: The response

    private func respond(_ answer: FunctionAnswer, _ x: Exchange) {
        guard let client = x.connection, let framing = framing(answer, x) else { return }
        x.integrationStatus = answer.status
        x.integrationServiceStatus = 200
        LoggedFunction.begins(x)
        x.upstreamState.isAnswering = true
        x.pieceArrived()
        x.rest.headersTook = x.integrationMillisecondsSoFar
        x.respond(answer.status, framing) { lines in
            lines.date()
            if !answer.headers.contains(where: { $0.known == .contentType }), framing != .none {
                lines.text("Content-Type: application/json\r\n")
            }
            lines.length()
            for header in answer.headers {
                if header.known == .contentLength, case .length = framing { continue }
                switch header.name.withUnsafeBytes({ ResponseFields.use(of: header.known, $0, isProxy: false) }) {
                case .passed: lines.field(header.name, header.value)
                case .renamed: lines.field(ResponseFields.remapped.bytes + header.name, header.value)
                case .dropped: continue
                }
            }
            for cookie in answer.cookies { lines.field(Self.setCookie, cookie) }
        }
        if case .length(let length) = framing { part = .body(remaining: length) } else { part = .body(remaining: nil) }
        // The client knows that no body follows, and would wait for the function in vain.
        if client.head.method == .head || framing == .none || framing == .length(0) { return complete(x) }
        client.flushResponse()
    }

    private static let setCookie = Array("set-cookie".utf8)

    /// The length where the function tells one, else chunked. nil: it has been refused.
    private func framing(_ answer: FunctionAnswer, _ x: Exchange) -> HTTPStream.ResponseFraming? {
        guard answer.status != 204, answer.status != 304 else { return HTTPStream.ResponseFraming.none }
        guard let told = answer.headers.first(where: { $0.known == .contentLength }),
            !answer.headers.contains(where: { $0.known == .transferEncoding })
        else { return .stream }
        let isOnly = answer.headers.allSatisfy { $0.known != .contentLength || $0.value == told.value }
        guard isOnly, !told.value.isEmpty, told.value.count <= 15, told.value.allSatisfy(ASCII.isDigit) else {
            refuse("has a Content-Length that is no number", x)
            return nil
        }
        return .length(told.value.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) })
    }

    private func pass(_ bytes: ByteBuffer, _ x: Exchange) {
        guard let client = x.connection, bytes.readableBytes > 0 else { return }
        if x.rest.firstContentTook == nil { x.rest.firstContentTook = x.integrationMillisecondsSoFar }
        var piece = bytes
        if case .body(let remaining?) = part {
            // More than it told is no part of the response.
            piece = bytes.getSlice(at: bytes.readerIndex, length: min(remaining, bytes.readableBytes)) ?? bytes
            part = .body(remaining: remaining - piece.readableBytes)
        }
        x.append(piece)
        if case .body(remaining: 0?) = part { return complete(x) }
        client.flushResponse()
        untaken += bytes.readableBytes
        if client.isWritable { clientTook() }
    }

    /// The response is whole, whatever the function does.
    private func complete(_ x: Exchange) {
        discard()
        x.integrationAnswered()
        x.finish()
    }
}
