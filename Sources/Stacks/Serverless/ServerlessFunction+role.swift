import GatewayModel
import JSON

extension ServerlessFunction {
    /// The role that SAM makes, with the policies that the template names, writes out or takes from SAM's templates.
    func role(in template: LiveTemplate) -> PlainResource {
        let line = resource.line
        let text = { (text: String) in TemplateValue.string(text, line: line) }
        let list = { (values: [TemplateValue]) in TemplateValue.list(values, line: line) }
        let partition = template.resolver.pseudoParameters.account.partition
        let managedPolicy = { (path: String) in text("arn:\(partition):iam::aws:policy/\(path)") }
        var managed = [managedPolicy("service-role/AWSLambdaBasicExecutionRole")]
        if tracing(in: template) != nil {
            managed.append(managedPolicy(partition == "aws" ? "AWSXrayWriteOnlyAccess" : "AWSXRayDaemonWriteAccess"))
        }
        var documents: [TemplateValue] = []
        for (position, policy) in policies.enumerated() {
            if let document = PolicyTemplates.document(of: policy) {
                let name = "\(roleLogicalId)Policy\(position)"
                documents.append(.map(["PolicyName": text(name), "PolicyDocument": document], line: policy.line))
            } else {
                let arn = policy.string.flatMap(ManagedPolicyNames.path).map(managedPolicy) ?? policy
                if !managed.contains(where: { $0.json == arn.json }) { managed.append(arn) }
            }
        }
        var role = TemplateMap()
        role["AssumeRolePolicyDocument"] = properties["AssumeRolePolicyDocument"] ?? Self.trust(line: line)
        role["Path"] = properties["RolePath"]
        role["PermissionsBoundary"] = properties["PermissionsBoundary"]
        role["ManagedPolicyArns"] = list(managed)
        if !documents.isEmpty { role["Policies"] = list(documents) }
        role["Tags"] = tags
        return PlainResource(
            roleLogicalId, "AWS::IAM::Role", line: line, path: resource.path, attributes: resource.attributes,
            properties: role)
    }

    /// One policy, or a list of them.
    private var policies: [TemplateValue] {
        guard let value = properties["Policies"] else { return [] }
        return value.list ?? [value]
    }

    private static func trust(line: Int) -> TemplateValue {
        let text = { (text: String) in TemplateValue.string(text, line: line) }
        let statement: TemplateValue = .map(
            [
                "Action": .list([text("sts:AssumeRole")], line: line), "Effect": text("Allow"),
                "Principal": .map(["Service": .list([text("lambda.amazonaws.com")], line: line)], line: line),
            ], line: line)
        return .map(["Version": text("2012-10-17"), "Statement": .list([statement], line: line)], line: line)
    }
}
