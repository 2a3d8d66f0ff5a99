internal import BoundedRegex

// MARK: Arrays

extension Validation {
    mutating func closedItems(_ index: Int, _ value: Int) -> Bool {
        guard program.arrays[index].isClosed else { return true }
        let allowed = program.arrays[index].first.count
        let found = Int(tape.tokens[value].count)
        return found <= allowed || collects { Words.additionalItems(allowed: allowed, found: found) }
    }

    mutating func counts(_ index: Int, _ value: Int) -> Bool {
        let (least, most) = (program.arrays[index].minimumItems, program.arrays[index].maximumItems)
        let found = Int(tape.tokens[value].count)
        if found > most { guard collects({ Words.maxItems(most, found: found) }) else { return false } }
        if found < least { guard collects({ Words.minItems(least, found: found) }) else { return false } }
        return true
    }

    mutating func unique(_ index: Int, _ value: Int) throws(Stop) -> Bool {
        guard program.arrays[index].isUnique else { return true }
        return try !hasDuplicates(value) || collects { Words.uniqueItems }
    }
}

// MARK: Objects

extension Validation {
    /// Whether an object is valid by its rules, each member looked up once: the way of valid bodies.
    mutating func isValidObject(_ index: Int, _ value: Int) throws(Stop) -> Bool {
        guard memberCounts(index, value) else { return false }
        let isClosed = program.objects[index].isClosed
        let hasManyNames = program.objects[index].names.count > 64
        var bits: UInt64 = 0
        let end = Int(tape.tokens[value].next)
        var key = value + 1
        while key < end {
            let next = Int(tape.tokens[key + 1].next)
            if !tape.tokens[key].isReplaced {
                let name = name(index, ofKey: key)
                if let name, name < 64 { bits |= 1 << UInt64(name) }
                guard let isSpokenOf = try member(key, name, index), isSpokenOf || !isClosed else { return false }
            }
            key = next
        }
        if hasManyNames || !program.objects[index].dependencies.isEmpty {
            guard try dependencies(index, value) else { return false }
            return try required(index, value)
        }
        let wanted = program.objects[index].requiredBits
        return bits & wanted == wanted
    }

    /// The number of a member's key among the names of the rules.
    private func name(_ index: Int, ofKey key: Int) -> Int32? {
        program.objects[index].names.find(bytes(of: key), tape.tokens[key].hash)
    }

    mutating func closedMembers(_ index: Int, _ value: Int) throws(Stop) -> Bool {
        guard program.objects[index].isClosed else { return true }
        var unwanted: [String] = []
        let end = Int(tape.tokens[value].next)
        var key = value + 1
        while key < end {
            if !tape.tokens[key].isReplaced, try !isSpokenOf(key, index) { unwanted.append(string(of: key)) }
            key = Int(tape.tokens[key + 1].next)
        }
        return unwanted.isEmpty || collects { Words.additionalProperties(unwanted.sorted(by: SchemaOrder.precedes)) }
    }

    /// Whether `properties` or `patternProperties` speak of the member.
    private mutating func isSpokenOf(_ key: Int, _ index: Int) throws(Stop) -> Bool {
        try spend(1)
        if let name = name(index, ofKey: key), program.objects[index].names.isProperty[Int(name)] { return true }
        for position in program.objects[index].patterns.indices {
            if try matches(program.objects[index].patterns[position].pattern, bytes(of: key)) { return true }
        }
        return false
    }

    mutating func memberCounts(_ index: Int, _ value: Int) -> Bool {
        let (least, most) = (program.objects[index].minimumProperties, program.objects[index].maximumProperties)
        let found = Int(tape.tokens[value].count)
        if found > most { guard collects({ Words.maxProperties(most, found: found) }) else { return false } }
        if found < least { guard collects({ Words.minProperties(least, found: found) }) else { return false } }
        return true
    }

    /// Which of the names the object has, by number; one bit each for the first 64.
    private func names(_ index: Int, of value: Int) -> (bits: UInt64, all: [Bool]) {
        var bits: UInt64 = 0
        var all: [Bool] = []
        let count = program.objects[index].names.count
        if count > 64 { all = Array(repeating: false, count: count) }
        let end = Int(tape.tokens[value].next)
        var key = value + 1
        while key < end {
            if let name = name(index, ofKey: key) {
                if name < 64 { bits |= 1 << UInt64(name) }
                if count > 64 { all[Int(name)] = true }
            }
            key = Int(tape.tokens[key + 1].next)
        }
        return (bits, all)
    }

