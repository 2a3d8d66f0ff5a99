import GatewayModel
import JSON

extension Item {
    /// Reads an item that came with a request, with all of DynamoDB's checks.
    init(parsing body: [UInt8], at range: Range<Int>, layer: WireLayer) throws(TableError) {
        self = try ItemReader(bytes: body, start: range.lowerBound, layer: layer).item(range)
    }

    /// Reads an item as `write` wrote it. When that fails, the store is damaged.
    init(stored document: [UInt8]) throws(TableError) {
        do { try self.init(parsing: document, at: 0..<document.count, layer: .current) } catch {
            throw .internalFailure("A stored item cannot be read: \(error.message ?? "it is not JSON").")
        }
    }
}

extension AttributeValue {
    init(parsing body: [UInt8], at range: Range<Int>, layer: WireLayer) throws(TableError) {
        self = try ItemReader(bytes: body, start: range.lowerBound, layer: layer).value(range)
    }
}

/// Reads attribute values out of the JSON text of a request or of the store.
struct ItemReader {
    let bytes: [UInt8]
    /// Where the cursor's text begins in the bytes.
    let start: Int
    let layer: WireLayer

    /// Levels, the attribute itself included. Source: "Quotas in Amazon DynamoDB", nested attribute depth.
    static let nestingLevels = 32
    static let attributeNameBytes = 65_535

    static let tooDeep = TableError.validation(
        "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond "
            + "supported limit")
    static let emptyName = TableError.validation("Empty attribute name")

    func item(_ range: Range<Int>) throws(TableError) -> Item {
        var cursor = JSONCursor(bytes.span.extracting(range))
        do { return try item(&cursor, level: 1) } catch {
            // The names of an item are looked at before what lies deep in its values.
            guard error.message == Self.tooDeep.message, try hasEmptyName(range) else { throw error }
            throw Self.emptyName
        }
    }

    func value(_ range: Range<Int>) throws(TableError) -> AttributeValue {
        var cursor = JSONCursor(bytes.span.extracting(range))
        return try value(&cursor, level: 1)
    }

    static func checkName(_ name: String) throws(TableError) {
        guard !name.isEmpty else { throw emptyName }
        guard name.utf8.count <= attributeNameBytes else {
            throw .invalidValues("Attribute name is too long, must be less than 65536 bytes")
        }
    }

    private func item(_ cursor: inout JSONCursor, level: Int) throws(TableError) -> Item {
        guard cursor.take(UInt8(ascii: "{")) else { throw mismatch(&cursor, wanted: "structure") }
        if cursor.take(UInt8(ascii: "}")) { return Item() }
        var attributes: [(name: String, value: AttributeValue)] = []
        repeat {
            let name = try text(&cursor)
            try Self.checkName(name)
            try expect(UInt8(ascii: ":"), &cursor)
            // An attribute that is null counts as absent, as every member does.
            if try takeNull(&cursor) { continue }
            attributes.append((name, try value(&cursor, level: level)))
        } while cursor.take(UInt8(ascii: ","))
        try expect(UInt8(ascii: "}"), &cursor)
        return Item(unordered: attributes)
    }

    private func value(_ cursor: inout JSONCursor, level: Int) throws(TableError) -> AttributeValue {
        guard level <= Self.nestingLevels else { throw Self.tooDeep }
        guard cursor.take(UInt8(ascii: "{")) else { throw mismatch(&cursor, wanted: "structure") }
        var found: AttributeValue?
        if !cursor.take(UInt8(ascii: "}")) {
            repeat {
                let code = try text(&cursor)
                try expect(UInt8(ascii: ":"), &cursor)
                if try takeNull(&cursor) { continue }
                guard let content = try content(code, &cursor, level: level) else { continue }
                guard found == nil else {
                    throw .validation(
                        "Supplied AttributeValue has more than one datatypes set, "
                            + "must contain exactly one of the supported datatypes")
                }
                found = content
            } while cursor.take(UInt8(ascii: ","))
            try expect(UInt8(ascii: "}"), &cursor)
        }
        guard let found else {
            throw .validation(
                "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes")
        }
        return found
    }

    /// Nil for a type that DynamoDB does not have; such a member is passed over.
    private func content(
        _ code: String, _ cursor: inout JSONCursor, level: Int
    ) throws(TableError) -> AttributeValue? {
        switch code {
        case "S": return .string(try string(&cursor))
        case "N": return .number(try number(&cursor))
        case "B": return .binary(try binary(&cursor))
        case "BOOL": return .bool(try boolean(&cursor))
        case "NULL":
            guard try boolean(&cursor) else {
                throw .invalidValues("Null attribute value types must have the value of true")
            }
            return .null
        case "SS": return .stringSet(try stringSet(try elements(&cursor, string)))
        case "NS": return .numberSet(try numberSet(try elements(&cursor, number)))
        case "BS": return .binarySet(try binarySet(try elements(&cursor, binary)))
        case "L":
            return .list(
                try elements(&cursor) { cursor throws(TableError) in try value(&cursor, level: level + 1) })
        case "M": return .map(try item(&cursor, level: level + 1))
        default:
            do { _ = try cursor.skipValue() } catch { throw .serialization(nil) }
            return nil
        }
    }

