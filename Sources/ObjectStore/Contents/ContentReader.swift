/// Reads content from place to place, across the pieces that it consists of. What is open stays readable, whatever becomes
/// of the object.
package final class ContentReader: Sendable {
    private struct Open {
        let file: SystemFile
        /// Of the content as a whole.
        let range: Range<Int>
    }

    private let pieces: [Open]

    init(_ pieces: [Piece], in folder: ContentFolder, range: Range<Int>) throws(ObjectError) {
        var open: [Open] = []
        var start = 0
        for piece in pieces {
            let whole = start..<(start + piece.size)
            start = whole.upperBound
            guard whole.overlaps(range) else { continue }
            open.append(Open(file: try SystemFile.read(folder.file(piece.digest)), range: whole))
        }
        self.pieces = open
    }

    /// Fills `bytes` with what is there from `offset` on. Waits for the disk.
    package func read(_ bytes: UnsafeMutableRawBufferPointer, at offset: Int) throws(ObjectError) {
        var (position, rest) = (offset, bytes)
        for piece in pieces where piece.range.contains(position) && !rest.isEmpty {
            let count = min(rest.count, piece.range.upperBound - position)
            let part = UnsafeMutableRawBufferPointer(rebasing: rest[..<count])
            guard try piece.file.read(part, at: position - piece.range.lowerBound) == count else {
                throw .internalError("a file of the objects' folder is shorter than it was")
            }
            position += count
            rest = UnsafeMutableRawBufferPointer(rebasing: rest[count...])
        }
        guard rest.isEmpty else { throw .internalError("content was asked for beyond its end") }
    }
}
