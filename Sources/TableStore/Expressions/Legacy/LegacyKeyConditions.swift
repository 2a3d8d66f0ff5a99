extension KeyConditionExpression {
    /// KeyConditions; nil when the request has none.
    init?(keyConditionsOf request: RequestMembers, _ layer: WireLayer) throws(TableError) {
        guard let conditions = try request.members("KeyConditions") else { return nil }
        let all = try LegacyCondition.all(conditions, at: "keyConditions", layer)
        // How many there may be depends on the index, whose key may have several attributes.
        guard !all.isEmpty else { throw .validation("Conditions can be of length 1 or 2 only") }
        var clauses: [KeyClause] = []
        for condition in all {
            clauses.append(
                KeyClause(attribute: condition.attribute, test: try condition.comparison.keyTest(condition.values)))
        }
        self.init(clauses)
    }
}

extension ProjectionExpression {
    /// AttributesToGet, which names whole attributes only; nil when the request has none.
    init?(attributesToGetOf request: RequestMembers) throws(TableError) {
        guard let names = try request.strings("AttributesToGet") else { return nil }
        guard !names.isEmpty else {
            throw .enveloped(
                "Value '[]' at 'attributesToGet' failed to satisfy constraint: Member must have length greater than "
                    + "or equal to 1")
        }
        for name in names { try ItemReader.checkName(name) }
        var seen: Set<[UInt8]> = []
        if let duplicate = names.first(where: { !seen.insert(Array($0.utf8)).inserted }) {
            throw .invalidValues("Duplicate value in attribute name: \(duplicate)")
        }
        try self.init(names.map { DocumentPath(steps: [.name($0)]) })
    }
}
