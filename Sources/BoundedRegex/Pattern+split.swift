extension Pattern {
    /// `String.split`: the ranges of text between matches. An empty match at the start makes no empty first piece, and with
    /// the limit 0 empty pieces at the end are dropped; a limit above 0 is the greatest number of pieces, one below 0 keeps all.
    package func split(_ text: [UInt8], limit: Int = 0) throws(MatchError) -> [Range<Int>] {
        var pieces: [Range<Int>] = []
        var start = 0
        for match in try matches(in: text) {
            if limit > 0, pieces.count == limit - 1 { break }
            if match.range.upperBound == 0 { continue }
            pieces.append(start..<match.range.lowerBound)
            start = match.range.upperBound
        }
        // Without a match there is one piece, be it empty.
        if pieces.isEmpty, start == 0 { return [0..<text.count] }
        pieces.append(start..<text.count)
        if limit == 0 { while pieces.last?.isEmpty == true { pieces.removeLast() } }
        return pieces
    }

    package func split(_ text: String, limit: Int = 0) throws(MatchError) -> [String] {
        let bytes = Array(text.utf8)
        return try split(bytes, limit: limit).map { String(decoding: bytes[$0], as: UTF8.self) }
    }
}
