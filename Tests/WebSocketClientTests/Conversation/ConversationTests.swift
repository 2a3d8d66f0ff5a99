import NIOCore
import Testing

@testable import WebSocketClient

@Suite("A conversation", .timeLimit(.minutes(10)))
struct ConversationTests {
    @Test("takes its steps in their order, and closes behind the last one")
    func script() async throws {
        let told = try await Playground.with {
            try await $0.talk([.send("a"), .send("b"), .expect("b"), .send("c"), .expect("c")])
        }
        #expect(told.events == ["open", "> a", "> b", "< a", "< b", "> c", "< c", "closed 1005  by client"])
        #expect(told.outcome == "ended")
    }

    @Test("an expected message holds the text; bytes may be one")
    func expects() async throws {
        let told = try await Playground.with { server in
            try await server.talk([.send("one two three"), .expect("two"), .send("bytes"), .expect("")])
        }
        #expect(told.outcome == "ended")
        #expect(told.events.contains("< [0, 255]"))
    }

    @Test("one message meets one expectation")
    func onceEach() async throws {
        let told = try await Playground.with { server in
            try await server.talk([.send("a"), .expect("a"), .expect("a")], timeout: .milliseconds(50))
        }
        #expect(told.outcome == "late a")
    }

    @Test("fails when the connection ends before what is expected came")
    func missing() async throws {
        let told = try await Playground.with { server in
            try await server.talk([.send("close 4001 enough"), .expect("more")])
        }
        #expect(told.events.last == "closed 4001 enough by gateway")
        #expect(told.outcome == "missing more")
    }

    @Test("tells the server's pings, and a connection that broke")
    func broken() async throws {
        let told = try await Playground.with { server in
            try await server.talk([]) { talk in
                await talk.until("open")
                talk.type("ping", "/ping p")
                await talk.until("< pong p")
                talk.type("abort")
            }
        }
        #expect(told.events == ["open", "> ping", "< ping there?", "< pong p", "> abort", "closed 1006  by gateway"])
        #expect(told.outcome == "broken")
    }

    @Test("takes typed lines until one of them closes")
    func typed() async throws {
        let told = try await Playground.with(subprotocol: "chat") { server in
            try await server.talk([], subprotocols: ["chat"]) { talk in
                await talk.until("open chat")
                talk.type("hello", "/nothing", "//slash")
                await talk.until("< /slash")
                talk.type("/close 4000 done", "too late")
            }
        }
        #expect(
            told.events.filter { !$0.hasPrefix("<") } == [
                "open chat", "> hello", "wrong", "> /slash", "wrong", "closed 4000 done by client",
            ])
        #expect(told.events.filter { $0.hasPrefix("<") } == ["< hello", "< /slash"])
        #expect(told.outcome == "ended")
    }

    @Test("is stopped with a close frame that has no code")
    func stopped() async throws {
        let told = try await Playground.with { server in
            try await server.talk([]) { talk in
                await talk.until("open")
                talk.handle.stop()
            }
        }
        #expect(told.events == ["open", "closed 1005  by client"])
        #expect(told.outcome == "ended")
    }

    @Test("is not opened where nobody listens")
    func nobody() async throws {
        let closed = try await Playground.with { $0 }
        let told = try await closed.talk([])
        #expect(told.outcome == "not opened")
    }
}
