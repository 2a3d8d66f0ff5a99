import JSON

/// Members that only mean something in AWS: they are checked, kept, and described as they were given.
extension RequestMembers {
    /// JSON text by the member of the description; nil for one that is to be described no longer.
    ///
    /// - Parameters:
    ///   - index: the name of the index that has them; nil for a table.
    ///   - isNew: whether the table or index is being made.
    func keptMembers(ofIndex index: String? = nil, isNew: Bool) throws(TableError) -> [String: String?] {
        var kept: [String: String?] = [:]
        let units: [StaticString] = ["MaxReadRequestUnits", "MaxWriteRequestUnits"]
        if let onDemand = try numbers("OnDemandThroughput", units, clearing: -1) {
            try members("OnDemandThroughput")?.checkRequestUnits(
                units, index.map { "index : \($0)" } ?? "table", mayClear: !isNew)
            kept["OnDemandThroughput"] = onDemand
        }
        if let warm = try numbers("WarmThroughput", ["ReadUnitsPerSecond", "WriteUnitsPerSecond"]) {
            kept["WarmThroughput"] = warm
        }
        if let encryption = try members("SSESpecification") { kept["SSEDescription"] = try encryption.encryption() }
        return kept
    }

    /// -1 takes away a bound that there may be.
    private func checkRequestUnits(
        _ names: [StaticString], _ place: String, mayClear: Bool
    ) throws(TableError) {
        for name in names {
            guard let value = try integer(name), value < 1, value != -1 || !mayClear else { continue }
            throw .invalidValues("Requested \(name) for OnDemandThroughput for \(place) is outside of valid range")
        }
    }

    /// The JSON of the numbers that are not taken away; nil when the request does not have the member.
    private func numbers(
        _ name: StaticString, _ names: [StaticString], clearing: Int? = nil
    ) throws(TableError) -> String?? {
        guard let members = try members(name) else { return nil }
        var object = JSONObject()
        for name in names {
            if let value = try members.integer(name), value != clearing { object[name.description] = .number(value) }
        }
        return .some(object.isEmpty ? nil : JSONValue.object(object).text)
    }

    /// SSEDescription; nil for the key that AWS owns, which is not described.
    private func encryption() throws(TableError) -> String? {
        let isEnabled = try boolean("Enabled") ?? false
        let type = try string("SSEType")
        let key = try string("KMSMasterKeyId")
        if let type, !["AES256", "KMS"].contains(type) {
            throw .enveloped(
                "Value '\(type)' at 'sSESpecification.sSEType' failed to satisfy constraint: "
                    + "Member must satisfy enum value set: [AES256, KMS]")
        }
        for (name, value) in [("SSEType", type), ("KMSMasterKeyId", key)] where value != nil && !isEnabled {
            throw .invalidValues("\(name) can not be specified if Enabled is false")
        }
        guard type != "AES256" else { throw .invalidValues("SSEType AES256 is not supported") }
        guard isEnabled else { return nil }
        var description: JSONObject = ["Status": "ENABLED", "SSEType": "KMS"]
        description["KMSMasterKeyArn"] = key.map { .string($0) }
        return JSONValue.object(description).text
    }
}

extension [String: String] {
    /// Takes over what was read of a request.
    mutating func keep(_ members: [String: String?]) {
        for (name, text) in members { self[name] = text }
    }
}
