/// `binaryMediaTypes` of a REST API. Rules: from recorded answers.
struct BinaryTypes: Sendable {
    private let matchesAll: Bool
    /// In lower case; those that end in `/*` without the star.
    private let types: [[UInt8]]
    private let families: [[UInt8]]

    var isEmpty: Bool { !matchesAll && types.isEmpty && families.isEmpty }

    init(_ written: [String]) {
        matchesAll = written.contains("*/*")
        var types: [[UInt8]] = []
        var families: [[UInt8]] = []
        // A star on the left alone never matches.
        for type in written.map({ $0.lowercased() }) where !type.hasPrefix("*") {
            if type.hasSuffix("/*") {
                families.append(Array(type.dropLast().utf8))
            } else {
                types.append(Array(type.utf8))
            }
        }
        self.types = types
        self.families = families
    }

    /// Whether a media type, with whatever parameters, or the first one of a list, is binary.
    func contains(_ field: UnsafeRawBufferPointer?) -> Bool {
        if matchesAll { return true }
        guard let field, !isEmpty else { return false }
        let type = MediaType.first(of: field)
        return types.contains { $0.elementsEqual(type) } || families.contains { type.starts(with: $0) }
    }
}

enum MediaType {
    /// The first media type of a field, in lower case and without parameters.
    static func first(of field: UnsafeRawBufferPointer) -> [UInt8] {
        var type: [UInt8] = []
        for byte in field {
            if byte == UInt8(ascii: ",") || byte == UInt8(ascii: ";") { break }
            if byte == 0x20 || byte == 0x09 { continue }
            type.append(byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte)
        }
        return type
    }

    static let json = Array("application/json".utf8)
}
