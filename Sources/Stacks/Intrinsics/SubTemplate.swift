/// The string of `Fn::Sub`, taken apart: `${Api}` is a variable, `${!Api}` is the text `${Api}`.
struct SubTemplate {
    enum Part: Equatable {
        case text(String)
        case variable(String)
    }

    let parts: [Part]

    init(parts: [Part]) { self.parts = parts }

    /// Nil when a variable has a name that none can have.
    init?(_ text: String) {
        var parts: [Part] = []
        var literal = ""
        var rest = text.utf8[...]
        while let dollar = rest.firstIndex(of: UInt8(ascii: "$")) {
            let next = rest.index(after: dollar)
            guard next < rest.endIndex, rest[next] == UInt8(ascii: "{") else {
                literal += Substring(rest[..<next])
                rest = rest[next...]
                continue
            }
            let start = rest.index(after: next)
            guard let end = rest[start...].firstIndex(of: UInt8(ascii: "}")) else { break }
            let name = Substring(rest[start..<end])
            literal += Substring(rest[..<dollar])
            rest = rest[rest.index(after: end)...]
            if name.utf8.first == UInt8(ascii: "!") {
                literal += "${\(name.dropFirst())}"
            } else {
                guard !name.isEmpty, name.utf8.allSatisfy(Self.isNameByte) else { return nil }
                if !literal.isEmpty { parts.append(.text(literal)) }
                literal = ""
                parts.append(.variable(String(name)))
            }
        }
        literal += Substring(rest)
        if !literal.isEmpty { parts.append(.text(literal)) }
        self.parts = parts
    }

    /// The string that reads as these parts.
    var text: String {
        parts.map { part in
            switch part {
            case .text(let text): text.replacing("${", with: "${!")
            case .variable(let name): "${\(name)}"
            }
        }.joined()
    }

    /// A variable that is not of the map: `Name` is a Ref, `Name.Attribute` a GetAtt.
    static func reference(_ variable: String) -> Intrinsic {
        guard let dot = variable.firstIndex(of: ".") else { return .ref(variable) }
        return .getAtt(
            logicalId: String(variable[..<dot]), attribute: String(variable[variable.index(after: dot)...]))
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: ":"):
            true
        default: false
        }
    }
}
