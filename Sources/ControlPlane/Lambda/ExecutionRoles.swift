import Callers
import EntityStore
import GatewayModel
import IAMPolicy

/// The roles that functions act as.
///
/// In development a role that is not here is accepted, as for tools that make them up: its functions have no identity then.
/// One that was here once and is gone leaves its functions with the credentials of nobody.
extension ControlPlane {
    /// Looks at the role that a function is given.
    ///
    /// - Returns: its id, `AROA…`; nil when it is not here.
    func executionRole(_ arn: String, of functionName: String) throws(ServiceError) -> String? {
        let role = world.role(arn, settings.account)
        if role == nil, !settings.requiresCredentials { return nil }
        guard let role, role.lets(.lambda(functionName), settings.account, now: settings.now()) else {
            throw .invalidParameter("The role defined for the function cannot be assumed by Lambda.")
        }
        return role.id
    }

    /// Whose sessions new environments of a version get.
    ///
    /// - Parameter given: the role that the function was given.
    func sessionHolder(of configuration: FunctionConfiguration, given: String?) -> String? {
        guard let role = world.role(configuration.Role, settings.account) else { return given }
        let isTrusted = role.lets(.lambda(configuration.FunctionName), settings.account, now: settings.now())
        return isTrusted ? role.id : Self.nobody
    }

    /// No role's id: what is signed by its sessions is refused.
    private static let nobody = "AROA"

    /// Lets the functions of a role know that it has come, gone, or trusts others than before.
    func publishFunctions(ofRole id: String) async {
        for name in world.functions(ofRoles: [IAM.Role.rootID(id)]) {
            await inTurn(of: LambdaFunction.rootID(name)) { await publishFunction(name) }
        }
    }
}

extension World {
    func role(_ arn: String, _ account: AccountIdentity) -> IAM.Role? {
        let role = self[IAM.Role.self, IAM.Role.id(ofName: Self.roleName(arn))]
        return role?.arn(account) == arn ? role : nil
    }

    /// The names of the functions that have one of these roles, whatever else is among the roots.
    func functions(ofRoles roots: Set<RootID>) -> [String] {
        let roles = Set(roots.lazy.filter { $0.type == IAM.Role.type }.map(\.id))
        guard !roles.isEmpty else { return [] }
        return functions.lazy.filter { _, function in
            ([function.root.head.configuration] + function.root.versions.map(\.configuration)).contains {
                roles.contains(IAM.Role.id(ofName: Self.roleName($0.Role)))
            }
        }.map(\.key)
    }

    private static func roleName(_ arn: String) -> String { String(arn.split(separator: "/").last ?? "") }
}

/// A service of AWS that becomes a role to do something for a resource.
struct AssumingService {
    /// Such as `lambda.amazonaws.com`.
    let principal: String
    let source: (AccountIdentity) -> String

    /// For a function.
    static func lambda(_ functionName: String) -> AssumingService {
        AssumingService(principal: "lambda.amazonaws.com") { $0.functionARN(functionName) }
    }
}

extension IAM.Role {
    /// Whether its trust policy lets a service assume it.
    func lets(_ service: AssumingService, _ account: AccountIdentity, now: Timestamp) -> Bool {
        guard let trust = try? PolicyDocument(trust, kind: .trust) else { return false }
        let request = PolicyRequest(
            action: "sts:AssumeRole", resource: arn(account), principal: .service(service.principal))
        return trust.verdict(for: request) { key in
            switch key.name {
            case "aws:sourcearn": .values([service.source(account)])
            case "aws:sourceaccount": .values([account.accountId])
            case "aws:requestedregion": .values([account.region])
            case "aws:currenttime": .values([now.iso8601])
            case "aws:epochtime": .values([String(now.seconds)])
            case "aws:principalisawsservice", "aws:securetransport": .values(["true"])
            case "aws:principalservicename": .values([service.principal])
            case "aws:principalservicenameslist": .values([service.principal])
            case "sts:externalid", "aws:principalarn", "aws:principalaccount", "aws:principalorgid": .absent
            // AWS may have one.
            default: .unknown
            }
        }.isAllow
    }
}
