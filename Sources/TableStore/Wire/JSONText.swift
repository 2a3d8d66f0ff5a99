import JSON

/// Strings as JSON has them.
enum JSONText {
    static func append(_ text: String, to output: inout [UInt8]) { JSONValue.writeString(text, into: &output) }
}
