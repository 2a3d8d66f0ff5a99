import JSON

/// The section Conditions, worked out: which of them hold. They depend on parameters and mappings only.
struct Conditions {
    /// Conditions that have problems hold: what depends on them is then looked through as well.
    private(set) var values: [String: Bool] = [:]

    /// - Parameter resolver: with the parameters, and without resources.
    init(_ section: [TemplateMap.Entry], resolver: IntrinsicResolver, problems: inout Problems) {
        let byName = Dictionary(section.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        for name in Self.ordered(section, byName, problems: &problems) {
            guard let entry = byName[name] else { continue }
            do throws(IntrinsicResolver.Failure) {
                values[name] = try evaluate(entry.value, resolver)
            } catch {
                problems.add(error.message, line: error.line, path: "Conditions.\(name)")
                values[name] = true
            }
        }
        for entry in section where values[entry.key] == nil { values[entry.key] = true }
    }

    /// Each condition after those it names, so that none is worked out within another.
    private static func ordered(
        _ section: [TemplateMap.Entry], _ byName: [String: TemplateMap.Entry], problems: inout Problems
    ) -> [String] {
        var edges: [String: [DependencyOrder.Edge]] = [:]
        for entry in section {
            let path = "Conditions.\(entry.key)"
            var found: [DependencyOrder.Edge] = []
            collect(entry.value, into: &found)
            for edge in found where byName[edge.target] == nil {
                problems.add(
                    IntrinsicResolver.unresolvedCondition(edge.target) + " in the Conditions block of the template",
                    line: edge.line, path: path)
            }
            edges[entry.key] = found.filter { byName[$0.target] != nil }
        }
        do throws(DependencyOrder.Cycle) {
            return try DependencyOrder.sort(section.map(\.key), edges: edges)
        } catch {
            let names = error.logicalIds.joined(separator: ", ")
            problems.add("Circular dependency between conditions: [\(names)]", line: error.line, path: "Conditions")
            return []
        }
    }

    private static func collect(_ value: TemplateValue, into found: inout [DependencyOrder.Edge]) {
        switch Intrinsic.read(value) {
        case .intrinsic(.condition(.named(let name))):
            found.append(DependencyOrder.Edge(target: name, line: value.line))
        case .intrinsic(let intrinsic):
            if case .if(let name, _, _) = intrinsic {
                found.append(DependencyOrder.Edge(target: name, line: value.line))
            }
            for argument in intrinsic.arguments { collect(argument, into: &found) }
        case .refused: break
        case .literal:
            for item in value.list ?? value.map?.entries.map(\.value) ?? [] { collect(item, into: &found) }
        }
    }

    private func evaluate(
        _ value: TemplateValue, _ resolver: IntrinsicResolver
    ) throws(IntrinsicResolver.Failure) -> Bool {
        let expression: Intrinsic.ConditionExpression
        switch Intrinsic.read(value) {
        case .intrinsic(.condition(let read)): expression = read
        case .refused(let message): throw IntrinsicResolver.Failure(message: message, line: value.line)
        case .intrinsic, .literal:
            throw IntrinsicResolver.Failure(
                message: "Template format error: Conditions can only be boolean operations on parameters and other "
                    + "conditions", line: value.line)
        }
        switch expression {
        case .named(let name): return values[name] ?? true
        case .equals(let first, let second):
            return try text(first, resolver) == text(second, resolver)
        case .not(let operand): return try !evaluate(operand, resolver)
        case .and(let operands):
            // Every operand is looked at, so that a problem does not hide behind one that does not hold.
            var holds = true
            for operand in operands where try !evaluate(operand, resolver) { holds = false }
            return holds
        case .or(let operands):
            var holds = false
            for operand in operands where try evaluate(operand, resolver) { holds = true }
            return holds
        }
    }

    private func text(
        _ value: TemplateValue, _ resolver: IntrinsicResolver
    ) throws(IntrinsicResolver.Failure) -> String {
        guard let resolved = try resolver.resolve(value) else {
            throw IntrinsicResolver.Failure(message: "AWS::NoValue cannot be compared", line: value.line)
        }
        return resolved.text ?? resolved.json.text
    }
}
