import ControlPlane
import GatewayModel
import ObjectStore

/// A request for S3 with all that its operation needs. It runs on a thread that may wait for the disk.
struct ObjectCall: Sendable {
    let store: ObjectStore
    let account: AccountIdentity
    let request: ObjectRequest
    let access: ObjectAccess
    /// Of an operation that takes a document.
    var body: [UInt8] = []
    /// Tags of AWS's own that the call may set; nil of every call but those of stacks.
    var systemTags: [String: String]?

    var bucket: String { request.bucket ?? "" }
    var key: String { request.key ?? "" }

    /// Where the object is, as the client has called. Source: recorded answers.
    var location: String {
        "http://\(request.header("host") ?? "")" + PercentEncoding.encode(request.resource, keeping: "/")
    }

    /// The document that the body is.
    func document(_ name: String) throws(ObjectError) -> XMLElement {
        do {
            let document = try XMLElement(parsing: body)
            guard document.name == name else { throw ObjectError.malformedXML }
            return document
        } catch { throw .malformedXML }
    }
}

/// What S3 does, found by method, by whether there is a bucket and a key, and by the query parameter that names a part.
/// Source: botocore 1.44.8, s3/2006-03-01.
struct ObjectOperation: Sendable {
    enum Body: Sendable {
        case none
        /// A document, read whole.
        case document
        /// Content, of any length.
        case content(Receiving)
        /// Content in a form, which says who sends it.
        case form
        /// None: the content is there.
        case copy(Copying)
    }

    /// What becomes of content.
    struct Receiving: Sendable {
        /// Looks, before it is sent, whether it is wanted; says by which checksum it will be kept.
        let prepare: @Sendable (ObjectCall, ContentClaims) throws(ObjectError) -> ChecksumKind
        let keep:
            @Sendable (ObjectCall, ContentClaims, IncomingContent, ContentDigests) throws(ObjectError)
                -> ObjectAnswer
    }

    typealias Run = @Sendable (ObjectCall) throws(ObjectError) -> ObjectAnswer
    typealias Copying = @Sendable (ObjectCall) throws(ObjectError) -> ContentCopy

    let name: String
    let method: String
    let place: Place
    /// The query parameter that tells it; nil: none does.
    let part: String?
    /// As policies name it; nil is the operation's own name.
    let action: String
    let body: Body
    let run: Run

    enum Place: Sendable { case service, bucket, key }

    init(
        _ name: String, _ method: String, _ place: Place, _ part: String? = nil, action: String? = nil,
        body: Body = .none, _ run: @escaping Run
    ) {
        self.name = name
        self.method = method
        self.place = place
        self.part = part
        self.action = "s3:\(action ?? name)"
        self.body = body
        self.run = run
    }

    init(_ name: String, _ part: String? = nil, action: String? = nil, receiving: Receiving) {
        self.init(name, "PUT", .key, part, action: action, body: .content(receiving)) { _ throws(ObjectError) in
            throw .internalError("\(name) was run without its content")
        }
    }

    init(_ name: String, _ part: String? = nil, copying: @escaping Copying) {
        self.init(name, "PUT", .key, part, action: "PutObject", body: .copy(copying)) { call throws(ObjectError) in
            let copy = try copying(call)
            while true { if let answer = try copy.step() { return answer } }
        }
    }

    private var isCopy: Bool { if case .copy = body { true } else { false } }

    /// Query parameters that name a part of a bucket or of an object: a request with one of them is that part's, and never
    /// the whole's.
    private static let parts: Set<String> = [
        "accelerate", "acl", "analytics", "attributes", "cors", "delete", "encryption", "intelligent-tiering",
        "inventory",
        "legal-hold", "lifecycle", "location", "logging", "metadataConfiguration", "metadataInventoryTable",
        "metadataJournalTable", "metadataTable", "metrics", "notification", "object-lock", "ownershipControls",
        "policy",
        "policyStatus", "publicAccessBlock", "renameObject", "replication", "requestPayment", "restore", "retention",
        "select", "session", "tagging", "torrent", "uploadId", "uploads", "versioning", "versions", "website", "abac",
    ]

    private static let all: [ObjectOperation] =
        bucketOperations + listings + settingOperations + policyOperations + objectOperations + tagOperations
        + uploadOperations

    static func namesPart(_ request: ObjectRequest) -> Bool { !parts(of: request).isEmpty }

    /// The parts that a request names: more than one where it is not to be understood.
    static func parts(of request: ObjectRequest) -> [String] { request.query.map(\.name).filter(parts.contains) }

    /// What is done with a version that is there: for one that is named there are actions of their own,
    /// `s3:GetObjectVersion`, `s3:PutObjectVersionTagging`. Source: Service Authorization Reference.
    private static let ofVersions: Set = [
        "s3:GetObject", "s3:DeleteObject", "s3:GetObjectTagging", "s3:PutObjectTagging", "s3:DeleteObjectTagging",
        "s3:GetObjectAttributes", "s3:GetObjectAcl",
    ]

    static func find(_ request: ObjectRequest) throws(ObjectError) -> ObjectOperation {
        let place: Place = request.bucket == nil ? .service : request.key == nil ? .bucket : .key
        let named = parts(of: request)
        guard named.count <= 1 else {
            throw .invalidRequest("The parameters '\(named[0])' and '\(named[1])' cannot stand in one request.")
        }
        let meant = all.filter { $0.method == request.method && $0.place == place && $0.part == named.first }
        let isCopy = request.header("x-amz-copy-source") != nil
        if let found = meant.first(where: { $0.isCopy == isCopy }) ?? meant.first {
            // A version is made by what is written, and never chosen.
            if let id = request.parameter("versionId"), place == .key, !ofVersions.contains(found.action) {
                throw .invalidArgument(
                    "This operation does not accept a version-id.", name: "versionId", value: id)
            }
            return found
        }
        if let part = named.first {
            throw .notImplemented("Gatehouse does not serve \(request.method) with '?\(part)' of S3.")
        }
        throw ObjectError(
            "MethodNotAllowed", status: 405, "The specified method is not allowed against this resource."
        ).with("Method", request.method).with("ResourceType", place == .service ? "SERVICE" : "OBJECT")
    }

    /// What a call does, as policies name it, as far as its head tells.
    func permissions(_ request: ObjectRequest, _ account: AccountIdentity) -> [Permission] {
        guard let bucket = request.bucket else { return [Permission(action, on: "*")] }
        let arn = "arn:\(account.partition):s3:::\(bucket)"
        // What they are about stands in their bodies.
        if name == "DeleteObjects" || name == "PostObject" { return [] }
        guard let key = request.key else { return [Permission(action, on: arn)] }
        let action =
            request.has("versionId") && Self.ofVersions.contains(action)
            ? action.replacing("Object", with: "ObjectVersion") : action
        var needed = [Permission(action, on: "\(arn)/\(key)")]
        // Source: Service Authorization Reference; the API's page asks for both.
        if name == "GetObjectAttributes" {
            needed.append(
                Permission(action.replacing("Attributes", with: ""), on: "\(arn)/\(key)"))
        }
        if let source = request.header("x-amz-copy-source"), let from = try? CopySourceName(source) {
            needed.append(
                Permission(
                    from.version == nil ? "s3:GetObject" : "s3:GetObjectVersion",
                    on: "arn:\(account.partition):s3:::\(from.bucket)/\(from.key)"))
        }
        if request.header("x-amz-tagging") != nil, ["PutObject", "CopyObject", "CreateMultipartUpload"].contains(name) {
            needed.append(Permission("s3:PutObjectTagging", on: "\(arn)/\(key)"))
        }
        return needed
    }
}