    mutating func required(_ index: Int, _ value: Int) throws(Stop) -> Bool {
        guard !program.objects[index].required.isEmpty else { return true }
        try spend(Int(tape.tokens[value].count))
        let (bits, all) = names(index, of: value)
        let wanted = program.objects[index].requiredBits
        if wanted != 0 {
            if bits & wanted == wanted { return true }
        } else if program.objects[index].required.allSatisfy({ all[Int($0)] }) {
            return true
        }
        let missing = program.objects[index].required.filter { !Self.contains($0, bits, all) }
        return collects { Words.required(missing.map { program.objects[index].names.name($0) }) }
    }

    private static func contains(_ name: Int32, _ bits: UInt64, _ all: [Bool]) -> Bool {
        all.isEmpty ? bits >> UInt64(name) & 1 != 0 : all[Int(name)]
    }

    mutating func dependencies(_ index: Int, _ value: Int) throws(Stop) -> Bool {
        let dependencies = program.objects[index].dependencies
        if dependencies.isEmpty { return true }
        try spend(Int(tape.tokens[value].count) + dependencies.count)
        let (bits, all) = names(index, of: value)
        for dependency in dependencies where Self.contains(dependency.name, bits, all) {
            if dependency.schema >= 0 {
                // Faults inside are told as if they were this schema's own.
                if try !check(dependency.schema, value), !collectsMessages { return false }
                continue
            }
            let missing = dependency.names.filter { !Self.contains($0, bits, all) }
            if missing.isEmpty { continue }
            let names = program.objects[index].names
            guard
                collects({
                    Words.dependencies(
                        of: names.name(dependency.name), required: dependency.names.map { names.name($0) },
                        missing: missing.map { names.name($0) })
                })
            else { return false }
        }
        return true
    }
}

// MARK: Elements and members

extension Validation {
    mutating func children(_ node: SchemaProgram.Node, _ value: Int) throws(Stop) -> Bool {
        switch tape.tokens[value].kind {
        case .array where node.array >= 0: return try elements(Int(node.array), value)
        case .object where node.object >= 0 && program.objects[Int(node.object)].hasChildren:
            return try members(Int(node.object), value)
        default: return true
        }
    }

    private mutating func elements(_ index: Int, _ value: Int) throws(Stop) -> Bool {
        let first = program.arrays[index].first.count
        let items = program.arrays[index].items
        if first == 0, items < 0 { return true }
        var element = value + 1
        for position in 0..<Int(tape.tokens[value].count) {
            let schema = position < first ? program.arrays[index].first[position] : items
            if schema < 0 { break }
            if try !check(schema, element), !collectsMessages { return false }
            element = Int(tape.tokens[element].next)
        }
        return true
    }

    private mutating func members(_ index: Int, _ value: Int) throws(Stop) -> Bool {
        for key in sortedKeys(of: value) { _ = try member(key, name(index, ofKey: key), index) }
        return true
    }

    /// Whether any rule speaks of the member; nil if it is not valid, and only that matters.
    private mutating func member(_ key: Int, _ name: Int32?, _ index: Int) throws(Stop) -> Bool? {
        try spend(1)
        var isSpokenOf = false
        if let name, program.objects[index].names.isProperty[Int(name)] {
            isSpokenOf = true
            let schema = program.objects[index].names.schemas[Int(name)]
            if try !check(schema, key + 1), !collectsMessages { return nil }
        }
        for position in program.objects[index].patterns.indices {
            guard try matches(program.objects[index].patterns[position].pattern, bytes(of: key)) else { continue }
            isSpokenOf = true
            let schema = program.objects[index].patterns[position].schema
            if try !check(schema, key + 1), !collectsMessages { return nil }
        }
        let additional = program.objects[index].additional
        if !isSpokenOf, additional >= 0, try !check(additional, key + 1), !collectsMessages { return nil }
        return isSpokenOf
    }

    private func sortedKeys(of value: Int) -> [Int] {
        var keys: [(text: String, key: Int)] = []
        let end = Int(tape.tokens[value].next)
        var key = value + 1
        while key < end {
            if !tape.tokens[key].isReplaced { keys.append((string(of: key), key)) }
            key = Int(tape.tokens[key + 1].next)
        }
        return keys.sorted { SchemaOrder.precedes($0.text, $1.text) }.map(\.key)
    }
}
