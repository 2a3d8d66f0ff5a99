import Testing

@testable import TableStore

@Suite struct TableNumberTests {
    private static let nines = String(repeating: "9", count: 38)

    @Test(arguments: [
        ("0", "0"), ("-0", "0"), ("0.000", "0"), ("0e125", "0"), ("+5", "5"), ("0042.1200", "42.12"), ("1.5E2", "150"),
        ("100", "100"), ("1E2", "100"), ("1e-3", "0.001"), ("-7.0", "-7"), (".5", "0.5"), ("5.", "5"),
        ("1E125", "1" + String(repeating: "0", count: 125)),
        ("1e-130", "0." + String(repeating: "0", count: 129) + "1"),
        (nines, nines), ("0.\(nines)", "0.\(nines)"), ("-\(nines)E88", "-\(nines)" + String(repeating: "0", count: 88)),
        (String(repeating: "0", count: 3_000) + "1." + String(repeating: "0", count: 3_000), "1"),
        ("1234567890123456789.0123456789", "1234567890123456789.0123456789"),
        ("10000000000000000000000000000000000001", "10000000000000000000000000000000000001"),
    ])
    func oneFormForEachValue(text: String, normalised: String) throws {
        #expect(try TableNumber(text).text == normalised)
    }

    @Test(arguments: [
        "", " 1", "1 ", "abc", "1.2.3", "0x10", "1e", "1e+", "e5", ".", "-", "+-1", "NaN", "Infinity", "1e5.5", "1_000",
        "١", "1e9223372036854775808",
    ])
    func notANumber(text: String) {
        #expect(throws: TableNumber.Fault.notNumeric) { try TableNumber(text) }
    }

    @Test(arguments: [
        ("1E126", TableNumber.Fault.overflow), ("-1E126", .overflow), ("1e99999999999", .overflow),
        ("0e126", .overflow), ("1e2147483647", .overflow), ("1e9223372036854775807", .overflow),
        ("1E-131", .underflow), ("0e-131", .underflow), ("1e-99999999999", .underflow),
        ("1e-9223372036854775807", .underflow), (nines + "1", .tooManyDigits),
        ("1.00000000000000000000000000000000000001", .tooManyDigits), (nines + "E89", .overflow),
    ])
    func bounds(text: String, fault: TableNumber.Fault) {
        #expect(throws: fault) { try TableNumber(text) }
    }

    @Test(
        "The older layer computes exponents in 32 bits",
        arguments: [
            ("1e2147483647", TableNumber.Fault.underflow), ("1e2147483648", .notNumeric), ("1e126", .overflow),
            ("1e-131", .underflow), ("1e99999999999", .notNumeric),
        ])
    func olderLayer(text: String, fault: TableNumber.Fault) {
        #expect(throws: fault) { try TableNumber(text, layer: .older) }
    }

    @Test(
        arguments: [
            ("100", "-88.3", "11.7"), ("0.1", "0.2", "0.3"), ("1", "-0.9", "0.1"), ("0.9", "-1", "-0.1"),
            ("5", "-5", "0"),
            ("0", "-3", "-3"), ("-3", "0", "-3"), (nines, "1", "1" + String(repeating: "0", count: 38)),
            ("1E38", "-1", nines), ("1E-130", "1E-130", "0." + String(repeating: "0", count: 129) + "2"),
            (
                "95000000000000000000000000000000000001", "95000000000000000000000000000000000009",
                "190000000000000000000000000000000000010"
            ),
            ("1E37", "0.1", nil), ("1E100", "1", nil), (nines + "E88", "1E88", nil), (nines, "0.1", nil),
        ] as [(String, String, String?)])
    func sums(left: String, right: String, sum: String?) throws {
        let (left, right) = (try TableNumber(left), try TableNumber(right))
        #expect((try? left + right)?.text == sum)
        #expect((try? right + left)?.text == sum)
    }

    @Test func aSumBeyondTheLargestNumberOverflows() throws {
        let largest = try TableNumber(Self.nines + "E88")
        #expect(throws: TableNumber.Fault.overflow) { try largest + largest }
    }

