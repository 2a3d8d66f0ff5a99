import Testing

@testable import WebSocketClient

@Suite("A histogram")
struct HistogramTests {
    @Test(
        "tells percentiles to 1.6 %, and the greatest value exactly",
        arguments: [1, 17, 1_000, 123_456_789] as [UInt64])
    func percentiles(unit: UInt64) throws {
        var histogram = Histogram()
        for value in 1...1000 as ClosedRange<UInt64> { histogram.record(value * unit) }
        for (share, exact) in [(0.5, 500), (0.99, 990), (0.001, 1)] as [(Double, UInt64)] {
            let told = try #require(histogram.percentile(share))
            #expect(told >= exact * unit && Double(told) <= Double(exact * unit) * 1.016 + 1, "\(share): \(told)")
        }
        #expect(histogram.maximum == 1000 * unit)
        #expect(histogram.percentile(1) == 1000 * unit)
        #expect(histogram.count == 1000)
    }

    @Test("takes every value there is", arguments: [0, 63, 64, 127, 128, .max - 1, .max] as [UInt64])
    func edges(value: UInt64) {
        var histogram = Histogram()
        histogram.record(value)
        #expect(histogram.percentile(0.5) == value)
    }

    @Test("of nothing has no percentiles")
    func empty() { #expect(Histogram().percentile(0.5) == nil) }
}
