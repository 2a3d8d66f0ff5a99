import NIOCore
import Testing

@testable import HTTPFront

@Suite("Numbers as text")
struct NumbersTests {
    private static let numbers = [0, 1, 9, 10, 15, 16, 99, 100, 255, 256, 4095, 65_536, 10_485_760, .max]

    private func text(_ write: (inout ByteBuffer) -> Void) -> String {
        var buffer = ByteBuffer()
        write(&buffer)
        return buffer.latin1
    }

    @Test("decimals", arguments: numbers + [-1, -10, .min])
    func decimal(number: Int) {
        #expect(text { $0.writeDecimal(number) } == "\(number)")
    }

    @Test("hexadecimals", arguments: numbers)
    func hexadecimal(number: Int) {
        #expect(text { $0.writeHexadecimal(number) } == String(number, radix: 16))
    }
}
