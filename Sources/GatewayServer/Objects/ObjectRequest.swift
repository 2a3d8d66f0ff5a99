import GatewayModel
import ObjectStore

/// A request for S3, taken apart: the bucket from host or path, the key from the path, the rest as it came.
struct ObjectRequest: Sendable {
    let method: String
    let bucket: String?
    let key: String?
    let query: [(name: String, value: String)]
    /// The bucket, where the host names it.
    let hostBucket: String?
    /// By name, in small letters; of a repeated field the values with commas between them.
    private let headers: [String: String]
    /// As errors name it.
    let resource: String
    private let isOwn: Bool

    /// - Parameters:
    ///   - path: with its escapes.
    ///   - hostBucket: the bucket that the host names.
    ///   - isOwn: whether it comes from this server, which signs nothing.
    init(
        method: String, path: String, query: String, headers: [(name: String, value: String)], hostBucket: String?,
        isOwn: Bool = false
    ) throws(ObjectError) {
        self.method = method
        var fields: [String: String] = [:]
        for header in headers {
            fields[header.name] = fields[header.name].map { "\($0),\(header.value)" } ?? header.value
        }
        guard path.hasPrefix("/"), let path = PercentEncoding.decode(path),
            let query = PercentEncoding.query(query)
        else { throw ObjectError("InvalidURI", status: 400, "Couldn't parse the specified URI.") }
        self.query = query
        self.hostBucket = hostBucket
        self.headers = Self.withSignedParameters(fields, query)
        self.isOwn = isOwn
        resource = path
        let place = BucketPlace(hostBucket.map { "/\($0)\(path)" } ?? path)
        (bucket, key) = (place.bucket, place.key)
    }

    private static let signatures = ["X-Amz-Signature", "Signature"]
    private static let signedFields: Set = ["content-type", "content-md5", "if-match", "if-none-match"]
    private static let signatureParameters: Set = [
        "x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-expires", "x-amz-signedheaders", "x-amz-signature",
        "x-amz-security-token",
    ]

    /// Fields may stand in the query of a URL that is signed with it.
    private static func withSignedParameters(
        _ fields: [String: String], _ query: [(name: String, value: String)]
    ) -> [String: String] {
        guard query.contains(where: { signatures.contains($0.name) }) else { return fields }
        var fields = fields
        for (name, value) in query {
            let name = name.lowercased()
            guard name.hasPrefix("x-amz-") || signedFields.contains(name), !signatureParameters.contains(name),
                fields[name] == nil
            else { continue }
            fields[name] = value
        }
        return fields
    }

    /// Whether its URL is signed.
    var isPresigned: Bool { Self.signatures.contains(where: has) }

    /// Whether somebody says who it is from.
    var isSigned: Bool { isOwn || isPresigned || header("authorization") != nil }

    /// Whether it is a form that uploads an object.
    var isForm: Bool { method == "POST" && bucket != nil && key == nil && !ObjectOperation.namesPart(self) }

    /// All buckets are of one account: whoever expects another's gets none of these.
    func checkOwner(_ account: AccountIdentity) throws(ObjectError) {
        for name in ["x-amz-expected-bucket-owner", "x-amz-source-expected-bucket-owner"] {
            guard let owner = header(name), owner != account.accountId else { continue }
            guard owner.utf8.count == 12, owner.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
                throw ObjectError(
                    "InvalidBucketOwnerAWSAccountID", status: 400,
                    "The value of the expected bucket owner parameter must be an AWS Account ID... [\(owner)]")
            }
            throw .accessDenied
        }
    }

    func header(_ name: String) -> String? { headers[name] }
    var headerNames: some Sequence<String> { headers.keys }
    func parameter(_ name: String) -> String? { query.first { $0.name == name }?.value }
    func has(_ name: String) -> Bool { query.contains { $0.name == name } }

    /// A parameter that is a number.
    func number(_ name: String, in range: ClosedRange<Int>, else standard: Int) throws(ObjectError) -> Int {
        guard let text = parameter(name), !text.isEmpty else { return standard }
        guard let number = Int(text) else {
            throw .invalidArgument("Provided \(name) not an integer or within integer range", name: name, value: text)
        }
        guard number >= range.lowerBound else {
            throw .invalidArgument(
                "Argument \(name) must be an integer between \(range.lowerBound) and \(Int32.max)", name: name,
                value: text)
        }
        return min(number, range.upperBound)
    }

    /// The version that is meant; nil is the newest.
    func versionId() throws(ObjectError) -> String? {
        guard let id = parameter("versionId") else { return nil }
        guard !id.isEmpty else {
            throw .invalidArgument("Version id cannot be the empty string", name: "versionId", value: id)
        }
        // Those of AWS, and those that are made here.
        guard id.utf8.count == 32 || id == ObjectVersion.withoutVersioning else {
            throw .invalidArgument("Invalid version id specified", name: "versionId", value: id)
        }
        return id
    }
}
