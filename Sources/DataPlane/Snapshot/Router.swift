import GatewayModel
import HTTPFront

/// Finds the route of a path: literals before variables before greedy variables, the method before ANY.
///
/// One hash table over (node, segment) for all literals, so the cost follows the number of segments, never the number
/// of routes. Source of the order: API Gateway Developer Guide, http-api-develop-routes.
struct Router: Sendable {
    /// Where a path variable's value stands in the path that was matched.
    struct Binding: Sendable, Equatable {
        var start: Int32
        var end: Int32
    }

    private struct Node {
        var variable: Int32 = -1
        /// First entry in `methods` of the routes that end here.
        var full: Int32 = -1
        /// First entry in `methods` of the greedy routes that begin here.
        var greedy: Int32 = -1
        /// The node from which a literal leads here, and that literal.
        var parent: Int32 = -1
        var textStart: UInt32 = 0
        var textCount: UInt32 = 0
    }

    private struct Slot {
        var hash: UInt32 = 0
        var child: Int32 = -1
    }

    /// Routes by method: the seven named ones, one for all others (only ANY serves these), then ANY.
    private static let methodCount = 9
    private static let any = 8

    private var nodes = [Node()]
    private var slots = [Slot](repeating: Slot(), count: 16)
    private var literals = 0
    private var text: [UInt8] = []
    private var methods: [Int32] = []
    private var defaultRoute: Int32 = -1

    /// Routes taken out since it was made: what led to them is still there.
    private(set) var removed = 0

    init() {}

    // MARK: Building

    /// A route is found by its index. Of two with one key the later one stands.
    mutating func add(_ key: RouteKey, _ index: Int) {
        guard case .path(let method, let segments) = key else {
            defaultRoute = Int32(index)
            return
        }
        var node: Int32 = 0
        var isGreedy = false
        for segment in segments {
            switch segment {
            case .literal(let literal): node = literalChild(of: node, literal)
            case .variable: node = variableChild(of: node)
            case .greedy: isGreedy = true
            }
        }
        var table = isGreedy ? nodes[Int(node)].greedy : nodes[Int(node)].full
        if table < 0 {
            table = Int32(methods.count)
            methods.append(contentsOf: repeatElement(-1, count: Self.methodCount))
            if isGreedy { nodes[Int(node)].greedy = table } else { nodes[Int(node)].full = table }
        }
        methods[Int(table) + Self.slot(of: method)] = Int32(index)
    }

    mutating func remove(_ key: RouteKey, _ index: Int) {
        removed += 1
        guard case .path(let method, let segments) = key else {
            if defaultRoute == Int32(index) { defaultRoute = -1 }
            return
        }
        var node: Int32 = 0
        var isGreedy = false
        for segment in segments {
            switch segment {
            case .literal(var literal):
                node = literal.withUTF8 { self.literal(node, UnsafeRawBufferPointer($0)) } ?? -1
            case .variable: node = nodes[Int(node)].variable
            case .greedy: isGreedy = true
            }
            guard node >= 0 else { return }
        }
        let table = isGreedy ? nodes[Int(node)].greedy : nodes[Int(node)].full
        guard table >= 0 else { return }
        let entry = Int(table) + Self.slot(of: method)
        if methods[entry] == Int32(index) { methods[entry] = -1 }
    }

    private static func slot(of method: RouteKey.Method) -> Int {
        switch method {
        case .any: any
        case .get: Int(RequestHead.Method.get.rawValue)
        case .head: Int(RequestHead.Method.head.rawValue)
        case .options: Int(RequestHead.Method.options.rawValue)
        case .patch: Int(RequestHead.Method.patch.rawValue)
        case .post: Int(RequestHead.Method.post.rawValue)
        case .put: Int(RequestHead.Method.put.rawValue)
        case .delete: Int(RequestHead.Method.delete.rawValue)
        }
    }

    private mutating func variableChild(of node: Int32) -> Int32 {
        if nodes[Int(node)].variable >= 0 { return nodes[Int(node)].variable }
        let child = Int32(nodes.count)
        nodes.append(Node())
        nodes[Int(node)].variable = child
        return child
    }

    private mutating func literalChild(of node: Int32, _ literal: String) -> Int32 {
        var literal = literal
        return literal.withUTF8 { bytes in
            let bytes = UnsafeRawBufferPointer(bytes)
            if let child = self.literal(node, bytes) { return child }
            let child = Int32(nodes.count)
            nodes.append(Node(parent: node, textStart: UInt32(text.count), textCount: UInt32(bytes.count)))
            text.append(contentsOf: bytes)
            literals += 1
            if literals * 2 > slots.count { grow() }
            insert(Slot(hash: Self.hash(node, bytes), child: child))
            return child
        }
    }

    private mutating func grow() {
        let old = slots
        slots = [Slot](repeating: Slot(), count: old.count * 2)
        for slot in old where slot.child >= 0 { insert(slot) }
    }

    private mutating func insert(_ slot: Slot) {
        let mask = slots.count - 1
        var position = Int(slot.hash) & mask
        while slots[position].child >= 0 { position = (position + 1) & mask }
        slots[position] = slot
    }

    // MARK: Matching

    /// The route for `path` (decoded, beginning with `/`), and the values of its variables in order; nil when there is none.
    func match(_ path: UnsafeRawBufferPointer, _ method: RequestHead.Method, _ bindings: inout [Binding]) -> Int? {
        bindings.removeAll(keepingCapacity: true)
        let start = path.count <= 1 ? path.count + 1 : 1
        var index = full(0, path, start, Int(method.rawValue), &bindings)
        if index < 0 { index = greedy(0, path, start, Int(method.rawValue), &bindings) }
        if index < 0 { index = defaultRoute }
        return index < 0 ? nil : Int(index)
    }

