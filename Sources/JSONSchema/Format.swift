internal import BoundedRegex

/// The formats that json-schema-validator checks of strings in draft 4; others only make a warning.
enum Format: String, Sendable {
    case dateTime = "date-time"
    case email
    case hostname
    case ipv4
    case ipv6
    case regex
    case uri
    case base64
    case jsonPointer = "json-pointer"
    case mac
    case md5
    case sha1
    case sha256
    case sha512
    case uuid

    /// What is wrong with the text, or nil. The words are only made when they are `wanted`.
    func fault(of text: Span<UInt8>, wanted: Bool) -> String? {
        let text = text.withUnsafeBufferPointer { Array($0) }
        switch self {
        case .dateTime:
            return DateTime.isValid(text)
                ? nil : words(text, wanted, "is invalid against requested date format(s) \(DateTime.formats)")
        case .email: return EmailAddress.isValid(text) ? nil : words(text, wanted, "is not a valid email address")
        case .hostname: return HostName.isValid(text) ? nil : words(text, wanted, "is not a valid hostname")
        case .ipv4:
            return IPAddress.version(of: text) == 4 ? nil : words(text, wanted, "is not a valid IPv4 address")
        case .ipv6:
            return IPAddress.version(of: text) == 6 ? nil : words(text, wanted, "is not a valid IPv6 address")
        case .regex:
            let pattern = try? Pattern(String(decoding: text, as: UTF8.self), dialect: .ecma)
            return pattern != nil ? nil : words(text, wanted, "is not a valid ECMA 262 regular expression")
        case .uri: return URISyntax.isValid(text) ? nil : words(text, wanted, "is not a valid URI")
        case .base64: return base64Fault(text)
        case .jsonPointer:
            return Self.isPointer(text)
                ? nil : words(text, wanted, "is not a valid JSON Pointer", start: "input string")
        case .mac:
            return Self.isMACAddress(text)
                ? nil : words(text, wanted, "is not a valid MAC address", start: "input string")
        case .md5: return hexFault(text, length: 32)
        case .sha1: return hexFault(text, length: 40)
        case .sha256: return hexFault(text, length: 64)
        case .sha512: return hexFault(text, length: 128)
        case .uuid: return Self.isUUID(text) ? nil : words(text, wanted, "is not a valid UUID", start: "input string")
        }
    }

    private func words(_ text: [UInt8], _ wanted: Bool, _ end: String, start: String = "string") -> String {
        wanted ? "\(start) \"\(String(decoding: text, as: UTF8.self))\" \(end)" : ""
    }

    // MARK: Digests and encodings

    private func hexFault(_ text: [UInt8], length: Int) -> String? {
        let units = Array(String(decoding: text, as: UTF8.self).utf16)
        guard units.count == length else {
            return "input string has incorrect length (\(units.count), expected \(length))"
        }
        return Self.illegalCharacter(units, { $0.isHexDigit }).map {
            "illegal character \"\($0)\" in input at index \($1)"
        }
    }

    private func base64Fault(_ text: [UInt8]) -> String? {
        let units = Array(String(decoding: text, as: UTF8.self).utf16)
        guard units.count % 4 == 0 else {
            return "input has illegal length (must be a multiple of 4, found \(units.count))"
        }
        let equals = UInt16(UInt8(ascii: "="))
        var end = units.count
        while end > max(0, units.count - 2), units[end - 1] == equals { end -= 1 }
        let fault = Self.illegalCharacter(Array(units[..<end])) { $0.isLetterOrDigit || $0.isOne(of: "+/") }
        return fault.map { "illegal character \"\($0)\" at index \($1) (not in Base64 alphabet)" }
    }

    private static func illegalCharacter(
        _ units: [UInt16], _ isLegal: (UInt8) -> Bool
    ) -> (String, Int)? {
        guard let index = units.firstIndex(where: { $0 > 0x7F || !isLegal(UInt8($0)) }) else { return nil }
        return (String(decoding: units[index...index], as: UTF16.self), index)
    }

