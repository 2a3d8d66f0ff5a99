import GatewayModel
import IAMPolicy

/// The ARN of a managed policy, taken apart: `arn:aws:iam::123456789012:policy/division/name`, `…::aws:policy/name`.
struct PolicyName {
    /// Twelve digits, or `aws`.
    let account: String
    /// It begins and ends with a slash.
    let path: String
    let name: String

    init?(_ arn: String) {
        let parts = arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "arn", parts[2] == "iam", parts[3].isEmpty, parts[5].hasPrefix("policy/"),
            let slash = parts[5].lastIndex(of: "/")
        else { return nil }
        account = String(parts[4])
        path = String(parts[5].dropFirst("policy".count).prefix(through: slash))
        name = String(parts[5][parts[5].index(after: slash)...])
        guard !name.isEmpty, !account.isEmpty else { return nil }
    }

    var isOfAWS: Bool { account == "aws" }
}

extension FormCall {
    func policyARN() throws(ServiceError) -> String {
        let arn = try required("PolicyArn")
        var constraints = Constraints()
        constraints.length(arn, "policyArn", 20...2048)
        // Texts without a colon get here in AWS too, whatever their length.
        if arn.contains(":") { try constraints.checkForm() }
        guard PolicyName(arn) != nil else { throw IAMError.validation("Invalid ARN:  Could not be parsed!") }
        return arn
    }

    /// A managed policy's text.
    func managedDocument() throws(ServiceError) -> String {
        let text = try document("PolicyDocument", .identity, isManaged: true)
        guard text.policySize <= IAMQuotas.managedPolicySize else {
            throw IAMError.limitExceeded("Cannot exceed quota for PolicySize: \(IAMQuotas.managedPolicySize)")
        }
        return text
    }

    /// AWS's own policies cannot be changed.
    func checkOwn(_ arn: String) throws(ServiceError) {
        guard PolicyName(arn)?.isOfAWS != true else {
            throw ServiceError(
                "AccessDenied", status: 403, "User is not authorized to change the AWS managed policy \(arn)")
        }
    }

    /// Whether a policy can be attached. AWS has some 1,500 of its own; those that are not known here grant nothing, which
    /// is told.
    func checkAttachable<R: Root>(
        _ arn: String, in change: inout Change<R>, _ control: ControlPlane
    ) throws(ServiceError) {
        if AWSManagedPolicies.named(arn) != nil { return }
        if let name = PolicyName(arn) {
            if name.isOfAWS, !control.settings.requiresCredentials {
                return control.settings.tell(
                    "The policy \(arn) is attached, but Gatehouse does not know what it says: it grants nothing here.")
            }
            let policy = change.read(IAM.ManagedPolicy.self, IAM.ManagedPolicy.id(ofName: name.name))
            if policy?.arn(account) == arn { return }
        }
        throw IAMError.noSuchEntity("Policy \(arn) does not exist or is not attachable.")
    }

    func checkBoundary<R: Root>(
        _ arn: String, in change: inout Change<R>, _ control: ControlPlane
    ) throws(ServiceError) {
        guard PolicyName(arn) != nil else {
            throw IAMError.validation(
                "Value (\(arn)) failed validation: Invalid ARN. The permissions boundary has to be a managed policy.")
        }
        try checkAttachable(arn, in: &change, control)
    }
}

extension World {
    func policy(_ arn: String, _ account: AccountIdentity) throws(ServiceError) -> IAM.ManagedPolicy {
        guard let name = PolicyName(arn)?.name,
            let policy = self[IAM.ManagedPolicy.self, IAM.ManagedPolicy.id(ofName: name)], policy.arn(account) == arn
        else { throw IAMError.noSuchEntity("Policy \(arn) was not found.") }
        return policy
    }
}

extension ControlPlane {
    /// Changes the managed policy that a call names.
    @discardableResult
    func changePolicy<Answer>(
        _ call: FormCall,
        _ make: (inout IAM.ManagedPolicy, inout Change<IAM.ManagedPolicy>) throws(ServiceError) -> Answer
    ) async throws(ServiceError) -> Answer {
        let arn = try call.policyARN()
        try call.checkOwn(arn)
        return try await changeNamed(
            IAM.ManagedPolicy.self, try world.policy(arn, call.account).name
        ) { policy, change throws(ServiceError) in try make(&policy, &change) }
    }
}
