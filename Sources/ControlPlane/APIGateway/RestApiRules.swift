import GatewayModel
import IAMPolicy
import JSON

/// What a REST API must look like.
enum RestApiRules {
    /// As the service prints them.
    static let endpointTypes = ["PRIVATE", "EDGE", "REGIONAL"]

    /// Stored only. Source: botocore `SecurityPolicy`.
    static let securityPolicies =
        ["TLS_1_0", "TLS_1_2"]
        + [
            "TLS13_1_3_2025_09", "TLS13_1_3_FIPS_2025_09", "TLS13_1_2_PFS_PQ_2025_09", "TLS13_1_2_FIPS_PQ_2025_09",
            "TLS13_1_2_FIPS_PFS_PQ_2025_09", "TLS13_1_2_Ext2_PQ_2025_09", "TLS13_1_2_Ext2_FIPS_PQ_2025_09",
            "TLS13_1_2_PQ_2025_09", "TLS13_1_2_2021_06", "TLS13_2025_EDGE", "TLS12_PFS_2025_EDGE",
            "TLS12_2018_EDGE",
        ].map { "SecurityPolicy_" + $0 }

    static func compressionSize(_ size: Int?) throws(ServiceError) -> Int {
        let range = RESTQuotas.minimumCompressionSize
        guard let size, range.contains(size) else {
            throw RESTError.badRequest(
                "Invalid minimum compression size, must be between \(range.lowerBound) and \(range.upperBound)")
        }
        return size
    }

    static func endpoint(
        types: [String]?, ipAddressType: String?, vpcEndpointIds: [String]?
    ) throws(ServiceError) -> REST.EndpointConfiguration {
        let types = types ?? ["EDGE"]
        guard let type = types.first else {
            throw RESTError.badRequest("REGIONAL Configuration and EDGE Configuration cannot be both DISABLED.")
        }
        guard types.count == 1 else {
            throw RESTError.badRequest("Cannot create an api with multiple Endpoint Types.")
        }
        let addresses = ipAddressType ?? (type == "PRIVATE" ? "dualstack" : "ipv4")
        var endpoint = REST.EndpointConfiguration(types: [type], ipAddressType: addresses)
        endpoint.vpcEndpointIds = vpcEndpointIds?.isEmpty == true ? nil : vpcEndpointIds
        try check(endpoint)
        return endpoint
    }

    /// A private API must not be open to all, which it would be here.
    static func check(_ endpoint: REST.EndpointConfiguration) throws(ServiceError) {
        guard endpoint.types == ["PRIVATE"] else { return }
        guard endpoint.ipAddressType == "dualstack" else {
            throw RESTError.badRequest("Only dualstack ipAddressType is supported for Private APIs.")
        }
        throw ServiceError.unsupported(
            "Gatehouse does not serve private APIs yet: the endpoint type PRIVATE is refused.")
    }

    /// What holds of an API as a whole, whatever way its settings came.
    static func check(_ api: REST.RestApi) throws(ServiceError) {
        guard api.name.unicodeScalars.count <= RESTQuotas.nameLength else {
            throw RESTError.badRequest("API name must not be longer than \(RESTQuotas.nameLength) characters")
        }
        let endpoint = api.endpointConfiguration
        // Whoever names endpoints means to let in nobody else. AWS's words (public reports).
        guard endpoint.vpcEndpointIds?.isEmpty ?? true || endpoint.types == ["PRIVATE"] else {
            throw RESTError.badRequest("VPCEndpoints can only be specified with PRIVATE apis.")
        }
        try checkSecurity(api)
    }

    /// Source: docs/apigateway-security-policies.
    private static func checkSecurity(_ api: REST.RestApi) throws(ServiceError) {
        if let mode = api.endpointAccessMode, mode != "BASIC" {
            throw ServiceError.unsupported(
                "Gatehouse does not look at the endpoint and the server name that a call comes by: the endpoint access "
                    + "mode \(mode) is refused.")
        }
        guard api.securityPolicy?.hasPrefix("SecurityPolicy_") == true, api.endpointAccessMode == nil else { return }
        throw RESTError.badRequest(
            "An endpoint access mode is required for the security policy \(api.securityPolicy ?? "").")
    }
}

/// The resource policy of an API.
enum RestApiPolicy {
    /// As it is stored: shorthand resources (`execute-api:/stage/GET/pets`) become whole ARNs, users and roles that there
    /// are their ids. Nobody has an id later, so one that is nobody's is refused.
    static func stored(_ text: String, apiId: String, _ call: Call) throws(ServiceError) -> String {
        guard text.utf8.count <= RESTQuotas.policyLength else {
            throw RESTError.badRequest("Policy document size exceeds \(RESTQuotas.policyLength) bytes")
        }
        guard let value = try? JSONValue(parsing: Array(text.utf8)), var policy = value.object,
            let statements = policy["Statement"].map({ $0.array ?? [$0] }), !statements.isEmpty
        else { throw invalid }
        var expanded: [JSONValue] = []
        for statement in statements {
            guard var statement = statement.object else { throw invalid }
            for name in ["Resource", "NotResource"] {
                if let resource = statement[name] { statement[name] = try whole(resource, apiId, call.account) }
            }
            expanded.append(.object(statement))
        }
        policy["Statement"] = .array(expanded)
        guard (try? PolicyDocument(.object(policy), kind: .resource)) != nil else { throw invalid }
        var namesNobody = false
        let pinned = PolicyDocument.renamingPrincipals(of: .object(policy)) { name in
            switch call.identities.principal(name) {
            case .present(let id): return id
            case .absent where PrincipalId(name) != nil:
                namesNobody = true
                return nil
            case .absent, .elsewhere: return nil
            }
        }
        guard !namesNobody else { throw invalid }
        return pinned.text
    }

    /// A stored policy for another API: what is said of the one is said of the other.
    static func moved(_ text: String, from original: String, to id: String) -> String {
        text.replacing(":\(original)/", with: ":\(id)/")
    }

    /// A list of one becomes that one, as recorded.
    private static func whole(
        _ resource: JSONValue, _ apiId: String, _ account: AccountIdentity
    ) throws(ServiceError) -> JSONValue {
        var list: [JSONValue] = []
        for entry in resource.array ?? [resource] {
            guard let text = entry.string else { throw invalid }
            let prefix = "execute-api:/"
            list.append(
                .string(
                    text.hasPrefix(prefix) ? account.executeAPIARN("\(apiId)/\(text.dropFirst(prefix.count))") : text))
        }
        return list.count == 1 ? list[0] : .array(list)
    }

    private static let invalid = RESTError.badRequest(
        "Invalid policy document. Please check the policy syntax and ensure that Principals are valid.")
}
