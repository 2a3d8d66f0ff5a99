import GatewayModel

/// Arithmetic modulo the prime of the 3,072-bit group (RFC 3526 section 5), which Cognito's SRP works in. Numbers are kept
/// in Montgomery's form; how long a step takes does not depend on what is in them.
struct SRPNumber: Sendable, Equatable {
    /// The lowest first. In Montgomery's form, and less than the prime.
    private var limbs: [UInt64]

    static let byteCount = 384
    private static let count = byteCount / 8

    static let primeHex =
        "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD"
        + "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
        + "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F"
        + "83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B"
        + "E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA0510"
        + "15728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7"
        + "ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200C"
        + "BBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF"

    private static let prime: [UInt64] = limbs(of: Hexadecimal.decode(primeHex) ?? [])
    /// -1 divided by the prime, modulo 2^64.
    private static let inverse: UInt64 = {
        var inverse: UInt64 = 1
        // Each step doubles the number of bits that are right.
        for _ in 0..<6 { inverse = inverse &* (2 &- prime[0] &* inverse) }
        return 0 &- inverse
    }()
    /// The square of 2^3072 modulo the prime: what it is multiplied with is in Montgomery's form.
    private static let square: [UInt64] = {
        // 2^3072 less the prime: the prime's first bit is set.
        var number = subtract([UInt64](repeating: 0, count: count), prime).difference
        for _ in 0..<(byteCount * 8) { number = add(number, number) }
        return number
    }()

    static let one = SRPNumber(bytes: [1])
    static let generator = SRPNumber(bytes: [2])

    private init(limbs: [UInt64]) { self.limbs = limbs }

    /// The number modulo the prime, of bytes with the highest first; nil for more bytes than the prime has.
    init?(_ bytes: [UInt8]) {
        let bytes = Array(bytes.drop { $0 == 0 })
        guard bytes.count <= Self.byteCount else { return nil }
        self.init(bytes: bytes)
    }

    private init(bytes: [UInt8]) {
        var number = Self.limbs(of: bytes)
        // Less than twice the prime, whose first bit is set.
        let reduced = Self.subtract(number, Self.prime)
        if !reduced.borrows { number = reduced.difference }
        limbs = Self.multiply(number, Self.square)
    }

    /// With the highest first, always `byteCount`.
    var bytes: [UInt8] {
        var one = [UInt64](repeating: 0, count: Self.count)
        one[0] = 1
        return Self.multiply(limbs, one).reversed().flatMap { limb in
            (0..<8).map { UInt8(truncatingIfNeeded: limb >> UInt64(56 - 8 * $0)) }
        }
    }

    var isZero: Bool { limbs.allSatisfy { $0 == 0 } }

    static func * (left: SRPNumber, right: SRPNumber) -> SRPNumber {
        SRPNumber(limbs: multiply(left.limbs, right.limbs))
    }

    static func + (left: SRPNumber, right: SRPNumber) -> SRPNumber {
        SRPNumber(limbs: add(left.limbs, right.limbs))
    }

    /// - Parameter exponent: with the highest byte first.
    func power(_ exponent: [UInt8]) -> SRPNumber {
        var powers = [Self.one]
        for _ in 1..<16 { powers.append(powers[powers.count - 1] * self) }
        var result = Self.one
        for byte in exponent {
            for digit in [byte >> 4, byte & 15] {
                for _ in 0..<4 { result = result * result }
                result = result * powers[Int(digit)]
            }
        }
        return result
    }

    /// The comb's teeth, and how many bits they are apart.
    private static let (teeth, spacing) = (8, 32)

    /// By which teeth are set: the generator's power by the exponent of these bits alone.
    private static let comb: [SRPNumber] = {
        var powers = [one]
        var power = generator
        for _ in 0..<teeth {
            powers += powers.map { $0 * power }
            for _ in 0..<spacing { power = power * power }
        }
        return powers
    }()

    /// The generator's power: a fifth of what `power` takes (Lim and Lee 1994).
    ///
    /// - Parameter exponent: 32 bytes, the highest first.
    static func power(ofGenerator exponent: [UInt8]) -> SRPNumber {
        var result = one
        for column in (0..<spacing).reversed() {
            result = result * result
            var set = 0
            for tooth in 0..<teeth {
                let bit = tooth * spacing + column
                set |= Int(exponent[exponent.count - 1 - bit / 8] >> UInt8(bit % 8) & 1) << tooth
            }
            result = result * comb[set]
        }
        return result
    }

