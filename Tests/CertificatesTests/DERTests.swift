import GatewayModel
import Testing

@testable import Certificates

@Suite("DER")
struct DERTests {
    @Test("lengths have as many bytes as they need")
    func lengths() {
        #expect(DER.tagged(4, [1]) == [4, 1, 1])
        #expect(DER.tagged(4, Array(repeating: 0, count: 127)).prefix(2) == [4, 127])
        #expect(DER.tagged(4, Array(repeating: 0, count: 128)).prefix(3) == [4, 0x81, 128])
        #expect(DER.tagged(4, Array(repeating: 0, count: 300)).prefix(4) == [4, 0x82, 1, 44])
    }

    @Test("integers are positive and short")
    func integers() {
        #expect(DER.integer([0, 0x80]) == [2, 2, 0, 0x80])
        #expect(DER.integer([0, 0]) == [2, 1, 0])
    }

    @Test(
        "years have two digits before 2050, and four from then on",
        arguments: [
            (2_524_607_999, UInt8(0x17), "491231235959Z"), (2_524_608_000, 0x18, "20500101000000Z"),
        ])
    func times(seconds: Int64, tag: UInt8, text: String) {
        let encoded = DER.time(Timestamp(milliseconds: seconds * 1000))
        #expect(encoded == [tag, UInt8(text.utf8.count)] + Array(text.utf8))
    }
}
