import GatewayModel

extension IAM {
    static var policyVersions: [String: FormOperation] {
        [
            "CreatePolicyVersion": { control, call throws(ServiceError) in
                let document = try call.managedDocument()
                let isDefault = try call.members.bool("SetAsDefault") ?? false
                let (policy, version) = try await control.changePolicy(call) { policy, _ throws(ServiceError) in
                    guard policy.versions.count < IAMQuotas.policyVersions else {
                        throw IAMError.limitExceeded(
                            "A managed policy can have up to \(IAMQuotas.policyVersions) versions. Before you create a "
                                + "new version, you must delete an existing version.")
                    }
                    policy.lastVersion += 1
                    let version = ManagedPolicy.Version(
                        number: policy.lastVersion, document: document, created: call.now.iso8601)
                    policy.versions.append(version)
                    policy.updated = call.now.iso8601
                    if isDefault { policy.defaultVersion = version.number }
                    return (policy, version)
                }
                return XMLMembers { result in
                    result.structure("PolicyVersion") { $0.add(version, of: policy, withDocument: false) }
                }
            },
            "GetPolicyVersion": { control, call throws(ServiceError) in
                let arn = try call.policyARN()
                let id = try call.required("VersionId")
                if let policy = AWSManagedPolicies.named(arn) {
                    guard policy.version == id else { throw noVersion(arn, id) }
                    return XMLMembers { result in
                        result.structure("PolicyVersion") { $0.add(versionOf: policy, withDocument: true) }
                    }
                }
                let policy = try control.world.policy(arn, call.account)
                guard let version = policy.versions.first(where: { "v\($0.number)" == id }) else {
                    throw noVersion(arn, id)
                }
                return XMLMembers { result in
                    result.structure("PolicyVersion") { $0.add(version, of: policy, withDocument: true) }
                }
            },
            "ListPolicyVersions": { control, call throws(ServiceError) in
                let arn = try call.policyARN()
                if let policy = AWSManagedPolicies.named(arn) {
                    return try call.list("Versions", [policy], by: \.version) {
                        $0.add(versionOf: $1, withDocument: false)
                    }
                }
                let policy = try control.world.policy(arn, call.account)
                // The newest first; five fit into any page.
                let versions = policy.versions.sorted { $0.number > $1.number }
                return XMLMembers { result in
                    result.list("Versions", versions) { $0.add($1, of: policy, withDocument: false) }
                    result.add("IsTruncated", false)
                }
            },
            "DeletePolicyVersion": { control, call throws(ServiceError) in
                let id = try call.required("VersionId")
                let arn = try call.policyARN()
                try await control.changePolicy(call) { policy, _ throws(ServiceError) in
                    guard let place = policy.versions.firstIndex(where: { "v\($0.number)" == id }) else {
                        throw noVersion(arn, id)
                    }
                    guard policy.versions[place].number != policy.defaultVersion else {
                        throw IAMError.deleteConflict("Cannot delete the default version of a policy.")
                    }
                    policy.versions.remove(at: place)
                }
                return nil
            },
            "SetDefaultPolicyVersion": { control, call throws(ServiceError) in
                let id = try call.required("VersionId")
                let arn = try call.policyARN()
                try await control.changePolicy(call) { policy, _ throws(ServiceError) in
                    guard let version = policy.versions.first(where: { "v\($0.number)" == id }) else {
                        throw noVersion(arn, id)
                    }
                    policy.defaultVersion = version.number
                    policy.updated = call.now.iso8601
                }
                return nil
            },
        ]
    }

    private static func noVersion(_ arn: String, _ id: String) -> ServiceError {
        IAMError.noSuchEntity("Policy \(arn) version \(id) does not exist or is not attachable.")
    }
}

extension XMLMembers {
    mutating func add(
        _ version: IAM.ManagedPolicy.Version, of policy: IAM.ManagedPolicy, withDocument: Bool
    ) {
        if withDocument { add("Document", document: version.document) }
        add("VersionId", "v\(version.number)")
        add("IsDefaultVersion", version.number == policy.defaultVersion)
        add("CreateDate", version.created)
    }

    mutating func add(versionOf policy: AWSManagedPolicies.Policy, withDocument: Bool) {
        if withDocument { add("Document", document: policy.document) }
        add("VersionId", policy.version)
        add("IsDefaultVersion", true)
        add("CreateDate", policy.updated)
    }
}
