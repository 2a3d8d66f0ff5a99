/// The names that buckets may have.
/// Source: S3 User Guide, bucketnamingrules (general purpose buckets).
package enum BucketName {
    /// AWS quota: 3 to 63 characters.
    private static let length = 3...63
    private static let prefixes = ["xn--", "sthree-", "amzn-s3-demo-"]
    private static let suffixes = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"]

    package static func isValid(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        guard length.contains(bytes.count), let first = bytes.first, let last = bytes.last,
            bytes.allSatisfy({ isLetterOrDigit($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }),
            isLetterOrDigit(first), isLetterOrDigit(last),
            !name.contains(".."), !isAddress(name)
        else { return false }
        return !prefixes.contains(where: name.hasPrefix) && !suffixes.contains(where: name.hasSuffix)
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    /// `192.168.5.4`
    private static func isAddress(_ name: String) -> Bool {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
    }
}
