import GatewayModel
import NIOCore

/// The error that a runtime tells behind a streamed response, in its trailers.
enum StreamError {
    /// The error object; nil when there is none, and the response is complete.
    static func payload(_ trailers: ByteBuffer) -> ByteBuffer? {
        guard trailers.readableBytes > 0 else { return nil }
        var type: String?
        var body: String?
        for line in String(buffer: trailers).split(separator: "\r\n") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = String(line[line.index(after: colon)...].trimmingPrefix { $0 == " " || $0 == "\t" })
            switch line[..<colon].lowercased() {
            case "lambda-runtime-function-error-type": type = value
            case "lambda-runtime-function-error-body": body = value
            default: continue
            }
        }
        if let body, let payload = Base64.decode(body) { return ByteBuffer(bytes: payload) }
        guard type != nil || body != nil else { return nil }
        return ErrorPayload.make(type ?? "Runtime.Unknown", "")
    }
}
