import JSON

extension ResourceCalls {
    /// An operation of a service that names its operations by targets.
    @discardableResult
    func targeted(
        _ target: String, _ operation: String, _ members: JSONObject
    ) async throws(ResourceFailure) -> JSONValue {
        do { return try await calls.targeted(target, operation, members) } catch {
            throw ResourceFailure(message: error.message)
        }
    }

    /// The answer; nil when what the call names is not there.
    @discardableResult
    func targetedIfPresent(
        _ target: String, _ operation: String, _ members: JSONObject
    ) async throws(ResourceFailure) -> JSONValue? {
        do { return try await calls.targeted(target, operation, members) } catch {
            if error.isMissing { return nil }
            throw ResourceFailure(message: error.message)
        }
    }
}

extension JSONObject {
    /// Texts by their keys as services in JSON take tags.
    var asTagList: JSONValue { .array(members.map { ["Key": .string($0.key), "Value": $0.value] }) }
}
