import Callers
import ControlPlane
import GatewayModel
import HTTPFront
import SigV4

/// Tells who sends a management request.
///
/// A key of the account's is always verified: all that its signature says in the head before the body is read, the
/// signature itself when the body's digest is known. A key that is not known stands for the account itself, which is why
/// the listener is on loopback only.
struct AccessGate: Sendable {
    /// A signature that is still to be checked.
    struct Pending {
        fileprivate let request: SignableRequest
        fileprivate let claim: SignatureClaim
        fileprivate let key: CallerDirectory.Key
    }

    let controlPlane: ControlPlane

    /// nil for who is not known.
    func admit(_ head: RequestHead) throws(SignatureFault) -> Pending? {
        let query = head.string(head.query)
        let authorization = head.first(.authorization).map(head.string)
        guard let id = Self.accessKey(authorization, query) else { return nil }
        let request = SignableRequest(head)
        guard controlPlane.knows(accessKey: id, token: request.sessionToken) else { return nil }
        let now = Timestamp(milliseconds: WallClock.epochMilliseconds)
        let service = CredentialScope(authorization: authorization, query: query)?.service ?? ""
        let claim = try SignatureClaim(request, for: service, in: nil, now: now)
        let key = try controlPlane.callers.key(claim.accessKeyId, token: claim.token, now: now)
        return Pending(request: request, claim: claim, key: key)
    }

    func verify(_ pending: Pending, body: [UInt8]) throws(SignatureFault) -> Caller {
        let digest = Array(body.withUnsafeBytes(RequestSigner.digest).utf8)
        let claim = pending.claim
        try claim.verify(pending.request, body: digest, with: claim.key(secret: pending.key.secret))
        controlPlane.noteUse(ofKey: claim.accessKeyId, service: claim.service, region: claim.region)
        return pending.key.caller
    }

    private static func accessKey(_ authorization: String?, _ query: String) -> String? {
        if let authorization { return CredentialScope.accessKey(of: authorization) }
        guard query.contains("X-Amz-Credential=") else { return nil }
        let credential = PercentEncoding.query(query)?.first { $0.name == "X-Amz-Credential" }?.value
        return credential.map { String($0.prefix { $0 != "/" }) }
    }
}

extension SignableRequest {
    /// Copied: the body may come later, and the head's bytes may be others by then.
    init(_ head: RequestHead) {
        let (method, path, query, fields) = head.withBytes { bytes in
            func copy(_ span: RequestHead.Span) -> [UInt8] { Array(bytes[span.range]) }
            let fields = head.fields.map { field in
                (
                    name: bytes[field.name.range].map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 },
                    value: copy(field.value)
                )
            }
            return (copy(head.methodRange), copy(head.path), copy(head.query), fields)
        }
        self.init(method: method, path: path, query: query, fields: fields)
    }
}

extension SignatureFault {
    /// As clients of a protocol read it. Source: recorded statuses and codes; DynamoDB's are 400.
    func error(in wire: WireProtocol) -> ServiceError {
        switch wire {
        case .query, .ec2, .restXML, .s3: ServiceError(formCode, status: 403, message)
        case .json: ServiceError("com.amazon.coral.service#\(code)", status: 400, message)
        case .restJSON, .cbor: ServiceError(code, status: 403, message)
        }
    }
}
