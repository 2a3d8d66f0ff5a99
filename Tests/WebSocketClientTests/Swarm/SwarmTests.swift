import HTTPFront
import NIOCore
import TestSockets
import Testing
import WebSocketFront

@testable import WebSocketClient

@Suite("A swarm", .timeLimit(.minutes(10)))
struct SwarmTests {
    @Test("opens connections, has its messages come back, and ends all of them")
    func echo() async throws {
        let report = try await Playground.with { server in
            try await server.swarm { plan in
                plan.connections = 50
                plan.message = SwarmMessage("hello {id}")
                plan.messages = 200
                plan.receipts = 200
            }.report()
        }
        #expect((report.opened.count, report.failed, report.open) == (50, 0, 0))
        #expect((report.sent.count, report.received.count) == (200, 200))
        #expect((report.latencies.count, report.spreads.count) == (200, 0))
        #expect((report.ended, report.endedAnswered) == (50, 50))
        #expect(report.closes.isEmpty)
        #expect(report.handshakes.count == 50)
    }

    @Test("knows each message of a sender in what all others receive")
    func broadcast() async throws {
        let report = try await Playground.with { server in
            try await server.swarm { plan in
                plan.connections = 30
                plan.message = SwarmMessage("all {id}")
                plan.senders = 1
                plan.messages = 10
                plan.receipts = 300
            }.report()
        }
        #expect((report.sent.count, report.received.count, report.receivedBytes) == (10, 300, 300 * 22))
        #expect((report.latencies.count, report.spreads.count, report.receiptsOfSpreads) == (300, 10, 300))
        #expect(report.spreads.maximum <= report.latencies.maximum)
    }

    @Test("counts what the server closes by its code, and ends when nothing is open any more")
    func closes() async throws {
        let report = try await Playground.with { server in
            try await server.swarm { plan in
                plan.connections = 3
                plan.message = SwarmMessage("close 4002 full")
                plan.messages = 3
            }.report()
        }
        #expect(report.closes.map(\.key.rawValue) == [4002])
        #expect(report.closes.values.map(\.count) == [3])
        #expect(report.closes.values.map(\.reason) == ["full"])
        #expect((report.ended, report.open) == (0, 0))
    }

    @Test("counts refusals by what they are")
    func refusals() async throws {
        let service: @Sendable () -> any HTTPService = { RefusingService() }
        let report = try await LoopbackServer.with(loops: 1, service) { port, _ in
            try await Playground.Playing(port: port).swarm { $0.connections = 20 }.report()
        }
        #expect((report.opened.count, report.failed) == (0, 20))
        #expect(report.failures.map(\.key) == ["429"])
        #expect(report.failures["429"]?.count == 20)
        guard case .refused(let refusal) = report.failures["429"]?.example else {
            Issue.record("\(report.failures)")
            return
        }
        #expect(String(decoding: refusal.body, as: UTF8.self) == "{}")
    }

    @Test("stays idle until it is stopped, and tells meanwhile how it goes")
    func stopped() async throws {
        let report = try await Playground.with { server in
            let handle = try await server.swarm { $0.connections = 5 }
            while try await handle.progress().open < 5 { await Task.yield() }
            handle.stop()
            return try await handle.report()
        }
        #expect((report.opened.count, report.ended, report.endedAnswered) == (5, 5, 5))
    }

    @Test("comes from further addresses of loopback when one has too few ports")
    func sources() throws {
        let loopback = try SocketAddress(ipAddress: "127.0.0.1", port: 80)
        let many = SwarmPlan.connectionsPerAddress
        #expect(Swarm.source(of: many - 1, to: loopback) == nil)
        #expect(Swarm.source(of: many, to: loopback)?.ipAddress == "127.0.0.2")
        #expect(Swarm.source(of: 2 * many, to: loopback)?.ipAddress == "127.0.0.3")
        #expect(Swarm.source(of: 300 * many, to: loopback)?.ipAddress == "127.0.1.51")
        #expect(Swarm.source(of: many, to: try SocketAddress(ipAddress: "10.0.0.1", port: 80)) == nil)
        #expect(Swarm.source(of: many, to: try SocketAddress(ipAddress: "::1", port: 80)) == nil)
    }
}

/// Refuses every handshake, as API Gateway does one too many.
private final class RefusingService: HTTPService {
    func headReceived(_ stream: HTTPStream) {
        stream.startResponse(status: 429)
        stream.finishHead(.length(2))
        stream.writeBody(copying: UnsafeRawBufferPointer(start: StaticString("{}").utf8Start, count: 2))
        stream.endResponse()
    }

    func bodyReceived(_ bytes: ByteBuffer, _ stream: HTTPStream) {}
    func requestEnded(_ stream: HTTPStream) {}
    func bodyTooLarge(_ stream: HTTPStream) {}
    func writabilityChanged(_ isWritable: Bool, _ stream: HTTPStream) {}
    func connectionClosed(_ stream: HTTPStream) {}
}
