import Callers
import ControlPlane
import DataPlane
import GatewayModel
import HTTPFront
import IAMPolicy
import ObjectStore
import SigV4

extension AccessGate {
    /// Who sends a request for S3.
    struct ObjectAdmission {
        /// Nil is the account itself, for whom unknown keys stand while none are required.
        var caller: Caller?
        /// By which a body is checked that is signed chunk by chunk.
        var chunks: ChunkSignatures?
        /// Whether a key that is known has signed its URL: that is for whoever has it, web pages too.
        var isLink = false
    }

    /// All that a signature says is known from the head: S3's clients tell the body's digest there.
    func admitObjects(_ head: RequestHead, _ request: ObjectRequest) throws(ObjectError) -> ObjectAdmission {
        let signable = SignableRequest(head)
        let region = controlPlane.account.region
        let now = Timestamp(milliseconds: WallClock.epochMilliseconds)
        try PresignedURL.check(request, region: region, now: now)
        if let scope = CredentialScope(authorization: request.header("authorization"), query: ""),
            scope.region != region
        {
            throw ObjectError(
                "AuthorizationHeaderMalformed", status: 400,
                "The authorization header is malformed; the region '\(scope.region)' is wrong; expecting '\(region)'"
            ).with("Region", region)
        }
        if let claim = try SignatureV2(signable, request, region: region, now: now) {
            return try admit(claim, isLink: request.isPresigned, now)
        }
        let keys = signable.namedKeys
        guard controlPlane.requiresCredentials || keys.contains(where: controlPlane.knows) else {
            return ObjectAdmission()
        }
        guard !keys.isEmpty else {
            // A form says in its fields who sends it.
            guard request.isForm else { throw .accessDenied }
            return ObjectAdmission()
        }
        if request.header("authorization") != nil, request.header("x-amz-content-sha256") == nil {
            throw .invalidRequest("Missing required header for this request: x-amz-content-sha256")
        }
        var claim: SignatureClaim?
        do throws(SignatureFault) {
            try Self.checkSigned(signable, by: request.parameter("X-Amz-SignedHeaders"))
            let made = try SignatureClaim(signable, for: BucketHost.service, in: region, now: now)
            if !request.isPresigned { try Self.checkSigned(signable, made.signs) }
            let key = try controlPlane.callers.key(made.accessKeyId, token: made.token, now: now)
            claim = made
            let signing = made.key(secret: key.secret)
            try made.verify(signable, body: [], with: signing)
            controlPlane.noteUse(ofKey: made.accessKeyId, service: made.service, region: made.region)
            return ObjectAdmission(
                caller: key.caller, chunks: ChunkSignatures(made, signing), isLink: request.isPresigned)
        } catch {
            guard let texts = claim?.texts(of: signable) else { throw ObjectError(error, key: keys.first ?? "") }
            throw .wrongSignature(texts.signature, of: texts.toSign, key: keys.first ?? "")
                .with("CanonicalRequest", texts.canonical).with("CanonicalRequestBytes", texts.canonical.byteList)
        }
    }

    /// Of a URL, whose list stands in it: before anything else is looked at (recorded). The digest of a body may go
    /// unsigned there.
    private static func checkSigned(_ signable: SignableRequest, by list: String?) throws(SignatureFault) {
        guard let list else { return }
        let names = list.split(separator: ";")
        try checkSigned(signable) { name in
            name == "x-amz-content-sha256" || names.contains { $0 == name }
        }
    }

    private static func checkSigned(
        _ signable: SignableRequest, _ isSigned: (String) -> Bool
    ) throws(SignatureFault) {
        let unsigned = signable.fieldNames(prefix: "x-amz-").filter { !isSigned($0) }
        guard unsigned.isEmpty else { throw SignatureFault(.missing, unsigned.joined(separator: ", ")) }
    }

