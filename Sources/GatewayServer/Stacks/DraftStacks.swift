import ControlPlane
import GatewayModel
import Stacks

/// The stacks that a stack would make: their templates are read, and nothing is made.
actor DraftStacks {
    private let cloudFormation: CloudFormationHolder
    /// The outputs of those that would be made, by name.
    private var made: [String: [String]] = [:]

    init(cloudFormation: CloudFormationHolder) { self.cloudFormation = cloudFormation }

    func answer(_ request: WireRequest) async -> WireResponse {
        let members = FormMembers(PercentEncoding.query(String(decoding: request.body, as: UTF8.self)) ?? [])
        let action = members.string("Action") ?? ""
        let name = members.string("StackName") ?? ""
        let result = XMLMembers { $0.add("StackId", UnknownText.of(name)) }
        switch action {
        case "CreateStack", "UpdateStack":
            guard let cloudFormation = cloudFormation.value else { break }
            let call = StackCall(
                members: members, caller: nil, host: nil,
                facts: cloudFormation.controlPlane.facts(of: request))
            do throws(ServiceError) {
                let asked = try await cloudFormation.request(call, name, over: nil, isChangeSet: false)
                made[name] = asked.plan.outputNames
            } catch { return CloudFormationWire.wire.response(error, requestId: Identifiers.uuid()) }
            return success(action, result)
        case "DescribeStacks" where made[name] != nil:
            return success(
                action,
                XMLMembers { answer in
                    answer.add("StackId", UnknownText.of(name))
                    answer.add("StackStatus", "CREATE_COMPLETE")
                    answer.list("Outputs", made[name] ?? []) { member, output in
                        member.add("OutputKey", output)
                        member.add("OutputValue", UnknownText.of("\(name).\(output)"))
                    }
                })
        case "DeleteStack": return success(action, XMLMembers())
        default: break
        }
        return await cloudFormation.value?.respond(to: request) ?? WireResponse(status: 404)
    }

    private func success(_ action: String, _ result: XMLMembers) -> WireResponse {
        WireProtocol.xml(
            200, Identifiers.uuid(),
            "<\(action)Response><\(action)Result>\(result.text)</\(action)Result></\(action)Response>")
    }
}
