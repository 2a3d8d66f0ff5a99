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
        let place = StartPlace(gate: StartGate(places: 1))
        let now = NIODeadline.now()
        #expect(place.isNeeded(now + .milliseconds(90)) { 50_000_000 })
        #expect(place.isNeeded(now + .milliseconds(180)) { 100_000_000 })
        #expect(!place.isNeeded(now + .milliseconds(290)) { 100_000_000 })
        #expect(!place.isNeeded(now + LambdaLimits.initTime + .seconds(1)) { 9_000_000_000 })
    }

    @Test("what the kernel tells of memory is read")
    func meminfo() {
        let (total, available) = MachineMemory.parse("MemTotal:  1000 kB\nMemFree: 1 kB\nMemAvailable:     500 kB\n")
        #expect(total == 1_024_000 && available == 512_000)
        #expect(MachineMemory.parse("").available == .max)
    }
}
