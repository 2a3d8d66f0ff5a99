import Callers
import ControlPlane
import GatewayModel
import ObjectStore
import SigV4

/// The fields of a form that uploads an object, by their names in small letters.
struct PostForm: Sendable {
    private(set) var fields: [String: String] = [:]

    subscript(name: String) -> String? { fields[name.lowercased()] }

    mutating func add(_ name: String, _ value: String) throws(ObjectError) {
        guard fields.updateValue(value, forKey: name.lowercased()) == nil else {
            throw .invalidArgument("Gatehouse takes each field of a form once.", name: name, value: value)
        }
    }

    /// Fields become what the head of PutObject would say; the name of the file stands for `${filename}` in them.
    /// Source: S3 API Reference, RESTObjectPOST, form fields.
    mutating func name(file: String?) {
        for (name, value) in fields { fields[name] = value.replacing("${filename}", with: file ?? "") }
    }

    static func missing(_ name: String) -> ObjectError {
        .invalidArgument(
            "Bucket POST must contain a field named '\(name)'.  If it is specified, please check the order of the fields.",
            name: name, value: "")
    }

    private static let kept: Set = [
        "cache-control", "content-type", "content-disposition", "content-encoding", "content-language", "content-md5",
        "expires", "x-amz-storage-class", "x-amz-website-redirect-location", "x-amz-tagging",
    ]
    private static let keptPrefixes = [
        "x-amz-meta-", "x-amz-server-side-encryption", "x-amz-checksum-", "x-amz-object-lock-",
    ]
    /// Those of the signature.
    private static let ofSignature: Set = [
        "x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-signature", "x-amz-security-token",
    ]

    /// The fields of a PutObject that says the same.
    func headers() throws(ObjectError) -> [(name: String, value: String)] {
        var headers: [(name: String, value: String)] = []
        for (name, value) in fields {
            if Self.kept.contains(name) || Self.keptPrefixes.contains(where: name.hasPrefix) {
                headers.append((name, value))
            } else if name.hasPrefix("x-amz-"), !Self.ofSignature.contains(name) {
                throw .notImplemented(header: name)
            }
        }
        if let acl = fields["acl"] { headers.append(("x-amz-acl", acl)) }
        if let tagging = fields["tagging"] {
            guard fields["x-amz-tagging"] == nil else {
                throw .invalidRequest("A form has 'tagging' or 'x-amz-tagging', and not both.")
            }
            headers.append(("x-amz-tagging", try Self.tags(tagging)))
        }
        return headers
    }

    /// A document of another kind has no tags (recorded).
    private static func tags(_ text: String) throws(ObjectError) -> String {
        let document: XMLElement
        do { document = try XMLElement(parsing: Array(text.utf8)) } catch { throw .malformedXML }
        guard document.name == "Tagging" else { return "" }
        return try Tags.read(document, of: .object)
            .map { "\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value))" }.joined(separator: "&")
    }
}

/// Who has signed a form, by version 4 or 2 of signatures.
struct PostSignature: Sendable {
    let accessKeyId: String
    private let signature: String
    private let token: String?
    /// Of version 4: day and region.
    private let scope: (day: String, region: String)?

    private static let names = ["X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-Date"]
    private static let olderNames = ["AWSAccessKeyId", "Signature"]

    /// nil where the form has no policy. Source: recorded refusals.
    init?(_ form: PostForm, region: String) throws(ObjectError) {
        guard form["policy"] != nil else { return nil }
        token = form["x-amz-security-token"]
        if Self.names.contains(where: { form[$0] != nil }) {
            for name in Self.names where form[name] == nil { throw PostForm.missing(name) }
            let credential = form["x-amz-credential"] ?? ""
            let parts = credential.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            guard form["x-amz-algorithm"] == "AWS4-HMAC-SHA256", parts.count == 5, parts[3] == BucketHost.service,
                parts[4] == "aws4_request"
            else {
                throw .invalidArgument(
                    "Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting "
                        + "\"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".", name: "X-Amz-Credential",
                    value: credential)
            }
            guard parts[2] == region else {
                throw ObjectError(
                    "AuthorizationQueryParametersError", status: 400,
                    "Error parsing the X-Amz-Credential parameter; the region '\(parts[2])' is wrong; expecting "
                        + "'\(region)'"
                ).with("Region", region)
            }
            accessKeyId = parts[0]
            signature = form["x-amz-signature"] ?? ""
            scope = (parts[1], region)
            return
        }
        guard Self.olderNames.contains(where: { form[$0] != nil }) else { throw .accessDenied }
        for name in Self.olderNames where form[name] == nil { throw PostForm.missing(name) }
        guard SignatureV2.regions.contains(region) else {
            throw .unsupportedMechanism
        }
        accessKeyId = form["awsaccesskeyid"] ?? ""
        signature = form["signature"] ?? ""
        scope = nil
    }

    /// The one whose key it is.
    func verify(_ policy: String, _ callers: CallerDirectory, now: Timestamp) throws(ObjectError) -> Caller {
        let key: CallerDirectory.Key
        do throws(SignatureFault) { key = try callers.key(accessKeyId, token: token, now: now) } catch {
            throw ObjectError(error, key: accessKeyId)
        }
        let isRight =
            if let scope {
                SigningKey(
                    secret: key.secret, day: scope.day, region: scope.region, service: BucketHost.service
                ).isSignature(signature, of: policy)
            } else { SignatureV2.isSignature(signature, of: policy, with: key.secret) }
        guard isRight else { throw .wrongSignature(signature, of: policy, key: accessKeyId) }
        return key.caller
    }
}
