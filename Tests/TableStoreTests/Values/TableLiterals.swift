@testable import TableStore

/// JSON with single quotes, so that tests can be read.
func json(_ text: String) -> [UInt8] { text.utf8.map { $0 == UInt8(ascii: "'") ? UInt8(ascii: "\"") : $0 } }

func item(_ text: String, _ layer: WireLayer = .current) throws(TableError) -> Item {
    let body = json(text)
    return try Item(parsing: body, at: 0..<body.count, layer: layer)
}

func value(_ text: String, _ layer: WireLayer = .current) throws(TableError) -> AttributeValue {
    let body = json(text)
    return try AttributeValue(parsing: body, at: 0..<body.count, layer: layer)
}

extension Item {
    /// As `json` takes it.
    var shown: String { String(decoding: text, as: UTF8.self).replacing("\"", with: "'") }
}

extension AttributeValue {
    var shown: String {
        var output: [UInt8] = []
        write(to: &output)
        return String(decoding: output, as: UTF8.self).replacing("\"", with: "'")
    }
}

/// The message of the fault that `body` throws.
func fault<Result>(_ body: () throws(TableError) -> Result) -> String? {
    do {
        _ = try body()
        return nil
    } catch { return error.message ?? error.type }
}
