import JSON

/// Turns the text of a document, JSON or YAML, into one kind of value.
enum DocumentReader {
    static func read(_ text: String) throws(DocumentError) -> JSONValue {
        guard text.utf8.count <= DocumentLimits.bytes else {
            throw DocumentError("The definition must have at most \(DocumentLimits.bytes) bytes.")
        }
        guard let first = text.utf8.first(where: { !Self.isSpace($0) }) else {
            throw DocumentError("The definition is empty.")
        }
        guard first == UInt8(ascii: "{") else { return try YAMLReader.read(text) }
        let value: JSONValue
        do { value = try JSONValue(parsing: text) } catch {
            throw DocumentError("The definition is not valid JSON: \(error).")
        }
        return value
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }
}
