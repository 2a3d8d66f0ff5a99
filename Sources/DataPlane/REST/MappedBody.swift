import HTTPFront
import JSON
import NIOCore

/// A body that parameters are mapped from. It is JSON if it begins as JSON does; what begins so and is none fails the
/// mapping. Source: recorded answers by way of a peer.
struct MappedBody {
    let text: [UInt8]
    /// Nothing within is looked for in what is no JSON.
    let isJSON: Bool

    /// nil for what begins as JSON and is none.
    init?(_ body: ByteBuffer?) {
        text = Self.trimmed(body.map { Array($0.readableBytesView) } ?? [])
        switch text.first {
        case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "\""), UInt8(ascii: "'"):
            guard Self.isValid(text) else { return nil }
            isJSON = true
        default: isJSON = false
        }
    }

    /// The value that the path leads to, or all of it.
    func value(_ path: BodyPath?) -> [UInt8]? {
        guard let path else { return text.isEmpty ? Array("{}".utf8) : text }
        return isJSON ? path.value(within: text) : nil
    }

    private static func trimmed(_ text: [UInt8]) -> [UInt8] {
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
        guard let start = text.firstIndex(where: { !isSpace($0) }), let end = text.lastIndex(where: { !isSpace($0) })
        else { return [] }
        return Array(text[start...end])
    }

    static func isValid(_ text: [UInt8]) -> Bool {
        do throws(JSONError) {
            var cursor = JSONCursor(text.span)
            _ = try cursor.skipValue()
            try cursor.expectEnd()
            return true
        } catch { return false }
    }
}

extension BodyPath {
    /// What the path leads to in JSON text of any length, found without building a tree: a string's own text, anything
    /// else as it is written. Of a repeated name the last one counts.
    func value(within text: [UInt8]) -> [UInt8]? {
        range(within: text).flatMap { Self.value(at: $0, in: text) }
    }

    /// The value that stands there; nil for null.
    static func value(at found: Range<Int>, in text: [UInt8]) -> [UInt8]? {
        do throws(JSONError) {
            var cursor = JSONCursor(text.span.extracting(found))
            guard cursor.peek() == UInt8(ascii: "\"") else {
                return text[found].elementsEqual("null".utf8) ? nil : Array(text[found])
            }
            var string: [UInt8] = []
            let (range, _) = try cursor.string()
            cursor.unescape(range, into: &string)
            return string
        } catch { return nil }
    }

    /// Where that stands.
    func range(within text: [UInt8]) -> Range<Int>? {
        var found = 0..<text.count
        do throws(JSONError) {
            for step in steps {
                guard let next = try Self.find(step, in: text, found) else { return nil }
                found = next
            }
            return found
        } catch { return nil }
    }

    private static func find(
        _ step: Step, in text: [UInt8], _ range: Range<Int>
    ) throws(JSONError) -> Range<Int>? {
        var cursor = JSONCursor(text.span.extracting(range))
        func absolute(_ found: Range<Int>) -> Range<Int> {
            (range.lowerBound + found.lowerBound)..<(range.lowerBound + found.upperBound)
        }
        var result: Range<Int>?
        switch step {
        case .member(let name):
            guard cursor.take(UInt8(ascii: "{")), !cursor.take(UInt8(ascii: "}")) else { return nil }
            var key: [UInt8] = []
            repeat {
                let (written, isEscaped) = try cursor.string()
                key.removeAll(keepingCapacity: true)
                if isEscaped { cursor.unescape(written, into: &key) } else { key += text[absolute(written)] }
                try cursor.expect(UInt8(ascii: ":"), "':'")
                let value = try cursor.skipValue()
                if key.elementsEqual(name.utf8) { result = absolute(value) }
            } while cursor.take(UInt8(ascii: ","))
        case .element(let index):
            guard cursor.take(UInt8(ascii: "[")), !cursor.take(UInt8(ascii: "]")) else { return nil }
            var position = 0
            repeat {
                let value = try cursor.skipValue()
                if position == index { return absolute(value) }
                position += 1
            } while cursor.take(UInt8(ascii: ","))
        }
        return result
    }
}