    @Test func aSumOfTooManyDigitsIsRefused() throws {
        let (large, small) = (try TableNumber("1E37"), try TableNumber("0.1"))
        #expect(throws: TableNumber.Fault.tooManyDigits) { try large + small }
    }

    @Test func sumsAreThoseOfSchoolArithmetic() throws {
        var random = RandomTables(seed: 1)
        for _ in 0..<2_000 {
            let (left, right) = (try random.number(), try random.number())
            let expected = SchoolNumber(left).sum(SchoolNumber(right))
            #expect((try? left + right)?.text == expected, "\(left.text) + \(right.text)")
        }
    }

    @Test func differenceIsTheSumWithTheOpposite() throws {
        #expect(try (TableNumber("10") - TableNumber("0.5")).text == "9.5")
        #expect(try (TableNumber("0") - TableNumber("0")).text == "0")
    }

    @Test func orderIsByValue() throws {
        let texts = [
            "-1E125", "-123", "-12.5", "-12", "-1E-130", "0", "1E-130", "0.12", "1", "9", "10", "12", "12.5", "123",
        ]
        let numbers = try texts.map { try TableNumber($0) }
        for (position, left) in numbers.enumerated() {
            for (other, right) in numbers.enumerated() {
                #expect((left < right) == (position < other))
                #expect((left == right) == (position == other))
            }
        }
    }

    @Test(arguments: [
        ("0", 1), ("1", 2), ("-1", 3), ("3.14159", 5), ("123456", 4), ("1E125", 2), ("100.5", 4), ("0.001", 2),
        ("-0.05", 3), (nines, 20),
    ])
    func sizes(text: String, size: Int) throws {
        #expect(try TableNumber(text).size == size)
    }

    @Test(
        arguments: [
            ("0", 0), ("1731999999", 1_731_999_999), ("-12", -12), ("1.5", 1), ("-2.75", -2), ("0.9", 0), ("1E-130", 0),
            ("1E30", nil),
            ("1795840000.5", 1_795_840_000), ("99999999999999999999", nil),
            ("9223372036854775807", Int.max), ("9223372036854775808", nil), ("1E125", nil),
        ] as [(String, Int?)])
    func wholeParts(text: String, integer: Int?) throws {
        #expect(try TableNumber(text).wholePart == integer)
    }

    @Test(arguments: [0, 7, -7, 1_000, Int.max, Int.min])
    func integersAreNumbers(integer: Int) { #expect(TableNumber(integer).text == "\(integer)") }
}

/// Numbers as rows of digits, for comparison: 180 places on either side of the point.
private struct SchoolNumber {
    private static let places = 180
    private var digits: [Int]

    init(_ number: TableNumber) {
        digits = Array(repeating: 0, count: 2 * Self.places)
        let parts = number.text.split(separator: ".")
        let whole = parts[0].filter(\.isNumber).compactMap(\.wholeNumberValue)
        let fraction = parts.count > 1 ? parts[1].compactMap(\.wholeNumberValue) : []
        for (position, digit) in whole.reversed().enumerated() { digits[Self.places - 1 - position] = digit }
        for (position, digit) in fraction.enumerated() { digits[Self.places + position] = digit }
        if number.text.hasPrefix("-") { digits = digits.map { -$0 } }
    }

    /// Nil when it needs more digits than numbers have.
    func sum(_ other: SchoolNumber) -> String? {
        var sum = zip(digits, other.digits).map { $0 + $1 }
        let isNegative = (sum.first { $0 != 0 } ?? 0) < 0
        if isNegative { sum = sum.map { -$0 } }
        for position in sum.indices.reversed().dropLast() {
            while sum[position] < 0 {
                sum[position] += 10
                sum[position - 1] -= 1
            }
            while sum[position] > 9 {
                sum[position] -= 10
                sum[position - 1] += 1
            }
        }
        guard let first = sum.firstIndex(where: { $0 != 0 }), let last = sum.lastIndex(where: { $0 != 0 }) else {
            return "0"
        }
        guard last - first < 38 else { return nil }
        let whole = sum[min(first, Self.places - 1)..<Self.places].map(String.init).joined()
        let fraction = last < Self.places ? "" : "." + sum[Self.places...last].map(String.init).joined()
        return (isNegative ? "-" : "") + whole + fraction
    }
}
