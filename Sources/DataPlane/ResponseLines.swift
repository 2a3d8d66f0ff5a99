import HTTPFront
import NIOCore

/// The head of a response while it is written, straight into the connection's buffer.
///
/// Each integration has its fields in an order of its own on the wire. It places the gateway's where they belong among
/// them; what it has not placed is added behind.
struct ResponseLines {
    let x: Exchange
    /// Whole lines with their CRLF go to its `out`.
    let stream: HTTPStream
    let framing: HTTPStream.ResponseFraming
    /// Set by whoever writes a date that is not the gateway's.
    var hasDate = false
    private var hasGatewayFields = false

    init(_ x: Exchange, _ stream: HTTPStream, _ framing: HTTPStream.ResponseFraming) {
        self.x = x
        self.stream = stream
        self.framing = framing
    }

    @inline(__always)
    mutating func date() {
        stream.writeDate()
        hasDate = true
    }

    /// `content-length` or `transfer-encoding`.
    @inline(__always)
    func length() { stream.writeFraming(framing) }

    /// `apigw-requestid` alone, where nothing of CORS may follow.
    mutating func requestId() {
        stream.out.write("apigw-requestid: ")
        stream.out.write(x.requestId)
        stream.out.write("\r\n")
        hasGatewayFields = true
    }

    /// What every response of the stage's kind has; of an HTTP API `apigw-requestid`, and the CORS lines when the API has
    /// CORS and the request an origin.
    mutating func gatewayFields() {
        if case .other(let pipeline) = x.stage?.kind {
            pipeline.writeFields(x, to: &stream.out)
            hasGatewayFields = true
            return
        }
        if x.apiKind != .http { return restFields() }
        requestId()
        guard let cors = x.stage?.http?.cors else { return }
        x.withField(.origin) { cors.writeLines(origin: $0, to: &stream.out) }
    }

    /// What every response of a REST API has. The trace stands where an integration was told of it: whole (recorded), and
    /// in the gateway's own words by its root.
    private mutating func restFields() {
        hasGatewayFields = true
        // A body that is too long is refused by what stands before the API (recorded).
        if x.refusal?.isFixed == true { return }
        if x.rest.warnsOfCacheControl { text(ResponseCache.warning) }
        stream.out.write("x-amzn-RequestId: ")
        x.writeRESTRequestId(to: &stream.out)
        stream.out.write("\r\nx-amz-apigw-id: ")
        stream.out.write(x.requestId)
        stream.out.write("\r\n")
        guard x.rest.showsTrace, !x.rest.traceId.isEmpty else { return }
        stream.out.write("X-Amzn-Trace-Id: ")
        if x.refusal == nil {
            stream.out.write(x.rest.traceId)
        } else {
            stream.out.write(x.rest.traceId.prefix { $0 != UInt8(ascii: ";") })
        }
        stream.out.write("\r\n")
    }

    @inline(__always)
    func text(_ text: StaticString) { stream.out.write(text) }

    func field(_ name: [UInt8], _ value: [UInt8]) {
        stream.out.write(name)
        stream.out.write(": ")
        stream.out.write(value)
        stream.out.write("\r\n")
    }

    /// Adds what has not been placed.
    @inline(__always)
    mutating func complete() {
        if !hasDate { date() }
        if !hasGatewayFields { gatewayFields() }
    }
}
