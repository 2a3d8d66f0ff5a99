import Synchronization
import Testing

@testable import GatewayServer

@Suite("Faults are told")
struct FaultNoticesTests {
    private final class Told: Sendable {
        let texts = Mutex<[String]>([])
        let seconds = Mutex<UInt64>(0)

        var notices: FaultNotices {
            FaultNotices(
                now: { self.seconds.withLock(\.self) * 1_000_000_000 },
                tell: { text in self.texts.withLock { $0.append(text) } })
        }
        var taken: [String] {
            texts.withLock { texts in
                defer { texts = [] }
                return texts
            }
        }
    }

    @Test("at once, then once a minute with their number, each kind by itself")
    func limited() {
        let told = Told()
        let notices = told.notices
        for _ in 0..<5 { notices.tell("the disk is full") }
        notices.tell("no file")
        #expect(told.taken == ["gatehouse: the disk is full", "gatehouse: no file"])
        told.seconds.withLock { $0 = 59 }
        notices.tell("the disk is full")
        #expect(told.taken.isEmpty)
        told.seconds.withLock { $0 = 60 }
        for _ in 0..<2 { notices.tell("the disk is full") }
        notices.tell("no file")
        #expect(
            told.taken == [
                "gatehouse: the disk is full (and 5 times more since that was last said)", "gatehouse: no file",
            ])
    }

    @Test("however many kinds there are")
    func manyKinds() {
        let told = Told()
        let notices = told.notices
        for number in 0..<1000 { notices.tell("\(number)") }
        #expect(told.taken.count == 17)
        told.seconds.withLock { $0 = 60 }
        notices.tell("another")
        #expect(told.taken == ["gatehouse: another"])
    }
}
