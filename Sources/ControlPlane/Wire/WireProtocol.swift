import JSON

/// A protocol in which AWS's services are called. What differs here is how an error is written, so that every client
/// reads its code and its message.
package enum WireProtocol: Sendable, Equatable {
    /// Members in path, query, headers and a JSON body; the error's code in a header.
    case restJSON
    /// `x-amz-target` and a JSON body; the error's code in the body. Version 1.0 or 1.1.
    case json(version: String)
    /// A form with `Action`, answers in XML of the service's namespace, empty where it is not known.
    case query(namespace: String)
    /// The same, with EC2's own errors.
    case ec2
    /// Members in path, query, headers and an XML body; the namespace of errors.
    case restXML(namespace: String)
    /// The same, with S3's own errors.
    case s3
    /// `POST /service/NAME/operation/NAME` and bodies in CBOR.
    case cbor

    package func response(_ error: ServiceError, requestId: String) -> WireResponse {
        switch self {
        case .restJSON: return error.response(requestId: requestId)
        case .json(let version):
            var body = error.details
            body["__type"] = .string(error.code)
            body[error.messageMember] = .string(error.message)
            return WireResponse(
                status: error.status,
                headers: [("content-type", "application/x-amz-json-\(version)"), ("x-amzn-requestid", requestId)],
                body: JSONValue.object(body).bytes)
        case .query(let namespace), .restXML(let namespace):
            let attribute = namespace.isEmpty ? "" : " xmlns=\"\(namespace)\""
            return Self.xml(
                error.status, requestId,
                "<ErrorResponse\(attribute)><Error><Type>\(error.status < 500 ? "Sender" : "Receiver")</Type>"
                    + "\(Self.members(error))</Error><RequestId>\(requestId)</RequestId></ErrorResponse>")
        case .ec2:
            return Self.xml(
                error.status, requestId,
                "<Response><Errors><Error>\(Self.members(error))</Error></Errors>"
                    + "<RequestID>\(requestId)</RequestID></Response>")
        case .s3:
            return Self.xml(
                error.status, requestId,
                "<Error>\(Self.members(error))<RequestId>\(requestId)</RequestId></Error>")
        case .cbor:
            let body = CBOR.map([("__type", error.code), ("message", error.message)])
            return WireResponse(
                status: error.status,
                headers: [
                    ("content-type", "application/cbor"), ("smithy-protocol", "rpc-v2-cbor"),
                    ("x-amzn-requestid", requestId),
                ],
                body: body)
        }
    }

    private static func members(_ error: ServiceError) -> String {
        "<Code>\(XML.escaped(error.code))</Code><Message>\(XML.escaped(error.message))</Message>"
    }

    package static func xml(_ status: Int, _ requestId: String, _ body: String) -> WireResponse {
        WireResponse(
            status: status, headers: [("content-type", "text/xml"), ("x-amzn-requestid", requestId)],
            body: Array("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\(body)".utf8))
    }

    /// The error for what a service does not have, as its protocol has it.
    package func refusal(_ message: String) -> ServiceError {
        switch self {
        case .restJSON, .restXML: ServiceError("UnknownOperationException", status: 404, message)
        case .json, .cbor: ServiceError("UnknownOperationException", status: 400, message)
        case .query, .ec2: ServiceError("InvalidAction", status: 400, message)
        // A 404 would say that there is no such bucket.
        case .s3: ServiceError("NotImplemented", status: 501, message)
        }
    }
}

/// Text in XML.
package enum XML {
    /// Characters that mark-up is made of are replaced, those that XML cannot have are left out.
    package static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\t", "\n", "\r": result.unicodeScalars.append(scalar)
            case "\u{0}"..<"\u{20}", "\u{FFFE}", "\u{FFFF}": continue
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

/// As much of CBOR (RFC 8949) as errors need: a map of texts.
enum CBOR {
    static func map(_ pairs: [(name: String, value: String)]) -> [UInt8] {
        var bytes: [UInt8] = []
        head(5, pairs.count, &bytes)
        for pair in pairs {
            for text in [pair.name, pair.value] {
                head(3, text.utf8.count, &bytes)
                bytes += text.utf8
            }
        }
        return bytes
    }

    /// The major type and a count of at most 32 bits.
    private static func head(_ type: UInt8, _ count: Int, _ bytes: inout [UInt8]) {
        switch count {
        case ..<24: bytes.append(type << 5 | UInt8(count))
        case ..<256: bytes += [type << 5 | 24, UInt8(count)]
        case ..<65_536: bytes += [type << 5 | 25, UInt8(count >> 8), UInt8(count & 0xFF)]
        default:
            bytes.append(type << 5 | 26)
            for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: count >> shift)) }
        }
    }
}
