import JSON

/// One operation of a patch, as it was sent.
struct PatchOperation: Sendable, Equatable {
    enum Op: String, Sendable, CaseIterable {
        case add, remove, replace, move, copy, test
    }

    let op: Op
    /// As written: a JSON pointer with `~1` for `/` and `~0` for `~`.
    let path: String?
    let value: String?
    let from: String?

    init(_ op: Op, _ path: String?, _ value: String? = nil, from: String? = nil) {
        self.op = op
        self.path = path
        self.value = value
        self.from = from
    }
}

extension PatchOperation {
    /// As the service prints them.
    private static let names = ["add", "remove", "move", "test", "replace", "copy"]

    /// The `patchOperations` of a call. Operations that are none are violations, counted from 1, of the service's model.
    ///
    /// - Parameter input: as the service names it in messages: `updateStageInput`.
    static func read(
        _ members: RestMembers, of input: String, _ constraints: inout Constraints
    ) throws(ServiceError) -> [PatchOperation] {
        let list = try members.objects("patchOperations") ?? []
        guard list.count <= RESTQuotas.patchOperations else {
            throw RESTError.badRequest("A request can have at most \(RESTQuotas.patchOperations) patch operations.")
        }
        var operations: [PatchOperation] = []
        for (position, members) in list.enumerated() {
            let place = "\(input).patchOperations.\(position + 1).member.op"
            let name = try members.string("op")
            constraints.present(name, place)
            constraints.oneOf(name, place, names)
            guard let op = name.flatMap(Op.init(rawValue:)) else { continue }
            operations.append(
                PatchOperation(
                    op, try members.string("path"), try members.string("value"), from: try members.string("from")))
        }
        return operations
    }
}

/// A JSON pointer (RFC 6901), or the pattern of one, in segments.
struct PatchPath: Sendable, Equatable {
    let text: String
    let segments: [String]

    init(_ text: String) {
        self.text = text
        let body = text.hasPrefix("/") ? text.dropFirst() : text[...]
        segments = body.split(separator: "/", omittingEmptySubsequences: false).map {
            String($0.replacing("~1", with: "/").replacing("~0", with: "~"))
        }
    }

    /// What stands in the place of the pattern's `<…>`; nil when the path does not match.
    func match(_ path: PatchPath) -> [String]? {
        guard segments.count == path.segments.count, path.text.hasPrefix("/") else { return nil }
        var captured: [String] = []
        for (pattern, segment) in zip(segments, path.segments) {
            if pattern.hasPrefix("<") {
                guard !segment.isEmpty else { return nil }
                captured.append(segment)
            } else if pattern != segment {
                return nil
            }
        }
        return captured
    }
}