    private func admit(_ claim: SignatureV2, isLink: Bool, _ now: Timestamp) throws(ObjectError) -> ObjectAdmission {
        guard controlPlane.requiresCredentials || controlPlane.knows(accessKey: claim.accessKeyId) else {
            return ObjectAdmission()
        }
        let key: CallerDirectory.Key
        do throws(SignatureFault) {
            key = try controlPlane.callers.key(claim.accessKeyId, token: claim.token, now: now)
        } catch { throw ObjectError(error, key: claim.accessKeyId) }
        guard claim.isMade(with: key.secret) else {
            throw .wrongSignature(claim.signature, of: claim.text, key: claim.accessKeyId)
        }
        controlPlane.noteUse(
            ofKey: claim.accessKeyId, service: BucketHost.service, region: controlPlane.account.region)
        return ObjectAdmission(caller: key.caller, isLink: isLink)
    }

    func access(of caller: Caller?, _ stream: HTTPStream) -> ObjectAccess {
        var request = WireRequest(stream.head, body: [])
        request.sourceAddress = String(decoding: stream.peer.address, as: UTF8.self)
        request.isSecure = isSecure
        return ObjectAccess(controlPlane: controlPlane, caller: caller, facts: controlPlane.facts(of: request))
    }
}

extension ObjectError {
    static let accessDenied = ObjectError("AccessDenied", status: 403, "Access Denied")

    static let unsupportedMechanism = ObjectError.invalidRequest(
        "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.")

    /// With what was signed, as far as that is no secret: it is all that the client has sent.
    static func wrongSignature(_ signature: String, of text: String, key: String) -> ObjectError {
        mismatch(key).with("StringToSign", text).with("SignatureProvided", signature).with(
            "StringToSignBytes", text.byteList)
    }

    private static func mismatch(_ key: String) -> ObjectError {
        ObjectError(
            "SignatureDoesNotMatch", status: 403,
            "The request signature we calculated does not match the signature you provided. Check your key and "
                + "signing method."
        ).with("AWSAccessKeyId", key)
    }

    /// In S3's words.
    init(_ fault: SignatureFault, key: String) {
        switch fault.kind {
        case .missing:
            self = ObjectError(
                "AccessDenied", status: 403, "There were headers present in the request which were not signed"
            ).with("HeadersNotSigned", fault.message)
        case .incomplete: self.init("AuthorizationHeaderMalformed", status: 400, fault.message)
        case .unknownKey:
            self = ObjectError(
                "InvalidAccessKeyId", status: 403,
                "The AWS Access Key Id you provided does not exist in our records."
            ).with("AWSAccessKeyId", key)
        case .expiredToken: self.init("ExpiredToken", status: 400, "The provided token has expired.")
        case .invalid
        where fault.message.hasPrefix("Signature expired") || fault.message.hasPrefix("Signature not yet"):
            self = .requestTimeTooSkewed
        case .invalid: self = .mismatch(key)
        }
    }

    static let requestTimeTooSkewed = ObjectError(
        "RequestTimeTooSkewed", status: 403,
        "The difference between the request time and the current time is too large."
    ).with("MaxAllowedSkewMilliseconds", String(SignatureClaim.objectSkew * 1000))
}

/// What one caller may do with buckets: by his own policies and by theirs.
struct ObjectAccess: Sendable {
    let controlPlane: ControlPlane
    var caller: Caller?
    let facts: RequestFacts

    /// Reads the bucket's policy where it counts: on a thread that may wait for the disk.
    func check(_ permissions: [Permission], _ call: ObjectCall) throws(ObjectError) {
        guard let caller, controlPlane.asksPolicies(of: caller) else { return }
        for permission in permissions {
            let policy = try policy(permission.resource, call.store)
            if let denial = controlPlane.denial(of: caller, facts, { [permission] }, resourcePolicy: { _ in policy }) {
                throw ObjectError("AccessDenied", status: 403, denial)
            }
        }
    }

    /// Of the bucket that a resource is, or is in.
    private func policy(_ resource: String, _ store: ObjectStore) throws(ObjectError) -> PolicyDocument? {
        let parts = resource.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6, let name = BucketPlace(String(parts[5])).bucket else { return nil }
        do throws(ObjectError) {
            return try store.policy(of: name)
        } catch {
            if error.code == "NoSuchBucket" { return nil }
            throw error
        }
    }
}

extension String {
    /// `61 62`, as S3 shows what it has signed.
    fileprivate var byteList: String { utf8.map { Hexadecimal.encode([$0]) }.joined(separator: " ") }
}
