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

extension IAM.Role {
    /// Whether its trust policy lets a service assume it.
    func lets(_ service: AssumingService, _ account: AccountIdentity, now: Timestamp) -> Bool {
        guard let trust = trustPolicy else { return false }
        return service.may(assume: arn(account), by: trust, account, now: now)
    }
}
