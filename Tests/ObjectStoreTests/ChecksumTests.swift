import GatewayModel
import Testing

@testable import ObjectStore

@Suite struct ChecksumTests {
    /// Source: the check values of the catalogue of parametrised CRC algorithms, and RFC 3174, for `123456789`.
    @Test(arguments: [
        (ChecksumKind.crc32, "cbf43926"), (.crc32C, "e3069283"), (.crc64NVME, "ae8b14860a799888"),
        (.sha1, "f7c3bc1d808e04732adf679965ccc34ca7ae3441"),
        (.sha256, "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225"),
    ])
    func theyAreThoseOfTheirStandards(kind: ChecksumKind, digits: String) {
        for cut in 0...9 {
            var running = RunningChecksum(kind)
            Array("123456789".utf8).withUnsafeBytes { bytes in
                running.update(UnsafeRawBufferPointer(rebasing: bytes[..<cut]))
                running.update(UnsafeRawBufferPointer(rebasing: bytes[cut...]))
            }
            #expect(Hexadecimal.encode(running.value) == digits)
        }
    }

    @Test(arguments: [ChecksumKind.crc32, .crc32C, .crc64NVME])
    func thatOfAWholeFollowsFromThoseOfItsParts(kind: ChecksumKind) throws {
        let code = try #require(kind.cyclicCode)
        let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 * 7 + $0 >> 3) }
        func check(_ range: Range<Int>) -> UInt64 { Array(bytes[range]).withUnsafeBytes { code.update(0, $0) } }
        for cut in [0, 1, 7, 8, 500, 999, 1000] {
            #expect(code.combine(check(0..<cut), check(cut..<1000), length: 1000 - cut) == check(0..<1000))
        }
    }

    /// Long input is read in lanes.
    @Test(arguments: [CyclicCode.crc32C, .crc64NVME])
    func thatOfLongInputIsThatOfItsBytesOneByOne(code: CyclicCode) {
        let bytes = (0..<40_000).map { UInt8(truncatingIfNeeded: $0 * 7 + $0 >> 3) }
        for count in [16_383, 16_384, 16_385, 32_768, 40_000] {
            let whole = bytes[..<count].withUnsafeBytes { code.update(0, $0) }
            let slowly = bytes[..<count].reduce(0) { check, byte in
                withUnsafeBytes(of: byte) { code.update(check, $0) }
            }
            #expect(whole == slowly)
        }
    }

    @Test func onlyBase64OfTheRightLengthIsOne() {
        #expect(ChecksumKind.crc32.isWellFormed("y/Q5Jg=="))
        #expect(!ChecksumKind.crc32.isWellFormed("y/Q5Jg"))
        #expect(!ChecksumKind.crc64NVME.isWellFormed("y/Q5Jg=="))
        #expect(!ChecksumKind.sha1.isWellFormed("nonsense"))
    }
}
