import JSON

/// Members that only mean something in AWS: they are checked, kept, and described as they were given.
extension RequestMembers {
    /// JSON text by the member of the description; nil for one that is to be described no longer.
    func keptMembers() throws(TableError) -> [String: String?] {
        var kept: [String: String?] = [:]
        if let onDemand = try numbers("OnDemandThroughput", ["MaxReadRequestUnits", "MaxWriteRequestUnits"]) {
            kept["OnDemandThroughput"] = onDemand
        }
        if let warm = try numbers("WarmThroughput", ["ReadUnitsPerSecond", "WriteUnitsPerSecond"]) {
            kept["WarmThroughput"] = warm
        }
        if let encryption = try members("SSESpecification") { kept["SSEDescription"] = try encryption.encryption() }
        return kept
    }

    private func numbers(_ name: StaticString, _ names: [StaticString]) throws(TableError) -> String? {
        guard let members = try members(name) else { return nil }
        var object = JSONObject()
        for name in names {
            if let value = try members.integer(name) { object[name.description] = .number(value) }
        }
        return JSONValue.object(object).text
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
        // The model says of SSEType that only KMS is supported, and of both that they say which key is used. The words
        // of AWS's refusals are unconfirmed.
        guard type != "AES256" else { throw .invalidValues("SSEType AES256 is not supported") }
        guard isEnabled || (type == nil && key == nil) else {
            throw .invalidValues("SSEType and KMSMasterKeyId can only be specified when SSE is enabled")
        }
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
