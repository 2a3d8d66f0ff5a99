import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import DataPlane

@Suite("Names of origins are looked up", .timeLimit(.minutes(10)))
struct NameResolverTests {
    private final class Clock: Sendable {
        private let time = Mutex(NIODeadline.now())
        var now: NIODeadline { time.withLock(\.self) }
        func pass(_ amount: TimeAmount) { time.withLock { $0 = $0 + amount } }
    }

    private final class Flag: Sendable {
        private let value = Mutex(false)
        var isSet: Bool { value.withLock(\.self) }
        func set() { value.withLock { $0 = true } }
    }

    private let names = StandInNames(["a.test": ["192.0.2.1"], "b.test": ["192.0.2.2", "2001:db8::2"]])
    private let clock = Clock()
    private let loop = NIOAsyncTestingEventLoop()
    private let resolver: NameResolver

    init() {
        let clock = clock
        resolver = NameResolver(lookup: names.lookup, now: { clock.now })
    }

    private func ask(_ name: String, isChosen: Bool = false) -> EventLoopFuture<[SocketAddress]> {
        resolver.addresses(of: name, isChosen: isChosen, on: loop)
    }

    /// The addresses, once the loop has heard of them.
    private func addresses(_ asked: EventLoopFuture<[SocketAddress]>) async throws -> [String] {
        let isThere = Flag()
        asked.whenComplete { _ in isThere.set() }
        while !isThere.isSet {
            await loop.run()
            await Task.yield()
        }
        return try await asked.get().compactMap(\.ipAddress)
    }

    private func addresses(_ name: String) async throws -> [String] { try await addresses(ask(name)) }

    /// Returns when the name server has been asked so often.
    private func questions(_ count: Int) async -> [String] {
        while names.questions.count < count { await Task.yield() }
        return names.questions
    }

    /// Asks for so many names that clients choose and whose servers are silent, until as many questions are out as may.
    private func askSilent(_ count: Int) async -> [EventLoopFuture<[SocketAddress]>] {
        let silent = (0..<count).map { "silent\($0).test" }
        names.keepSilent(on: silent)
        let asked = silent.map { ask($0, isChosen: true) }
        _ = await questions(8)
        return asked
    }

