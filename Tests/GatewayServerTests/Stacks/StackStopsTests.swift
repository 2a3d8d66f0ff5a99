import GatewayModel
import Testing

@testable import GatewayServer

@Suite struct StackStopsTests {
    private let start = Timestamp(milliseconds: 1_000)

    @Test func whoWaitsHearsOfAStop() async {
        let stops = StackStops()
        let start = start
        async let stopped: Void = stops.stopped("a", now: { start })
        #expect(stops.reason("a", now: start) == nil)
        stops.ask("a")
        await stopped
        #expect(stops.reason("a", now: start) == "User Initiated")
        // It was asked for before.
        await stops.stopped("a", now: { start })
        stops.clear("a")
        #expect(stops.reason("a", now: start) == nil)
    }

    @Test func timeIsAStopAsWell() async {
        let stops = StackStops()
        let start = start
        stops.setDeadline("a", Timestamp(milliseconds: 1_001))
        await stops.stopped("a", now: { start })
        #expect(stops.reason("a", now: Timestamp(milliseconds: 1_001)) != nil)
    }

    @Test func whoWaitsMayGiveUp() async {
        let stops = StackStops()
        let start = start
        let waiter = Task { await stops.stopped("a", now: { start }) }
        waiter.cancel()
        await waiter.value
        #expect(stops.reason("a", now: start) == nil)
    }
}
