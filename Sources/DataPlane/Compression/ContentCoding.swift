import HTTPFront

/// A coding of bodies that API Gateway packs and unpacks. Source: Developer Guide, api-gateway-enable-compression.
enum ContentCoding: Sendable {
    case gzip
    /// The format of RFC 1950, as HTTP has it.
    case deflate

    var field: StaticString {
        switch self {
        case .gzip: "Content-Encoding: gzip\r\n"
        case .deflate: "Content-Encoding: deflate\r\n"
        }
    }

    /// For zlib: the size of the window, and 16 more for gzip's header.
    var windowBits: Int32 {
        switch self {
        case .gzip: 15 + 16
        case .deflate: 15
        }
    }

    /// What a coding's name means: one of them, or `identity`.
    enum Name {
        case coding(ContentCoding)
        case identity
        case unknown

        init(_ name: UnsafeRawBufferPointer) {
            self =
                if ASCII.equalsIgnoringCase(name, "gzip") {
                    .coding(.gzip)
                } else if ASCII.equalsIgnoringCase(name, "deflate") {
                    .coding(.deflate)
                } else if ASCII.equalsIgnoringCase(name, "identity") {
                    .identity
                } else { .unknown }
        }
    }
}

/// What an `Accept-Encoding` asks for (RFC 9110 section 12.5.3).
struct AcceptedCodings {
    /// In thousandths; 0 refuses.
    private var best = 0
    private var choice = ContentCoding.Name.unknown

    /// The coding of the highest weight, of equal ones the first that the gateway knows; nil when that is `identity` or
    /// none it knows (the guide: "the highest-priority content encoding must be one supported"). `*` names none.
    var preferred: ContentCoding? { if case .coding(let coding) = choice { coding } else { nil } }

    mutating func add(_ field: UnsafeRawBufferPointer) {
        var start = 0
        for position in 0...field.count where position == field.count || field[position] == UInt8(ascii: ",") {
            add(element: Self.trimmed(UnsafeRawBufferPointer(rebasing: field[start..<position])))
            start = position + 1
        }
    }

    private mutating func add(element: UnsafeRawBufferPointer) {
        guard !element.isEmpty else { return }
        let semicolon = element.firstIndex(of: UInt8(ascii: ";")) ?? element.count
        let name = ContentCoding.Name(Self.trimmed(UnsafeRawBufferPointer(rebasing: element[..<semicolon])))
        let weight = Self.weight(UnsafeRawBufferPointer(rebasing: element[semicolon...]))
        let isKnown = if case .unknown = choice { false } else { true }
        guard weight > best || weight == best && weight > 0 && !isKnown else { return }
        (best, choice) = (weight, name)
    }

    /// `;q=0.5`; one that cannot be read counts as 0.
    private static func weight(_ parameters: UnsafeRawBufferPointer) -> Int {
        guard !parameters.isEmpty else { return 1_000 }
        let text = trimmed(UnsafeRawBufferPointer(rebasing: parameters.dropFirst()))
        guard text.count > 2, text[0] | 0x20 == UInt8(ascii: "q"), text[1] == UInt8(ascii: "=") else { return 0 }
        var weight = 0
        var scale = 1_000
        for (position, byte) in text.dropFirst(2).enumerated() {
            if position == 1, byte == UInt8(ascii: ".") { continue }
            guard ASCII.isDigit(byte), position < 5, position == 0 || position > 1 else { return 0 }
            weight += Int(byte - UInt8(ascii: "0")) * scale
            scale /= 10
        }
        return weight <= 1_000 ? weight : 0
    }

    private static func trimmed(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        var (low, high) = (0, bytes.count)
        while low < high, bytes[low] == 0x20 || bytes[low] == 0x09 { low += 1 }
        while high > low, bytes[high - 1] == 0x20 || bytes[high - 1] == 0x09 { high -= 1 }
        return UnsafeRawBufferPointer(rebasing: bytes[low..<high])
    }
}