    /// RFC 6901.
    private static func isPointer(_ text: [UInt8]) -> Bool {
        guard let first = text.first else { return true }
        guard first == UInt8(ascii: "/") else { return false }
        for (position, byte) in text.enumerated() where byte == UInt8(ascii: "~") {
            guard position + 1 < text.count, text[position + 1].isOne(of: "01") else { return false }
        }
        return true
    }

    /// Any letters, as in the library.
    private static func isMACAddress(_ text: [UInt8]) -> Bool {
        let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        return parts.count == 6 && parts.allSatisfy { $0.count == 2 && $0.allSatisfy { $0.isLetterOrDigit } }
    }

    /// As `UUID.fromString` of Java reads it: five hexadecimal numbers, of any length.
    private static func isUUID(_ text: [UInt8]) -> Bool {
        let parts = text.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        return text.count <= 36 && parts.count == 5
            && parts.allSatisfy { !$0.isEmpty && $0.count <= 15 && $0.allSatisfy { $0.isHexDigit } }
    }
}

extension UInt8 {
    var isDigit: Bool { self >= 0x30 && self <= 0x39 }
    var isLetter: Bool { (self | 0x20) >= 0x61 && (self | 0x20) <= 0x7A }
    var isLetterOrDigit: Bool { isDigit || isLetter }
    var isHexDigit: Bool { isDigit || ((self | 0x20) >= 0x61 && (self | 0x20) <= 0x66) }

    func isOne(of characters: StaticString) -> Bool {
        for position in 0..<characters.utf8CodeUnitCount where characters.utf8Start[position] == self { return true }
        return false
    }
}

/// `date-time` as Joda-Time parses it there: a `T` and a `Z` in either case, an offset with or without a colon.
enum DateTime {
    static let formats = "[yyyy-MM-dd'T'HH:mm:ssZ, yyyy-MM-dd'T'HH:mm:ss.[0-9]{1,12}Z]"

    static func isValid(_ text: [UInt8]) -> Bool {
        var rest = text[...]
        guard
            let year = number(&rest, digits: 4), take("-", &rest), let month = number(&rest, digits: 2),
            take("-", &rest),
            let day = number(&rest, digits: 2), take("Tt", &rest), let hour = number(&rest, digits: 2),
            take(":", &rest),
            let minute = number(&rest, digits: 2), take(":", &rest), let second = number(&rest, digits: 2)
        else { return false }
        guard
            (1...12).contains(month), (1...days(month, of: year)).contains(day), hour < 24, minute < 60, second < 60
        else { return false }
        if take(".", &rest) {
            let fraction = rest.prefix { $0.isDigit }.count
            guard fraction <= 12 else { return false }
            rest = rest.dropFirst(fraction)
        }
        if take("Zz", &rest) { return rest.isEmpty }
        guard take("+-", &rest), let hours = number(&rest, digits: 2), hours < 24 else { return false }
        // Minutes may be missing; where one separator stands, the others stand, too.
        if rest.isEmpty { return true }
        let hasColon = take(":", &rest)
        guard let minutes = number(&rest, digits: 2), minutes < 60 else { return false }
        if rest.isEmpty { return true }
        if hasColon, !take(":", &rest) { return false }
        guard let seconds = number(&rest, digits: 2) else { return false }
        return seconds < 60 && rest.isEmpty
    }

    private static func number(_ rest: inout ArraySlice<UInt8>, digits: Int) -> Int? {
        let digitsHere = rest.prefix(digits)
        guard digitsHere.count == digits, digitsHere.allSatisfy({ $0.isDigit }) else { return nil }
        rest = rest.dropFirst(digits)
        return digitsHere.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    private static func take(_ characters: StaticString, _ rest: inout ArraySlice<UInt8>) -> Bool {
        guard let first = rest.first, first.isOne(of: characters) else { return false }
        rest = rest.dropFirst()
        return true
    }

    private static func days(_ month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
