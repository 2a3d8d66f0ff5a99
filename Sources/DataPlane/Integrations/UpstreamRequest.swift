import HTTPFront
import NIOCore

/// Writes the head of a request to an origin.
enum UpstreamRequest {
    static func writeHead(_ x: Exchange, _ integration: HTTPIntegration, egress: [UInt8], to out: inout ByteBuffer) {
        if let method = x.route?.method { return RESTUpstream.writeHead(x, method, integration, to: &out) }
        if let mapping = integration.requestMapping {
            MappedRequest.writeHead(x, integration, mapping, egress: egress, to: &out)
            return
        }
        writeMethod(x, integration, to: &out)
        writeTarget(x, integration, to: &out)
        out.write(" HTTP/1.1\r\n")
        writeHost(x, integration, to: &out)
        guard let connection = x.connection else { return }
        copyRequestFields(connection.head, to: &out)
        writeForwarding(x, egress: egress, to: &out)
        writeFraming(x, hasContentType: connection.head.contains(.contentType), to: &out)
        out.write("\r\n")
    }

    static func writeMethod(_ x: Exchange, _ integration: HTTPIntegration, to out: inout ByteBuffer) {
        if let method = integration.method { out.write(method) } else { x.writeMethod(to: &out) }
        out.write(" ")
    }

    static func writeHost(_ x: Exchange, _ integration: HTTPIntegration, to out: inout ByteBuffer) {
        if integration.isPrivate {
            // Unconfirmed: the API's own host reaches what lies behind a VPC link.
            out.write("Host: ")
            x.writeDomainName(to: &out)
            out.write("\r\n")
        } else if integration.origin == nil {
            out.write("Host: ")
            write(integration.authority, x, to: &out)
            out.write("\r\n")
        }
        out.write(integration.fixedFields)
    }

    static func writeTarget(_ x: Exchange, _ integration: HTTPIntegration, to out: inout ByteBuffer) {
        writePath(x, integration, to: &out)
        _ = x.withHead { bytes, head in
            let query = UnsafeRawBufferPointer(rebasing: bytes[head.query.range])
            guard !query.isEmpty || !integration.query.isEmpty else { return }
            out.write("?")
            writeQuery(integration.query, x, to: &out)
            if !integration.query.isEmpty, !query.isEmpty { out.write("&") }
            out.write(query)
        }
    }

    static func writePath(_ x: Exchange, _ integration: HTTPIntegration, to out: inout ByteBuffer) {
        write(integration.path, x, to: &out)
        let appended = integration.isPrivate ? x.fullPath : x.routedPath
        guard integration.appendsPath, !appended.isEmpty else { return }
        if out.getInteger(at: out.writerIndex - 1, as: UInt8.self) == UInt8(ascii: "/") {
            out.moveWriterIndex(to: out.writerIndex - 1)
        }
        _ = x.withPath { writePath(UnsafeRawBufferPointer(rebasing: $0[appended.range]), x, to: &out) }
    }

    static func write(_ parts: [HTTPIntegration.Part], _ x: Exchange, to out: inout ByteBuffer) {
        for part in parts {
            switch part {
            case .text(let text): out.write(text)
            case .variable(let index): x.withPathVariable(index) { writePath($0, x, to: &out) }
            }
        }
    }

    /// The URI's own query. A path may hold characters that would end a value here.
    static func writeQuery(_ parts: [HTTPIntegration.Part], _ x: Exchange, to out: inout ByteBuffer) {
        for part in parts {
            switch part {
            case .text(let text): out.write(text)
            case .variable(let index): x.withPathVariable(index) { PercentCoding.writeQueryValue($0, to: &out) }
            }
        }
    }

    /// A path that was decoded is encoded again; else it is passed on as it came.
    private static func writePath(_ path: UnsafeRawBufferPointer, _ x: Exchange, to out: inout ByteBuffer) {
        if x.decodedPath.isEmpty { out.write(path) } else { PercentCoding.writePath(path, to: &out) }
    }

