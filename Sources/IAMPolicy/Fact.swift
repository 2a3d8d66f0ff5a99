/// What a request has for one condition key, read once for all statements of a policy that compare it.
final class Fact {
    let values: ConditionValues
    private let texts: [String]

    lazy var bytes: [[UInt8]] = texts.map { Array($0.utf8) }
    lazy var lowercased: [[UInt8]] = texts.map { Array($0.lowercased().utf8) }
    lazy var numbers: [Double?] = texts.map { Double($0) }
    lazy var dates: [Double?] = texts.map { PolicyDate.seconds($0) }
    lazy var addresses: [AddressRange?] = texts.map { AddressRange($0) }
    /// The six parts of an ARN; of another text fewer.
    lazy var names: [[[UInt8]]] = bytes.map { text in
        text.split(separator: UInt8(ascii: ":"), maxSplits: 5, omittingEmptySubsequences: false).map { Array($0) }
    }

    init(_ values: ConditionValues) {
        self.values = values
        texts = if case .values(let texts) = values { texts } else { [] }
    }

    /// Without case; nil for what is neither true nor false.
    func flag(_ position: Int) -> Bool? { Comparison.flag(texts[position]) }

    var count: Int { texts.count }
}

/// The keys that a policy's conditions name, each once.
struct ConditionKeys: Sendable {
    private(set) var list: [ConditionKey] = []
    private var positions: [ConditionKey: Int] = [:]

    mutating func position(of key: ConditionKey) -> Int {
        if let position = positions[key] { return position }
        positions[key] = list.count
        list.append(key)
        return list.count - 1
    }
}

/// What one request has for a policy's keys, as far as statements have asked.
struct Facts {
    private var known: [Fact?]

    init(_ keys: [ConditionKey]) { known = keys.isEmpty ? [] : Array(repeating: nil, count: keys.count) }

    mutating func fact(
        _ position: Int, _ key: ConditionKey, _ values: (ConditionKey) -> ConditionValues
    ) -> Fact {
        if let fact = known[position] { return fact }
        let fact = Fact(values(key))
        known[position] = fact
        return fact
    }
}
