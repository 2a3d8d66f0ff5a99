package import Callers
import GatewayModel
package import IAMPolicy

/// Something that a management call does, as policies name it.
/// Source: Service Authorization Reference.
package struct Permission: Sendable, Equatable {
    package let action: String
    package let resource: String
    /// What the call itself has for condition keys, by their names in lower case.
    package let values: [String: ConditionValues]

    package init(_ action: String, on resource: String, values: [String: ConditionValues] = [:]) {
        self.action = action
        self.resource = resource
        self.values = values
    }

    /// To hand a role to a service. Source: IAM User Guide, id_roles_use_passrole.
    static func passRole(_ arn: String, to service: String) -> Permission {
        Permission("iam:PassRole", on: arn, values: ["iam:passedtoservice": .of(service)])
    }
}

extension ControlPlane {
    /// The account itself may do everything. What functions do with credentials of their roles is decided about where
    /// credentials are required: in development they may do what they have always done.
    package func asksPolicies(of caller: Caller) -> Bool {
        !caller.isUnbounded && (settings.requiresCredentials || !caller.isFunction)
    }

    /// Why the one who sends a request may not do what it does, in AWS's words; nil when he may.
    package func denial(
        of request: WireRequest, _ permissions: () -> [Permission],
        resourcePolicy: (Permission) -> PolicyDocument? = { _ in nil }
    ) -> String? {
        if request.isAnonymous { return "Request is missing Authentication Token" }
        if request.setsSystemTagsAlone { return nil }
        return denial(of: request.caller, facts(of: request), permissions, resourcePolicy: resourcePolicy)
    }

    /// Why a caller may not do what a call does, in AWS's words; nil when he may. The first thing that he may not counts.
    ///
    /// - Parameter resourcePolicy: of the resource that a permission speaks of; nil where it has none.
    package func denial(
        of caller: Caller?, _ facts: RequestFacts, _ permissions: () -> [Permission],
        resourcePolicy: (Permission) -> PolicyDocument? = { _ in nil }
    ) -> String? {
        guard let caller, asksPolicies(of: caller) else { return nil }
        for permission in permissions() {
            let refusal = caller.refusal(
                permission.action, on: permission.resource, resourcePolicy: resourcePolicy(permission)
            ) { key in permission.values[key.name] ?? facts.value(key, of: caller) }
            if let refusal { return refusal }
        }
        return nil
    }
}

extension WireProtocol {
    /// What somebody hears who may not do what he asks for. The front of all services in JSON says it in `Message`
    /// (recorded of DynamoDB and Lambda), whatever member a service's own errors have.
    package func accessDenied(_ message: String) -> ServiceError {
        switch self {
        case .query, .ec2, .restXML, .s3: ServiceError("AccessDenied", status: 403, message)
        case .json(let version):
            ServiceError(
                version == "1.0" ? "com.amazon.coral.service#AccessDeniedException" : "AccessDeniedException",
                status: 400, message, messageMember: "Message")
        case .restJSON: ServiceError("AccessDeniedException", status: 403, message, messageMember: "Message")
        case .cbor: ServiceError("AccessDeniedException", status: 403, message)
        }
    }
}

extension ControlPlane {
    /// Who a service is that has assumed a role; nil where it may not.
    package func serviceRole(_ arn: String, _ service: AssumingService) -> Caller? {
        callers.serviceRole(arn, service, now: settings.now())
    }
}
