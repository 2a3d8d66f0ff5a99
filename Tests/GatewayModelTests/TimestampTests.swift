import Testing

@testable import GatewayModel

@Suite("Timestamps")
struct TimestampTests {
    @Test(
        "are written in API Gateway's form",
        arguments: [
            (0, "1970-01-01T00:00:00Z"),
            (1_542_264_549_000, "2018-11-15T06:49:09Z"),
            (951_782_399_999, "2000-02-28T23:59:59Z"),
            (951_782_400_000, "2000-02-29T00:00:00Z"),
            (951_868_800_000, "2000-03-01T00:00:00Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00Z"),
            (4_107_456_000_000, "2100-02-28T00:00:00Z"),
            (1_709_251_199_000, "2024-02-29T23:59:59Z"),
            (1_735_689_599_000, "2024-12-31T23:59:59Z"),
            (253_402_300_799_000, "9999-12-31T23:59:59Z"),
            (-1, "1969-12-31T23:59:59Z"),
            (-86_400_000, "1969-12-31T00:00:00Z"),
        ])
    func iso8601(milliseconds: Int64, text: String) {
        #expect(Timestamp(milliseconds: milliseconds).iso8601 == text)
    }

    @Test(
        "are written in Lambda's forms, with milliseconds",
        arguments: [
            (1_714_566_896_789, "2024-05-01T12:34:56.789"),
            (1_714_566_896_007, "2024-05-01T12:34:56.007"),
            (-1, "1969-12-31T23:59:59.999"),
        ])
    func milliseconds(milliseconds: Int64, text: String) {
        #expect(Timestamp(milliseconds: milliseconds).lambdaLastModified == text + "+0000")
        #expect(Timestamp(milliseconds: milliseconds).iso8601Milliseconds == text + "Z")
    }

    @Test("are ordered by time")
    func order() {
        #expect(Timestamp(milliseconds: -1) < Timestamp(milliseconds: 0))
        #expect(!(Timestamp(milliseconds: 5) < Timestamp(milliseconds: 5)))
    }

    @Test(
        "a date knows its day of the week",
        arguments: [
            (0, "Thu"), (784_111_777, "Sun"), (-86_400, "Wed"), (951_782_400, "Tue"), (4_107_542_400, "Mon"),
        ])
    func weekday(seconds: Int64, name: String) {
        #expect(Calendar.weekdayNames[Calendar(seconds).weekday] == name)
    }

    @Test("each day follows the one before, over four centuries")
    func everyDay() {
        var expected = (year: 1890, month: 1, day: 1)
        let start = Int64(-29_219)  // 1890-01-01
        for number in 0..<Int64(146_097) {
            let at = Calendar((start + number) * 86_400 + 86_399)
            #expect((at.year, at.month, at.day) == expected)
            #expect((at.hour, at.minute, at.second) == (23, 59, 59))
            expected = Self.next(expected)
        }
        #expect(expected == (2290, 1, 1))
    }

    private static func next(_ date: (year: Int, month: Int, day: Int)) -> (year: Int, month: Int, day: Int) {
        let isLeap = date.year % 4 == 0 && (date.year % 100 != 0 || date.year % 400 == 0)
        let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        if date.day < lengths[date.month - 1] { return (date.year, date.month, date.day + 1) }
        return date.month < 12 ? (date.year, date.month + 1, 1) : (date.year + 1, 1, 1)
    }
}
