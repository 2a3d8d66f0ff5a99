import Callers
import ControlPlane
import DataPlane
import GatewayModel
import HTTPFront
import SigV4
import TableStore

/// Tells who sends a management request, and whether he may.
///
/// A key of the account's is always verified: all that its signature says in the head before the body is read, the
/// signature itself when the body's digest is known. A key that is not known stands for the account itself, on loopback,
/// as long as no credentials are required.
struct AccessGate: Sendable {
    /// A signature that is still to be checked.
    struct Pending {
        fileprivate let request: SignableRequest
        fileprivate let claim: SignatureClaim
        fileprivate let key: CallerDirectory.Key
    }

    enum Admission {
        /// Nobody is known, and nobody has to be.
        case open
        case signed(Pending)
        /// Nobody has signed, though credentials are required: what follows in the body may still be for everybody.
        case anonymous
    }

    let controlPlane: ControlPlane
    /// Whether its listener encrypts.
    let isSecure: Bool

    /// Every place where a key may be named is looked at, so that none that is known goes by as unknown beside another.
    func admit(_ head: RequestHead, _ found: ServiceFront.Found) throws(SignatureFault) -> Admission {
        let isRequired = controlPlane.requiresCredentials
        let request = SignableRequest(head)
        let keys = request.namedKeys
        guard isRequired || keys.contains(where: controlPlane.knows) else { return .open }
        if keys.isEmpty, !head.contains(.authorization) {
            let path = head.string(head.path)
            if path == LocalEndpoints.health { return .open }
            if controlPlane.isCodeLink(head.string(head.methodRange), path, head.string(head.query)) { return .open }
            // Of a form's actions, those of STS that stand for a signature need none.
            if case .form = found.destination { return .anonymous }
        }
        let now = Timestamp(milliseconds: WallClock.epochMilliseconds)
        let claim = try SignatureClaim(request, for: service(of: head, found), in: nil, now: now)
        // Without TLS a body that is not signed could be anybody's, and so could a target, which is what is asked for.
        guard claim.needsBody, claim.signsTarget(of: request) else { throw .mismatch }
        let key = try controlPlane.callers.key(claim.accessKeyId, token: claim.token, now: now)
        return .signed(Pending(request: request, claim: claim, key: key))
    }

    /// The one that a request has to be signed for.
    private func service(of head: RequestHead, _ found: ServiceFront.Found) -> String {
        switch found.destination {
        case .tables: return "dynamodb"
        case .userPools: return "cognito-idp"
        case .logs: return ServiceFront.logService
        case .form(let service?), .targeted(let service, _): return service
        case .objects: return BucketHost.service
        case .stacks: return CloudFormationWire.service
        case .resources, .form, .refused:
            let path = head.string(head.path)
            if path.hasPrefix(LocalEndpoints.prefix) { return LocalEndpoints.service }
            let query = head.string(head.query)
            // What is no operation is told so, whatever it is signed for.
            return AllOperations.service(method: head.string(head.methodRange), path: path, query: query)
                ?? CredentialScope(authorization: head.first(.authorization).map(head.string), query: query)?.service
                ?? ""
        }
    }

    func verify(_ pending: Pending, body: [UInt8]) throws(SignatureFault) -> Caller {
        let digest = Array(body.withUnsafeBytes(RequestSigner.digest).utf8)
        let claim = pending.claim
        try claim.verify(pending.request, body: digest, with: claim.key(secret: pending.key.secret))
        controlPlane.noteUse(ofKey: claim.accessKeyId, service: claim.service, region: claim.region)
        return pending.key.caller
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
