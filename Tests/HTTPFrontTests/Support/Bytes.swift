import NIOCore
import Testing

/// Texts of tests are bytes: each character is the byte of its number (ISO 8859-1), so that a table can hold any byte.
extension ByteBuffer {
    init(latin1 text: String) { self.init(bytes: text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }) }

    var latin1: String { withUnsafeReadableBytes(\.latin1) }
}

extension Sequence where Element == UInt8 {
    var latin1: String {
        var text = String.UnicodeScalarView()
        for byte in self { text.append(Unicode.Scalar(byte)) }
        return String(text)
    }
}

/// All ways to cut `text` in two, and the one that cuts it everywhere.
func cuts(of text: String) -> [[String]] {
    let scalars = Array(text.unicodeScalars)
    func piece(_ range: Range<Int>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars[range])
        return String(view)
    }
    let inTwo = (1..<max(1, scalars.count)).map { [piece(0..<$0), piece($0..<scalars.count)] }
    return inTwo + [scalars.indices.map { piece($0..<$0 + 1) }]
}

/// A text of a table, shown in one line whatever bytes it holds.
struct WireText: ExpressibleByStringLiteral, CustomTestStringConvertible, Sendable {
    let text: String
    var testDescription: String { text.debugDescription }

    init(stringLiteral text: String) { self.text = text }
}