    /// The same by the rules of REST APIs: at each segment the literal, then the variable, then the greedy variable, and
    /// whatever leads to no method of that verb is left again. A greedy variable takes one segment or more. Source:
    /// recorded answers.
    func matchREST(
        _ path: UnsafeRawBufferPointer, _ method: RequestHead.Method, _ bindings: inout [Binding]
    ) -> Int? {
        bindings.removeAll(keepingCapacity: true)
        // ANY stands for the seven verbs.
        guard method != .other else { return nil }
        let start = path.count <= 1 ? path.count + 1 : 1
        let index = nearest(0, path, start, Int(method.rawValue), &bindings)
        return index < 0 ? nil : Int(index)
    }

    private func nearest(
        _ node: Int32, _ path: UnsafeRawBufferPointer, _ start: Int, _ method: Int, _ bindings: inout [Binding]
    ) -> Int32 {
        if start > path.count { return route(nodes[Int(node)].full, method) }
        let end = Self.segmentEnd(path, start)
        if let child = literal(node, UnsafeRawBufferPointer(rebasing: path[start..<end])) {
            let found = nearest(child, path, end + 1, method, &bindings)
            if found >= 0 { return found }
        }
        let variable = nodes[Int(node)].variable
        if variable >= 0, end > start {
            bindings.append(Binding(start: Int32(start), end: Int32(end)))
            let found = nearest(variable, path, end + 1, method, &bindings)
            if found >= 0 { return found }
            bindings.removeLast()
        }
        let found = route(nodes[Int(node)].greedy, method)
        if found >= 0 { bindings.append(Binding(start: Int32(start), end: Int32(path.count))) }
        return found
    }

    /// Matches every segment from `start` on; `start` beyond the end means that none is left. The depth is bounded by
    /// the tree's own.
    private func full(
        _ node: Int32, _ path: UnsafeRawBufferPointer, _ start: Int, _ method: Int, _ bindings: inout [Binding]
    ) -> Int32 {
        if start > path.count { return route(nodes[Int(node)].full, method) }
        let end = Self.segmentEnd(path, start)
        let segment = UnsafeRawBufferPointer(rebasing: path[start..<end])
        if let child = literal(node, segment) {
            let found = full(child, path, end + 1, method, &bindings)
            if found >= 0 { return found }
        }
        let variable = nodes[Int(node)].variable
        guard variable >= 0, end > start else { return -1 }
        bindings.append(Binding(start: Int32(start), end: Int32(end)))
        let found = full(variable, path, end + 1, method, &bindings)
        if found < 0 { bindings.removeLast() }
        return found
    }

    /// The greedy route with the longest prefix; a literal counts for more than a variable.
    private func greedy(
        _ node: Int32, _ path: UnsafeRawBufferPointer, _ start: Int, _ method: Int, _ bindings: inout [Binding]
    ) -> Int32 {
        if start <= path.count {
            let end = Self.segmentEnd(path, start)
            if let child = literal(node, UnsafeRawBufferPointer(rebasing: path[start..<end])) {
                let found = greedy(child, path, end + 1, method, &bindings)
                if found >= 0 { return found }
            }
            let variable = nodes[Int(node)].variable
            if variable >= 0, end > start {
                bindings.append(Binding(start: Int32(start), end: Int32(end)))
                let found = greedy(variable, path, end + 1, method, &bindings)
                if found >= 0 { return found }
                bindings.removeLast()
            }
        }
        // `/{proxy+}` takes `/` too (http-api-develop-integrations-private calls the bare endpoint so).
        guard start <= path.count || node == 0 else { return -1 }
        let found = route(nodes[Int(node)].greedy, method)
        if found >= 0 {
            let from = min(start, path.count)
            bindings.append(Binding(start: Int32(from), end: Int32(path.count)))
        }
        return found
    }

    @inline(__always)
    private func route(_ table: Int32, _ method: Int) -> Int32 {
        guard table >= 0 else { return -1 }
        let exact = methods[Int(table) + method]
        return exact >= 0 ? exact : methods[Int(table) + Self.any]
    }

    @inline(__always)
    private static func segmentEnd(_ path: UnsafeRawBufferPointer, _ start: Int) -> Int {
        var end = start
        while end < path.count, path[end] != UInt8(ascii: "/") { end += 1 }
        return end
    }

    private func literal(_ node: Int32, _ segment: UnsafeRawBufferPointer) -> Int32? {
        let hash = Self.hash(node, segment)
        let mask = slots.count - 1
        var position = Int(hash) & mask
        while slots[position].child >= 0 {
            let slot = slots[position]
            if slot.hash == hash, isReached(slot.child, from: node, by: segment) { return slot.child }
            position = (position + 1) & mask
        }
        return nil
    }

    @inline(__always)
    private func isReached(_ child: Int32, from node: Int32, by segment: UnsafeRawBufferPointer) -> Bool {
        let reached = nodes[Int(child)]
        guard reached.parent == node, Int(reached.textCount) == segment.count else { return false }
        let start = Int(reached.textStart)
        return text.withUnsafeBytes { text in
            UnsafeRawBufferPointer(rebasing: text[start..<(start + segment.count)]).elementsEqual(segment)
        }
    }

    /// FNV-1a over the node and the segment.
    @inline(__always)
    private static func hash(_ node: Int32, _ bytes: UnsafeRawBufferPointer) -> UInt32 {
        var hash: UInt32 = 2_166_136_261 ^ (UInt32(bitPattern: node) &* 0x9E37_79B1)
        for byte in bytes { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        return hash ^ hash >> 15
    }
}
