import JSON

/// Which paths of a resource may be patched, with which operations, and what they do.
struct PatchRule<Target>: Sendable {
    typealias Apply = @Sendable (inout Target, PatchStep) throws(ServiceError) -> Void

    let pattern: PatchPath
    let ops: [PatchOperation.Op]
    /// What is answered to an operation that the path does not take; nil: what the table says.
    let wrongOp: String?
    let apply: Apply

    init(_ pattern: String, _ ops: [PatchOperation.Op], wrongOp: String? = nil, _ apply: @escaping Apply) {
        self.pattern = PatchPath(pattern)
        self.ops = ops
        self.wrongOp = wrongOp
        self.apply = apply
    }
}

/// One operation where it matched.
struct PatchStep {
    let operation: PatchOperation
    /// What stood in the place of the pattern's `<…>`.
    let captured: [String]

    var op: PatchOperation.Op { operation.op }
    var value: String? { operation.value }
    var name: String { captured[0] }
    /// A text, as it is stored: none when it is empty.
    var text: String? { value?.isEmpty == true ? nil : value }
    /// Java's: `true` in any case, and all else is false.
    var bool: Bool { value?.lowercased() == "true" }

    func integer() throws(ServiceError) -> Int {
        guard let number = value.flatMap({ Int($0) }) else { throw invalidValue }
        return number
    }

    func double() throws(ServiceError) -> Double {
        guard let number = value.flatMap({ Double(decimal: $0) }) else { throw invalidValue }
        return number
    }

    /// The service's words are unknown.
    var invalidValue: ServiceError {
        RESTError.badRequest("Invalid patch value '\(value ?? "null")' specified for path \(operation.path ?? "null")")
    }
}

/// The rules of a resource, with the way in which the service tells a wrong path or operation.
struct PatchTable<Target>: Sendable {
    enum Faults: Sendable {
        /// `Invalid patch path  '/x' specified for op 'replace'. Must be one of: [/a, /b]`
        case listed
        /// `Invalid patch path /x`, and for a wrong operation what it may be.
        case plain
        /// `Invalid patch path /x`, also for a wrong operation.
        case pathOnly
    }

    private let faults: Faults
    private let rules: [PatchRule<Target>]

    init(_ faults: Faults, _ rules: [PatchRule<Target>]) {
        self.faults = faults
        self.rules = rules
    }

    /// In their order, on a copy: all or nothing.
    func apply(_ operations: [PatchOperation], to target: inout Target) throws(ServiceError) {
        var copy = target
        for operation in operations { try apply(operation, to: &copy) }
        target = copy
    }

    private func apply(_ operation: PatchOperation, to target: inout Target) throws(ServiceError) {
        guard let text = operation.path else { throw fault(operation, nil) }
        let path = PatchPath(text)
        var matched: PatchRule<Target>?
        for rule in rules {
            guard let captured = rule.pattern.match(path) else { continue }
            if rule.ops.contains(operation.op) {
                return try rule.apply(&target, PatchStep(operation: operation, captured: captured))
            }
            matched = matched ?? rule
        }
        throw fault(operation, matched)
    }

    private func fault(_ operation: PatchOperation, _ matched: PatchRule<Target>?) -> ServiceError {
        let path = operation.path ?? "null"
        if let wrongOp = matched?.wrongOp { return RESTError.badRequest(wrongOp) }
        switch (faults, matched) {
        case (.listed, _):
            let allowed = rules.filter { $0.ops.contains(operation.op) }.map(\.pattern.text)
            return RESTError.badRequest(
                "Invalid patch path  '\(path)' specified for op '\(operation.op.rawValue)'. "
                    + (allowed.isEmpty
                        ? "Please choose supported operations"
                        : "Must be one of: [\(allowed.joined(separator: ", "))]"))
        case (.plain, let rule?):
            let ops = rule.ops.map(\.rawValue).joined(separator: ", ")
            return RESTError.badRequest("Invalid patch operation specified. Must be one of: [\(ops)]")
        case (.plain, nil), (.pathOnly, _): return RESTError.badRequest("Invalid patch path \(path)")
        }
    }
}
