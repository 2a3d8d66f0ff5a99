/// Evaluates JSONPaths over the values of a rendering, every value looked at counted as a step.
extension Renderer {
    /// The value at `path`: nil where a definite path leads nowhere, a list for every other path, be it empty.
    mutating func evaluate(_ path: JSONPath, root: Value) throws(TemplateError) -> Value? {
        if let value = try evaluate(path, from: root, root: root, depth: 0) { return value }
        return path.isDefinite ? nil : heap.list([], .json)
    }

    /// The same within a filter or function: there a path of any kind leads nowhere when a step without a choice does.
    mutating func evaluate(
        _ path: JSONPath, from start: Value, root: Value, depth: Int
    ) throws(TemplateError) -> Value? {
        guard depth < 20 else { throw error("a JSONPath is nested too deep") }
        // Most paths only name members.
        var value = start
        var position = 0
        while position < path.steps.count, case .member(let key) = path.steps[position], case .map(let map) = value {
            guard let member = heap.maps[Int(map)][key] else { break }
            value = member
            position += 1
        }
        if position == path.steps.count { return value }
        try charge(Heap.stepsPerContainer)
        var walk = PathWalk(path: path, root: root, depth: depth)
        try self.walk(&walk, position, value, isDefinite: true)
        if walk.isMissing { return nil }
        if path.isDefinite { return walk.results.last }
        return heap.list(walk.results, .json)
    }

    struct PathWalk {
        let path: JSONPath
        let root: Value
        let depth: Int
        var results: [Value] = []
        /// A step without alternatives led nowhere: then the whole path does.
        var isMissing = false
    }

    /// Goes on with the step at `position`, with `value` before it. `isDefinite`: no step before it could have chosen.
    private mutating func walk(
        _ walk: inout PathWalk, _ position: Int, _ value: Value, isDefinite: Bool
    ) throws(TemplateError) {
        try charge(1)
        guard position < walk.path.steps.count else { return walk.results.append(value) }
        let isLast = position == walk.path.steps.count - 1
        let next = position + 1
        let staysDefinite = isDefinite && walk.path.isDefinite(position)
        switch walk.path.steps[position] {
        case .member(let key):
            guard case .map(let map) = value, let member = heap.maps[Int(map)][key] else {
                if isDefinite { walk.isMissing = true }
                return
            }
            try self.walk(&walk, next, member, isDefinite: staysDefinite)
        case .members(let keys):
            guard case .map(let map) = value else {
                if isDefinite { walk.isMissing = true }
                return
            }
            if isLast {
                var merged = Heap.Map()
                for key in keys { if let member = heap.maps[Int(map)][key] { merged.put(member, at: key) } }
                try charge(Heap.stepsPerContainer)
                return walk.results.append(heap.map(merged))
            }
            for key in keys {
                guard let member = heap.maps[Int(map)][key] else { continue }
                try self.walk(&walk, next, member, isDefinite: false)
            }
        case .element(let index): try walkElements(&walk, next, value, [index], isDefinite, staysDefinite)
        case .elements(let indices): try walkElements(&walk, next, value, indices, isDefinite, staysDefinite)
        case .slice(let from, let to):
            guard case .list(let list) = value else {
                if isDefinite { walk.isMissing = true }
                return
            }
            let range = Self.slice(from, to, count: heap.lists[Int(list)].elements.count)
            for index in range {
                try self.walk(&walk, next, heap.lists[Int(list)].elements[index], isDefinite: false)
            }
        case .wildcard:
            for member in members(of: value) { try self.walk(&walk, next, member, isDefinite: false) }
        case .scan: try scan(&walk, next, value, depth: 0)
        case .filter(let filter): try walkFiltered(&walk, next, value, filter)
        case .function(let function, let parameters):
            let result = try apply(function, parameters, to: value, walk)
            // As in Jayway, a function's own result counts, whatever follows it.
            if !isLast { walk.results.append(result) }
            try self.walk(&walk, next, result, isDefinite: staysDefinite)
        }
    }

    private mutating func walkElements(
        _ walk: inout PathWalk, _ next: Int, _ value: Value, _ indices: [Int], _ isDefinite: Bool, _ staysDefinite: Bool
    ) throws(TemplateError) {
        guard case .list(let list) = value else {
            if isDefinite { walk.isMissing = true }
            return
        }
        for index in indices {
            let elements = heap.lists[Int(list)].elements
            let position = index < 0 ? elements.count + index : index
            guard elements.indices.contains(position) else { continue }
            try self.walk(&walk, next, elements[position], isDefinite: staysDefinite)
        }
        if staysDefinite, walk.results.isEmpty { walk.isMissing = true }
    }

    private static func slice(_ from: Int?, _ to: Int?, count: Int) -> Range<Int> {
        guard let from else {
            let end = to ?? count
            return 0..<max(0, min(count, end < 0 ? count + end : end))
        }
        // With both bounds Jayway counts neither from the end.
        guard let to else { return min(max(0, from < 0 ? count + from : from), count)..<count }
        let end = min(count, to)
        return from >= 0 && from < end ? from..<end : 0..<0
    }

    func members(of value: Value) -> [Value] {
        switch value {
        case .map(let map): heap.maps[Int(map)].members.map(\.value)
        case .list(let list): heap.lists[Int(list)].elements
        default: []
        }
    }

    private mutating func walkFiltered(
        _ walk: inout PathWalk, _ next: Int, _ value: Value, _ filter: JSONPath.Filter
    ) throws(TemplateError) {
        switch value {
        case .map:
            if try holds(filter, for: value, walk) { try self.walk(&walk, next, value, isDefinite: false) }
        case .list(let list):
            for element in heap.lists[Int(list)].elements where try holds(filter, for: element, walk) {
                try self.walk(&walk, next, element, isDefinite: false)
            }
        default: break
        }
    }

    // MARK: - Deep scan

    /// Applies the step at `position` to `value` and to all below it.
    private mutating func scan(
        _ walk: inout PathWalk, _ position: Int, _ value: Value, depth: Int
    ) throws(TemplateError) {
        guard depth < TemplateLimits.valueDepth else { throw error("values are nested too deep to be searched") }
        try charge(1)
        switch value {
        case .map(let map):
            if try takesPart(walk.path.steps[position], value, walk) {
                try self.walk(&walk, position, value, isDefinite: false)
            }
            for member in heap.maps[Int(map)].members { try scan(&walk, position, member.value, depth: depth + 1) }
        case .list(let list):
            if try takesPart(walk.path.steps[position], value, walk) {
                try self.walk(&walk, position, value, isDefinite: false)
            }
            for element in heap.lists[Int(list)].elements { try scan(&walk, position, element, depth: depth + 1) }
        default: break
        }
    }

    private mutating func takesPart(
        _ step: JSONPath.Step, _ value: Value, _ walk: PathWalk
    ) throws(TemplateError) -> Bool {
        switch (step, value) {
        case (.member(let key), .map(let map)): return heap.maps[Int(map)][key] != nil
        case (.members(let keys), .map(let map)):
            for key in keys where heap.maps[Int(map)][key] == nil { return false }
            return true
        case (.element, .list), (.elements, .list), (.slice, .list), (.wildcard, _): return true
        // Elements of a list are looked at one by one, as maps; the list itself only as a whole.
        case (.filter(let filter), _): return try holds(filter, for: value, walk)
        default: return false
        }
    }
}
