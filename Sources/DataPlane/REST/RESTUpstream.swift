import GatewayModel
import HTTPFront
import NIOCore

/// The head of a REST API's request to an origin. Which fields are in it: from recorded requests.
enum RESTUpstream {
    static func writeHead(
        _ x: Exchange, _ method: RESTMethod, _ integration: HTTPIntegration, to out: inout ByteBuffer
    ) {
        if let service = integration.service {
            return ServiceRequest.writeHead(x, service, integration, to: &out)
        }
        guard let client = x.connection else { return }
        let parameters = x.rest.parameters
        UpstreamRequest.writeMethod(x, integration, to: &out)
        writeTarget(x, method, integration, parameters, to: &out)
        out.write(" HTTP/1.1\r\n")
        if !isMapped("host", parameters) {
            out.write("Host: ")
            write(integration.authority, integration, parameters, to: &out)
            out.write("\r\n")
        }
        for field in parameters.headers { line(field.name, field.value, to: &out) }
        if method.isProxy {
            copyFields(client.head, parameters, to: &out)
            writeForwarded(x, parameters, to: &out)
        } else {
            if !isMapped("accept", parameters) { out.write("Accept: application/json\r\n") }
            if !isMapped("user-agent", parameters) {
                out.write("User-Agent: AmazonAPIGateway_")
                writeAPIId(x, to: &out)
            }
        }
        out.write("X-Amzn-Apigateway-Api-Id: ")
        writeAPIId(x, to: &out)
        out.write("X-Amzn-Trace-Id: ")
        x.writeRESTTraceId(to: &out)
        out.write("\r\n")
        writeFraming(x, method, integration, parameters, to: &out)
        out.write("\r\n")
    }

    private static func writeAPIId(_ x: Exchange, to out: inout ByteBuffer) {
        if let stage = x.stage { out.writeString(stage.key.apiId) }
        out.write("\r\n")
    }

    /// Of the client's query a proxy passes all; what is mapped is added.
    private static func writeTarget(
        _ x: Exchange, _ method: RESTMethod, _ integration: HTTPIntegration, _ parameters: IntegrationParameters,
        to out: inout ByteBuffer
    ) {
        write(integration.path, integration, parameters, to: &out)
        var separator: StaticString = "?"
        func next(_ write: (inout ByteBuffer) -> Void) {
            out.write(separator)
            separator = "&"
            write(&out)
        }
        if !integration.query.isEmpty {
            next { write(integration.query, integration, parameters, isQuery: true, to: &$0) }
        }
        if method.isProxy {
            _ = x.withHead { bytes, head in
                let query = UnsafeRawBufferPointer(rebasing: bytes[head.query.range])
                if !query.isEmpty { next { $0.write(query) } }
            }
        }
        for pair in parameters.query {
            next { out in
                PercentCoding.writeQueryValue(pair.name, to: &out)
                out.write("=")
                PercentCoding.writeQueryValue(pair.value, to: &out)
            }
        }
    }

    /// A name that nothing is mapped to stays as it is written.
    static func write(
        _ parts: [HTTPIntegration.Part], _ integration: HTTPIntegration, _ parameters: IntegrationParameters,
        isQuery: Bool = false, to out: inout ByteBuffer
    ) {
        for part in parts {
            switch part {
            case .text(let text): out.write(text)
            case .variable(let index):
                guard index < parameters.path.count, let value = parameters.path[index] else {
                    out.write(integration.unfilled[index])
                    continue
                }
                // A path may hold characters that would end a value in a query.
                if isQuery {
                    PercentCoding.writeQueryValue(value, to: &out)
                } else {
                    PercentCoding.writePath(value, to: &out)
                }
            }
        }
    }

