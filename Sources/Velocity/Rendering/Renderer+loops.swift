/// A `#foreach` that is running.
struct RunningLoop {
    enum Source {
        case list(Int32, version: Int32)
        /// A view of a map, and the map's version.
        case view(Int32, map: Int32, version: Int32)
        case mapValues(Int32, version: Int32)
        case range(first: Int32, isRising: Bool)
    }

    let source: Source
    let slot: Int
    let count: Int
    var index = -1
    /// What the loop's two variables were before it.
    let outerElement: Value
    let outerForeach: Value

    var hasNext: Bool { index + 1 < count }
}

extension Renderer {
    /// Begins a loop with its first element; false when there is none.
    mutating func enterLoop(_ loop: Loop) throws(TemplateError) -> Bool {
        let (source, count) = try elements(loop.list)
        observer?.loop(
            count: count, run: min(count, TemplateLimits.iterations), at: Int(offset))
        guard count > 0 else { return false }
        loops.append(
            RunningLoop(
                source: source, slot: Int(loop.slot), count: count, outerElement: slots[Int(loop.slot)],
                outerForeach: slots[Program.foreachSlot]))
        slots[Program.foreachSlot] = .object(.foreach(Int32(loops.count - 1)))
        if try advanceLoop() { return true }
        leaveLoop()
        return false
    }

    /// Goes on to the next element; false behind the last one, and behind AWS's quota of iterations.
    mutating func advanceLoop() throws(TemplateError) -> Bool {
        let last = loops.count - 1
        let index = loops[last].index + 1
        guard index < TemplateLimits.iterations else { return false }
        let element: Value
        switch loops[last].source {
        case .list(let list, let version):
            // Java looks at the length first, and only then for changes.
            guard index != heap.lists[Int(list)].elements.count else { return false }
            guard heap.lists[Int(list)].version == version else { throw changedInLoop() }
            element = heap.lists[Int(list)].elements[index]
        case .view(let list, let map, let version):
            // Of a map Java knows the next member beforehand, and so that there is none.
            guard index < loops[last].count else { return false }
            guard heap.maps[Int(map)].version == version else { throw changedInLoop() }
            element = heap.lists[Int(list)].elements[index]
        case .mapValues(let map, let version):
            guard index < loops[last].count else { return false }
            guard heap.maps[Int(map)].version == version else { throw changedInLoop() }
            element = heap.maps[Int(map)].members[index].value
        case .range(let first, let isRising):
            guard index < loops[last].count else { return false }
            element = .integer(isRising ? first &+ Int32(index) : first &- Int32(index))
        }
        loops[last].index = index
        slots[loops[last].slot] = element
        return true
    }

    mutating func leaveLoop() {
        guard let loop = loops.popLast() else { return }
        slots[loop.slot] = loop.outerElement
        slots[Program.foreachSlot] = loop.outerForeach
    }

    private func changedInLoop() -> TemplateError {
        error("the list or map of a #foreach was changed in it (ConcurrentModificationException)")
    }

    /// What the loop runs over. Whatever is no list, map or range has no elements.
    private mutating func elements(_ list: Int32) throws(TemplateError) -> (RunningLoop.Source, Int) {
        let none = (RunningLoop.Source.range(first: 0, isRising: true), 0)
        if case .range(let from, let to) = template.program.expressions[Int(list)] {
            guard let (first, last) = try bounds(from, to) else { return none }
            return (.range(first: first, isRising: first < last), Int((Int64(last) - Int64(first)).magnitude) + 1)
        }
        switch try evaluate(list) {
        case .list(let number):
            let count = heap.lists[Int(number)].elements.count
            let map = heap.lists[Int(number)].map
            if map >= 0 { return (.view(number, map: map, version: heap.maps[Int(map)].version), count) }
            return (.list(number, version: heap.lists[Int(number)].version), count)
        case .map(let number):
            let map = heap.maps[Int(number)]
            return (.mapValues(number, version: map.version), map.count)
        case .object(let object):
            guard case .map(let number) = try map(of: object) else { return none }
            let map = heap.maps[Int(number)]
            return (.mapValues(number, version: map.version), map.count)
        default: return none
        }
    }

    // MARK: - $foreach

    mutating func foreachProperty(_ name: String, of level: Int32) -> Value {
        guard Int(level) < loops.count else { return .null }
        let loop = loops[Int(level)]
        switch name {
        case "index": return .integer(Int32(loop.index))
        case "count": return .integer(Int32(loop.index + 1))
        case "hasNext": return .boolean(loop.hasNext)
        case "first": return .boolean(loop.index == 0)
        case "last": return .boolean(!loop.hasNext)
        case "parent": return level > 0 ? loop.outerForeach : .null
        case "topmost": return .object(.foreach(0))
        default: return .null
        }
    }
}
