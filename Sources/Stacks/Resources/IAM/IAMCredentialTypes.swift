import GatewayModel
import JSON

extension ResourceType {
    static let iamAccessKey = ResourceType(
        name: "AWS::IAM::AccessKey", attributes: ["Id", "SecretAccessKey"],
        rules: PropertyRules(
            type: "AWS::IAM::AccessKey",
            supported: ["Serial": .integer, "Status": .word(["Active", "Inactive"], known: []), "UserName": .text],
            required: ["UserName"]),
        replacedBy: ["Serial", "UserName"], behaviour: IAMAccessKeyType())

    static let iamOIDCProvider = ResourceType(
        name: "AWS::IAM::OIDCProvider", attributes: ["Arn"],
        rules: PropertyRules(
            type: "AWS::IAM::OIDCProvider",
            supported: ["ClientIdList": .list, "Tags": .list, "ThumbprintList": .list, "Url": .text],
            required: ["Url"]),
        replacedBy: ["Url"], behaviour: IAMOIDCProviderType())
}

/// AWS::IAM::AccessKey: the secret is told once, when the key is made; the stack keeps it, as CloudFormation does, for
/// templates that hand it on.
private struct IAMAccessKeyType: ResourceBehaviour {
    private func user(_ properties: PropertyReader) throws(ResourceFailure) -> QueryParameters {
        QueryParameters(["UserName": try properties.required("UserName")])
    }

    private func keys(_ request: ResourceRequest) async throws(ResourceFailure) -> [String] {
        try await request.iamIfPresent("ListAccessKeys", try user(request.properties))?.all("AccessKeyId") ?? []
    }

    /// The id is the service's to choose: what is found is what was not there before.
    func prepare(_ request: ResourceRequest) async throws(ResourceFailure) -> ResourcePreparation {
        ResourcePreparation(physicalId: "", present: try await keys(request))
    }

    func find(_ request: ResourceRequest) async throws(ResourceFailure) -> [ProvisionedResource] {
        try await keys(request).filter { !request.preparation.present.contains($0) }.map {
            request.provisioned($0, ["Id": $0])
        }
    }

    func create(_ request: ResourceRequest) async throws(ResourceFailure) -> ProvisionedResource {
        let answer = try await request.iam("CreateAccessKey", try user(request.properties))
        let id = answer["AccessKeyId"] ?? ""
        do throws(ResourceFailure) {
            if try request.properties.text("Status")?.string == "Inactive" {
                try await set("Inactive", id, request.properties, request)
            }
        } catch {
            try await remove(id, request.properties, request)
            throw error
        }
        return request.provisioned(id, ["Id": id, "SecretAccessKey": answer["SecretAccessKey"] ?? ""])
    }

    private func set(
        _ status: String, _ id: String, _ properties: PropertyReader, _ calls: some ResourceCalls
    ) async throws(ResourceFailure) {
        var parameters = try user(properties)
        parameters.set("AccessKeyId", id)
        parameters.set("Status", status)
        try await calls.iam("UpdateAccessKey", parameters)
    }

    func update(_ update: ResourceUpdate) async throws(ResourceFailure) -> ProvisionedResource {
        let properties = update.request.properties
        let status = try properties.text("Status")?.string ?? "Active"
        try await set(status, update.existing.physicalId, properties, update.request)
        return update.existing
    }

    func delete(_ deletion: ResourceDeletion) async throws(ResourceFailure) {
        try await remove(deletion.physicalId, deletion.properties, deletion)
    }

    private func remove(
        _ id: String, _ properties: PropertyReader, _ calls: some ResourceCalls
    ) async throws(ResourceFailure) {
        var parameters = try user(properties)
        parameters.set("AccessKeyId", id)
        try await calls.iamIfPresent("DeleteAccessKey", parameters)
    }
}

/// AWS::IAM::OIDCProvider: an issuer whose tokens can be exchanged for a role's credentials.
private struct IAMOIDCProviderType: ResourceBehaviour {
    private func provider(_ arn: String) -> QueryParameters { QueryParameters(["OpenIDConnectProviderArn": arn]) }

    func prepare(_ request: ResourceRequest) async throws(ResourceFailure) -> ResourcePreparation {
        let url = try request.properties.required("Url")
        let name = url.firstRange(of: "://").map { String(url[$0.upperBound...]) } ?? url
        let id = "arn:\(request.account.partition):iam::\(request.account.accountId):oidc-provider/\(name)"
        let isThere = try await request.iamIfPresent("GetOpenIDConnectProvider", provider(id)) != nil
        return ResourcePreparation(physicalId: id, present: isThere ? [id] : [])
    }

    func find(_ request: ResourceRequest) async throws(ResourceFailure) -> [ProvisionedResource] {
        let id = request.preparation.physicalId
        return try await request.found(["Arn": id]) { id async throws(ResourceFailure) in
            try await request.iamIfPresent("GetOpenIDConnectProvider", provider(id)) != nil
        }
    }

    func create(_ request: ResourceRequest) async throws(ResourceFailure) -> ProvisionedResource {
        let properties = request.properties
        var parameters = QueryParameters(["Url": try properties.required("Url")])
        parameters.set("ClientIDList", list: try properties.textList("ClientIdList"))
        parameters.set("ThumbprintList", list: try properties.textList("ThumbprintList"))
        parameters.set(tags: try properties.tagList("Tags")?.object ?? [:])
        let answer = try await request.iam("CreateOpenIDConnectProvider", parameters)
        let arn = answer["OpenIDConnectProviderArn"] ?? request.preparation.physicalId
        return request.provisioned(arn, ["Arn": arn])
    }

    func update(_ update: ResourceUpdate) async throws(ResourceFailure) -> ProvisionedResource {
        let (request, arn) = (update.request, update.existing.physicalId)
        let (old, new) = (try update.old.textList("ClientIdList"), try request.properties.textList("ClientIdList"))
        for (action, clients) in [
            ("AddClientIDToOpenIDConnectProvider", new.filter { !old.contains($0) }),
            ("RemoveClientIDFromOpenIDConnectProvider", old.filter { !new.contains($0) }),
        ] {
            for client in clients {
                var parameters = provider(arn)
                parameters.set("ClientID", client)
                try await request.iam(action, parameters)
            }
        }
        if update.changes("ThumbprintList") {
            var parameters = provider(arn)
            parameters.set("ThumbprintList", list: try request.properties.textList("ThumbprintList"))
            try await request.iam("UpdateOpenIDConnectProviderThumbprint", parameters)
        }
        let change = TagChange(from: try update.old.tagList("Tags"), to: try request.properties.tagList("Tags"))
        if !change.set.isEmpty {
            var parameters = provider(arn)
            parameters.set(tags: change.set)
            try await request.iam("TagOpenIDConnectProvider", parameters)
        }
        if !change.removed.isEmpty {
            var parameters = provider(arn)
            parameters.set("TagKeys", list: change.removed)
            try await request.iam("UntagOpenIDConnectProvider", parameters)
        }
        return update.existing
    }

    func delete(_ deletion: ResourceDeletion) async throws(ResourceFailure) {
        try await deletion.iamIfPresent("DeleteOpenIDConnectProvider", provider(deletion.physicalId))
    }
}
