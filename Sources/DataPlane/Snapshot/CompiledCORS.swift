import GatewayModel
import HTTPFront
import NIOCore

/// The CORS settings of an API as header lines, ready to be written.
///
/// Sources: docs http-api-cors; header order and the sorted, lower-case lists from captures.
struct CompiledCORS: Sendable {
    private let origins: [[UInt8]]
    private let allowsAnyOrigin: Bool
    private let allowsAnyHTTP: Bool
    private let allowsAnyHTTPS: Bool
    private let allowsCredentials: Bool
    private let preflightLines: [UInt8]
    private let exposeLine: [UInt8]

    init(_ cors: V2.Cors) {
        let origins = cors.allowOrigins ?? []
        self.origins = origins.map { Array($0.utf8) }
        allowsAnyOrigin = origins.contains("*")
        allowsAnyHTTP = origins.contains("http://*")
        allowsAnyHTTPS = origins.contains("https://*")
        allowsCredentials = cors.allowCredentials ?? false
        var lines = ""
        if let methods = cors.allowMethods, !methods.isEmpty {
            lines += "access-control-allow-methods: \(methods.sorted().joined(separator: ","))\r\n"
        }
        if let headers = cors.allowHeaders, !headers.isEmpty {
            lines +=
                "access-control-allow-headers: \(headers.map { $0.lowercased() }.sorted().joined(separator: ","))\r\n"
        }
        if let maxAge = cors.maxAge { lines += "access-control-max-age: \(maxAge)\r\n" }
        preflightLines = Array(lines.utf8)
        let expose = (cors.exposeHeaders ?? []).map { $0.lowercased() }.sorted().joined(separator: ",")
        exposeLine = expose.isEmpty ? [] : Array("access-control-expose-headers: \(expose)\r\n".utf8)
    }

    private enum Allowance {
        case none
        case any
        /// The request's own origin is echoed.
        case echo
    }

    private func allowance(_ origin: UnsafeRawBufferPointer) -> Allowance {
        // With credentials a browser refuses `*`, so the origin itself is named.
        if allowsAnyOrigin { return allowsCredentials ? .echo : .any }
        for allowed in origins where allowed.count == origin.count && allowed.elementsEqual(origin) { return .echo }
        if allowsAnyHTTPS, origin.starts(with: "https://".utf8) { return .echo }
        if allowsAnyHTTP, origin.starts(with: "http://".utf8) { return .echo }
        return .none
    }

    /// The lines of an ordinary response to a request with this origin.
    func writeLines(origin: UnsafeRawBufferPointer, to buffer: inout ByteBuffer) {
        let allowance = allowance(origin)
        guard allowance != .none else { return }
        writeOrigin(allowance, origin, to: &buffer)
        buffer.write(exposeLine)
    }

    /// The lines of the answer to a preflight; none when the origin is not allowed.
    func writePreflightLines(origin: UnsafeRawBufferPointer, to buffer: inout ByteBuffer) {
        let allowance = allowance(origin)
        guard allowance != .none else { return }
        writeOrigin(allowance, origin, to: &buffer)
        buffer.write(preflightLines)
    }

    private func writeOrigin(_ allowance: Allowance, _ origin: UnsafeRawBufferPointer, to buffer: inout ByteBuffer) {
        buffer.write("access-control-allow-origin: ")
        if allowance == .any {
            buffer.write("*\r\n")
        } else {
            buffer.write(origin)
            buffer.write("\r\nvary: origin\r\n")
        }
        if allowsCredentials { buffer.write("access-control-allow-credentials: true\r\n") }
    }
}
