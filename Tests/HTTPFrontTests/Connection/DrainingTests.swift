import NIOCore
import TestSockets
import Testing

@testable import HTTPFront

@Suite("Draining the connections of a loop")
struct DrainingTests {
    private let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    private final class Flag {
        var isSet = false
    }

    private func drain(_ loops: LoopConnections) -> Flag {
        let flag = Flag()
        loops.drain().assumeIsolated().whenSuccess { flag.isSet = true }
        return flag
    }

    @Test("a loop without connections is drained at once")
    func empty() throws {
        let client = try TestClient()
        client.reset()
        #expect(drain(client.loops).isSet)
    }

    @Test("connections between requests are closed at once")
    func idle() throws {
        let first = try TestClient()
        let second = try TestClient(besides: first)
        let third = try TestClient(besides: first)
        first.send(get)
        second.send("GET / HT")
        let drained = drain(first.loops)
        first.deliver()
        #expect(first.isClosed && second.isClosed && third.isClosed)
        #expect(first.loops.count == 0)
        #expect(drained.isSet)
    }

    @Test("requests under way are finished, and their connections closed behind them")
    func busy() throws {
        let idle = try TestClient()
        let busy = try TestClient(besides: idle)
        busy.service.onEnd = { _ in }
        busy.send(get + get)
        let drained = drain(idle.loops)
        busy.deliver()
        #expect(idle.isClosed)
        #expect(!busy.isAtEnd)
        #expect(!drained.isSet)
        busy.connection.answer("late")
        #expect(busy.received().hasSuffix("\r\n\r\nlate"))
        #expect(busy.isAtEnd)
        #expect(busy.service.heads.count == 1)
        busy.closeInput()
        #expect(busy.isClosed)
        #expect(drained.isSet)
    }

    @Test("a request whose body still comes is finished too")
    func amidABody() throws {
        let client = try TestClient()
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab")
        let drained = drain(client.loops)
        client.send("cd")
        #expect(client.service.body == "abcd")
        #expect(client.received().hasSuffix("\r\n\r\nok"))
        #expect(client.isAtEnd)
        client.closeInput()
        #expect(drained.isSet)
    }

    @Test("a response that is written but not yet taken is not cut off")
    func notYetTaken() throws {
        let client = try TestClient()
        let large = String(repeating: "x", count: 100_000)
        client.socket.stopTaking()
        client.service.onEnd = { $0.answer(large) }
        client.send(get)
        let drained = drain(client.loops)
        client.deliver()
        #expect(!drained.isSet)
        client.socket.take()
        #expect(client.received().hasSuffix("\r\n\r\n" + large))
        #expect(client.isAtEnd)
        client.closeInput()
        #expect(drained.isSet)
    }

    @Test("a connection that comes while draining is closed")
    func newcomer() throws {
        let busy = try TestClient()
        busy.service.onEnd = { _ in }
        busy.send(get)
        let drained = drain(busy.loops)
        let newcomer = try TestClient(besides: busy)
        newcomer.send(get)
        #expect(newcomer.isClosed)
        #expect(newcomer.service.events.isEmpty)
        busy.connection.answer("late")
        busy.closeInput()
        #expect(drained.isSet)
    }

    @Test("draining twice is one draining")
    func twice() throws {
        let client = try TestClient()
        client.service.onEnd = { _ in }
        client.send(get)
        let first = drain(client.loops)
        let second = drain(client.loops)
        client.reset()
        #expect(first.isSet && second.isSet)
    }

    @Test("when the time is up, everything is closed and every service told")
    func closeAll() throws {
        let clients = try (0..<3).reduce(into: [TestClient]()) { clients, _ in
            clients.append(try TestClient(besides: clients.first))
        }
        for client in clients {
            client.service.onEnd = { _ in }
            client.send(get)
        }
        let drained = drain(clients[0].loops)
        clients[0].loops.closeAll()
        clients[0].deliver()
        #expect(clients.allSatisfy { $0.isClosed })
        #expect(clients.allSatisfy { $0.service.events.last == .closed })
        #expect(drained.isSet)
    }
}
