/// Entries that other loops own, as one loop knows them: a hit on them needs no other loop.
///
/// Each has one place by its hash, so that a later one displaces it. What the owner has given up is held until its place
/// is needed or looked at; therefore all that is held here counts, as if nobody else held it.
struct CacheReplica {
    /// Bytes of the entries that it may hold.
    let limit: Int
    private(set) var bytes = 0
    private var places: [CachedAnswer?] = []
    private var count = 0
    private var hand = 0

    private static let firstPlaces = 64
    private static let mostPlaces = 131_072
    /// How many places are looked at, each time that an entry comes, for what has been given up.
    private static let swept = 4
    /// How many are cleared at most to make room.
    private static let cleared = 64

    init(limit: Int) { self.limit = limit }

    private func place(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash >> 16) & (places.count - 1) }

    mutating func find(_ hash: UInt64, _ key: UnsafeRawBufferPointer, _ now: UInt64) -> CachedAnswer? {
        guard !places.isEmpty else { return nil }
        let place = place(hash)
        guard let answer = places[place], answer.hash == hash else { return nil }
        guard answer.mayAnswer(now) else {
            clear(place)
            return nil
        }
        return answer.has(key) ? answer : nil
    }

    mutating func put(_ answer: CachedAnswer, _ now: UInt64) {
        guard answer.cost <= limit else { return }
        if places.isEmpty { places = Array(repeating: nil, count: Self.firstPlaces) }
        if count > places.count / 2, places.count < Self.mostPlaces { grow() }
        for _ in 0..<Self.swept where places[next()]?.mayAnswer(now) == false { clear(hand) }
        clear(place(answer.hash))
        for _ in 0..<Self.cleared where bytes + answer.cost > limit { clear(next()) }
        guard bytes + answer.cost <= limit else { return }
        places[place(answer.hash)] = answer
        bytes += answer.cost
        count += 1
    }

    private mutating func next() -> Int {
        hand = (hand + 1) & (places.count - 1)
        return hand
    }

    private mutating func clear(_ place: Int) {
        guard let answer = places[place] else { return }
        places[place] = nil
        bytes -= answer.cost
        count -= 1
    }

    private mutating func grow() {
        let old = places
        places = Array(repeating: nil, count: 2 * old.count)
        // Nobody is displaced: each goes where it would have gone, and twice as many places tell more of them apart.
        for answer in old { if let answer { places[place(answer.hash)] = answer } }
    }
}
