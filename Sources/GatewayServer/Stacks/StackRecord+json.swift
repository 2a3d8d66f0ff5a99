import GatewayModel
import JSON
import Stacks

extension StackRecord {
    /// As lists show it.
    var summary: JSONObject {
        var members: JSONObject = [
            "name": .string(name), "stackId": .string(stackId), "status": .string(status.rawValue),
            "creationTime": .string(creationTime),
        ]
        members["statusReason"] = statusReason.map { .string($0) }
        members["lastUpdatedTime"] = lastUpdatedTime.map { .string($0) }
        return members
    }

    var details: JSONObject {
        var members = summary
        members["parameters"] = .object(
            JSONObject(parameters.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
        members["resources"] = .array(
            resources.map { resource in
                [
                    "logicalId": .string(resource.logicalId), "type": .string(resource.type),
                    "physicalId": .string(resource.physicalId),
                ]
            })
        members["outputs"] = .array(outputs.map(\.json))
        members["template"] = .string(template)
        return members
    }
}

extension StackOutput {
    var json: JSONValue {
        var members: JSONObject = ["name": .string(name), "value": .string(shownValue)]
        members["description"] = description.map { .string($0) }
        members["exportName"] = exportName.map { .string($0) }
        return .object(members)
    }
}

extension ResourceChange {
    var json: JSONValue {
        let (word, properties): (String, [String]) =
            switch action {
            case .create: ("create", [])
            case .update(let names): ("update", names)
            case .replace(let names): ("replace", names)
            case .delete: ("delete", [])
            }
        return [
            "logicalId": .string(logicalId), "type": .string(type), "action": .string(word),
            "properties": .array(properties.map { .string($0) }),
        ]
    }
}

extension StackEvent {
    var json: JSONValue {
        var members: JSONObject = [
            "time": .string(time.iso8601Milliseconds), "logicalId": .string(logicalId), "type": .string(type),
            "physicalId": .string(physicalId), "status": .string(status),
        ]
        members["reason"] = reason.map { .string($0) }
        return .object(members)
    }
}

extension StackResult {
    var outcome: JSONValue {
        [
            "status": .string(record.status.rawValue), "changes": .array(changes.map(\.json)),
            "outputs": .array(record.outputs.map(\.json)), "warnings": .array(warnings.map { .string($0) }),
        ]
    }
}

extension StackFailure {
    var outcome: JSONValue {
        var members: JSONObject = ["problems": .array(error.problems.map { .string($0.description) })]
        members["status"] = record.map { .string($0.status.rawValue) }
        return .object(members)
    }
}
