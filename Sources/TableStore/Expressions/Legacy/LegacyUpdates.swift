extension UpdateExpression {
    /// AttributeUpdates; nil when the request has none.
    init?(attributeUpdatesOf request: RequestMembers, _ layer: WireLayer) throws(TableError) {
        guard let updates = try request.members("AttributeUpdates") else { return nil }
        var actions: [UpdateAction] = []
        // Of equal names the last one counts, as of all members.
        var last: [[UInt8]: Range<Int>] = [:]
        for (attribute, range) in updates.all { last[Array(attribute.utf8)] = range }
        for (attribute, range) in updates.all where last[Array(attribute.utf8)] == range {
            try ItemReader.checkName(attribute)
            let members = try RequestMembers(updates.body, in: range)
            actions.append(try UpdateAction(attribute, members, layer))
        }
        self.init(actions, typeFault: .validation("Type mismatch for attribute to update"))
    }
}

extension UpdateAction {
    fileprivate init(_ attribute: String, _ members: RequestMembers, _ layer: WireLayer) throws(TableError) {
        let path = DocumentPath(steps: [.name(attribute)])
        let value = try members.value("Value", layer)
        let action = try members.string("Action") ?? "PUT"
        guard ["ADD", "PUT", "DELETE"].contains(action) else {
            throw .enveloped(
                "Value '\(action)' at 'attributeUpdates.\(attribute).member.action' failed to satisfy constraint: "
                    + "Member must satisfy enum value set: [ADD, PUT, DELETE]")
        }
        guard let value else {
            guard action == "DELETE" else {
                throw .invalidValues("Only DELETE action is allowed when no attribute value is specified")
            }
            self = .remove(path)
            return
        }
        switch (action, value) {
        case ("DELETE", .stringSet), ("DELETE", .numberSet), ("DELETE", .binarySet): self = .delete(path, value)
        case ("DELETE", _):
            throw .invalidValues("DELETE action with value is not supported for the type \(value.typeCode)")
        case ("ADD", .number), ("ADD", .stringSet), ("ADD", .numberSet), ("ADD", .binarySet): self = .add(path, value)
        // What expressions have a function for: a list grows at its end.
        case ("ADD", .list): self = .set(path, .listAppend(.ifNotExists(path, .value(.list([]))), .value(value)))
        case ("ADD", _): throw .invalidValues("ADD action is not supported for the type \(value.typeCode)")
        default: self = .set(path, .value(value))
        }
    }
}
