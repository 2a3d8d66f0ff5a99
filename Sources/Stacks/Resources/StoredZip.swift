/// A zip archive of a few files, not compressed: what Lambda takes as a package.
///
/// Source: PKWARE APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16.
enum StoredZip {
    static func archive(file name: String, contents: [UInt8]) -> [UInt8] { archive([(name, contents)]) }

    static func archive(_ files: [(name: String, contents: [UInt8])]) -> [UInt8] {
        var archive: [UInt8] = []
        var directory: [UInt8] = []
        for (name, contents) in files {
            // The fields that the local header and the directory share: version needed, flags (UTF-8 name), method
            // (stored), time and date (the first day that zip knows), checksum, sizes, length of the name.
            var shared: [UInt8] = []
            append16(20, 0x0800, 0, 0, 0x0021, to: &shared)
            append32(crc32(contents), UInt32(contents.count), UInt32(contents.count), to: &shared)
            append16(UInt16(name.utf8.count), 0, to: &shared)

            append32(0x0201_4B50, to: &directory)
            append16(3 << 8 | 20, to: &directory)  // made on Unix, so that the mode below counts
            directory += shared
            append16(0, 0, 0, to: &directory)
            append32(0o100644 << 16, UInt32(archive.count), to: &directory)
            directory += Array(name.utf8)

            append32(0x0403_4B50, to: &archive)
            archive += shared + Array(name.utf8) + contents
        }
        let start = UInt32(archive.count)
        archive += directory
        append32(0x0605_4B50, to: &archive)
        append16(0, 0, UInt16(files.count), UInt16(files.count), to: &archive)
        append32(UInt32(directory.count), start, to: &archive)
        append16(0, to: &archive)
        return archive
    }

    static func crc32(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~0) { crc, byte in table[Int((crc ^ UInt32(byte)) & 0xFF)] ^ crc >> 8 }
    }

    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { crc, _ in crc & 1 == 1 ? 0xEDB8_8320 ^ crc >> 1 : crc >> 1 }
    }

    private static func append16(_ values: UInt16..., to output: inout [UInt8]) {
        for value in values { output += [UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8)] }
    }

    private static func append32(_ values: UInt32..., to output: inout [UInt8]) {
        for value in values {
            for shift in [0, 8, 16, 24] { output.append(UInt8(truncatingIfNeeded: value >> shift)) }
        }
    }
}
