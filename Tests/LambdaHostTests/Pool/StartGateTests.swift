import NIOCore
import Synchronization
import Testing

@testable import LambdaHost

@Suite("How many environments start at once")
struct StartGateTests {
    private final class Grants: Sendable {
        let names = Mutex<[String]>([])
        func ticket(_ name: String) -> StartGate.Ticket { .init { self.names.withLock { $0.append(name) } } }
        var list: [String] { names.withLock(\.self) }
    }

    @Test("as many as there are places; each one that is given back lets the next in")
    func places() {
        let (gate, grants) = (StartGate(places: 2), Grants())
        let ticket = grants.ticket("a")
        gate.want(5, ticket)
        #expect(grants.list.count == 2)
        gate.giveBack()
        #expect(grants.list.count == 3)
        gate.want(0, ticket)
        gate.giveBack()
        gate.giveBack()
        #expect(grants.list.count == 3)
    }

    @Test("functions take turns")
    func turns() {
        let (gate, grants) = (StartGate(places: 1), Grants())
        let (a, b) = (grants.ticket("a"), grants.ticket("b"))
        gate.want(3, a)
        gate.want(2, b)
        for _ in 0..<5 { gate.giveBack() }
        #expect(grants.list == ["a", "a", "b", "a", "b"] || grants.list == ["a", "b", "a", "b", "a"])
    }

    @Test("without memory nothing starts until there is some, but for the very first")
    func memory() {
        let hasMemory = Mutex(false)
        let shortages = Mutex(0)
        let gate = StartGate(
            places: 4, hasMemory: { hasMemory.withLock(\.self) }, onShortage: { shortages.withLock { $0 += 1 } })
        let grants = Grants()
        let ticket = grants.ticket("a")
        gate.want(3, ticket)
        #expect(grants.list.count == 1 && shortages.withLock(\.self) == 1)
        gate.giveBack()
        #expect(grants.list.count == 1 && shortages.withLock(\.self) == 1)
        gate.lookAgain()
        #expect(shortages.withLock(\.self) == 2)
        hasMemory.withLock { $0 = true }
        gate.lookAgain()
        #expect(grants.list.count == 3)
    }

    @Test("a place is given back once, when its start is over")
    func place() {
        let (gate, grants) = (StartGate(places: 1), Grants())
        gate.want(2, grants.ticket("a"))
        var place: StartPlace? = StartPlace(gate: gate)
        #expect(grants.list.count == 1)
        place = nil
        #expect(grants.list.count == 2 && place == nil)
    }

    @Test("a start that computes keeps its place, one that does not, or never ends, does not")
    func need() {
        let now = NIODeadline.now()
        let place = StartPlace(gate: StartGate(places: 1), now: now)
        #expect(place.isNeeded(now + .milliseconds(90)) { 50_000_000 })
        #expect(place.isNeeded(now + .milliseconds(180)) { 100_000_000 })
        #expect(!place.isNeeded(now + .milliseconds(290)) { 100_000_000 })
        #expect(!place.isNeeded(now + LambdaLimits.initTime + .seconds(1)) { 9_000_000_000 })
    }

    struct Look: Sendable {
        /// Milliseconds since the start, and of processor time (-1: unknown).
        let time: Int64
        let cpu: Int64
    }

    private static let shares: [(looks: [Look], started: [String])] = [
        ([Look(time: 400, cpu: 400), Look(time: 999, cpu: 999)], ["a", "b"]),
        ([Look(time: 999, cpu: 999), Look(time: 1_000, cpu: 1_000)], ["a", "b", "c"]),
        ([Look(time: 4_000, cpu: 999)], ["a", "b"]),
        ([Look(time: 999, cpu: -1)], ["a", "b"]),
        ([Look(time: 1_000, cpu: -1)], ["a", "b", "c"]),
        // Once is enough.
        ([Look(time: 1_000, cpu: 1_000), Look(time: 1_050, cpu: 1_050)], ["a", "b", "c"]),
    ]

    @Test(
        "a start that has used its second lets others in beside it; one that waited for a processor keeps its order",
        arguments: shares)
    func share(_ looks: [Look], _ started: [String]) {
        let (gate, grants, now) = (StartGate(places: 2), Grants(), NIODeadline.now())
        let tickets = ["a", "b", "c", "d"].map { grants.ticket($0) }
        for ticket in tickets { gate.want(1, ticket) }
        let place = StartPlace(gate: gate, now: now)
        for look in looks {
            #expect(place.isNeeded(now + .milliseconds(look.time)) { look.cpu * 1_000_000 })
        }
        #expect(grants.list == started)
    }

    @Test("so many are aside, and no more: the next one keeps its place")
    func asideInAll() {
        let (gate, grants) = (StartGate(places: 2), Grants())
        let tickets = (0..<8).map { grants.ticket("\($0)") }
        for ticket in tickets { gate.want(1, ticket) }
        let outcome = (0..<5).map { _ in gate.putAside() }
        #expect(outcome == [true, true, true, true, false])
        #expect(grants.list.count == 6)
        gate.asideEnded()
        #expect(gate.putAside())
        #expect(grants.list.count == 7)
    }

    @Test("what was put aside is over with its start")
    func asideIsOver() {
        let (gate, grants, now) = (StartGate(places: 1), Grants(), NIODeadline.now())
        let ticket = grants.ticket("a")
        gate.want(2, ticket)
        var told: [Bool] = []
        var place: StartPlace? = StartPlace(gate: gate, now: now) { told.append($0) }
        #expect(place?.isNeeded(now + .seconds(1)) { 1_000_000_000 } == true)
        #expect(grants.list == ["a", "a"])
        #expect(told == [true])
        place = nil
        #expect(told == [true, false] && place == nil)
    }

    @Test("what the kernel tells of memory is read")
    func meminfo() {
        let (total, available) = MachineMemory.parse("MemTotal:  1000 kB\nMemFree: 1 kB\nMemAvailable:     500 kB\n")
        #expect(total == 1_024_000 && available == 512_000)
        #expect(MachineMemory.parse("").available == .max)
    }
}
