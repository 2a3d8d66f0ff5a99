import NIOCore
import NIOPosix

/// One end of a raw HTTP/1.1 conversation: what is sent is sent as it is, what arrives is taken apart strictly.
struct Wire {
    struct Ended: Error, CustomStringConvertible {
        let description: String
    }

    private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    /// For sending beside reading.
    let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private var received = ByteBuffer()

    init(_ inbound: NIOAsyncChannelInboundStream<ByteBuffer>, _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>) {
        self.inbound = inbound.makeAsyncIterator()
        self.outbound = outbound
    }

    /// Connects to loopback, talks, and closes.
    static func connect(
        port: Int, receiveBuffer: Int32? = nil, _ talk: (inout Wire) async throws -> Void
    ) async throws {
        var bootstrap = ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelOption(.allowRemoteHalfClosure, value: true)
        if let receiveBuffer {
            bootstrap = bootstrap.channelOption(.socketOption(.so_rcvbuf), value: .init(receiveBuffer))
        }
        let channel = try await bootstrap.connect(host: "127.0.0.1", port: port) { channel in
            channel.eventLoop.makeCompletedFuture { try Self.asyncChannel(channel) }
        }
        try await channel.executeThenClose { inbound, outbound in
            var wire = Wire(inbound, outbound)
            try await talk(&wire)
        }
    }

    static func asyncChannel(_ channel: any Channel) throws -> NIOAsyncChannel<ByteBuffer, ByteBuffer> {
        try NIOAsyncChannel(
            wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
    }

    func send(_ text: String) async throws { try await outbound.write(ByteBuffer(string: text)) }

    func send(_ bytes: ByteBuffer) async throws { try await outbound.write(bytes) }

    /// Closes this side only: the other one may still answer.
    func finish() { outbound.finish() }

    /// The next message. `hasBody` is false for an answer to HEAD.
    mutating func message(hasBody: Bool = true) async throws -> Message {
        var message = try Message(head: await head())
        guard hasBody, message.mayHaveBody else { return message }
        if message["transfer-encoding"] == "chunked" {
            message.body = try await chunks()
        } else if let length = message["content-length"] {
            guard let length = Int(length) else { throw Ended(description: "content-length \(length)") }
            message.body = try await bytes(length)
        } else if message.isResponse {
            message.body = try await rest()
        }
        return message
    }

    /// Everything until the other side closes.
    mutating func rest() async throws -> [UInt8] {
        while try await receive() {}
        return received.readBytes(length: received.readableBytes) ?? []
    }

    /// The text of the next head, with its empty line.
    mutating func head() async throws -> String {
        while true {
            let view = received.readableBytesView
            if let end = view.firstRange(of: Array("\r\n\r\n".utf8)) {
                return received.readString(length: end.upperBound - view.startIndex) ?? ""
            }
            guard try await receive() else {
                throw Ended(description: "the connection ended within a head: \(String(buffer: received))")
            }
        }
    }

    mutating func bytes(_ count: Int) async throws -> [UInt8] {
        while received.readableBytes < count {
            guard try await receive() else {
                throw Ended(description: "the connection ended \(count - received.readableBytes) bytes early")
            }
        }
        return received.readBytes(length: count) ?? []
    }

    private mutating func chunks() async throws -> [UInt8] {
        var body: [UInt8] = []
        while true {
            let line = try await line()
            guard let size = Int(line, radix: 16) else { throw Ended(description: "chunk size '\(line)'") }
            body += try await bytes(size)
            guard try await isLineEnd() else { throw Ended(description: "a chunk without an end") }
            if size == 0 { return body }
        }
    }

    private mutating func isLineEnd() async throws -> Bool { try await bytes(2) == [0x0D, 0x0A] }

    private mutating func line() async throws -> String {
        while true {
            let view = received.readableBytesView
            if let end = view.firstRange(of: Array("\r\n".utf8)) {
                let text = received.readString(length: end.lowerBound - view.startIndex) ?? ""
                received.moveReaderIndex(forwardBy: 2)
                return text
            }
            guard try await receive() else { throw Ended(description: "the connection ended within a line") }
        }
    }

    private mutating func receive() async throws -> Bool {
        guard var more = try await inbound.next(isolation: #isolation) else { return false }
        received.writeBuffer(&more)
        return true
    }
}

/// A request or a response as it came over the wire.
struct Message: Sendable {
    /// The first line.
    let start: String
    let fields: [(name: String, value: String)]
    var body: [UInt8] = []

    init(head: String) throws {
        let lines = head.split(separator: "\r\n", omittingEmptySubsequences: true)
        guard let first = lines.first else { throw Wire.Ended(description: "an empty head") }
        start = String(first)
        fields = try lines.dropFirst().map { line in
            guard let colon = line.firstRange(of: ": ") else { throw Wire.Ended(description: "the field '\(line)'") }
            return (String(line[..<colon.lowerBound]), String(line[colon.upperBound...]))
        }
    }

    var isResponse: Bool { start.hasPrefix("HTTP/1.1 ") }
    var status: Int { isResponse ? Int(start.dropFirst(9).prefix(3)) ?? 0 : 0 }
    var mayHaveBody: Bool { !(status == 204 || status == 304 || (100...199).contains(status)) }
    var text: String { String(decoding: body, as: UTF8.self) }
    var names: [String] { fields.map(\.name) }

    /// The value of the first field of that name, whatever its case.
    subscript(name: String) -> String? { all(name).first }

    func all(_ name: String) -> [String] {
        fields.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
    }
}
