/// Zip archives written by hand, so that each of their claims can be wrong.
package struct Zip {
    package struct File {
        package var name: String
        /// As it stands in the archive: deflated when `method` is 8.
        package var data: [UInt8]
        package var method: UInt16 = 0
        package var flags: UInt16 = 0
        package var mode: UInt32 = 0o100644
        /// 3 is Unix; with 0, MS-DOS, the mode means nothing.
        package var madeBy: UInt16 = 3
        package var size: UInt32?
        package var checksum: UInt32?
        /// Puts the sizes and the offset into a zip64 extra field.
        package var isZip64 = false

        package init(_ name: String, _ text: String = "", mode: UInt32 = 0o100644) {
            self.name = name
            data = Array(text.utf8)
            self.mode = mode
        }

        package static func link(_ name: String, to target: String) -> File { File(name, target, mode: 0o120777) }
    }

    package var files: [File]
    /// What stands before the archive proper.
    package var prefix: [UInt8] = []
    package var comment: [UInt8] = []

    package init(_ files: File...) { self.files = files }

    package static let oneFile = Zip(File("handler.py", "def handler(event, context):\n    return event\n")).bytes

    package var bytes: [UInt8] {
        var archive: [UInt8] = []
        var directory: [UInt8] = []
        for file in files {
            let offset = UInt32(archive.count)
            let size = file.size ?? UInt32(file.data.count)
            let checksum = file.checksum ?? Self.crc32(file.data)
            let name = Array(file.name.utf8)
            var extra: [UInt8] = []
            if file.isZip64 {
                extra = Self.little(UInt16(1)) + Self.little(UInt16(24)) + Self.little(UInt64(size))
                extra += Self.little(UInt64(file.data.count)) + Self.little(UInt64(offset))
            }
            archive += Self.little(UInt32(0x0403_4B50)) + Self.little(UInt16(20)) + Self.little(file.flags)
            archive += Self.little(file.method) + Self.little(UInt32(0)) + Self.little(checksum)
            archive += Self.little(UInt32(file.data.count)) + Self.little(size)
            archive += Self.little(UInt16(name.count)) + Self.little(UInt16(0)) + name + file.data

            let unknown = UInt32.max
            directory += Self.little(UInt32(0x0201_4B50)) + Self.little(file.madeBy << 8 | 20) + Self.little(UInt16(20))
            directory += Self.little(file.flags) + Self.little(file.method) + Self.little(UInt32(0))
            directory += Self.little(checksum) + Self.little(file.isZip64 ? unknown : UInt32(file.data.count))
            directory += Self.little(file.isZip64 ? unknown : size) + Self.little(UInt16(name.count))
            directory += Self.little(UInt16(extra.count)) + Self.little(UInt16(0)) + Self.little(UInt32(0))
            directory += Self.little(file.mode << 16) + Self.little(file.isZip64 ? unknown : offset) + name + extra
        }
        var end = Self.little(UInt32(0x0605_4B50)) + Self.little(UInt32(0)) + Self.little(UInt16(files.count))
        end += Self.little(UInt16(files.count)) + Self.little(UInt32(directory.count))
        end += Self.little(UInt32(archive.count)) + Self.little(UInt16(comment.count)) + comment
        return prefix + archive + directory + end
    }

    private static func little<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian) { Array($0) }
    }

    package static func crc32(_ bytes: [UInt8]) -> UInt32 {
        var checksum = UInt32.max
        for byte in bytes {
            checksum ^= UInt32(byte)
            for _ in 0..<8 { checksum = checksum & 1 == 1 ? checksum >> 1 ^ 0xEDB8_8320 : checksum >> 1 }
        }
        return ~checksum
    }
}
