import Callers
import GatewayModel
import IAMPolicy
import JSON
package import JSONWebToken

/// AssumeRoleWithWebIdentity: credentials of a role for whom an identity provider vouches. Nobody signs it; the provider
/// is an issuer that the account has made known, and that the role trusts.
///
/// Source: STS API reference; the texts of faults are quoted in public reports, others are in their tone.
struct WebIdentity {
    private let provider: IAM.OpenIDConnectProvider
    private let claims: TokenClaims
    private let account: AccountIdentity
    let subject: String
    /// The client that the token is for: it has asked for the token, where that is said.
    let audiences: [String]

    /// Characters of a token. Source: botocore's model.
    private static let tokenLength = 4...20_000
    /// Clocks may differ. Source: IAM User Guide, id_roles_providers_create_oidc.
    private static let leeway = 300.0
    /// What AWS makes of these claims, tags and a source identity of the session, is not served.
    private static let refusedClaims = ["https://aws.amazon.com/tags", "https://aws.amazon.com/source_identity"]

    static func assumeRole(_ control: ControlPlane, _ call: FormCall) async throws(ServiceError) -> XMLMembers? {
        let request = try RoleRequest(call)
        let text = try call.required("WebIdentityToken")
        var constraints = Constraints()
        // The token is nobody's to read.
        if !tokenLength.contains(text.unicodeScalars.count) {
            constraints.violation(
                "'***'", at: "webIdentityToken",
                "Member must have length between \(tokenLength.lowerBound) and \(tokenLength.upperBound)")
        }
        try constraints.checkForm()
        try call.refuse(["ProviderId", "MinimumSessionTokenSize"])
        let identity = try await WebIdentity(text, control, call)
        let denied = ServiceError(
            "AccessDenied", status: 403, "Not authorized to perform sts:AssumeRoleWithWebIdentity")
        guard let role = control.world.role(request.arn, call.account), identity.isTrusted(by: role, request, call)
        else { throw denied }
        let session = SessionTerms(
            name: request.sessionName, policies: try request.policies(call, control.world),
            seconds: try request.seconds(role.maxSessionDuration, isChained: false), context: identity.context)
        var result = try control.credentials(of: role, call, session)
        result.add("SubjectFromWebIdentityToken", identity.subject)
        result.add("Provider", identity.provider.arn(call.account))
        result.add("Audience", identity.audiences.first)
        return result
    }

    private init(_ text: String, _ control: ControlPlane, _ call: FormCall) async throws(ServiceError) {
        account = call.account
        let token: CompactToken
        do throws(TokenFault) { token = try CompactToken(text) } catch { throw Self.fault(error) }
        let issuer = token.namedIssuer ?? ""
        guard let (provider, name) = Self.provider(of: issuer, control) else {
            throw Self.invalid("No OpenIDConnect provider found in your account for \(issuer.prefix(255))")
        }
        self.provider = provider
        guard let issuers = control.issuers else { throw Self.unreachable }
        do throws(TokenCheckFault) { claims = try await issuers.claims(of: token, by: name) } catch {
            switch error {
            case .token(let fault): throw Self.fault(fault)
            case .noKeys: throw Self.unreachable
            }
        }
        try Self.checkTimes(claims, now: call.now)
        for name in Self.refusedClaims where claims.all[name] != nil {
            throw Self.invalid("Gatehouse does not serve the claim \(name) of web identity tokens.")
        }
        guard let subject = claims.all["sub"]?.string else { throw Self.missing("sub") }
        self.subject = subject
        let authorized = claims.all["azp"]?.string.map { [$0] }
        audiences = authorized ?? claims.audiences
        guard !audiences.isEmpty else { throw Self.missing("aud") }
        guard audiences.contains(where: provider.clients.contains) else {
            throw Self.invalid("Incorrect token audience")
        }
    }

    /// The provider with the token's issuer for an address, and the name by which its keys are found. A user pool of this
    /// server is known by AWS's name for it, whatever its tokens call it.
    private static func provider(
        of issuer: String, _ control: ControlPlane
    ) -> (IAM.OpenIDConnectProvider, String)? {
        for name in [issuer, control.issuers?.otherName(of: issuer)].compactMap(\.self) where name.hasPrefix("https://")
        {
            let url = String(name.dropFirst(8))
            let id = IAM.OpenIDConnectProvider.id(ofName: url)
            if let provider = control.world[IAM.OpenIDConnectProvider.self, id], provider.name == url {
                return (provider, name)
            }
        }
        return nil
    }

    private static func checkTimes(_ claims: TokenClaims, now: Timestamp) throws(ServiceError) {
        let seconds = Double(now.seconds)
        guard let expiry = claims.expiry else { throw missing("exp") }
        guard expiry + leeway > seconds else {
            throw ServiceError(
                "ExpiredTokenException", status: 400,
                "Token expired: current date/time \(now.seconds) must be before the expiration date/time \(Int64(expiry))"
            )
        }
        guard let issued = claims.issuedAt else { throw missing("iat") }
        guard max(issued, claims.notBefore ?? 0) - leeway <= seconds else {
            throw invalid("The ID Token provided is not valid yet.")
        }
    }

    private func isTrusted(by role: IAM.Role, _ request: RoleRequest, _ call: FormCall) -> Bool {
        guard let trust = role.trustPolicy else { return false }
        let context = context
        let policyRequest = PolicyRequest(
            action: "sts:AssumeRoleWithWebIdentity", resource: request.arn,
            principal: .federated(provider.arn(account)))
        return trust.verdict(for: policyRequest) { key in
            if let values = context[key.name] { return .values(values) }
            // A claim of the token's own provider that it does not have.
            for name in ["amr", "oaud"] where key.name == claimKey(name) { return .absent }
            switch key.name {
            case "sts:rolesessionname": return .values([request.sessionName])
            case "sts:externalid": return .absent
            default: return call.facts.value(key, of: nil)
            }
        }.isAllow
    }

    /// Condition keys that the session has from its token. Source: IAM User Guide, condition-keys-wif.
    private var context: [String: [String]] {
        var context = [
            "aws:federatedprovider": [provider.arn(account)], claimKey("sub"): [subject], claimKey("aud"): audiences,
        ]
        if claims.all["azp"] != nil { context[claimKey("oaud")] = claims.audiences }
        if let methods = claims.all["amr"]?.array?.compactMap(\.string) { context[claimKey("amr")] = methods }
        return context
    }

    private func claimKey(_ claim: String) -> String { "\(provider.name.lowercased()):\(claim)" }

    // MARK: Faults

    private static func invalid(_ message: String) -> ServiceError {
        ServiceError("InvalidIdentityToken", status: 400, message)
    }

    private static func missing(_ claim: String) -> ServiceError { invalid("Missing a required claim: \(claim)") }

    private static let unreachable = ServiceError(
        "IDPCommunicationError", status: 400,
        "The identity provider that was asked to verify the identity token could not be reached.")

    private static func fault(_ fault: TokenFault) -> ServiceError {
        switch fault {
        case .segments, .malformed:
            invalid("The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)")
        case .unknownKey:
            invalid(
                "Couldn't retrieve verification key from your identity provider, please reference "
                    + "AssumeRoleWithWebIdentity documentation for requirements")
        default: invalid("The ID Token provided could not be verified: \(fault.description)")
        }
    }
}

/// Why the claims of a token are not known.
package enum TokenCheckFault: Error {
    case token(TokenFault)
    /// The issuer could not be asked for its keys.
    case noKeys
}
