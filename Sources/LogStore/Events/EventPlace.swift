/// Where an event stands in the order of a log: its time, and its number among those of the same time.
///
/// Written it is a number of 56 digits, as ids of events are in AWS: the time times 2^144, and the number.
struct EventPlace: Comparable, Sendable {
    var timestamp: Int64
    var id: Int64

    static let digits = 56
    private static let chunk = 18
    private static let chunkValue: UInt64 = 1_000_000_000_000_000_000
    /// The last time of which all numbers have their place, in 2112.
    private static let latest: Int64 = 4_484_155_085_838

    static func < (left: EventPlace, right: EventPlace) -> Bool {
        (left.timestamp, left.id) < (right.timestamp, right.id)
    }

    /// The first place that is behind this one.
    var next: EventPlace { EventPlace(timestamp: timestamp, id: id == Int64.max ? id : id + 1) }

    var text: String {
        let time = UInt64(clamping: min(timestamp, Self.latest))
        var words = [time << 16, 0, UInt64(clamping: id)]
        var text = ""
        // Digits come from the end, some at a time.
        while text.utf8.count < Self.digits {
            var remainder: UInt64 = 0
            for index in words.indices {
                (words[index], remainder) = Self.chunkValue.dividingFullWidth((remainder, words[index]))
            }
            let digits = String(remainder)
            text = String(repeating: "0", count: Self.chunk - digits.utf8.count) + digits + text
        }
        return String(text.suffix(Self.digits))
    }

    init(timestamp: Int64, id: Int64) {
        self.timestamp = timestamp
        self.id = id
    }

    /// Nil where the text is no place.
    init?(_ text: some StringProtocol) {
        guard text.utf8.count == Self.digits else { return nil }
        // 56 digits are less than 2^192.
        var words: [UInt64] = [0, 0, 0]
        for byte in text.utf8 {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            var carry = UInt64(byte - UInt8(ascii: "0"))
            for index in words.indices.reversed() {
                let (high, low) = words[index].multipliedFullWidth(by: 10)
                let (sum, overflow) = low.addingReportingOverflow(carry)
                words[index] = sum
                carry = high + (overflow ? 1 : 0)
            }
        }
        guard words[0] & 0xFFFF == 0, words[1] == 0, words[0] >> 16 <= Self.latest, words[2] < 1 << 63 else {
            return nil
        }
        self.init(timestamp: Int64(words[0] >> 16), id: Int64(words[2]))
    }
}
