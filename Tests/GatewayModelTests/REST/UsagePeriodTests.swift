import GatewayModel
import Testing

@Suite("The periods of quotas")
struct UsagePeriodTests {
    /// Days since 1970-01-01 of days in 2026: the 1st of January is a Thursday.
    private static let newYear = 20_454

    @Test(
        "begin on the day of the offset",
        arguments: [
            (UsagePeriod.day, 5, 5),
            // Thursday; weeks from Sunday, Monday, Thursday and Friday.
            (.week(from: 0), 0, -4), (.week(from: 1), 0, -3), (.week(from: 4), 0, 0), (.week(from: 5), 0, -6),
            (.month(from: 0), 30, 0), (.month(from: 0), 31, 31), (.month(from: 27), 26, -4), (.month(from: 27), 27, 27),
            // March begins on the day 59.
            (.month(from: 0), 59, 59), (.month(from: 0), 58, 31), (.month(from: 27), 59, 58),
        ])
    func starts(period: UsagePeriod, day: Int, start: Int) {
        #expect(period.start(of: Self.newYear + day) == Self.newYear + start)
    }

    @Test("are as long as they are called, and have no gaps", arguments: [UsagePeriod.week(from: 3), .month(from: 9)])
    func whole(period: UsagePeriod) {
        var start = period.start(of: 0)
        for day in 0..<4_000 {
            let next = period.start(of: day)
            #expect(next == start || next == day)
            start = next
            #expect(day - start < (period == .week(from: 3) ? 7 : 31))
        }
    }
}
