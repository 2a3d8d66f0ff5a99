/// Which characters a class, a `.` or an escape like `\d` matches.
indirect enum SetExpression: Sendable {
    case ranges(CharacterRanges, Folding)
    case property(CharacterProperty)
    case union(SetExpression, SetExpression)
    case intersection(SetExpression, SetExpression)
    case complement(SetExpression)

    func contains(_ character: UInt32) -> Bool {
        switch self {
        case .ranges(let ranges, let folding):
            if ranges.contains(character) { return true }
            if folding == .none { return false }
            return CaseFolding.variants(of: character, folding).contains(where: ranges.contains)
        case .property(let property): return property.contains(character)
        case .union(let left, let right): return left.contains(character) || right.contains(character)
        case .intersection(let left, let right): return left.contains(character) && right.contains(character)
        case .complement(let set): return !set.contains(character)
        }
    }

    /// The set as ranges, if it can be written so: properties are asked, not listed.
    var flattened: CharacterRanges? {
        switch self {
        case .ranges(let ranges, .none): return ranges
        case .ranges(let ranges, .ascii): return ranges.closedUnderASCIICase
        case .ranges(_, .unicode), .property: return nil
        case .union(let left, let right):
            guard let left = left.flattened, let right = right.flattened else { return nil }
            return left.union(right)
        case .intersection(let left, let right):
            guard let left = left.flattened, let right = right.flattened else { return nil }
            return left.inverted.union(right.inverted).inverted
        case .complement(let set): return set.flattened?.inverted
        }
    }
}

/// Characters as sorted ranges that do not touch each other.
struct CharacterRanges: Hashable, Sendable {
    private(set) var ranges: [ClosedRange<UInt32>] = []

    static let lastCharacter: UInt32 = 0x10FFFF

    init(_ ranges: [ClosedRange<UInt32>]) {
        var result: [ClosedRange<UInt32>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = result.last, range.lowerBound <= last.upperBound + 1 {
                result[result.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                result.append(range)
            }
        }
        self.ranges = result
    }

    init(_ characters: String) { self.init(characters.unicodeScalars.map { $0.value...$0.value }) }

    func contains(_ character: UInt32) -> Bool {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < character { low = middle + 1 } else { high = middle }
        }
        return low < ranges.count && ranges[low].lowerBound <= character
    }

    func union(_ other: CharacterRanges) -> CharacterRanges { CharacterRanges(ranges + other.ranges) }

    var inverted: CharacterRanges {
        var result: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges {
            if range.lowerBound > next { result.append(next...(range.lowerBound - 1)) }
            next = range.upperBound + 1
        }
        if next <= Self.lastCharacter { result.append(next...Self.lastCharacter) }
        return CharacterRanges(result)
    }

    var closedUnderASCIICase: CharacterRanges {
        var result = ranges
        for letter in UInt32(UInt8(ascii: "a"))...UInt32(UInt8(ascii: "z")) {
            let capital = letter - 32
            if contains(letter) { result.append(capital...capital) }
            if contains(capital) { result.append(letter...letter) }
        }
        return CharacterRanges(result)
    }
}

enum CaseFolding {
    /// The other characters that Java takes for the same when case does not count.
    static func variants(of character: UInt32, _ folding: Folding) -> [UInt32] {
        switch folding {
        case .none: return []
        case .ascii:
            let lower = character | 0x20
            return lower >= 0x61 && lower <= 0x7A && character < 0x80 ? [character ^ 0x20] : []
        case .unicode:
            let upper = mapped(character) { $0.uppercaseMapping }
            return [upper, mapped(upper) { $0.lowercaseMapping }]
        }
    }

    static func same(_ left: UInt32, _ right: UInt32, _ folding: Folding) -> Bool {
        if left == right { return true }
        switch folding {
        case .none: return false
        case .ascii: return variants(of: left, .ascii).contains(right)
        case .unicode:
            let (left, right) = (mapped(left) { $0.uppercaseMapping }, mapped(right) { $0.uppercaseMapping })
            return left == right || mapped(left) { $0.lowercaseMapping } == mapped(right) { $0.lowercaseMapping }
        }
    }

    /// A simple mapping, one character to one, as `Character.toUpperCase` has it.
    private static func mapped(_ character: UInt32, _ map: (Unicode.Scalar.Properties) -> String) -> UInt32 {
        guard let scalar = Unicode.Scalar(character) else { return character }
        let mapping = map(scalar.properties).unicodeScalars
        guard mapping.count == 1, let first = mapping.first else { return character }
        return first.value
    }
}
