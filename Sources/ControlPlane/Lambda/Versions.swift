import EntityStore
import GatewayModel
import JSON

extension LambdaOperations {
    static var versions: [Operation] {
        [
            Operation("PublishVersion", .lambda, .post, function + "/versions", success: 201, publishVersion),
            Operation("ListVersionsByFunction", .lambda, .get, function + "/versions", listVersionsByFunction),
        ]
    }
}

extension LambdaOperations {
    private static func publishVersion(
        _ control: ControlPlane, _ call: Call
    ) async throws(ServiceError) -> Reply {
        let members = Members(try call.object())
        let description = try members.string("Description")
        var constraints = Constraints()
        constraints.length(description, "description", 0...256)
        let name = try call.unqualifiedFunctionName(in: control.settings.account, constraints)
        let version = try await control.changeFunction(name) { function throws(ServiceError) in
            try RefusedMembers.check(members.object)
            try function.checkRevision(try members.string("RevisionId"))
            let current = function.head.configuration.CodeSha256
            if let wanted = try members.string("CodeSha256"), wanted != current {
                throw .invalidParameter(
                    "CodeSHA256 (\(wanted)) is different from current CodeSHA256 in $LATEST (\(current)). "
                        + "Please try again with the CodeSHA256 in $LATEST.")
            }
            return function.publish(description: description)
        }
        return try .json(version.configuration.qualified(version.configuration.Version))
    }

    private static func listVersionsByFunction(
        _ control: ControlPlane, _ call: Call
    ) throws(ServiceError) -> Reply {
        let name = try call.functionName(.namespaced, in: control.settings.account)
        let page = try FunctionPage(call)
        return try page.reply("Versions", try control.function(name).listedVersions)
    }
}

extension LambdaFunction {
    /// Makes a version of `$LATEST`, or answers the last one when nothing changed since.
    mutating func publish(description: String?) -> PublishedVersion {
        if let last = versions.last, isUnchanged(since: last) { return last }
        var configuration = head.configuration
        configuration.Version = String(head.nextVersion)
        configuration.Description = description ?? configuration.Description
        configuration.RevisionId = Identifiers.uuid()
        let version = PublishedVersion(
            configuration: configuration, code: head.code, descriptionOfLatest: head.configuration.Description,
            roleId: head.roleId)
        versions.append(version)
        head.nextVersion += 1
        head.configuration.RevisionId = Identifiers.uuid()
        return version
    }

    /// AWS takes the deletion of a version that is not there for done.
    mutating func deleteVersion(_ number: String) throws(ServiceError) {
        guard let position = versions.firstIndex(where: { $0.configuration.Version == number }) else { return }
        let aliases = aliases.filter { $0.value.names(number) }.map(\.key)
        guard aliases.isEmpty else {
            throw .resourceConflict(
                "Version \(number) is referenced by aliases and cannot be deleted: \(aliases.joined(separator: ", "))")
        }
        versions.remove(at: position)
        policies[number] = nil
    }

    private func isUnchanged(since version: PublishedVersion) -> Bool {
        var published = version.configuration.content
        published.Description = version.descriptionOfLatest
        return published == head.configuration.content && version.code == head.code
    }
}

extension AliasConfiguration {
    fileprivate func names(_ version: String) -> Bool {
        FunctionVersion == version || RoutingConfig?.AdditionalVersionWeights?[version] != nil
    }
}
