import HashTreeCollections

/// A resource that belongs to another one and has a key there.
package protocol KeyedPart: Codable, Sendable, Equatable {
    var key: String { get }
}

/// The parts of one kind, in the order of their making and found by key.
///
/// A value in pieces: a changed copy shares all pieces but the one that changed, so that one more part costs the same
/// among ten thousand as among ten, and so does comparing two lists of which one was made from the other.
package struct PartList<Part: KeyedPart>: Sendable {
    /// A part keeps its position as long as it is in the list; a removed one leaves a gap.
    private var pieces: [ContiguousArray<Part?>] = []
    private var positions: TreeDictionary<String, Int> = [:]
    /// Positions are below it.
    package private(set) var end = 0

    private static var pieceLength: Int { 64 }

    package init() {}

    package init(_ parts: some Sequence<Part>) {
        for part in parts { put(part) }
    }

    package var count: Int { positions.count }
    package var isEmpty: Bool { positions.isEmpty }
    /// A copy of all; for whoever needs few of them, the list itself is a sequence.
    package var values: [Part] { Array(self) }

    package subscript(key: some StringProtocol) -> Part? { positions[String(key)].flatMap { self[at: $0] } }

    /// What is at a position; nil in a gap, and beyond the end.
    package subscript(at position: Int) -> Part? {
        position < end ? pieces[position / Self.pieceLength][position % Self.pieceLength] : nil
    }

    /// Adds the part at the end, or puts it in the place of the one with its key.
    package mutating func put(_ part: Part) {
        if let position = positions[part.key] {
            pieces[position / Self.pieceLength][position % Self.pieceLength] = part
            return
        }
        if end % Self.pieceLength == 0 {
            pieces.append([])
            pieces[pieces.count - 1].reserveCapacity(Self.pieceLength)
        }
        positions[part.key] = end
        pieces[pieces.count - 1].append(part)
        end += 1
    }

    package mutating func remove(_ key: String) {
        guard let position = positions.removeValue(forKey: key) else { return }
        pieces[position / Self.pieceLength][position % Self.pieceLength] = nil
        // What comes and goes would leave ever more gaps.
        if end - count > Swift.max(count, 4 * Self.pieceLength) { self = PartList(self) }
    }
}

extension PartList: Sequence {
    package struct Iterator: IteratorProtocol {
        fileprivate let list: PartList
        fileprivate var position = 0

        package mutating func next() -> Part? {
            while position < list.end {
                position += 1
                if let part = list[at: position - 1] { return part }
            }
            return nil
        }
    }

    package func makeIterator() -> Iterator { Iterator(list: self) }

    package var underestimatedCount: Int { count }
}

extension PartList: Equatable {
    /// The positions at which this list has something else than the other one. Shared pieces are not looked into.
    package func differences(from other: PartList) -> [Int] {
        var found: [Int] = []
        forEachDifference(from: other) { position in
            found.append(position)
            return true
        }
        return found
    }

    /// Whether both have the same parts at the same positions. Lists with other gaps are not equal.
    package static func == (left: PartList, right: PartList) -> Bool {
        var areEqual = true
        left.forEachDifference(from: right) { _ in
            areEqual = false
            return false
        }
        return areEqual
    }

    /// Until `visit` answers false.
    private func forEachDifference(from other: PartList, _ visit: (Int) -> Bool) {
        for index in 0..<Swift.max(pieces.count, other.pieces.count) {
            let own = index < pieces.count ? pieces[index] : []
            let others = index < other.pieces.count ? other.pieces[index] : []
            if Self.areShared(own, others) { continue }
            for offset in 0..<Swift.max(own.count, others.count) {
                let part = offset < own.count ? own[offset] : nil
                let otherPart = offset < others.count ? others[offset] : nil
                if part != otherPart, !visit(index * Self.pieceLength + offset) { return }
            }
        }
    }

    /// Whether two pieces are one object.
    private static func areShared(_ left: ContiguousArray<Part?>, _ right: ContiguousArray<Part?>) -> Bool {
        left.count == right.count
            && left.withUnsafeBufferPointer { left in
                right.withUnsafeBufferPointer { left.baseAddress == $0.baseAddress }
            }
    }
}

extension PartList: ExpressibleByArrayLiteral {
    package init(arrayLiteral parts: Part...) { self.init(parts) }
}

/// As an array.
extension PartList: Codable {
    package init(from decoder: any Decoder) throws { self.init(try [Part](from: decoder)) }
    package func encode(to encoder: any Encoder) throws { try values.encode(to: encoder) }
}
