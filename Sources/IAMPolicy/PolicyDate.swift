/// Points in time as policies write them: ISO 8601 (W3C's profile of it), or seconds since 1970.
enum PolicyDate {
    static func seconds(_ text: String) -> Double? {
        if let number = Double(text), number.isFinite { return number }
        var scanner = Scanner(text: Array(text.utf8)[...])
        guard let year = scanner.number(digits: 4) else { return nil }
        var (month, day) = (1, 1)
        if scanner.take("-") {
            guard let number = scanner.number(digits: 2), (1...12).contains(number) else { return nil }
            month = number
            if scanner.take("-") {
                guard let number = scanner.number(digits: 2), (1...31).contains(number) else { return nil }
                day = number
            }
        }
        var seconds = Double(days(year, month, day)) * 86_400
        if scanner.take("T") {
            guard let hour = scanner.number(digits: 2), hour < 25, scanner.take(":"),
                let minute = scanner.number(digits: 2), minute < 60
            else { return nil }
            seconds += Double(hour * 3600 + minute * 60)
            if scanner.take(":") {
                guard let second = scanner.number(digits: 2), second < 61 else { return nil }
                seconds += Double(second)
                if scanner.take(".") { seconds += scanner.fraction() }
            }
            guard let offset = scanner.offset() else { return nil }
            seconds -= Double(offset)
        }
        return scanner.text.isEmpty ? seconds : nil
    }

    /// Days since 1970-01-01 in the Gregorian calendar.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        // Years begin in March here, so that the leap day is the last one.
        let year = month <= 2 ? year - 1 : year
        let era = year >= 0 ? year / 400 : (year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private struct Scanner {
        var text: ArraySlice<UInt8>

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard text.first == UInt8(ascii: character) else { return false }
            text = text.dropFirst()
            return true
        }

        mutating func number(digits: Int) -> Int? {
            let found = text.prefix(digits)
            guard found.count == digits, found.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
            text = text.dropFirst(digits)
            return found.reduce(0) { $0 * 10 + Int($1 & 15) }
        }

        mutating func fraction() -> Double {
            var (value, place) = (0.0, 0.1)
            while let digit = text.first, (0x30...0x39).contains(digit) {
                value += Double(digit & 15) * place
                place /= 10
                text = text.dropFirst()
            }
            return value
        }

        /// Seconds east of Greenwich: `Z`, `+01:00`.
        mutating func offset() -> Int? {
            if take("Z") { return 0 }
            let isEast = take("+")
            guard isEast || take("-"), let hours = number(digits: 2), take(":"), let minutes = number(digits: 2) else {
                return nil
            }
            return (isEast ? 1 : -1) * (hours * 3600 + minutes * 60)
        }
    }
}