    private func elements<Element>(
        _ cursor: inout JSONCursor, _ element: (inout JSONCursor) throws(TableError) -> Element
    ) throws(TableError) -> [Element] {
        guard cursor.take(UInt8(ascii: "[")) else { throw mismatch(&cursor, wanted: "list") }
        var elements: [Element] = []
        if cursor.take(UInt8(ascii: "]")) { return elements }
        repeat { elements.append(try element(&cursor)) } while cursor.take(UInt8(ascii: ","))
        try expect(UInt8(ascii: "]"), &cursor)
        return elements
    }
}

/// Scalars.
extension ItemReader {
    private func string(_ cursor: inout JSONCursor) throws(TableError) -> String {
        guard cursor.peek() == UInt8(ascii: "\"") else { throw mismatch(&cursor, wanted: "String") }
        return try text(&cursor)
    }

    private func number(_ cursor: inout JSONCursor) throws(TableError) -> TableNumber {
        let text = try string(&cursor)
        do { return try TableNumber(text, layer: layer) } catch { throw error.error(text, layer) }
    }

    private func binary(_ cursor: inout JSONCursor) throws(TableError) -> [UInt8] {
        let text = try string(&cursor)
        guard text.utf8.count % 4 == 0 else {
            throw .serialization(
                "Base64 encoded length is expected a multiple of 4 bytes but found: \(text.utf8.count)")
        }
        // The spelling is AWS's.
        guard let bytes = Base64.decode(text) else {
            throw .serialization("Invalid last non-pad Base64 character dectected")
        }
        return bytes
    }

    private func boolean(_ cursor: inout JSONCursor) throws(TableError) -> Bool {
        switch cursor.peek() {
        case UInt8(ascii: "t"):
            try literal("true", &cursor)
            return true
        case UInt8(ascii: "f"):
            try literal("false", &cursor)
            return false
        case UInt8(ascii: "\""):
            switch try text(&cursor).lowercased() {
            case "true", "yes", "1": return true
            case "false", "no", "0": return false
            default: throw .serialization("STRING_VALUE cannot be converted to Boolean")
            }
        default: throw mismatch(&cursor, wanted: "Boolean")
        }
    }
}

/// JSON, its faults as the service's.
extension ItemReader {
    private func text(_ cursor: inout JSONCursor) throws(TableError) -> String {
        let place: (range: Range<Int>, isEscaped: Bool)
        do { place = try cursor.string() } catch { throw .serialization(nil) }
        let text: String?
        if place.isEscaped {
            var meaning: [UInt8] = []
            meaning.reserveCapacity(place.range.count)
            cursor.unescape(place.range, into: &meaning)
            text = String(validating: meaning, as: UTF8.self)
        } else {
            let range = place.range.lowerBound + start..<place.range.upperBound + start
            text = bytes.withUnsafeBufferPointer {
                String(validating: UnsafeBufferPointer(rebasing: $0[range]), as: UTF8.self)
            }
        }
        guard let text else { throw .serialization(nil) }
        return text
    }

    private func expect(_ byte: UInt8, _ cursor: inout JSONCursor) throws(TableError) {
        guard cursor.take(byte) else { throw .serialization(nil) }
    }

    private func literal(_ word: StaticString, _ cursor: inout JSONCursor) throws(TableError) {
        do { try cursor.literal(word) } catch { throw .serialization(nil) }
    }

    private func takeNull(_ cursor: inout JSONCursor) throws(TableError) -> Bool {
        guard cursor.peek() == UInt8(ascii: "n") else { return false }
        try literal("null", &cursor)
        return true
    }

    private func mismatch(_ cursor: inout JSONCursor, wanted: String) -> TableError {
        RequestMembers.mismatch(cursor.peek(), wanted: wanted)
    }

    private func hasEmptyName(_ range: Range<Int>) throws(TableError) -> Bool {
        var cursor = JSONCursor(bytes.span.extracting(range))
        _ = cursor.take(UInt8(ascii: "{"))
        repeat {
            if try text(&cursor).isEmpty { return true }
            try expect(UInt8(ascii: ":"), &cursor)
            do { _ = try cursor.skipValue() } catch { throw .serialization(nil) }
        } while cursor.take(UInt8(ascii: ","))
        return false
    }
}
