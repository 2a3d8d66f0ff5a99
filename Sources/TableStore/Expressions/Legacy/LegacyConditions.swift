extension ConditionExpression {
    /// The condition of QueryFilter or ScanFilter; nil when the request has none.
    init?(filter parameter: StaticString, of request: RequestMembers, _ layer: WireLayer) throws(TableError) {
        guard let conditions = try request.members(parameter) else {
            try request.checkNoConditionalOperator()
            return nil
        }
        let path = parameter.description.prefix(1).lowercased() + parameter.description.dropFirst()
        let all = try LegacyCondition.all(conditions, at: path, layer)
        try self.init(all.map { $0.comparison.condition($0.attribute, $0.values) }, joinedBy: request)
    }

    /// The condition of Expected; nil when the request has none.
    init?(expectedOf request: RequestMembers, _ layer: WireLayer) throws(TableError) {
        guard let expected = try request.members("Expected") else {
            try request.checkNoConditionalOperator()
            return nil
        }
        var conditions: [Condition] = []
        for (attribute, range) in expected.all {
            try ItemReader.checkName(attribute)
            let members = try RequestMembers(expected.body, in: range)
            conditions.append(try Condition(expected: attribute, members, layer))
        }
        try self.init(conditions, joinedBy: request)
    }

    private init?(_ conditions: [Condition], joinedBy request: RequestMembers) throws(TableError) {
        let conjunction = try request.string("ConditionalOperator")
        guard ["AND", "OR", nil].contains(conjunction) else {
            throw .enveloped(
                "Value '\(conjunction ?? "")' at 'conditionalOperator' failed to satisfy constraint: "
                    + "Member must satisfy enum value set: [OR, AND]")
        }
        guard conjunction == nil || conditions.count > 1 else {
            throw .validation("ConditionalOperator can only be used when Filter or Expected has two or more elements")
        }
        guard conditions.count <= ExpressionLimits.operatorsAndFunctions else {
            throw .validation("More than \(ExpressionLimits.operatorsAndFunctions) conditions were given")
        }
        guard let first = conditions.first else { return nil }
        condition = conditions.dropFirst().reduce(first) { conjunction == "OR" ? .or($0, $1) : .and($0, $1) }
    }
}

extension RequestMembers {
    fileprivate func checkNoConditionalOperator() throws(TableError) {
        guard range("ConditionalOperator") == nil else {
            throw .validation("ConditionalOperator cannot be used without Filter or Expected")
        }
    }
}

extension Condition {
    /// What is expected of an attribute: that it has a value, that it is absent, or a comparison.
    fileprivate init(
        expected attribute: String, _ members: RequestMembers, _ layer: WireLayer
    ) throws(TableError) {
        func fault(_ message: String) -> TableError { .invalidValues("\(message) for Attribute: \(attribute)") }
        let value = try members.value("Value", layer)
        let list = try members.values("AttributeValueList", layer)
        let exists = try members.boolean("Exists")
        guard value == nil || list == nil else { throw fault("Value and AttributeValueList cannot be used together") }
        if let name = try members.string("ComparisonOperator") {
            let comparison = try ComparisonOperator(name, at: "expected.\(attribute)")
            guard exists == nil else { throw fault("Exists and ComparisonOperator cannot be used together") }
            let isUnary = comparison == .null || comparison == .notNull
            guard isUnary || value != nil || list != nil else {
                throw fault("Value or AttributeValueList must be used with ComparisonOperator: \(name)")
            }
            let values = list ?? value.map { [$0] } ?? []
            try comparison.check(values)
            self = comparison.condition(attribute, values)
            return
        }
        guard list == nil else { throw fault("AttributeValueList can only be used with a ComparisonOperator") }
        switch (exists, value) {
        case (false?, nil): self = ComparisonOperator.null.condition(attribute, [])
        case (false?, _?): throw fault("Value cannot be used when Exists is false")
        case (_, let value?): self = ComparisonOperator.equal.condition(attribute, [value])
        case (_, nil): throw fault("Value must be provided when Exists is \(exists == nil ? "null" : "true")")
        }
    }
}
