/// Header fields that the gateway itself reads or writes; all others are `other`.
package enum HeaderName: UInt8, Sendable, CaseIterable {
    case other
    case accessControl  // any `access-control-…` but the request ones below
    case accessControlRequestHeaders
    case accessControlRequestMethod
    case apiKey
    case authorization
    case connection
    case contentLength
    case contentType
    case cookie
    case date
    case expect
    case forwarded
    case host
    case keepAlive
    case methodOverride
    case origin
    case proxyConnection
    case te
    case trailer
    case transferEncoding
    case upgrade
    case userAgent
    case via
    case amznTraceId
    case forwardedFor
    case forwardedHost
    case forwardedPort
    case forwardedProto
    case apigwRequestId
    case setCookie

    /// The field's meaning by its name, whatever its case; one switch on the length, one comparison.
    package init(_ name: UnsafeRawBufferPointer) {
        self = .other
        func `is`(_ literal: StaticString, _ value: HeaderName) {
            if ASCII.equalsIgnoringCase(name, literal) { self = value }
        }
        switch name.count {
        case 2: `is`("te", .te)
        case 3: `is`("via", .via)
        case 4:
            `is`("host", .host)
            `is`("date", .date)
        case 6:
            `is`("origin", .origin)
            `is`("cookie", .cookie)
            `is`("expect", .expect)
        case 7:
            `is`("upgrade", .upgrade)
            `is`("trailer", .trailer)
        case 9:
            `is`("forwarded", .forwarded)
            `is`("x-api-key", .apiKey)
        case 10:
            `is`("connection", .connection)
            `is`("user-agent", .userAgent)
            `is`("keep-alive", .keepAlive)
            `is`("set-cookie", .setCookie)
        case 12: `is`("content-type", .contentType)
        case 13: `is`("authorization", .authorization)
        case 14: `is`("content-length", .contentLength)
        case 15:
            `is`("x-forwarded-for", .forwardedFor)
            `is`("x-amzn-trace-id", .amznTraceId)
            `is`("apigw-requestid", .apigwRequestId)
        case 16:
            `is`("x-forwarded-host", .forwardedHost)
            `is`("x-forwarded-port", .forwardedPort)
            `is`("proxy-connection", .proxyConnection)
        case 17:
            `is`("transfer-encoding", .transferEncoding)
            `is`("x-forwarded-proto", .forwardedProto)
        case 22: `is`("x-http-method-override", .methodOverride)
        default: break
        }
        if self == .other, name.count > 15,
            ASCII.equalsIgnoringCase(UnsafeRawBufferPointer(rebasing: name[..<15]), "access-control-")
        {
            self = .accessControl
            `is`("access-control-request-method", .accessControlRequestMethod)
            `is`("access-control-request-headers", .accessControlRequestHeaders)
        }
    }

    /// Fields that concern one connection only (RFC 9110 section 7.6.1) and never cross the gateway.
    package var isHopByHop: Bool {
        switch self {
        case .connection, .keepAlive, .proxyConnection, .te, .trailer, .transferEncoding, .upgrade: true
        default: false
        }
    }
}
