import NIOCore
import NIOEmbedded
import TestSockets

@testable import HTTPFront

/// A client of one connection on an embedded channel, with a clock that a test moves.
final class TestClient {
    let service = RecordingService()
    let loops: LoopConnections
    let connection: HTTPConnection
    let socket: TestSocket
    /// What the kernel holds of the bytes that the socket took.
    let kernel: Kernel
    private let channel: EmbeddedChannel
    private let loop: EmbeddedEventLoop
    /// The first client of a loop outlives those beside it: its end is the end of the clock.
    private let other: TestClient?
    private var unsent: [ByteBuffer] = []
    private var closesInput = false

    final class Kernel {
        var bytes = 0
    }

    init(
        besides other: TestClient? = nil, idleTime: TimeAmount = HTTPLimits.idleTime, takesTunnels: Bool = false
    ) throws {
        self.other = other
        loop = other?.loop ?? EmbeddedEventLoop()
        let kernel = Kernel()
        self.kernel = kernel
        loops = other?.loops ?? LoopConnections(eventLoop: loop, unacknowledgedBytes: { _ in kernel.bytes })
        channel = EmbeddedChannel(loop: loop)
        socket = TestSocket(channel)
        connection = HTTPConnection(
            service: service, loopState: loops, channel: channel, idleTime: idleTime, takesTunnels: takesTunnels)
        try channel.pipeline.syncOperations.addHandlers([socket, connection])
        channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
    }

    deinit {
        if other == nil {
            _ = try? channel.finish(acceptAlreadyClosed: true)
        } else {
            channel.close(promise: nil)
            loop.run()
        }
    }

    // MARK: What the client does

    /// Sends each piece as a read of its own; what the connection does not read yet waits.
    func send(_ pieces: String...) {
        unsent += pieces.map { ByteBuffer(latin1: $0) }
        deliver()
    }

    func send(_ bytes: [UInt8]) {
        unsent.append(ByteBuffer(bytes: bytes))
        deliver()
    }

    func closeInput() {
        closesInput = true
        deliver()
    }

    /// The client has sent all it will, and the kernel has it: then the channel hands over all there is, though the
    /// connection does not read.
    func closeInputWithAllRead() {
        for piece in unsent { _ = try? channel.writeInbound(piece) }
        unsent = []
        socket.closeInput()
        loop.run()
    }

    /// The connection breaks.
    func reset() {
        channel.pipeline.fireErrorCaught(ConnectionReset())
        channel.close(promise: nil)
        loop.run()
    }

    /// Time passes; the connections' tick runs.
    func wait(_ amount: TimeAmount) {
        loop.advanceTime(by: amount)
        deliver()
    }

    /// Hands over what waits, as long as the connection reads.
    func deliver() {
        while isReading, !isClosed, !unsent.isEmpty { _ = try? channel.writeInbound(unsent.removeFirst()) }
        if closesInput, unsent.isEmpty, isReading, !isClosed { socket.closeInput() }
        loop.run()
    }

    // MARK: What the client sees

    /// All that was received since the last call, without dates.
    func received() -> String {
        let all = socket.received.latin1
        defer { seen = all.unicodeScalars.count }
        return String(all.unicodeScalars.dropFirst(seen)).replacing(/Date: [^\r]*\r\n/, with: "")
    }

    private var seen = 0

    /// The server has said all it will.
    var isAtEnd: Bool { isClosed || socket.isOutputClosed }
    var isClosed: Bool { !channel.isActive }

    var isReading: Bool {
        for (option, value) in channel.options where option is ChannelOptions.Types.AutoReadOption {
            return value as? Bool ?? true
        }
        return true
    }
}
