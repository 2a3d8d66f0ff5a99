import GatewayModel
import JSON

extension IAM {
    /// An issuer whose tokens roles may trust.
    struct OpenIDConnectProvider: IAMDocument {
        /// Without `https://`.
        let name: String
        let created: String
        var clients: [String]
        var thumbprints: [String]
        var tags: OrderedMap<String>?

        static let type = "iam.openIDConnectProvider"
        static let noun = "OpenIDConnect provider"
        static var place: any WritableKeyPath<World, Roots<OpenIDConnectProvider>> & Sendable {
            \.openIDConnectProviders
        }

        func arn(_ account: AccountIdentity) -> String {
            "arn:\(account.partition):iam::\(account.accountId):oidc-provider/\(name)"
        }
    }

    static var openIDConnectProviders: [String: FormOperation] {
        [
            "CreateOpenIDConnectProvider": createProvider,
            "GetOpenIDConnectProvider": { control, call throws(ServiceError) in
                let provider = try control.world.provider(call)
                return XMLMembers { result in
                    result.add("Url", provider.name)
                    result.list("ClientIDList", provider.clients)
                    result.list("ThumbprintList", provider.thumbprints)
                    result.add("CreateDate", provider.created)
                    result.add(tags: provider.tags ?? [:])
                }
            },
            "ListOpenIDConnectProviders": { control, call throws(ServiceError) in
                let providers = control.world.all(of: OpenIDConnectProvider.self)
                return XMLMembers { result in
                    result.list("OpenIDConnectProviderList", providers) { $0.add("Arn", $1.arn(call.account)) }
                }
            },
            "UpdateOpenIDConnectProviderThumbprint": { control, call throws(ServiceError) in
                let thumbprints = try call.thumbprints()
                try await control.changeProvider(call) { provider in provider.thumbprints = thumbprints }
                return nil
            },
            "AddClientIDToOpenIDConnectProvider": { control, call throws(ServiceError) in
                let client = try call.required("ClientID")
                try await control.changeProvider(call) { provider in
                    if !provider.clients.contains(client) { provider.clients.append(client) }
                }
                return nil
            },
            "RemoveClientIDFromOpenIDConnectProvider": { control, call throws(ServiceError) in
                let client = try call.required("ClientID")
                try await control.changeProvider(call) { provider in provider.clients.removeAll { $0 == client } }
                return nil
            },
            "DeleteOpenIDConnectProvider": { control, call throws(ServiceError) in
                try await control.deleteNamed(OpenIDConnectProvider.self, try control.world.provider(call).name)
                return nil
            },
            "TagOpenIDConnectProvider": { control, call throws(ServiceError) in
                try await control.changeProvider(call) { provider throws(ServiceError) in
                    provider.tags = try call.tags(addedTo: provider.tags)
                }
                return nil
            },
            "UntagOpenIDConnectProvider": { control, call throws(ServiceError) in
                try await control.changeProvider(call) { provider in
                    provider.tags = call.tags(removedFrom: provider.tags)
                }
                return nil
            },
            "ListOpenIDConnectProviderTags": { control, call throws(ServiceError) in
                try call.list(tags: try control.world.provider(call).tags)
            },
        ]
    }

    private static func createProvider(
        _ control: ControlPlane, _ call: FormCall
    ) async throws(ServiceError) -> XMLMembers? {
        let url = try call.required("Url")
        var constraints = Constraints()
        constraints.length(url, "url", 1...255)
        try constraints.checkForm()
        guard url.hasPrefix("https://"), url.utf8.count > 8, !url.contains("?"), !url.contains("#") else {
            throw IAMError.validation("Invalid Open ID Connect Provider URL")
        }
        let provider = OpenIDConnectProvider(
            name: String(url.dropFirst(8)), created: call.now.iso8601,
            clients: call.members.strings("ClientIDList") ?? [], thumbprints: try call.thumbprints(),
            tags: try call.tags())
        try await control.create(
            provider, quota: IAMQuotas.openIDConnectProviders, "OpenIdConnectProvidersPerAccount",
            exists: "Provider with url \(url) already exists.")
        return XMLMembers { result in
            result.add("OpenIDConnectProviderArn", provider.arn(call.account))
            result.add(tags: provider.tags)
        }
    }
}

extension FormCall {
    /// Forty hexadecimal digits each; they are kept and not looked at, as AWS does for issuers with known certificates.
    fileprivate func thumbprints() throws(ServiceError) -> [String] {
        let thumbprints = members.strings("ThumbprintList") ?? []
        guard thumbprints.count <= 5 else {
            throw IAMError.invalidInput("Thumbprint list must contain fewer than 5 entries.")
        }
        for thumbprint in thumbprints where thumbprint.utf8.count != 40 || Hexadecimal.decode(thumbprint) == nil {
            throw IAMError.validation(
                "1 validation error detected: Value '[\(thumbprints.joined(separator: ", "))]' at 'thumbprintList' failed "
                    + "to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal "
                    + "to 40, Member must have length greater than or equal to 40]")
        }
        return thumbprints
    }
}

extension World {
    fileprivate func provider(_ call: FormCall) throws(ServiceError) -> IAM.OpenIDConnectProvider {
        let arn = try call.required("OpenIDConnectProviderArn")
        let name = arn.firstRange(of: ":oidc-provider/").map { String(arn[$0.upperBound...]) } ?? ""
        guard let provider = self[IAM.OpenIDConnectProvider.self, IAM.OpenIDConnectProvider.id(ofName: name)],
            provider.arn(call.account) == arn
        else { throw IAMError.noSuchEntity("OpenIDConnect Provider not found for arn \(arn)") }
        return provider
    }
}

extension ControlPlane {
    fileprivate func changeProvider(
        _ call: FormCall, _ make: (inout IAM.OpenIDConnectProvider) throws(ServiceError) -> Void
    ) async throws(ServiceError) {
        try await changeNamed(
            IAM.OpenIDConnectProvider.self, try world.provider(call).name
        ) { provider, _ throws(ServiceError) in try make(&provider) }
    }
}
