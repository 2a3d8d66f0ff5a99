import HTTPFront
import NIOCore

/// The head of a response whose integration maps parameters for its status.
enum MappedResponse {
    static func writeHead(_ x: Exchange, _ head: ResponseHead, _ changes: ResponseMapping.Changes, body: ByteBuffer?) {
        guard let client = x.connection else { return }
        let values = MappingValues(x: x, response: head, responseBody: body)
        var status = head.status
        if let expression = changes.status, let value = values.value(expression),
            let mapped = Int(String(decoding: value, as: UTF8.self)), (200...599).contains(mapped)
        {
            status = mapped
        }
        var fields = MappedFields(responseFields(x, head))
        fields.apply(changes.headers, values)
        x.respond(status, framing(head, status, body, for: client.head.method)) { lines in
            if !fields.contains(Array("date".utf8)) { lines.date() } else { lines.hasDate = true }
            fields.write(to: &lines.stream.out)
        }
    }

    private static func framing(
        _ head: ResponseHead, _ status: Int, _ body: ByteBuffer?, for method: RequestHead.Method
    ) -> HTTPStream.ResponseFraming {
        if status == 204 || status == 304 { return .none }
        if let body { return .length(body.readableBytes) }
        let framing = HTTPProxy.framing(head, for: method)
        return framing == .none && method != .head ? .length(0) : framing
    }

    private static func responseFields(_ x: Exchange, _ head: ResponseHead) -> [(name: [UInt8], value: [UInt8])] {
        let named = ConnectionOptions(head.fields, head.bytes)
        let dropsCORS = x.stage?.http?.cors != nil
        return head.withBytes { bytes in
            head.fields.compactMap { field in
                switch field.known {
                case .contentLength, .apigwRequestId: return nil
                case .accessControl where dropsCORS, .accessControlRequestMethod where dropsCORS,
                    .accessControlRequestHeaders where dropsCORS:
                    return nil
                default: break
                }
                guard !field.known.isHopByHop, !named.contains(field, bytes) else { return nil }
                return (Array(bytes[field.name.range]), Array(bytes[field.value.range]))
            }
        }
    }
}
