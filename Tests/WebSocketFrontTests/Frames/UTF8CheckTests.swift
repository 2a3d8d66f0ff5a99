import TestFixtures
import Testing

@testable import WebSocketFront

@Suite("UTF-8 in pieces")
struct UTF8CheckTests {
    /// The standard library judges whole texts.
    @Test(
        "every sequence of two bytes, and of three and four where a bound lies, is judged as by the standard library")
    func all() {
        func agree(_ bytes: [UInt8]) -> Bool {
            bytes.withUnsafeBytes(UTF8Check.isValid) == (String(validating: bytes, as: UTF8.self) != nil)
        }
        let telling: [UInt8] = [
            0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xE0, 0xED, 0xF0, 0xF4, 0xFF,
        ]
        for first in UInt8.min...UInt8.max {
            if !agree([first]) { Issue.record("\([first])") }
            for second in UInt8.min...UInt8.max {
                if !agree([first, second]) { Issue.record("\([first, second])") }
                guard first >= 0xC0, telling.contains(second) else { continue }
                for third in telling {
                    if !agree([first, second, third]) { Issue.record("\([first, second, third])") }
                    for fourth in telling where !agree([first, second, third, fourth]) {
                        Issue.record("\([first, second, third, fourth])")
                    }
                }
            }
        }
    }

    /// By the standard library again: a prefix is good if something behind it makes a text.
    @Test("a text is refused at the first byte behind which nothing helps", arguments: Seeds.all)
    func early(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<500 {
            var bytes = random.characters(30)
            if bytes.isEmpty { continue }
            bytes[random.below(bytes.count)] = UInt8(random.below(256))
            var check = UTF8Check()
            let firstBad = bytes.indices.first { position in !check.take(bytes, position..<position + 1) }
            let expected = bytes.indices.first { !Self.canGoOn(Array(bytes[...$0])) }
            #expect(firstBad == expected, "\(bytes)")
            // Wherever it is cut.
            var inTwo = UTF8Check()
            let place = random.below(bytes.count + 1)
            #expect((inTwo.take(bytes, 0..<place) && inTwo.take(bytes, place..<bytes.count)) == (expected == nil))
        }
    }

    private static func canGoOn(_ bytes: [UInt8]) -> Bool {
        let endings: [[UInt8]] = [
            [], [0x80], [0x80, 0x80], [0x80, 0x80, 0x80], [0x90, 0x80, 0x80], [0xA0, 0x80], [0xBF, 0x80],
        ]
        return endings.contains { String(validating: bytes + $0, as: UTF8.self) != nil }
    }

    @Test("long plain text around one wrong byte", arguments: 0..<70)
    func long(_ place: Int) {
        var bytes = [UInt8](repeating: 0x61, count: 70)
        #expect(bytes.withUnsafeBytes(UTF8Check.isValid))
        bytes[place] = 0xFF
        #expect(!bytes.withUnsafeBytes(UTF8Check.isValid))
    }
}

extension UTF8Check {
    fileprivate mutating func take(_ bytes: [UInt8], _ range: Range<Int>) -> Bool {
        bytes[range].withUnsafeBytes { take($0) }
    }
}
