extension Pattern {
    /// The first place at or behind `start` where the pattern matches (`Matcher.find` in Java, `RegExp.exec` in ECMAScript).
    package func search(in text: Span<UInt8>, from start: Int = 0) throws(MatchError) -> Match? {
        var budget = StepBudget(textOf: text.count)
        return try search(in: text, from: start, budget: &budget)
    }

    package func search(
        in text: Span<UInt8>, from start: Int = 0, budget: inout StepBudget
    ) throws(MatchError) -> Match? {
        try search(in: text, from: start, behind: start, budget: &budget)
    }

    private func search(
        in text: Span<UInt8>, from start: Int, behind previousEnd: Int, budget: inout StepBudget
    ) throws(MatchError) -> Match? {
        var matcher = Matcher(program, over: text, steps: budget.steps, searchStart: previousEnd)
        defer { budget.steps = matcher.steps }
        return try matcher.search(from: start) ? matcher.match : nil
    }

    /// Whether the pattern matches somewhere, without saying where.
    package func matchesSomewhere(in text: Span<UInt8>, budget: inout StepBudget) throws(MatchError) -> Bool {
        var matcher = Matcher(program, over: text, steps: budget.steps)
        defer { budget.steps = matcher.steps }
        return try matcher.search(from: 0)
    }

    /// The match of the whole text, from its first to its last byte (`Matcher.matches` in Java).
    package func wholeMatch(of text: Span<UInt8>) throws(MatchError) -> Match? {
        var matcher = Matcher(program, over: text, steps: StepBudget(textOf: text.count).steps)
        return try matcher.matchesWhole() ? matcher.match : nil
    }

    package func matchesWhole(_ text: Span<UInt8>) throws(MatchError) -> Bool {
        var matcher = Matcher(program, over: text, steps: StepBudget(textOf: text.count).steps)
        return try matcher.matchesWhole()
    }

    /// All matches, one behind the other, as repeated `Matcher.find` of Java has them: behind an empty match the next
    /// begins one character later. One budget holds for all of them.
    package func matches(in text: Span<UInt8>) throws(MatchError) -> [Match] {
        var matches: [Match] = []
        try forEachMatch(in: text) { matches.append($0) }
        return matches
    }

    func forEachMatch(in text: Span<UInt8>, _ body: (Match) -> Void) throws(MatchError) {
        var budget = StepBudget(textOf: text.count)
        var start = 0
        var end = 0
        while start <= text.count, let match = try search(in: text, from: start, behind: end, budget: &budget) {
            body(match)
            end = match.range.upperBound
            start = end
            if match.range.isEmpty { start = start < text.count ? UTF8Text.next(text, start) : start + 1 }
        }
    }
}

extension Pattern {
    package func search(in text: [UInt8], from start: Int = 0) throws(MatchError) -> Match? {
        try search(in: text.span, from: start)
    }

    package func matchesWhole(_ text: [UInt8]) throws(MatchError) -> Bool { try matchesWhole(text.span) }

    package func matches(in text: [UInt8]) throws(MatchError) -> [Match] { try matches(in: text.span) }

    package func search(in text: String) throws(MatchError) -> Match? { try search(in: Array(text.utf8)) }

    package func matchesWhole(_ text: String) throws(MatchError) -> Bool { try matchesWhole(Array(text.utf8)) }
}