    /// Copies the client's fields but for those of one hop and those the gateway writes itself.
    private static func copyRequestFields(_ head: RequestHead, to out: inout ByteBuffer) {
        let named = ConnectionOptions(head.fields, head.bytes)
        head.withBytes { bytes in
            copyLines(head.fields, bytes, to: &out) { isForwarded($0.known) && !named.contains($0, bytes) }
        }
    }

    static func isForwarded(_ name: HeaderName) -> Bool {
        switch name {
        case .host, .contentLength, .expect, .forwarded, .forwardedFor, .forwardedHost, .forwardedPort,
            .forwardedProto, .via, .amznTraceId:
            false
        default: !name.isHopByHop
        }
    }

    /// Copies an origin's fields to the client; returns whether a date was among them.
    static func copyFields(
        _ fields: [HeaderField], _ buffer: ByteBuffer, dropsCORS: Bool, to out: inout ByteBuffer
    ) -> Bool {
        let named = ConnectionOptions(fields, buffer)
        var hasDate = false
        buffer.withUnsafeReadableBytes { bytes in
            copyLines(fields, bytes, to: &out) { field in
                switch field.known {
                case .contentLength, .apigwRequestId: return false
                case .accessControl, .accessControlRequestMethod, .accessControlRequestHeaders:
                    if dropsCORS { return false }
                case .date: hasDate = true
                default: break
                }
                return !field.known.isHopByHop && !named.contains(field, bytes)
            }
        }
        return hasDate
    }

    /// Copies the lines of the fields that `isKept` lets pass. Neighbours go in one piece; a field with unusual white
    /// space is written anew, so that what is passed on reads the same to everybody.
    static func copyLines(
        _ fields: [HeaderField], _ bytes: UnsafeRawBufferPointer, to out: inout ByteBuffer,
        _ isKept: (HeaderField) -> Bool
    ) {
        var runStart = 0
        var runEnd = 0
        func endRun() {
            if runEnd > runStart { out.write(UnsafeRawBufferPointer(rebasing: bytes[runStart..<runEnd])) }
        }
        for field in fields where isKept(field) {
            let start = Int(field.name.start)
            let end = Int(field.value.end)
            guard field.value.start == field.name.end + 2, bytes[start + field.name.count + 1] == 0x20,
                bytes[end] == 0x0D
            else {
                endRun()
                runStart = 0
                runEnd = 0
                out.write(UnsafeRawBufferPointer(rebasing: bytes[field.name.range]))
                out.write(": ")
                out.write(UnsafeRawBufferPointer(rebasing: bytes[field.value.range]))
                out.write("\r\n")
                continue
            }
            if start != runEnd {
                endRun()
                runStart = start
            }
            runEnd = end + 2
        }
        endRun()
    }

    /// `Forwarded` takes over what came as `X-Forwarded-For`; then the trace id. Form: as origins behind HTTP APIs
    /// recorded it.
    static func writeForwarding(_ x: Exchange, egress: [UInt8], to out: inout ByteBuffer) {
        guard let connection = x.connection else { return }
        let head = connection.head
        out.write("Forwarded: ")
        head.withBytes { bytes in
            // A client cannot hide the one by sending the other.
            for field in head.fields where field.known == .forwarded {
                out.write(UnsafeRawBufferPointer(rebasing: bytes[field.value.range]))
                out.write(", ")
            }
            for field in head.fields where field.known == .forwardedFor {
                writeChain(UnsafeRawBufferPointer(rebasing: bytes[field.value.range]), to: &out)
            }
        }
        out.write("by=")
        egress.withUnsafeBytes { writeNode($0, to: &out) }
        out.write(";for=")
        x.sourceIP.withUnsafeBytes { writeNode($0, to: &out) }
        out.write(";host=")
        x.writeDomainName(to: &out)
        out.write(";proto=")
        x.writeScheme(to: &out)
        out.write("\r\nX-Amzn-Trace-Id: ")
        TraceId.write(x, to: &out)
        out.write("\r\n")
    }

