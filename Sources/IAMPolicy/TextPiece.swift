/// A text that is looked for in another one, in time of that one's length whatever both are (Knuth, Morris and Pratt).
struct TextPiece: Sendable {
    private let bytes: [UInt8]
    /// For each position, of how many bytes the longest beginning is that the text up to there also ends with.
    private let borders: [Int]

    /// - Parameter bytes: at least one.
    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        var borders = [0]
        var length = 0
        for position in bytes.indices.dropFirst() {
            while length > 0, bytes[length] != bytes[position] { length = borders[length - 1] }
            if bytes[length] == bytes[position] { length += 1 }
            borders.append(length)
        }
        self.borders = borders
    }

    /// Where it first ends in that part of `text`.
    func end(in text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Int? {
        var length = 0
        for position in range {
            while length > 0, bytes[length] != text[position] { length = borders[length - 1] }
            if bytes[length] == text[position] { length += 1 }
            if length == bytes.count { return position + 1 }
        }
        return nil
    }
}
