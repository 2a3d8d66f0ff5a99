import GatewayModel
import ObjectStore

/// What a request says of the content that it brings: what of it is checked, and how it is packed.
struct ContentClaims: Sendable {
    /// AWS quota: 5 GB in one piece.
    static let bytes = 5_368_709_120

    /// How the body carries the content.
    enum Packing: Sendable {
        case plain
        /// `aws-chunked`.
        case chunked(isSigned: Bool)
    }

    private(set) var packing = Packing.plain
    /// Of the content; nil: not known.
    private(set) var length: Int?
    private(set) var md5: [UInt8]?
    /// In hexadecimal digits.
    private(set) var sha256: String?
    private(set) var checksum: Checksum?
    /// The one that follows behind the body.
    private(set) var trailer: ChecksumKind?

    /// - Parameter contentLength: of the body; nil where HTTP does not tell it.
    /// - Parameter hasOwnChecksum: whether `x-amz-checksum-…` is about the body.
    init(_ request: ObjectRequest, contentLength: Int?, hasOwnChecksum: Bool = true) throws(ObjectError) {
        let payload = request.header("x-amz-content-sha256") ?? ""
        switch payload {
        case "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER":
            packing = .chunked(isSigned: true)
        case "STREAMING-UNSIGNED-PAYLOAD-TRAILER": packing = .chunked(isSigned: false)
        case "", "UNSIGNED-PAYLOAD": break
        case _ where Hexadecimal.isSHA256(payload): sha256 = payload
        default:
            throw .invalidArgument(
                "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, "
                    + "STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 "
                    + "value.", name: "x-amz-content-sha256", value: payload)
        }
        switch packing {
        case .plain:
            guard let contentLength else { throw .missingContentLength }
            length = contentLength
        case .chunked:
            guard let text = request.header("x-amz-decoded-content-length"), let decoded = Int(text), decoded >= 0
            else { throw .missingContentLength }
            length = decoded
        }
        if let length, length > Self.bytes {
            throw ObjectError(
                "EntityTooLarge", status: 400, "Your proposed upload exceeds the maximum allowed size"
            ).with("ProposedSize", String(length)).with("MaxSizeAllowed", String(Self.bytes))
        }
        if let text = request.header("content-md5") {
            guard let md5 = Base64.decode(text), md5.count == 16 else {
                throw ObjectError("InvalidDigest", status: 400, "The Content-MD5 you specified was invalid.")
                    .with("Content-MD5", text)
            }
            self.md5 = md5
        }
        if hasOwnChecksum { try readChecksums(request) }
    }

    private mutating func readChecksums(_ request: ObjectRequest) throws(ObjectError) {
        let sent = ChecksumKind.allCases.filter { request.header($0.header) != nil }
        guard sent.count <= 1 else {
            throw .invalidRequest(
                "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.")
        }
        if let kind = sent.first, let value = request.header(kind.header) {
            guard kind.isWellFormed(value) else {
                throw .invalidRequest("Value for \(kind.header) header is invalid.")
            }
            checksum = Checksum(kind: kind, value: value)
        }
        if let name = request.header("x-amz-trailer")?.lowercased() {
            guard let kind = ChecksumKind.allCases.first(where: { $0.header == name }) else {
                throw .invalidRequest("The value specified in the x-amz-trailer header is not supported")
            }
            guard sent.isEmpty else { throw .invalidRequest("Expecting a single x-amz-checksum- header") }
            guard case .chunked = packing else { throw .malformedTrailer }
            trailer = kind
        }
        if let algorithm = request.header("x-amz-sdk-checksum-algorithm"), !algorithm.isEmpty {
            guard let kind = ChecksumKind(rawValue: algorithm.uppercased()) else {
                throw .invalidRequest("Value for x-amz-sdk-checksum-algorithm header is invalid.")
            }
            guard kind == (checksum?.kind ?? trailer) else {
                throw .invalidRequest(
                    "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer "
                        + "headers were found.")
            }
        }
    }

    /// Whether the sender tells a checksum.
    var isChecked: Bool { checksum != nil || trailer != nil }

    /// Of content that comes without any AWS keeps CRC64NVME.
    var kind: ChecksumKind { checksum?.kind ?? trailer ?? .crc64NVME }

    /// Whether the content is what was said of it.
    func check(_ digests: ContentDigests, trailer value: String?) throws(ObjectError) {
        guard digests.size == length else { throw .incompleteBody }
        if let sha256, sha256 != digests.sha256 { throw .contentMismatch(sha256, digests.sha256) }
        if let md5, md5 != digests.md5 {
            throw ObjectError(
                "BadDigest", status: 400, "The Content-MD5 you specified did not match what we received."
            ).with("ExpectedDigest", Base64.encode(md5)).with("CalculatedDigest", Base64.encode(digests.md5))
        }
        let told: String?
        if let trailer {
            guard let value else { throw .incompleteBody }
            guard trailer.isWellFormed(value) else {
                throw .invalidRequest("Value for \(trailer.header) trailing header is invalid.")
            }
            told = value
        } else {
            told = checksum?.value
        }
        guard let told, let real = digests.checksum(kind), real.value != told else { return }
        throw ObjectError(
            "BadDigest", status: 400,
            "The \(kind.rawValue) you specified did not match the calculated checksum.")
    }
}

extension ObjectError {
    fileprivate static let malformedTrailer = ObjectError(
        "MalformedTrailerError", status: 400,
        "The request contained trailing data that was not well-formed or did not conform to our published schema.")

    static let missingContentLength = ObjectError(
        "MissingContentLength", status: 411, "You must provide the Content-Length HTTP header.")

    static func contentMismatch(_ told: String, _ real: String) -> ObjectError {
        ObjectError(
            "XAmzContentSHA256Mismatch", status: 400,
            "The provided 'x-amz-content-sha256' header does not match what was computed."
        ).with("ClientComputedContentSHA256", told).with("S3ComputedContentSHA256", real)
    }
}
