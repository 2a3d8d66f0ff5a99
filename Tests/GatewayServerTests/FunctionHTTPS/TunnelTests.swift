import NIOCore
import NIOEmbedded
import TestSockets
import Testing

@testable import GatewayServer
@testable import HTTPFront

@Suite("Tunnels")
struct TunnelTests {
    /// A function, a server, and what is between them.
    private final class Bench {
        let loop = EmbeddedEventLoop()
        let loops: LoopConnections
        let function: Side
        let server: Side

        init(unread: String = "", isInputClosed: Bool = false) throws {
            loops = LoopConnections(eventLoop: loop, unacknowledgedBytes: { _ in 0 })
            function = try Side(loop)
            server = try Side(loop)
            Tunnel(
                function.channel, server.channel, loopState: loops, unread: ByteBuffer(string: unread),
                isInputClosed: isInputClosed)
            loop.run()
        }

        deinit {
            for side in [function, server] { _ = try? side.channel.finish(acceptAlreadyClosed: true) }
        }
    }

    private final class Side {
        let channel: EmbeddedChannel
        let socket: TestSocket
        let reads = Reads()

        final class Reads: ChannelOutboundHandler {
            typealias OutboundIn = ByteBuffer
            var count = 0

            func read(context: ChannelHandlerContext) {
                count += 1
                context.read()
            }
        }

        init(_ loop: EmbeddedEventLoop) throws {
            channel = EmbeddedChannel(loop: loop)
            socket = TestSocket(channel)
            try channel.pipeline.syncOperations.addHandlers([reads, socket])
            channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
        }

        func send(_ text: String) { _ = try? channel.writeInbound(ByteBuffer(string: text)) }

        var received: String { String(buffer: socket.received) }
        var isClosed: Bool { !channel.isActive }
    }

    @Test("carries bytes both ways, what came early first")
    func bytes() throws {
        let bench = try Bench(unread: "early ")
        bench.function.send("question")
        bench.server.send("answer")
        #expect(bench.server.received == "early question")
        #expect(bench.function.received == "answer")
    }

    @Test("reads no more from one side while the other takes nothing, and goes on when it does")
    func backPressure() throws {
        let bench = try Bench()
        bench.server.socket.stopTaking()
        bench.function.send(String(repeating: "x", count: 70_000))
        let before = bench.function.reads.count
        bench.function.channel.read()
        #expect(bench.function.reads.count == before)
        // The other direction does not wait.
        let others = bench.server.reads.count
        bench.server.channel.read()
        #expect(bench.server.reads.count == others + 1)
        bench.server.socket.take()
        #expect(bench.function.reads.count == before + 1)
    }

    @Test("ends one half behind what waits, and the other goes on")
    func halves() throws {
        let bench = try Bench()
        bench.server.socket.stopTaking()
        bench.function.send("all of it")
        bench.function.socket.closeInput()
        bench.loop.run()
        #expect(!bench.server.socket.isOutputClosed)
        bench.server.socket.take()
        bench.loop.run()
        #expect(bench.server.received == "all of it")
        #expect(bench.server.socket.isOutputClosed)
        bench.server.send("later")
        #expect(bench.function.received == "later")
        #expect(!bench.function.isClosed && !bench.server.isClosed)
    }

    @Test("a client that had sent all before it was connected has", arguments: ["", "all"])
    func early(unread: String) throws {
        let bench = try Bench(unread: unread, isInputClosed: true)
        #expect(bench.server.received == unread)
        #expect(bench.server.socket.isOutputClosed)
        #expect(!bench.function.isClosed)
    }

    @Test("is over when both halves are, and what waits is still taken")
    func end() throws {
        let bench = try Bench()
        bench.function.socket.stopTaking()
        bench.server.send("last words")
        bench.server.socket.closeInput()
        bench.function.socket.closeInput()
        bench.loop.run()
        #expect(bench.server.isClosed)
        #expect(!bench.function.isClosed)
        bench.function.socket.take()
        bench.loop.run()
        #expect(bench.function.received == "last words")
        #expect(bench.function.isClosed)
        #expect(bench.loops.count == 0)
    }

    @Test("a side that breaks takes the other with it", arguments: [true, false])
    func breaks(isServer: Bool) throws {
        let bench = try Bench()
        let (broken, other) = isServer ? (bench.server, bench.function) : (bench.function, bench.server)
        broken.channel.pipeline.fireErrorCaught(ConnectionReset())
        bench.loop.run()
        #expect(broken.isClosed && other.isClosed)
        #expect(bench.loops.count == 0)
    }

    @Test("ends when nothing has gone through it for longer than a function may run")
    func idle() throws {
        let bench = try Bench()
        bench.loop.advanceTime(by: .minutes(15))
        bench.server.send("still here")
        bench.loop.advanceTime(by: .minutes(15))
        #expect(!bench.function.isClosed)
        bench.loop.advanceTime(by: .minutes(2))
        #expect(bench.function.isClosed && bench.server.isClosed)
    }

    @Test("nobody waits for it when the server ends")
    func drain() throws {
        let bench = try Bench()
        #expect(bench.loops.count == 1)
        _ = bench.loops.drain()
        #expect(bench.loops.count == 0)
        bench.function.send("on")
        #expect(bench.server.received == "on")
    }
}
