/// Makes what is shown of lines out of them, where they are written: whole lines come, whole lines go.
protocol LineShape: AnyObject, Sendable {
    func shape(_ lines: UnsafeRawBufferPointer, into shown: inout [UInt8])
}

/// Lines that wait to be written, with what is to be made of them.
struct LineBatch {
    /// What is shaped at once: what comes of it may be many times as much.
    private static let pieceBytes = 65_536
    /// What a change of the shape costs in memory.
    private static let changeBytes = 32

    private(set) var lines: [UInt8] = []
    /// Where the shape changes; as they are until the first place.
    private var changes: [(from: Int, shape: (any LineShape)?)] = []

    var isEmpty: Bool { lines.isEmpty }
    /// What it holds in memory.
    var cost: Int { lines.count + changes.count * Self.changeBytes }
    var lineCount: Int { lines.withUnsafeBytes { LogTarget.count($0) } }

    func costOfAdding(_ count: Int, _ shape: (any LineShape)?) -> Int {
        count + (shape === changes.last?.shape ? 0 : Self.changeBytes)
    }

    mutating func add(_ more: UnsafeRawBufferPointer, _ shape: (any LineShape)?) {
        if shape !== changes.last?.shape { changes.append((lines.count, shape)) }
        lines.append(contentsOf: more)
    }

    /// Forgets the lines and keeps their storage, unless that is larger than `kept`.
    mutating func clear(keeping kept: Int) {
        lines.removeAll(keepingCapacity: lines.capacity <= kept)
        changes.removeAll()
    }

    /// Hands everything on in the form in which it is written, piece by piece.
    func forEachPiece(_ body: (UnsafeRawBufferPointer) -> Void) {
        lines.withUnsafeBytes { bytes in
            var shaped: [UInt8] = []
            var start = 0
            var shape: (any LineShape)?
            var ends = changes
            ends.append((bytes.count, nil))
            for change in ends {
                var rest = UnsafeRawBufferPointer(rebasing: bytes[start..<change.from])
                while !rest.isEmpty {
                    guard let shape else {
                        body(rest)
                        break
                    }
                    let piece = Self.piece(of: rest)
                    shaped.removeAll(keepingCapacity: true)
                    shape.shape(piece, into: &shaped)
                    if !shaped.isEmpty { shaped.withUnsafeBytes(body) }
                    rest = UnsafeRawBufferPointer(rebasing: rest[piece.count...])
                }
                (start, shape) = (change.from, change.shape)
            }
        }
    }

    /// Whole lines, as many as a piece holds, or one that is longer.
    private static func piece(of lines: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        guard lines.count > pieceBytes else { return lines }
        let end =
            lines[..<pieceBytes].lastIndex(of: 0x0A) ?? lines[pieceBytes...].firstIndex(of: 0x0A) ?? lines.count - 1
        return UnsafeRawBufferPointer(rebasing: lines[...end])
    }
}
