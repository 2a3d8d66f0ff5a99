import Testing

@testable import LogStore

@Suite("Places of events are numbers of 56 digits")
struct EventPlaceTests {
    /// An id that CloudTrail's log had in AWS, and when its event was.
    @Test("as they are in AWS: the time is their upper part")
    func time() throws {
        let digits = "36952013569236742694748043191368060175597348791521509421"
        let start = EventPlace(timestamp: 1_656_985_546_000, id: 0).text
        let end = EventPlace(timestamp: 1_656_985_670_000, id: 0).text
        #expect(start < digits && digits < end)
    }

    @Test(
        "that lead back to the place",
        arguments: [(0, 0), (0, 1), (1, 0), (1_790_000_000_123, 42), (4_484_155_085_838, Int64.max)] as [(Int64, Int64)]
    )
    func roundTrip(timestamp: Int64, id: Int64) throws {
        let text = EventPlace(timestamp: timestamp, id: id).text
        #expect(text.utf8.count == 56)
        #expect(EventPlace(text) == EventPlace(timestamp: timestamp, id: id))
    }

    @Test(
        "and others are none",
        arguments: [
            "", "1", String(repeating: "9", count: 56), String(repeating: "x", count: 56),
            String(repeating: "0", count: 57), "-" + String(repeating: "0", count: 55),
        ])
    func wrong(text: String) { #expect(EventPlace(text) == nil) }

    @Test("whatever the time is")
    func clamped() { #expect(EventPlace(timestamp: Int64.max, id: -1).text.utf8.count == 56) }
}
