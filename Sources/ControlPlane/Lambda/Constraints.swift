/// The constraints of the service's model, checked together and reported together, as AWS does:
/// `2 validation errors detected: Value '…' at '…' failed to satisfy constraint: …; Value …`.
package struct Constraints {
    private var violations: [String] = []

    package init() {}

    package mutating func violation(_ value: String, at member: String, _ constraint: String) {
        violations.append("Value \(value) at '\(member)' failed to satisfy constraint: \(constraint)")
    }

    package mutating func present<Value>(_ value: Value?, _ member: String) {
        if value == nil { violation("null", at: member, "Member must not be null") }
    }

    package mutating func length(_ value: String?, _ member: String, _ range: ClosedRange<Int>) {
        guard let value else { return }
        let length = value.unicodeScalars.count
        if length > range.upperBound {
            violation("'\(value)'", at: member, "Member must have length less than or equal to \(range.upperBound)")
        } else if length < range.lowerBound {
            violation("'\(value)'", at: member, "Member must have length greater than or equal to \(range.lowerBound)")
        }
    }

    /// `isMatched` decides; `pattern` is only shown, so that it reads as AWS prints it.
    package mutating func pattern(_ value: String?, _ member: String, _ pattern: String, _ isMatched: (String) -> Bool)
    {
        guard let value, !isMatched(value) else { return }
        violation("'\(value)'", at: member, "Member must satisfy regular expression pattern: \(pattern)")
    }

    package mutating func range(_ value: Int?, _ member: String, _ range: PartialRangeFrom<Int>) {
        guard let value, value < range.lowerBound else { return }
        violation("'\(value)'", at: member, "Member must have value greater than or equal to \(range.lowerBound)")
    }

    package mutating func range(_ value: Int?, _ member: String, _ range: ClosedRange<Int>) {
        guard let value else { return }
        if value > range.upperBound {
            violation("'\(value)'", at: member, "Member must have value less than or equal to \(range.upperBound)")
        } else {
            self.range(value, member, range.lowerBound...)
        }
    }

    package mutating func oneOf(_ value: String?, _ member: String, _ values: [String]) {
        guard let value, !values.contains(value) else { return }
        violation("'\(value)'", at: member, "Member must satisfy enum value set: [\(values.joined(separator: ", "))]")
    }

    package func check() throws(ServiceError) {
        guard !violations.isEmpty else { return }
        let errors = violations.count == 1 ? "1 validation error" : "\(violations.count) validation errors"
        throw .validation("\(errors) detected: \(violations.joined(separator: "; "))")
    }
}

/// Character classes of the model's patterns, on ASCII only.
extension StringProtocol {
    /// `[a-zA-Z0-9-_]+`, and `extra`.
    func isWord(and extra: String = "") -> Bool {
        !isEmpty
            && utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: extra.utf8.contains(byte)
                }
            }
    }

    /// `[0-9]+`
    var isDigits: Bool {
        !isEmpty && utf8.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
    }

    /// `\d{12}`
    var isAccountId: Bool { utf8.count == 12 && isDigits }
}
