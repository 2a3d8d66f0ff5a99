import NIOCore
import WebSocketFront

/// What libFuzzer calls for each input: the first byte says where the rest is cut, the second one which limits hold. The
/// frames of a client must say the same in the pieces, and byte by byte, as in the whole.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    guard bytes.count >= 2 else { return 0 }
    var limits = WebSocketLimits()
    limits.takesBinary = bytes[1] & 1 == 0
    limits.frameBytes = bytes[1] & 2 == 0 ? 32_768 : 20
    limits.messageBytes = bytes[1] & 4 == 0 ? 131_072 : 30
    let frames = Array(bytes[2...])
    let cut = min(Int(bytes[0]), frames.count)
    let whole = read([frames], limits)
    precondition(read([Array(frames[..<cut]), Array(frames[cut...])], limits) == whole, "frames depend on a cut")
    precondition(read(frames.map { [$0] }, limits) == whole, "frames depend on cuts")
    return 0
}

private func read(_ pieces: [[UInt8]], _ limits: WebSocketLimits) -> [FrameReader.Event] {
    var reader = FrameReader(limits: limits)
    var events: [FrameReader.Event] = []
    for piece in pieces {
        var input = ByteBuffer(bytes: piece)
        var event = reader.next(&input)
        while event != .needsMore {
            if case .message(.text, let text) = event {
                precondition(String(validating: text.readableBytesView, as: UTF8.self) != nil, "a text is no UTF-8")
            }
            events.append(event)
            event = reader.next(&input)
        }
        precondition(input.readableBytes == 0, "bytes were left")
    }
    return events
}