    // MARK: Limbs

    private static func limbs(of bytes: [UInt8]) -> [UInt64] {
        var limbs = [UInt64](repeating: 0, count: count)
        for (position, byte) in bytes.reversed().enumerated() {
            limbs[position / 8] |= UInt64(byte) << UInt64(position % 8 * 8)
        }
        return limbs
    }

    private static func subtract(_ left: [UInt64], _ right: [UInt64]) -> (difference: [UInt64], borrows: Bool) {
        var difference = left
        var borrow = false
        for position in 0..<count {
            let (first, one) = left[position].subtractingReportingOverflow(right[position])
            let (second, other) = first.subtractingReportingOverflow(borrow ? 1 : 0)
            difference[position] = second
            borrow = one || other
        }
        return (difference, borrow)
    }

    private static func add(_ left: [UInt64], _ right: [UInt64]) -> [UInt64] {
        var sum = left
        var carry = false
        for position in 0..<count {
            let (first, one) = left[position].addingReportingOverflow(right[position])
            let (second, other) = first.addingReportingOverflow(carry ? 1 : 0)
            sum[position] = second
            carry = one || other
        }
        let reduced = subtract(sum, prime)
        return carry || !reduced.borrows ? reduced.difference : sum
    }

    /// Montgomery's product (CIOS: Koç, Acar, Kaliski 1996).
    private static func multiply(_ left: [UInt64], _ right: [UInt64]) -> [UInt64] {
        let count = count
        let inverse = inverse
        return [UInt64](unsafeUninitializedCapacity: count + 2) { product, filled in
            filled = count
            product.initialize(repeating: 0)
            left.withUnsafeBufferPointer { left in
                right.withUnsafeBufferPointer { right in
                    prime.withUnsafeBufferPointer { prime in
                        for step in 0..<count {
                            var carry: UInt64 = 0
                            for position in 0..<count {
                                product[position] = multiplyAdd(
                                    left[step], right[position], product[position], &carry)
                            }
                            var (sum, isOver) = product[count].addingReportingOverflow(carry)
                            product[count] = sum
                            product[count + 1] = isOver ? 1 : 0
                            let factor = product[0] &* inverse
                            carry = 0
                            _ = multiplyAdd(factor, prime[0], product[0], &carry)
                            for position in 1..<count {
                                product[position - 1] = multiplyAdd(
                                    factor, prime[position], product[position], &carry)
                            }
                            (sum, isOver) = product[count].addingReportingOverflow(carry)
                            product[count - 1] = sum
                            product[count] = product[count + 1] &+ (isOver ? 1 : 0)
                        }
                        reduce(product, by: prime)
                    }
                }
            }
        }
    }

    /// Takes the prime off a number that is less than twice the prime, where it is not less than the prime.
    private static func reduce(_ number: UnsafeMutableBufferPointer<UInt64>, by prime: UnsafeBufferPointer<UInt64>) {
        func less(_ position: Int, _ subtrahend: UInt64, _ borrow: inout Bool) -> UInt64 {
            let (first, one) = number[position].subtractingReportingOverflow(subtrahend)
            let (second, other) = first.subtractingReportingOverflow(borrow ? 1 : 0)
            borrow = one || other
            return second
        }
        var borrow = false
        for position in 0..<count { _ = less(position, prime[position], &borrow) }
        let mask: UInt64 = number[count] != 0 || !borrow ? .max : 0
        borrow = false
        for position in 0..<count { number[position] = less(position, prime[position] & mask, &borrow) }
    }

    /// The low half of left * right + addend + carry; the high half becomes the carry.
    @inline(__always)
    private static func multiplyAdd(
        _ left: UInt64, _ right: UInt64, _ addend: UInt64, _ carry: inout UInt64
    ) -> UInt64 {
        let (high, low) = left.multipliedFullWidth(by: right)
        let (first, one) = low.addingReportingOverflow(addend)
        let (second, other) = first.addingReportingOverflow(carry)
        carry = high &+ (one ? 1 : 0) &+ (other ? 1 : 0)
        return second
    }
}
