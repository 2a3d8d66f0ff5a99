import JSON
import Shapes

extension Shape {
    /// Longer names have words of their own (`LogStore.checkLengths`).
    private static let anyLength = 1...1_048_576

    static let groupName = Shape.text(anyLength, groupNameRule)
    static let streamName = Shape.text(anyLength, TextRule("[^:*]*") { !$0.utf8.contains { $0 == 0x3A || $0 == 0x2A } })
    static let groupIdentifier = Shape.text(
        1...2_048, TextRule(#"[\w#+=/:,.@-]*"#) { $0.utf8.allSatisfy { $0.isWord || "#+=/:,.@-".utf8.contains($0) } })
    static let groupNamePattern = Shape.text(
        0...LogLimits.nameLength, TextRule(#"[\.\-_/#A-Za-z0-9]*"#) { $0.utf8.allSatisfy(\.isOfGroupName) })
    static let resourceARN = Shape.text(
        1...1_011, TextRule(#"[\w+=/:,.@-]*"#) { $0.utf8.allSatisfy { $0.isWord || "+=/:,.@-".utf8.contains($0) } })
    static let filterPattern = Shape.text(0...LogLimits.filterPatternLength)
    static let logToken = Shape.text(1...4_096)
    static let milliseconds = Shape.integer(0...Int.max)
    static let eventCount = Shape.integer(1...LogLimits.pageEvents)
    static let groupClass = Shape.choice(["STANDARD", "INFREQUENT_ACCESS", "DELIVERY", "ESSENTIALS"])
    static let tagKey = Shape.text(1...LogLimits.tagKeyLength)

    private static let groupNameRule = TextRule(#"[\.\-_/#A-Za-z0-9]+"#) { name in
        !name.isEmpty && name.utf8.allSatisfy(\.isOfGroupName)
    }
}

extension UInt8 {
    /// A letter, a digit or an underscore.
    var isWord: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    var isOfGroupName: Bool { isWord || ".-/#".utf8.contains(self) }
}