    private static func copyFields(
        _ head: RequestHead, _ parameters: IntegrationParameters, to out: inout ByteBuffer
    ) {
        let named = ConnectionOptions(head.fields, head.bytes)
        head.withBytes { bytes in
            UpstreamRequest.copyLines(head.fields, bytes, to: &out) { field in
                let name = UnsafeRawBufferPointer(rebasing: bytes[field.name.range])
                guard isForwarded(field.known, name), !named.contains(field, bytes) else { return false }
                // A signature is for this hop.
                if field.known == .authorization, bytes[field.value.range].starts(with: "AWS4-".utf8) { return false }
                return !parameters.headers.contains { ASCII.equalsIgnoringCase(name, $0.name) }
            }
        }
    }

    /// Fields that do not reach a proxy's origin.
    private static func isForwarded(_ known: HeaderName, _ name: UnsafeRawBufferPointer) -> Bool {
        switch known {
        case .host, .contentLength, .expect, .via, .amznTraceId, .forwardedFor, .forwardedPort, .forwardedProto,
            .methodOverride:
            return false
        case .other:
            // Told apart by their lengths first: most fields are none of them.
            return switch name.count {
            case 6: !ASCII.equalsIgnoringCase(name, "server")
            case 11: !ASCII.equalsIgnoringCase(name, "content-md5")
            case 12: !ASCII.equalsIgnoringCase(name, "max-forwards")
            case 16:
                !ASCII.equalsIgnoringCase(name, "www-authenticate")
                    && !ASCII.equalsIgnoringCase(name, "content-encoding")
            case 18: !ASCII.equalsIgnoringCase(name, "proxy-authenticate")
            case 24: !ASCII.equalsIgnoringCase(name, "x-amzn-apigateway-api-id")
            default: true
            }
        default: return !known.isHopByHop
        }
    }

    /// Recorded: the origin of a proxy is told who its client is, that of a custom integration is not.
    private static func writeForwarded(
        _ x: Exchange, _ parameters: IntegrationParameters, to out: inout ByteBuffer
    ) {
        if !isMapped("x-forwarded-for", parameters) {
            out.write("X-Forwarded-For: ")
            EventParts.writeForwardedAddresses(x, to: &out)
            out.write("\r\n")
        }
        if !isMapped("x-forwarded-port", parameters) {
            out.write("X-Forwarded-Port: ")
            x.writePort(to: &out)
            out.write("\r\n")
        }
        if !isMapped("x-forwarded-proto", parameters) {
            out.write("X-Forwarded-Proto: ")
            x.writeScheme(to: &out)
            out.write("\r\n")
        }
    }

    private static func isMapped(_ name: StaticString, _ parameters: IntegrationParameters) -> Bool {
        parameters.headers.contains { $0.name.withUnsafeBytes { ASCII.equalsIgnoringCase($0, name) } }
    }

    private static func line(_ name: [UInt8], _ value: [UInt8], to out: inout ByteBuffer) {
        out.write(name)
        out.write(": ")
        out.write(value)
        out.write("\r\n")
    }

    private static func writeFraming(
        _ x: Exchange, _ method: RESTMethod, _ integration: HTTPIntegration, _ parameters: IntegrationParameters,
        to out: inout ByteBuffer
    ) {
        guard let head = x.connection?.head else { return }
        if !method.isProxy, !isMapped("content-type", parameters), (x.body?.readableBytes ?? 0) > 0 {
            out.write("Content-Type: ")
            x.withField(.contentType) { out.write($0) }
            if !head.contains(.contentType) { out.write("application/json") }
            out.write("\r\n")
        }
        let length: Int =
            if x.bodyUse == .collected {
                x.body?.readableBytes ?? 0
            } else if case .length(let length) = head.body {
                length
            } else { 0 }
        let needsLength: Bool =
            switch integration.knownMethod ?? head.method {
            case .get, .head, .options, .delete: length > 0
            default: true
            }
        guard needsLength else { return }
        out.write("Content-Length: ")
        out.writeDecimal(length)
        out.write("\r\n")
    }
}