    @Test("one question for all who wait")
    func oneQuestion() async throws {
        names.keepSilent(on: ["b.test"])
        let asked = (0..<10).map { _ in ask("b.test") }
        _ = await questions(1)
        names.speak()
        for one in asked { #expect(try await addresses(one) == ["192.0.2.2", "2001:db8::2"]) }
        #expect(names.questions == ["b.test"])
    }

    @Test("a name whose server is silent delays no other")
    func silence() async throws {
        let silent = (0..<12).map { "silent\($0).test" }
        names.keepSilent(on: silent)
        let waiting = silent.map { ask($0) }
        #expect(try await addresses("a.test") == ["192.0.2.1"])
        names.speak()
        for one in waiting { await #expect(throws: StandInNames.Unknown.self) { try await addresses(one) } }
    }

    @Test("an answer is used for 30 s, then asked for again")
    func fresh() async throws {
        #expect(try await addresses("a.test") == ["192.0.2.1"])
        names.answer("a.test", ["192.0.2.9"])
        clock.pass(.seconds(29))
        #expect(try await addresses("a.test") == ["192.0.2.1"])
        clock.pass(.seconds(2))
        #expect(try await addresses("a.test") == ["192.0.2.9"])
        #expect(names.questions.count == 2)
    }

    @Test("while asking fails the last answer is used, for a day")
    func failing() async throws {
        #expect(try await addresses("a.test") == ["192.0.2.1"])
        names.forget("a.test")
        clock.pass(.seconds(31))
        #expect(try await addresses("a.test") == ["192.0.2.1"])
        clock.pass(.seconds(29))
        #expect(try await addresses("a.test") == ["192.0.2.1"])
        #expect(names.questions.count == 2)
        clock.pass(.seconds(2))
        #expect(try await addresses("a.test") == ["192.0.2.1"])
        #expect(names.questions.count == 3)
        clock.pass(.hours(25))
        await #expect(throws: StandInNames.Unknown.self) { try await addresses("a.test") }
        names.answer("a.test", ["192.0.2.9"])
        clock.pass(.seconds(2))
        #expect(try await addresses("a.test") == ["192.0.2.9"])
    }

    @Test("when the server falls silent callers wait 1.8 s for it, and then not at all")
    func fallenSilent() async throws {
        #expect(try await addresses("a.test") == ["192.0.2.1"])
        names.keepSilent(on: ["a.test"])
        clock.pass(.seconds(31))
        let first = ask("a.test")
        _ = await questions(2)
        await loop.advanceTime(by: .milliseconds(1_799))
        let isThere = Flag()
        first.whenComplete { _ in isThere.set() }
        await loop.run()
        #expect(!isThere.isSet)
        await loop.advanceTime(by: .milliseconds(1))
        #expect(try await addresses(first) == ["192.0.2.1"])
        clock.pass(.milliseconds(1_800))
        #expect(try await addresses("a.test") == ["192.0.2.1"])
        #expect(names.questions.count == 2)
        names.speak()
    }

    @Test("without any answer callers wait 10 s")
    func neverAnswered() async throws {
        names.keepSilent(on: ["a.test"])
        let asked = ask("a.test")
        _ = await questions(1)
        await loop.advanceTime(by: .seconds(10))
        await #expect(throws: NameResolver.Failure.self) { try await addresses(asked) }
        names.speak()
    }

    @Test("a name that is not known is asked for once in a second")
    func unknown() async throws {
        for _ in 0..<3 { await #expect(throws: StandInNames.Unknown.self) { try await addresses("no.test") } }
        #expect(names.questions.count == 1)
        clock.pass(.milliseconds(1_001))
        await #expect(throws: StandInNames.Unknown.self) { try await addresses("no.test") }
        #expect(names.questions.count == 2)
    }

    @Test("a name without an address is told so")
    func empty() async throws {
        names.answer("none.test", [])
        await #expect(throws: NameResolver.Failure.self) { try await addresses("none.test") }
    }

    @Test("names that failed do not take every thread")
    func doubtful() async throws {
        let dead = (0..<40).map { "dead\($0).test" }
        for name in dead { await #expect(throws: (any Error).self) { try await addresses(name) } }
        names.keepSilent(on: dead)
        clock.pass(.seconds(2))
        let waiting = dead.map { ask($0) }
        _ = await questions(dead.count + 8)
        #expect(try await addresses("a.test") == ["192.0.2.1"])
        names.speak()
        for one in waiting { await #expect(throws: (any Error).self) { try await addresses(one) } }
    }

    @Test("names that clients choose take no threads from the names of integrations, whoever asked for them first")
    func chosen() async throws {
        let asked = await askSilent(1_000)
        let chosenFirst = ask("b.test", isChosen: true)
        await #expect(throws: NameResolver.Failure.self) { try await addresses(chosenFirst) }
        #expect(try await addresses("a.test") == ["192.0.2.1"])
        #expect(try await addresses("b.test") == ["192.0.2.2", "2001:db8::2"])
        #expect(names.questions.count == 10)
        await loop.advanceTime(by: .seconds(10))
        for one in asked { await #expect(throws: NameResolver.Failure.self) { try await addresses(one) } }
        names.speak()
    }

    @Test("a name that waits among those of clients is asked for at once when an integration has it")
    func raised() async throws {
        _ = await askSilent(20)
        let chosen = ask("a.test", isChosen: true)
        #expect(try await addresses("a.test") == ["192.0.2.1"])
        #expect(try await addresses(chosen) == ["192.0.2.1"])
        names.speak()
    }

    @Test("questions that have been out for a second let others in")
    func slow() async throws {
        _ = await askSilent(8)
        let waiting = ask("a.test", isChosen: true)
        clock.pass(.seconds(1))
        await loop.advanceTime(by: .seconds(1))
        #expect(try await addresses(waiting) == ["192.0.2.1"])
        names.speak()
    }

    @Test("so many names are kept, and no more")
    func bounded() async throws {
        for number in 0..<1_500 { await #expect(throws: (any Error).self) { try await addresses("\(number).test") } }
        #expect(resolver.count == 1_024)
        #expect(try await addresses("a.test") == ["192.0.2.1"])
    }

    @Test("the system knows localhost")
    func system() throws {
        let addresses = try SystemNames.addresses(of: "localhost").compactMap(\.ipAddress)
        #expect(addresses.contains("127.0.0.1") || addresses.contains("::1"))
        #expect(throws: NameResolver.Failure.self) { try SystemNames.addresses(of: "no such name") }
    }
}
