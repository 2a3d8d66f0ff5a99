import GatewayModel
import HTTPFront
import NIOCore
import SigV4

/// A REST API's request to an AWS service. Which fields are in it: from execution logs of AWS.
enum ServiceRequest {
    private typealias Pair = (name: [UInt8], value: [UInt8])

    /// Whether there is a host where the path's variables lead.
    static func check(_ x: Exchange, _ service: CalledService, _ integration: HTTPIntegration) throws(Refusal) {
        guard !service.subdomain.isEmpty else { return }
        var host = ByteBuffer()
        RESTUpstream.write(service.subdomain, integration, x.rest.parameters, to: &host)
        // What is filled in must not end the name, nor leave a label empty.
        let labels = host.readableBytesView.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let isName = labels.allSatisfy {
            !$0.isEmpty && $0.allSatisfy { $0 != UInt8(ascii: ":") && ASCII.isHostByte($0) }
        }
        guard isName else {
            x.reason = "has an integration whose host cannot be made from the path"
            throw .internalError
        }
    }

    /// To an endpoint, signed.
    static func writeHead(
        _ x: Exchange, _ service: CalledService, _ integration: HTTPIntegration, to out: inout ByteBuffer
    ) {
        let call = call(x, service, integration)
        out.write(call.method)
        out.write(" ")
        out.write(call.target)
        out.write(" HTTP/1.1\r\n")
        for field in call.fields { line(field.name, field.value, to: &out) }
        if let authorization = call.authorization {
            out.write("Authorization: ")
            out.writeString(authorization)
            out.write("\r\n")
        }
        out.write("x-amzn-apigateway-api-id: ")
        if let stage = x.stage { out.writeString(stage.key.apiId) }
        out.write("\r\nX-Amzn-Trace-Id: ")
        x.writeRESTTraceId(to: &out)
        out.write("\r\nContent-Length: ")
        out.writeDecimal(call.body?.readableBytes ?? 0)
        out.write("\r\n\r\n")
    }

    static func call(_ x: Exchange, _ service: CalledService, _ integration: HTTPIntegration) -> ServiceCall {
        let body = x.bodyUse == .collected ? x.body : nil
        var call = ServiceCall(
            service: service.name,
            method: Array(bytes { UpstreamRequest.writeMethod(x, integration, to: &$0) }.dropLast()),
            path: path(x, integration), query: query(x, service, integration),
            fields: fields(x, service, integration), body: body)
        guard let signer = service.signer else { return call }
        let time = Timestamp(milliseconds: Int64(x.worker.clock.epochMilliseconds))
        let digest = (body ?? ByteBuffer()).withUnsafeReadableBytes(RequestSigner.digest)
        call.sign(signer, time, digest)
        return call
    }

    /// With every character escaped that services escape when they look at the signature.
    private static func path(_ x: Exchange, _ integration: HTTPIntegration) -> [UInt8] {
        let written = bytes { RESTUpstream.write(integration.path, integration, x.rest.parameters, to: &$0) }
        return bytes { out in
            for byte in written {
                if byte == UInt8(ascii: "/") || byte == UInt8(ascii: "%") {
                    out.writeInteger(byte)
                } else {
                    PercentCoding.writeQueryValue(CollectionOfOne(byte), to: &out)
                }
            }
        }
    }

    // MARK: Query

    /// As it is signed: sorted, strictly encoded, each name with a value.
    private static func query(
        _ x: Exchange, _ service: CalledService, _ integration: HTTPIntegration
    ) -> [UInt8] {
        var pairs: [Pair] = service.action.map { [(Array("Action".utf8), $0)] } ?? []
        if !integration.query.isEmpty {
            bytes { RESTUpstream.write(integration.query, integration, x.rest.parameters, isQuery: true, to: &$0) }
                .withUnsafeBytes { pairs += QueryPairs($0) }
        }
        pairs += x.rest.parameters.query
        let encoded = pairs.map { pair in
            (
                name: bytes { PercentCoding.writeQueryValue(pair.name, to: &$0) },
                value: bytes { PercentCoding.writeQueryValue(pair.value, to: &$0) }
            )
        }
        .sorted { left, right in
            left.name == right.name
                ? left.value.lexicographicallyPrecedes(right.value) : left.name.lexicographicallyPrecedes(right.name)
        }
        return Array(
            encoded.map { $0.name + [UInt8(ascii: "=")] + $0.value }.joined(separator: [UInt8(ascii: "&")]))
    }

    // MARK: Fields

    /// What is mapped wins, but for what belongs to the signature.
    private static func fields(_ x: Exchange, _ service: CalledService, _ integration: HTTPIntegration) -> [Pair] {
        var fields = x.rest.parameters.headers.filter { !isOfSignature($0.name) }
        // Which service of this server's is asked is not the caller's to choose.
        if case .own = service.place { fields.removeAll { isNamed($0.name, "host") } }
        func add(_ name: StaticString, _ value: @autoclosure () -> [UInt8]?) {
            let isThere = fields.contains { isNamed($0.name, name) }
            if !isThere, let value = value() { fields.append((name.bytes, value)) }
        }
        add("host", host(x, service, integration))
        add("accept", Array("application/json".utf8))
        add("user-agent", Array("AmazonAPIGateway_\(x.stage?.key.apiId ?? "")".utf8))
        add("x-amz-target", service.target)
        add("content-type", service.contentType ?? clientsContentType(x))
        return fields
    }

    private static func host(_ x: Exchange, _ service: CalledService, _ integration: HTTPIntegration) -> [UInt8] {
        bytes { out in
            if !service.subdomain.isEmpty {
                RESTUpstream.write(service.subdomain, integration, x.rest.parameters, to: &out)
                out.write(".")
            }
            RESTUpstream.write(integration.authority, integration, x.rest.parameters, to: &out)
        }
    }

    /// Of a request with a body, as for every integration that is no proxy.
    private static func clientsContentType(_ x: Exchange) -> [UInt8]? {
        guard (x.body?.readableBytes ?? 0) > 0 else { return nil }
        var type = Array("application/json".utf8)
        x.withField(.contentType) { type = Array($0) }
        return type
    }

    private static func isOfSignature(_ name: [UInt8]) -> Bool {
        for own: StaticString in ["x-amz-date", "x-amz-security-token", "x-amz-content-sha256"]
        where isNamed(name, own) { return true }
        return false
    }

    private static func isNamed(_ name: [UInt8], _ other: StaticString) -> Bool {
        name.withUnsafeBytes { ASCII.equalsIgnoringCase($0, other) }
    }

    private static func line(_ name: [UInt8], _ value: [UInt8], to out: inout ByteBuffer) {
        out.write(name)
        out.write(": ")
        out.write(value)
        out.write("\r\n")
    }

    private static func bytes(_ write: (inout ByteBuffer) -> Void) -> [UInt8] {
        var buffer = ByteBuffer()
        write(&buffer)
        return Array(buffer.readableBytesView)
    }
}
