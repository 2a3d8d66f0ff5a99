import GatewayModel
import IAMPolicy
import JSON
import Shapes

/// What operations on parameters are about. Source: Service Authorization Reference, Systems Manager.
struct ParameterPermissions {
    let operation: String
    let call: TargetCall
    let world: World

    var all: [Permission] {
        let input = call.input
        let values: [String: ConditionValues] = [
            "ssm:overwrite": .of(input.flag("Overwrite").map { $0 ? "true" : "false" }),
            "ssm:recursive": .of(input.flag("Recursive").map { $0 ? "true" : "false" }),
        ]
        var needed = names.map { Permission("ssm:\(operation)", on: arn($0), values: values) }
        if needed.isEmpty { needed = [Permission("ssm:\(operation)", on: "*", values: values)] }
        if operation == "PutParameter", SystemTags.othersCount(call.tags) > 0 {
            needed += names.map { Permission("ssm:AddTagsToResource", on: arn($0)) }
        }
        return needed + secrets
    }

    /// To read those that are named as parameters.
    private var secrets: [Permission] {
        guard operation == "GetParameter" || operation == "GetParameters" else { return [] }
        return names.compactMap { try? ParameterName($0, world, call.account) }.compactMap(SecretReference.init).flatMap
        {
            let input = Input(members: ["SecretId": .string($0.id)])
            return SecretPermissions(
                operation: "GetSecretValue",
                call: TargetCall(input: input, account: call.account, now: call.now, caller: call.caller), world: world
            ).all
        }
    }

    private var names: [String] {
        let input = call.input
        let single = ["Name", "Path", "ResourceId"].lazy.compactMap { input.text($0) }.first
        // Descriptions are of all parameters, whatever they are chosen by.
        guard operation != "DescribeParameters" else { return [] }
        return input.texts("Names") ?? single.map { [$0] } ?? []
    }

    /// Of the parameter, whichever version of it is asked for.
    private func arn(_ name: String) -> String {
        guard name.hasPrefix("arn:") else {
            return ParameterName.arn(String(name.prefix { $0 != ":" }), call.account)
        }
        let parts = name.split(separator: ":", omittingEmptySubsequences: false)
        return parts.prefix(6).joined(separator: ":")
    }
}
