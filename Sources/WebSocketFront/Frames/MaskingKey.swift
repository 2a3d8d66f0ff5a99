import NIOCore

/// What the bytes of a client's frame are combined with (RFC 6455 section 5.3), turned so that it begins at the byte
/// that comes next.
struct MaskingKey {
    /// The four bytes in their order, the first one lowest.
    private var word: UInt32 = 0

    /// One that changes nothing.
    init() {}

    /// One that nobody can foretell, so that no peer chooses which bytes go over the wire (section 10.3).
    static func random() -> MaskingKey {
        var key = MaskingKey()
        key.word = .random(in: .min ... .max)
        return key
    }

    /// As they are sent.
    var bytes: UInt32 { word.byteSwapped }

    /// Puts a byte behind those that have come. Four make a key.
    mutating func append(_ byte: UInt8) { word = word >> 8 | UInt32(byte) << 24 }

    /// Writes the bytes as they were meant. Eight at a time and more: a loop over single bytes costs a frame of 32 KB
    /// ten times as long.
    mutating func unmask(_ masked: UnsafeRawBufferPointer, into plain: UnsafeMutableRawBufferPointer) {
        let pattern = (UInt64(word) | UInt64(word) << 32).littleEndian
        let wide = SIMD4<UInt64>(repeating: pattern)
        let count = masked.count
        var position = 0
        while position &+ 32 <= count {
            let block = masked.loadUnaligned(fromByteOffset: position, as: SIMD4<UInt64>.self)
            plain.storeBytes(of: block ^ wide, toByteOffset: position, as: SIMD4<UInt64>.self)
            position &+= 32
        }
        while position &+ 8 <= count {
            let block = masked.loadUnaligned(fromByteOffset: position, as: UInt64.self)
            plain.storeBytes(of: block ^ pattern, toByteOffset: position, as: UInt64.self)
            position &+= 8
        }
        while position < count {
            plain[position] = masked[position] ^ UInt8(truncatingIfNeeded: word)
            word = word >> 8 | word << 24
            position &+= 1
        }
    }
}

extension ByteBuffer {
    /// Takes `count` bytes off the front of `input` and appends them unmasked: one pass, and the only copy that is made
    /// of a message.
    mutating func append(unmasking count: Int, of input: inout ByteBuffer, with key: inout MaskingKey) {
        writeWithUnsafeMutableBytes(minimumWritableBytes: count) { plain in
            input.readWithUnsafeReadableBytes { masked in
                key.unmask(UnsafeRawBufferPointer(rebasing: masked[..<count]), into: plain)
                return count
            }
            return count
        }
    }
}
