internal import BoundedRegex

/// Schemas as the validator runs them: lists of constraints, which refer to each other by number. Cycles are numbers, too.
struct SchemaProgram: Sendable {
    var nodes: [Node] = []
    var numerics: [NumericRules] = []
    var strings: [StringRules] = []
    var arrays: [ArrayRules] = []
    var objects: [ObjectRules] = []
    var enums: [EnumRules] = []
    var combinations: [Combinations] = []
    /// The names of formats that nobody checks.
    var unknownFormats: [String] = []

    static let none: Int32 = -1

    struct Node: Sendable {
        var types = Types.all
        var numeric = SchemaProgram.none
        var string = SchemaProgram.none
        var array = SchemaProgram.none
        var object = SchemaProgram.none
        var enumeration = SchemaProgram.none
        var combination = SchemaProgram.none
        var unknownFormat = SchemaProgram.none
        /// A `$ref` leads here without a step into the instance: a circle may close here.
        var mayLoop = false
    }

    /// A set of primitive types, in the order in which they are told.
    struct Types: OptionSet, Sendable {
        let rawValue: UInt8

        static let array = Types(rawValue: 1)
        static let boolean = Types(rawValue: 2)
        static let integer = Types(rawValue: 4)
        static let null = Types(rawValue: 8)
        static let number = Types(rawValue: 16)
        static let object = Types(rawValue: 32)
        static let string = Types(rawValue: 64)
        static let all: Types = [array, boolean, integer, null, number, object, string]

        static let names: [(String, Types)] = [
            ("array", array), ("boolean", boolean), ("integer", integer), ("null", null), ("number", number),
            ("object", object), ("string", string),
        ]

        var names: [String] { Self.names.filter { contains($0.1) }.map(\.0) }
    }

    struct NumericRules: Sendable {
        var minimum: Bound?
        var maximum: Bound?
        var multipleOf: Bound?
    }

    /// A number of the schema.
    struct Bound: Sendable {
        var decimal: Decimal
        /// The same, if it is short enough.
        var short: ShortDecimal?
        /// As it is told.
        var text: String
        var isExclusive = false
    }

    struct StringRules: Sendable {
        var minimumLength = 0
        var maximumLength = Int.max
        var pattern: Pattern?
        var format: Format?
    }

    struct ArrayRules: Sendable {
        var minimumItems = 0
        var maximumItems = Int.max
        var isUnique = false
        /// For every item, or for those behind the ones of `first`.
        var items = SchemaProgram.none
        var first: [Int32] = []
        /// No item may stand behind those of `first`.
        var isClosed = false
    }

    struct ObjectRules: Sendable {
        var minimumProperties = 0
        var maximumProperties = Int.max
        var names = NameTable()
        var required: [Int32] = []
        /// The names that are required, one bit each, if they are among the first 64.
        var requiredBits: UInt64 = 0
        var patterns: [PatternProperty] = []
        /// For properties that nothing else speaks of.
        var additional = SchemaProgram.none
        var isClosed = false
        var dependencies: [Dependency] = []

        var asksForNames: Bool { !required.isEmpty || isClosed || !dependencies.isEmpty }
        var hasChildren = false
    }

    struct PatternProperty: Sendable {
        var pattern: Pattern
        var schema: Int32
    }

    /// What else is asked of an object that has the property.
    struct Dependency: Sendable {
        var name: Int32
        var names: [Int32] = []
        var schema = SchemaProgram.none
    }

    struct EnumRules: Sendable {
        var bytes: [UInt8]
        var tape: Tape
        /// Where each value begins on the tape.
        var values: [Int]
    }

    struct Combinations: Sendable {
        var allOf: [Int32] = []
        var anyOf: [Int32] = []
        var oneOf: [Int32] = []
        var not = SchemaProgram.none
    }
}

/// The names that an object's rules speak of, found by their bytes.
struct NameTable: Sendable {
    private struct Entry: Sendable {
        var hash: UInt32
        var start: Int
        var count: Int
    }

    private var entries: [Entry] = []
    private var bytes: [UInt8] = []
    /// Numbers of entries, by hash; -1 is free.
    private var slots: [Int32] = [-1, -1, -1, -1]
    /// The schema of the property, by number.
    private(set) var schemas: [Int32] = []
    /// The names behind `properties`, by number: only those make a property a known one.
    private(set) var isProperty: [Bool] = []

    var count: Int { entries.count }

    func name(_ number: Int32) -> String {
        let entry = entries[Int(number)]
        return String(decoding: bytes[entry.start..<(entry.start + entry.count)], as: UTF8.self)
    }

    mutating func number(of name: String) -> Int32 {
        let text = Array(name.utf8)
        if let known = find(text.span, Tape.hash(text.span)) { return known }
        entries.append(Entry(hash: Tape.hash(text.span), start: bytes.count, count: text.count))
        bytes += text
        schemas.append(SchemaProgram.none)
        isProperty.append(false)
        if entries.count * 2 <= slots.count {
            insert(Int32(entries.count - 1))
        } else {
            slots = Array(repeating: -1, count: slots.count * 2)
            for number in entries.indices { insert(Int32(number)) }
        }
        return Int32(entries.count - 1)
    }

    mutating func setSchema(_ schema: Int32, of name: String) {
        let number = Int(number(of: name))
        schemas[number] = schema
        isProperty[number] = true
    }

    private mutating func insert(_ number: Int32) {
        var slot = Int(entries[Int(number)].hash) & (slots.count - 1)
        while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = number
    }

    func find(_ text: Span<UInt8>, _ hash: UInt32) -> Int32? {
        var slot = Int(hash) & (slots.count - 1)
        while slots[slot] >= 0 {
            let entry = entries[Int(slots[slot])]
            if entry.hash == hash, entry.count == text.count, isSame(entry, text) { return slots[slot] }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    private func isSame(_ entry: Entry, _ text: Span<UInt8>) -> Bool {
        for position in 0..<entry.count where bytes[entry.start + position] != text[position] { return false }
        return true
    }
}
