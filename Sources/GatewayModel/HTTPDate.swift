/// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 section 5.6.7).
package enum HTTPDate {
    package static func text(_ time: Timestamp) -> String {
        let at = Calendar(time.seconds)
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return "\(Calendar.weekdayNames[at.weekday]), \(two(at.day)) \(Calendar.monthNames[at.month - 1]) \(at.year) "
            + "\(two(at.hour)):\(two(at.minute)):\(two(at.second)) GMT"
    }

    /// In seconds since 1970; nil for other forms.
    package static func seconds(_ text: String) -> Int64? {
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", let day = Int64(parts[1]), let year = Int64(parts[3]),
            let month = Calendar.monthNames.firstIndex(of: String(parts[2])),
            let days = Calendar.days(year: year, month: Int64(month + 1), day: day)
        else { return nil }
        let clock = parts[4].split(separator: ":").compactMap { Int64($0) }
        guard clock.count == 3, clock[0] < 24, clock[1] < 60, clock[2] < 61 else { return nil }
        return days * 86_400 + clock[0] * 3_600 + clock[1] * 60 + clock[2]
    }
}
