import CZlib
import Crypto
import GatewayModel

/// The checksums that S3 has for objects.
package enum ChecksumKind: String, Sendable, Codable, CaseIterable {
    case crc32 = "CRC32"
    case crc32C = "CRC32C"
    case crc64NVME = "CRC64NVME"
    case sha1 = "SHA1"
    case sha256 = "SHA256"

    /// `x-amz-checksum-crc32`
    package var header: String { "x-amz-checksum-\(rawValue.lowercased())" }
    /// `ChecksumCRC32`
    package var element: String { "Checksum\(rawValue)" }

    package var bytes: Int {
        switch self {
        case .crc32, .crc32C: 4
        case .crc64NVME: 8
        case .sha1: 20
        case .sha256: 32
        }
    }

    /// The one by which the check of a whole follows from those of its parts.
    var cyclicCode: CyclicCode? {
        switch self {
        case .crc32: .crc32
        case .crc32C: .crc32C
        case .crc64NVME: .crc64NVME
        case .sha1, .sha256: nil
        }
    }

    /// Whether this is the base64 of as many bytes as the checksum has.
    package func isWellFormed(_ value: String) -> Bool { Base64.decode(value)?.count == bytes }
}

/// A checksum as it is kept: of the whole object, or of the checksums of its parts.
package struct Checksum: Sendable, Codable, Equatable {
    package enum Scope: String, Sendable, Codable {
        case fullObject = "FULL_OBJECT"
        case composite = "COMPOSITE"
    }

    package let kind: ChecksumKind
    /// In base64; one of parts has their number behind a hyphen.
    package let value: String
    package let scope: Scope

    package init(kind: ChecksumKind, value: String, scope: Scope = .fullObject) {
        self.kind = kind
        self.value = value
        self.scope = scope
    }
}

/// One of them being computed, piece by piece.
enum RunningChecksum {
    case crc32(UInt)
    case code(CyclicCode, UInt64)
    case sha1(Insecure.SHA1)
    case sha256(SHA256)

    init(_ kind: ChecksumKind) {
        self =
            switch kind {
            case .crc32: .crc32(0)
            case .crc32C: .code(.crc32C, 0)
            case .crc64NVME: .code(.crc64NVME, 0)
            case .sha1: .sha1(Insecure.SHA1())
            case .sha256: .sha256(SHA256())
            }
    }

    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        switch self {
        case .crc32(let check):
            self = .crc32(
                UInt(crc32_z(CUnsignedLong(check), bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count)))
        case .code(let code, let check): self = .code(code, code.update(check, bytes))
        case .sha1(var hash):
            hash.update(bufferPointer: bytes)
            self = .sha1(hash)
        case .sha256(var hash):
            hash.update(bufferPointer: bytes)
            self = .sha256(hash)
        }
    }

    /// The most significant byte first.
    var value: [UInt8] {
        switch self {
        case .crc32(let check): Self.bigEndian(UInt64(check), 4)
        case .code(let code, let check): Self.bigEndian(check, code.width / 8)
        case .sha1(let hash): Array(hash.finalize())
        case .sha256(let hash): Array(hash.finalize())
        }
    }

    static func bigEndian(_ value: UInt64, _ count: Int) -> [UInt8] {
        (0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> UInt64($0 * 8)) }
    }
}
