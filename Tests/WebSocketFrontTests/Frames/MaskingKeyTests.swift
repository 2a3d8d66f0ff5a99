import NIOCore
import Testing

@testable import WebSocketFront

@Suite("Masking")
struct MaskingKeyTests {
    /// In two pieces that are cut anywhere, and read from anywhere.
    @Test("bytes of any number are combined with the key, which goes on where it stopped", arguments: 0...100)
    func unmasked(count: Int) {
        let plain = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let masked = plain.enumerated().map { $1 ^ ClientFrame.key[$0 % 4] }
        for cut in 0...count {
            var key = MaskingKey()
            for byte in ClientFrame.key { key.append(byte) }
            var input = ByteBuffer(bytes: [1, 2, 3] + masked)
            input.moveReaderIndex(forwardBy: 3)
            var output = ByteBuffer()
            output.append(unmasking: cut, of: &input, with: &key)
            output.append(unmasking: count - cut, of: &input, with: &key)
            #expect(Array(output.readableBytesView) == plain)
            #expect(input.readableBytes == 0)
        }
    }
}
