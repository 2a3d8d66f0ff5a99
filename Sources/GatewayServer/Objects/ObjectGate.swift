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
    }

    /// All that a signature says is known from the head: S3's clients tell the body's digest there.
    func admitObjects(_ head: RequestHead, _ request: ObjectRequest) throws(ObjectError) -> ObjectAdmission {
        let signable = SignableRequest(head)
        let region = controlPlane.account.region
        let now = Timestamp(milliseconds: WallClock.epochMilliseconds)
        try Presigned.check(request, region: region, now: now)
        if let scope = CredentialScope(authorization: request.header("authorization"), query: ""),
            scope.region != region
        {
            throw ObjectError(
                "AuthorizationHeaderMalformed", status: 400,
                "The authorization header is malformed; the region '\(scope.region)' is wrong; expecting '\(region)'"
            ).with("Region", region)
        }
        if request.header("authorization")?.hasPrefix("AWS ") == true || request.has("AWSAccessKeyId") {
            throw .invalidRequest(
                "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.")
        }
        let keys = signable.namedKeys
        guard controlPlane.requiresCredentials || keys.contains(where: controlPlane.knows) else {
            return ObjectAdmission()
        }
        guard !keys.isEmpty else { throw ObjectError("AccessDenied", status: 403, "Access Denied") }
        if request.header("authorization") != nil, request.header("x-amz-content-sha256") == nil {
            throw .invalidRequest("Missing required header for this request: x-amz-content-sha256")
        }
        do throws(SignatureFault) {
            let claim = try SignatureClaim(signable, for: BucketHost.service, in: region, now: now)
            let unsigned = claim.unsigned(of: signable, prefix: "x-amz-")
            guard unsigned.isEmpty else {
                throw SignatureFault(.missing, unsigned.joined(separator: ", "))
            }
            let key = try controlPlane.callers.key(claim.accessKeyId, token: claim.token, now: now)
            let signing = claim.key(secret: key.secret)
            try claim.verify(signable, body: [], with: signing)
            controlPlane.noteUse(ofKey: claim.accessKeyId, service: claim.service, region: claim.region)
            return ObjectAdmission(caller: key.caller, chunks: ChunkSignatures(claim, signing))
        } catch { throw Self.error(error, key: keys.first ?? "") }
    }

    /// In S3's words.
    private static func error(_ fault: SignatureFault, key: String) -> ObjectError {
        switch fault.kind {
        case .missing:
            ObjectError(
                "AccessDenied", status: 403, "There were headers present in the request which were not signed"
            ).with("HeadersNotSigned", fault.message)
        case .incomplete: ObjectError("AuthorizationHeaderMalformed", status: 400, fault.message)
        case .unknownKey:
            ObjectError(
                "InvalidAccessKeyId", status: 403,
                "The AWS Access Key Id you provided does not exist in our records."
            ).with("AWSAccessKeyId", key)
        case .expiredToken: ObjectError("ExpiredToken", status: 400, "The provided token has expired.")
        case .invalid
        where fault.message.hasPrefix("Signature expired") || fault.message.hasPrefix("Signature not yet"):
            ObjectError(
                "RequestTimeTooSkewed", status: 403,
                "The difference between the request time and the current time is too large."
            ).with("MaxAllowedSkewMilliseconds", String(SignatureClaim.objectSkew * 1000))
        case .invalid:
            ObjectError(
                "SignatureDoesNotMatch", status: 403,
                "The request signature we calculated does not match the signature you provided. Check your key and "
                    + "signing method."
            ).with("AWSAccessKeyId", key)
        }
    }

    func access(of caller: Caller?, _ stream: HTTPStream) -> ObjectAccess {
        var request = WireRequest(stream.head, body: [])
        request.sourceAddress = String(decoding: stream.peer.address, as: UTF8.self)
        request.isSecure = isSecure
        return ObjectAccess(controlPlane: controlPlane, caller: caller, facts: controlPlane.facts(of: request))
    }
}

/// What one caller may do with buckets: by his own policies and by theirs.
struct ObjectAccess: Sendable {
    let controlPlane: ControlPlane
    let caller: Caller?
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
        guard let name = parts.last?.prefix(while: { $0 != "/" }) else { return nil }
        do throws(ObjectError) {
            return try store.policy(of: String(name))
        } catch {
            if error.code == "NoSuchBucket" { return nil }
            throw error
        }
    }
}

/// URLs that are signed for somebody else. Source: S3 API Reference, sigv4-query-string-auth; recorded refusals.
private enum Presigned {
    private static let names = [
        "X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-Date", "X-Amz-SignedHeaders", "X-Amz-Expires",
    ]
    /// AWS quota: a week.
    private static let longest = 604_800

    static func check(_ request: ObjectRequest, region: String, now: Timestamp) throws(ObjectError) {
        guard names.contains(where: request.has) else { return }
        guard names.allSatisfy({ request.parameter($0)?.isEmpty == false }), let date = request.parameter("X-Amz-Date")
        else {
            throw error(
                "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, "
                    + "X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.")
        }
        let expires = request.parameter("X-Amz-Expires") ?? ""
        guard let life = Int(expires) else { throw error("X-Amz-Expires should be a number") }
        guard life >= 0 else { throw error("X-Amz-Expires must be non-negative") }
        guard life <= longest else {
            throw error(
                "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than "
                    + "\(longest) seconds")
        }
        let credential = "X-Amz-Credential=" + PercentEncoding.encode(request.parameter("X-Amz-Credential") ?? "")
        guard let scope = CredentialScope(authorization: nil, query: credential) else {
            throw error(
                "Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting "
                    + "\"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".")
        }
        guard scope.region == region else {
            throw error(
                "Error parsing the X-Amz-Credential parameter; the region '\(scope.region)' is wrong; expecting '\(region)'"
            ).with("Region", region)
        }
        guard let start = SignatureClaim.time(of: date) else {
            throw error("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"")
        }
        guard now.seconds <= start.seconds + Int64(life) else {
            throw ObjectError("AccessDenied", status: 403, "Request has expired")
                .with("X-Amz-Expires", expires)
                .with("Expires", Timestamp(milliseconds: start.milliseconds + Int64(life) * 1000).iso8601)
                .with("ServerTime", now.iso8601)
        }
        guard start.seconds <= now.seconds + SignatureClaim.objectSkew else {
            throw ObjectError("AccessDenied", status: 403, "Request is not valid yet")
                .with("X-Amz-Date", date).with("ServerTime", now.iso8601)
        }
    }

    private static func error(_ message: String) -> ObjectError {
        ObjectError("AuthorizationQueryParametersError", status: 400, message)
    }
}
