import Synchronization

/// Reads content from place to place, across the files that it consists of, of which one is open at a time.
package final class ContentReader: Sendable {
    private struct Part {
        let path: String
        /// Of the content as a whole.
        let range: Range<Int>
    }

    private struct Open {
        let part: Int
        let file: SystemFile
    }

    private let parts: [Part]
    private let open = Mutex<Open?>(nil)
    private let hold: ContentHold?

    /// - Parameter hold: of these pieces.
    init(_ pieces: [Piece], in folder: ContentFolder, range: Range<Int>, hold: ContentHold?) {
        var parts: [Part] = []
        var start = 0
        for piece in pieces {
            let whole = start..<(start + piece.size)
            start = whole.upperBound
            if whole.overlaps(range) { parts.append(Part(path: folder.file(piece.digest), range: whole)) }
        }
        self.parts = parts
        self.hold = hold
    }

    /// Fills `bytes` with what is there from `offset` on. Waits for the disk.
    package func read(_ bytes: UnsafeMutableRawBufferPointer, at offset: Int) throws(ObjectError) {
        var (position, rest) = (offset, bytes)
        while !rest.isEmpty {
            guard let index = parts.firstIndex(where: { $0.range.contains(position) }) else {
                throw .internalError("content was asked for beyond its end")
            }
            let part = parts[index].range
            let count = min(rest.count, part.upperBound - position)
            let room = UnsafeMutableRawBufferPointer(rebasing: rest[..<count])
            guard try file(index).read(room, at: position - part.lowerBound) == count else {
                throw .internalError("a file of the objects' folder is shorter than it was")
            }
            position += count
            rest = UnsafeMutableRawBufferPointer(rebasing: rest[count...])
        }
    }

    private func file(_ part: Int) throws(ObjectError) -> SystemFile {
        if let open = open.withLock({ $0 }), open.part == part { return open.file }
        let file = try SystemFile.read(parts[part].path)
        open.withLock { $0 = Open(part: part, file: file) }
        return file
    }
}
