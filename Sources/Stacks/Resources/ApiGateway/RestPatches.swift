import GatewayModel
import JSON

/// The operations of a PATCH that make what is there into what a template says.
struct RestPatches {
    private var operations: [JSONValue] = []

    var isEmpty: Bool { operations.isEmpty }
    var body: JSONObject { ["patchOperations": .array(operations)] }

    mutating func add(_ path: String, _ value: String? = nil) { append("add", path, value) }
    mutating func replace(_ path: String, _ value: String) { append("replace", path, value) }
    mutating func remove(_ path: String, _ value: String? = nil) { append("remove", path, value) }

    private mutating func append(_ operation: String, _ path: String, _ value: String?) {
        var members: JSONObject = ["op": .string(operation), "path": .string(path)]
        members["value"] = value.map(JSONValue.string)
        operations.append(.object(members))
    }

    /// A member that is `new` from now on; one that is said no more is set to `cleared`.
    mutating func set(_ path: String, from old: JSONValue?, to new: JSONValue?, cleared: String) {
        guard let new else {
            if old != nil, old?.patchText != cleared { replace(path, cleared) }
            return
        }
        if old?.patchText != new.patchText { replace(path, new.patchText) }
    }

    /// A list whose entries are values of operations on the one path.
    mutating func setValues(_ path: String, from old: JSONValue?, to new: JSONValue?) {
        let (old, new) = (old?.texts ?? [], new?.texts ?? [])
        for value in old where !new.contains(value) { remove(path, value) }
        for value in new where !old.contains(value) { add(path, value) }
    }

    /// A list whose entries are parts of the path.
    mutating func setNames(_ path: String, from old: JSONValue?, to new: JSONValue?) {
        let (old, new) = (old?.texts ?? [], new?.texts ?? [])
        for name in old where !new.contains(name) { remove("\(path)/\(Self.escaped(name))") }
        for name in new where !old.contains(name) { add("\(path)/\(Self.escaped(name))") }
    }

    /// A map whose keys are parts of the path.
    ///
    /// - Parameter owned: the keys that the template had: others were set by somebody else, and stay.
    mutating func setEntries(_ path: String, from old: JSONValue?, to new: JSONValue?, owned: [String]) {
        let (old, new) = (old?.object ?? [:], new?.object ?? [:])
        for name in owned where new[name] == nil && old[name] != nil { remove("\(path)/\(Self.escaped(name))") }
        for (name, value) in new.members where old[name]?.patchText != value.patchText {
            replace("\(path)/\(Self.escaped(name))", value.patchText)
        }
    }

    /// As a part of a path (RFC 6901).
    static func escaped(_ name: String) -> String { name.replacing("~", with: "~0").replacing("/", with: "~1") }
}

extension JSONValue {
    /// A value as patches write it.
    var patchText: String { string ?? text }

    fileprivate var texts: [String] { array?.compactMap(\.string) ?? [] }
}

extension ResourceCalls {
    func patch(_ operation: String, _ path: [String], _ patches: RestPatches) async throws(ResourceFailure) {
        guard !patches.isEmpty else { return }
        try await call(operation, "PATCH", path, body: patches.body)
    }
}

extension ResourceRequest {
    /// Tags of API Gateway's first version; `path` is the end of the resource's ARN.
    func retagRest(_ path: String, from old: JSONValue?, to new: JSONValue?) async throws(ResourceFailure) {
        let change = TagChange(from: old, to: new)
        let resource = ["tags", "arn:\(account.partition):apigateway:\(account.region)::\(path)"]
        if !change.set.isEmpty { try await call("TagResource", "PUT", resource, body: ["tags": .object(change.set)]) }
        if !change.removed.isEmpty {
            try await call("UntagResource", "DELETE", resource, query: change.removed.map { ("tagKeys", $0) })
        }
    }
}
