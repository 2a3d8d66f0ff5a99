import JSON

/// The properties of AWS::ApiGateway::RestApi that are members of the API itself.
enum RestApiMembers {
    /// Members of one value; the texts are what UpdateRestApi takes to unset them.
    private static let scalars: KeyValuePairs<String, (member: String, cleared: String)> = [
        "Description": ("description", ""), "ApiKeySourceType": ("apiKeySource", "HEADER"),
        "DisableExecuteApiEndpoint": ("disableExecuteApiEndpoint", "false"),
        "MinimumCompressionSize": ("minimumCompressionSize", ""), "SecurityPolicy": ("securityPolicy", "TLS_1_0"),
        "EndpointAccessMode": ("endpointAccessMode", "BASIC"),
    ]

    static let names = scalars.map(\.key) + ["BinaryMediaTypes", "EndpointConfiguration", "Policy"]

    /// What CreateRestApi takes, but for tags.
    static func creation(_ properties: PropertyReader) throws(ResourceFailure) -> JSONObject {
        var body = JSONObject()
        body["name"] = try properties.text("Name")
        for (property, scalar) in scalars { body[scalar.member] = try value(property, properties) }
        body["binaryMediaTypes"] = try properties.texts("BinaryMediaTypes")
        body["policy"] = properties.policy
        let parameters = try properties.nested("Parameters")
        let endpoint = try endpointConfiguration(properties)
        if !endpoint.isEmpty {
            body["endpointConfiguration"] = .object(endpoint)
        } else if let types = try parameters?.text("endpointConfigurationTypes")?.string {
            let names = types.split(separator: ",").map { JSONValue.string(String($0)) }
            body["endpointConfiguration"] = ["types": .array(names)]
        }
        return body
    }

    /// - Parameters:
    ///   - now: the API as it is.
    ///   - cleared: properties that are unset where the template does not say them.
    ///   - setsSaid: whether what the template says is set.
    ///   - unites: whether lists may have more than the template says.
    static func patches(
        from now: JSONValue, to properties: PropertyReader, cleared: Set<String>, setsSaid: Bool, unites: Bool
    ) throws(ResourceFailure) -> RestPatches {
        var patches = RestPatches()
        if setsSaid, let name = try properties.text("Name") {
            patches.set("/name", from: now["name"], to: name, cleared: "")
        }
        for (property, scalar) in scalars {
            let wanted = try value(property, properties)
            guard wanted == nil ? cleared.contains(property) : setsSaid else { continue }
            patches.set("/\(scalar.member)", from: now[scalar.member], to: wanted, cleared: scalar.cleared)
        }
        let types = try properties.texts("BinaryMediaTypes")
        if types == nil ? cleared.contains("BinaryMediaTypes") : setsSaid {
            let old = now["binaryMediaTypes"]
            patches.setNames("/binaryMediaTypes", from: unites && types != nil ? kept(old, types) : old, to: types)
        }
        let policy = properties.policy
        if policy == nil ? cleared.contains("Policy") : setsSaid {
            // An API answers its policy with quotation marks escaped once more.
            let old = now["policy"]?.string?.replacing("\\\"", with: "\"").replacing("\\\\", with: "\\")
            patches.set("/policy", from: old.map(JSONValue.string), to: policy, cleared: "")
        }
        let endpoint = try endpointConfiguration(properties)
        if endpoint.isEmpty ? cleared.contains("EndpointConfiguration") : setsSaid {
            let old = now["endpointConfiguration"]
            let type = endpoint["types"]?.array?.first?.string ?? (endpoint.isEmpty ? "EDGE" : nil)
            if let type, old?["types"]?.array?.first?.string != type {
                patches.replace("/endpointConfiguration/types/\(old?["types"]?.array?.first?.string ?? "0")", type)
            }
            if let address = endpoint["ipAddressType"] {
                patches.set(
                    "/endpointConfiguration/ipAddressType", from: old?["ipAddressType"], to: address, cleared: "ipv4")
            }
            patches.setValues(
                "/endpointConfiguration/vpcEndpointIds", from: old?["vpcEndpointIds"], to: endpoint["vpcEndpointIds"])
        }
        return patches
    }

    private static func kept(_ old: JSONValue?, _ types: JSONValue?) -> JSONValue {
        .array((old?.array ?? []).filter { (types?.array ?? []).contains($0) })
    }

    private static func value(_ property: String, _ properties: PropertyReader) throws(ResourceFailure) -> JSONValue? {
        switch property {
        case "DisableExecuteApiEndpoint": try properties.boolean(property)
        case "MinimumCompressionSize": try properties.integer(property)
        default: try properties.text(property)
        }
    }

    private static func endpointConfiguration(_ properties: PropertyReader) throws(ResourceFailure) -> JSONObject {
        var members = JSONObject()
        guard let endpoint = try properties.nested("EndpointConfiguration") else { return members }
        members["types"] = try endpoint.texts("Types")
        members["ipAddressType"] = try endpoint.text("IpAddressType")
        members["vpcEndpointIds"] = try endpoint.texts("VpcEndpointIds")
        return members
    }
}

extension PropertyReader {
    fileprivate var policy: JSONValue? { document("Policy") }
}
