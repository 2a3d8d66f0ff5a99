/// A moment in milliseconds since 1970-01-01 UTC, written in the forms that AWS uses.
package struct Timestamp: Sendable, Hashable, Comparable {
    package let milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    package static func < (left: Timestamp, right: Timestamp) -> Bool { left.milliseconds < right.milliseconds }

    package var seconds: Int64 { milliseconds >= 0 ? milliseconds / 1000 : (milliseconds - 999) / 1000 }

    /// `2018-11-15T06:49:09Z`, API Gateway V2's form.
    package var iso8601: String {
        let at = Calendar(seconds)
        return "\(pad(at.year, 4))-\(pad(at.month))-\(pad(at.day))T\(pad(at.hour)):\(pad(at.minute)):\(pad(at.second))Z"
    }

    /// `2024-05-01T12:34:56.789+0000`, Lambda's form of LastModified.
    package var lambdaLastModified: String {
        String(iso8601.dropLast()) + "." + pad(Int(milliseconds - seconds * 1000), 3) + "+0000"
    }

    /// `2024-04-08T16:56:22.123Z`, the form of log lines.
    package var iso8601Milliseconds: String {
        String(iso8601.dropLast()) + "." + pad(Int(milliseconds - seconds * 1000), 3) + "Z"
    }

    private func pad(_ value: Int, _ width: Int = 2) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }
}

/// The civil date of a moment, without time zones (days-from-civil algorithm of Howard Hinnant, run backwards).
package struct Calendar: Sendable {
    package let year: Int
    package let month: Int
    package let day: Int
    package let hour: Int
    package let minute: Int
    package let second: Int
    /// 0 is Sunday.
    package let weekday: Int

    package init(_ seconds: Int64) {
        var days = seconds / 86400
        var rest = seconds % 86400
        if rest < 0 {
            days -= 1
            rest += 86400
        }
        hour = Int(rest / 3600)
        minute = Int(rest % 3600 / 60)
        second = Int(rest % 60)
        weekday = Int(((days + 4) % 7 + 7) % 7)
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        day = Int(dayOfYear - (153 * marchMonth + 2) / 5 + 1)
        month = Int(marchMonth < 10 ? marchMonth + 3 : marchMonth - 9)
        year = Int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0)
    }

    /// Days since 1970-01-01; nil for a day that there is not, such as the 31st of February. (Howard Hinnant's way.)
    package static func days(year: Int64, month: Int64, day: Int64) -> Int64? {
        guard (1...12).contains(month), (1...31).contains(day) else { return nil }
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        let back = Calendar(days * 86_400)
        return (Int64(back.year), Int64(back.month), Int64(back.day)) == (year, month, day) ? days : nil
    }

    /// `Sat Nov 28 18:15:14 UTC 2026`, the form of the logs of tests.
    package var testLogText: String {
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return "\(Self.weekdayNames[weekday]) \(Self.monthNames[month - 1]) \(two(day)) "
            + "\(two(hour)):\(two(minute)):\(two(second)) UTC \(year)"
    }

    package static let monthNames = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    package static let weekdayNames = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
}
