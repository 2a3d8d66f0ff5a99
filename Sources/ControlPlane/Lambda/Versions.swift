import EntityStore
import GatewayModel
import JSON

extension LambdaOperations {
    static let versions: [Operation] = [
        Operation("PublishVersion", .lambda, .post, function + "/versions", success: 201, publishVersion),
        Operation("ListVersionsByFunction", .lambda, .get, function + "/versions", listVersionsByFunction),
    ]
}

extension LambdaOperations {
    private static func publishVersion(
        _ control: isolated ControlPlane, _ call: Call
    ) async throws(ServiceError) -> Reply {
        let members = Members(try call.object())
        let description = try members.string("Description")
        var constraints = Constraints()
        constraints.length(description, "description", 0...256)
        let name = try call.unqualifiedFunctionName(in: control.settings.account, constraints)
        var function = try control.function(name)
        try RefusedMembers.check(members.object)
        try function.checkRevision(try members.string("RevisionId"))
        let current = function.head.configuration.CodeSha256
        if let wanted = try members.string("CodeSha256"), wanted != current {
            throw .invalidParameter(
                "CodeSHA256 (\(wanted)) is different from current CodeSHA256 in $LATEST (\(current)). "
                    + "Please try again with the CodeSHA256 in $LATEST.")
        }

        let (version, isNew) = function.publish(description: description)
        if isNew { try await control.commit(function, [function.saveHead(), function.save(version)]) }
        return try .json(version.configuration.qualified(version.configuration.Version))
    }

    private static func listVersionsByFunction(
        _ control: isolated ControlPlane, _ call: Call
    ) throws(ServiceError) -> Reply {
        let name = try call.functionName(.namespaced, in: control.settings.account)
        let page = try FunctionPage(call)
        return try page.reply("Versions", try control.function(name).listedVersions)
    }

    /// AWS takes the deletion of a version that is not there for done.
    static func deleteVersion(
        _ number: String, of function: LambdaFunction, _ control: isolated ControlPlane
    ) async throws(ServiceError) {
        guard let position = function.versions.firstIndex(where: { $0.configuration.Version == number }) else { return }
        let aliases = function.aliases.filter { $0.value.names(number) }.map(\.key)
        guard aliases.isEmpty else {
            throw .resourceConflict(
                "Version \(number) is referenced by aliases and cannot be deleted: \(aliases.joined(separator: ", "))")
        }
        var function = function
        function.versions.remove(at: position)
        function.policies[number] = nil
        try await control.commit(
            function, [.delete(function.id(LambdaFunction.versionKind, number)), function.savePolicy(number)])
        control.discardUnusedPackages(of: function.name)
        if !function.snapshotsInUse.isEmpty { control.discardUnusedSnapshots() }
    }
}

extension LambdaFunction {
    /// Makes a version of `$LATEST`, or answers the last one when nothing changed since.
    mutating func publish(description: String?) -> (version: PublishedVersion, isNew: Bool) {
        if let last = versions.last, isUnchanged(since: last) { return (last, false) }
        var configuration = head.configuration
        configuration.Version = String(head.nextVersion)
        configuration.Description = description ?? configuration.Description
        configuration.RevisionId = Identifiers.uuid()
        let version = PublishedVersion(
            configuration: configuration, code: head.code, descriptionOfLatest: head.configuration.Description)
        versions.append(version)
        head.nextVersion += 1
        head.configuration.RevisionId = Identifiers.uuid()
        return (version, true)
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
