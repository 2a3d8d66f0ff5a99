/// The model's constraints on the members of a request: whatever violates them is told in one message, with its count.
struct Constraints {
    private let path: String
    private var violations: [String] = []

    /// - Parameter path: where the members are inside the request, such as `transactItems.1.member.put.`.
    init(at path: String = "") { self.path = path }

    func check() throws(TableError) {
        guard !violations.isEmpty else { return }
        let noun = violations.count == 1 ? "error" : "errors"
        throw .validation("\(violations.count) validation \(noun) detected: \(violations.joined(separator: "; "))")
    }

    mutating func violate(_ member: String, value: String?, _ rule: String) {
        let shown = value.map { "'\($0)'" } ?? "null"
        violations.append(
            "Value \(shown) at '\(path)\(member)' failed to satisfy constraint: Member must \(rule)")
    }

    /// The newer form, which leaves out the value and writes the member as the request does.
    mutating func violate(shown member: String, _ rule: String) {
        violations.append("Value at '\(member)' failed to satisfy constraint: Member must \(rule)")
    }

    /// The chosen word, `absent` when there is none.
    mutating func choice<Choice: RequestChoice>(
        _ member: StaticString, of request: RequestMembers, absent: Choice
    ) throws(TableError) -> Choice {
        guard let word = try request.string(member) else { return absent }
        if let choice = Choice(rawValue: word) { return choice }
        let words = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        violate(Self.camelCased(member), value: word, "satisfy enum value set: [\(words)]")
        return absent
    }

    /// Where the text of a member is that must be there.
    mutating func required(_ member: StaticString, of request: RequestMembers) -> Range<Int>? {
        if let range = request.range(member) { return range }
        violate(Self.camelCased(member), value: nil, "not be null")
        return nil
    }

    mutating func length(_ member: StaticString, _ value: String?, _ bounds: ClosedRange<Int>) {
        guard let value else { return }
        if value.utf8.count < bounds.lowerBound {
            violate(
                Self.camelCased(member), value: value,
                "have length greater than or equal to \(bounds.lowerBound)")
        } else if value.utf8.count > bounds.upperBound {
            violate(
                Self.camelCased(member), value: value, "have length less than or equal to \(bounds.upperBound)")
        }
    }

    mutating func minimum(_ member: StaticString, _ value: Int?, _ least: Int) {
        guard let value, value < least else { return }
        violate(Self.camelCased(member), value: String(value), "have value greater than or equal to \(least)")
    }

    mutating func maximum(_ member: StaticString, _ value: Int?, _ most: Int) {
        guard let value, value > most else { return }
        violate(Self.camelCased(member), value: String(value), "have value less than or equal to \(most)")
    }

    /// `TableName` is named `tableName` in messages.
    private static func camelCased(_ member: StaticString) -> String {
        let name = member.description
        return name.prefix(1).lowercased() + name.dropFirst()
    }
}

extension RequestMembers {
    /// The name or ARN of the request's table. A bad one is told alone, before all other constraints.
    func tableName(at path: String = "") throws(TableError) -> String {
        guard let name = try string("TableName") else {
            throw .enveloped("Value null at '\(path)tableName' failed to satisfy constraint: Member must not be null")
        }
        try Self.checkTableName(name, "\(path)tableName")
        return name
    }

    static func checkTableName(_ name: String, _ member: String) throws(TableError) {
        var constraints = Constraints()
        let isARN = name.utf8.starts(with: "arn:".utf8)
        let longest = isARN ? ItemLimits.tableARNLength : ItemLimits.tableNameLength
        if name.isEmpty {
            constraints.violate(member, value: name, "have length greater than or equal to 1")
        } else if name.utf8.count > longest {
            constraints.violate(member, value: name, "have length less than or equal to \(longest)")
        } else if !isARN, !name.utf8.allSatisfy(isNameByte) {
            constraints.violate(member, value: name, "satisfy regular expression pattern: [a-zA-Z0-9_.-]+")
        }
        try constraints.check()
    }

    static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
