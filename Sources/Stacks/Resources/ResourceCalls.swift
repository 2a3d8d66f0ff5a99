import JSON

/// Calls of resources, with failures of resources.
protocol ResourceCalls {
    var calls: ManagementCalls { get }
}

extension ResourceRequest: ResourceCalls {}
extension ResourceDeletion: ResourceCalls {}

extension ResourceCalls {
    @discardableResult
    func call(
        _ operation: String, _ method: String, _ path: [String], query: [(name: String, value: String)] = [],
        body: JSONObject? = nil, newId: String? = nil
    ) async throws(ResourceFailure) -> JSONValue {
        do { return try await calls.call(operation, method, path, query: query, body: body, newId: newId) } catch {
            throw ResourceFailure(message: error.message)
        }
    }

    /// The answer; nil when what the call names is not there.
    @discardableResult
    func callIfPresent(
        _ operation: String, _ method: String, _ path: [String], query: [(name: String, value: String)] = []
    ) async throws(ResourceFailure) -> JSONValue? {
        do { return try await calls.call(operation, method, path, query: query) } catch {
            if error.isMissing { return nil }
            throw ResourceFailure(message: error.message)
        }
    }

    @discardableResult
    func table(_ operation: String, _ body: JSONObject) async throws(ResourceFailure) -> JSONValue {
        do { return try await calls.table(operation, body) } catch { throw ResourceFailure(message: error.message) }
    }

    @discardableResult
    func tableIfPresent(_ operation: String, _ body: JSONObject) async throws(ResourceFailure) -> JSONValue? {
        do { return try await calls.table(operation, body) } catch {
            if error.isMissing { return nil }
            throw ResourceFailure(message: error.message)
        }
    }
}

extension JSONValue {
    /// A member that the answer must have.
    func member(_ name: String, of operation: String) throws(ResourceFailure) -> String {
        guard let text = self[name]?.string else {
            throw ResourceFailure(message: "\(operation): the answer has no \(name)")
        }
        return text
    }
}

/// Tags as maps, and what calls make old ones into new ones.
struct TagChange {
    let set: JSONObject
    let removed: [String]

    init(from old: JSONValue?, to new: JSONValue?) {
        let old = old?.object ?? [:]
        let new = new?.object ?? [:]
        set = JSONObject(new.members.filter { old[$0.key] != $0.value }.map { ($0.key, $0.value) })
        removed = old.keys.filter { new[$0] == nil }
    }
}
