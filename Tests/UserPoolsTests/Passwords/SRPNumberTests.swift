import GatewayModel
import Testing

@testable import UserPools

@Suite struct SRPNumberTests {
    private let prime = Hexadecimal.decode(SRPNumber.primeHex) ?? []

    @Test func numbersComeBackAsTheyWere() {
        #expect(Hexadecimal.encode(SRPNumber([0x12, 0x34])?.bytes.suffix(2) ?? []) == "1234")
        #expect(SRPNumber([UInt8](repeating: 0xFF, count: 385)) == nil)
        #expect(SRPNumber([0, 0, 7]) == SRPNumber([7]))
    }

    @Test func thePrimeIsZeroAndOneMoreIsOne() throws {
        #expect(try #require(SRPNumber(prime)).isZero)
        #expect(try #require(SRPNumber([])).isZero)
        // The prime plus one, as a sum.
        #expect(try #require(SRPNumber(prime)) + SRPNumber.one == .one)
    }

    /// Fermat: what is no multiple of a prime is one to the power of it less one.
    @Test func powersAreThoseOfThePrime() {
        var exponent = prime
        exponent[exponent.count - 1] -= 1
        #expect(SRPNumber([3])?.power(exponent) == .one)
        #expect(SRPNumber.generator.power([10]) == SRPNumber([4, 0]))
        #expect(SRPNumber.generator.power([]) == .one)
    }

    @Test(arguments: [0, 1, 0x80, 0xFF]) func theGeneratorsPowersAreKnown(_ byte: UInt8) {
        var exponents = [[UInt8](repeating: byte, count: 32)]
        exponents += (0..<4).map { _ in Randomness.bytes(32) }
        for exponent in exponents {
            #expect(SRPNumber.power(ofGenerator: exponent) == SRPNumber.generator.power(exponent))
        }
    }
}