    private static func writeChain(_ chain: UnsafeRawBufferPointer, to out: inout ByteBuffer) {
        var start = 0
        while start < chain.count {
            let end = chain[start...].firstIndex(of: UInt8(ascii: ",")) ?? chain.count
            var low = start
            var high = end
            while low < high, chain[low] == 0x20 || chain[low] == 0x09 { low += 1 }
            while high > low, chain[high - 1] == 0x20 || chain[high - 1] == 0x09 { high -= 1 }
            if high > low {
                out.write("for=")
                writeNode(UnsafeRawBufferPointer(rebasing: chain[low..<high]), to: &out)
                out.write(", ")
            }
            start = end + 1
        }
    }

    /// RFC 7239 section 6: an IPv6 address is bracketed and quoted, an address with a port quoted. What else a client
    /// wrote is no address, and might say more than `for`.
    private static func writeNode(_ address: UnsafeRawBufferPointer, to out: inout ByteBuffer) {
        var colons = 0
        for byte in address {
            guard ASCII.isHostByte(byte) else {
                out.write("unknown")
                return
            }
            if byte == UInt8(ascii: ":") { colons += 1 }
        }
        switch colons {
        case 0: out.write(address)
        case 2... where address.first != UInt8(ascii: "["):
            out.write("\"[")
            out.write(address)
            out.write("]\"")
        default:
            out.write("\"")
            out.write(address)
            out.write("\"")
        }
    }

    /// The framing of the body as it will be sent: collected, streamed, or none.
    static func writeFraming(_ x: Exchange, hasContentType: Bool, to out: inout ByteBuffer) {
        guard let head = x.connection?.head else { return }
        if x.bodyUse == .collected, let body = x.body {
            writeLength(body.readableBytes, to: &out)
            return
        }
        switch head.body {
        case .none:
            writeLength(0, to: &out)
            // API Gateway adds a content type to a request without payload (api-gateway-known-issues).
            if !hasContentType {
                out.write("Content-Type: application/x-www-form-urlencoded\r\n")
            }
        case .length(let length): writeLength(length, to: &out)
        case .chunked: out.write("Transfer-Encoding: chunked\r\n")
        }
    }

    private static func writeLength(_ length: Int, to out: inout ByteBuffer) {
        out.write("Content-Length: ")
        out.writeDecimal(length)
        out.write("\r\n")
    }
}

/// The fields that a message's Connection field names: they are of one hop too (RFC 9110 section 7.6.1).
struct ConnectionOptions {
    /// More are not looked at: each is compared with every field.
    private static let maximum = 64

    private var names: [[UInt8]] = []

    init(_ fields: [HeaderField], _ buffer: ByteBuffer) {
        for field in fields where field.known == .connection {
            buffer.withUnsafeReadableBytes { bytes in
                let value = UnsafeRawBufferPointer(rebasing: bytes[field.value.range])
                if ASCII.equalsIgnoringCase(value, "keep-alive") || ASCII.equalsIgnoringCase(value, "close") { return }
                for option in value.split(separator: UInt8(ascii: ","), maxSplits: Self.maximum) {
                    guard names.count < Self.maximum else { return }
                    let name = option.filter { $0 != 0x20 && $0 != 0x09 }.map(ASCII.lowercased)
                    names.append(name)
                }
            }
        }
    }

    @inline(__always)
    func contains(_ field: HeaderField, _ bytes: UnsafeRawBufferPointer) -> Bool {
        !names.isEmpty
            && names.contains {
                ASCII.equalsIgnoringCase(UnsafeRawBufferPointer(rebasing: bytes[field.name.range]), $0)
            }
    }
}
