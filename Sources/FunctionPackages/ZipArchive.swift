/// A zip archive, read from its central directory. Source: PKWARE APPNOTE 6.3.10, sections 4.3 to 4.5.
///
/// Nothing here trusts the archive: every offset is checked, names cannot leave the folder they are unpacked to, and
/// sizes are known before anything is inflated (`Inflation` holds entries to them).
struct ZipArchive {
    struct Entry: Equatable {
        enum Kind { case file, folder, symbolicLink }

        /// Components of the path, none of them `.` or `..`.
        let path: [String]
        let kind: Kind
        /// Permission bits, without set-user-id and the like; nil when the archive's maker kept none.
        let mode: UInt16?
        let isDeflated: Bool
        let crc32: UInt32
        /// Where the data is in the archive.
        let data: Range<Int>
        /// Bytes when inflated.
        let size: Int
    }

    /// AWS states no number; 50 MB of central directory alone would name a million files.
    static let maximumEntries = 100_000

    let bytes: [UInt8]
    /// One for each path; of repeated ones the last counts, as with unzip.
    let entries: [Entry]
    /// Paths of all folders, those that only names of files tell of included, each after the one that it is in.
    let folders: [[String]]

    init(_ bytes: [UInt8]) throws(PackageError) {
        self.bytes = bytes
        let reader = ZipReader(bytes: bytes)
        let end = try EndOfDirectory(reader)
        guard end.entryCount <= Self.maximumEntries else {
            throw .unreadable("It holds more than \(Self.maximumEntries) entries.")
        }
        var entries: [Entry] = []
        var positions: [[String]: Int] = [:]
        var tree = ZipTree()
        var total = 0
        var offset = end.directory
        for _ in 0..<end.entryCount {
            let (entry, length) = try Self.entry(at: offset, reader, base: end.base)
            offset += length
            guard let entry else { continue }
            guard entry.size < FunctionPackages.maximumUnzippedSize - total else { throw .unzippedTooLarge }
            total += entry.size
            try tree.add(entry.path, isFolder: entry.kind == .folder)
            if let position = positions[entry.path] {
                entries[position] = entry
            } else {
                positions[entry.path] = entries.count
                entries.append(entry)
            }
        }
        self.entries = entries
        folders = tree.folders
    }

    /// One record of the central directory (4.3.12) and its length; nil for an entry that names the root itself.
    private static func entry(
        at offset: Int, _ reader: ZipReader, base: Int
    ) throws(PackageError) -> (Entry?, length: Int) {
        guard try reader.uint32(offset) == 0x0201_4B50 else {
            throw .unreadable("Its central directory is damaged.")
        }
        let flags = try reader.uint16(offset + 8)
        let method = try reader.uint16(offset + 10)
        let nameLength = Int(try reader.uint16(offset + 28))
        let extraLength = Int(try reader.uint16(offset + 30))
        let commentLength = Int(try reader.uint16(offset + 32))
        let name = offset + 46..<offset + 46 + nameLength
        let extra = name.upperBound..<name.upperBound + extraLength
        let sizes = try EntrySizes(record: offset, extra: extra, reader)
        let length = extra.upperBound + commentLength - offset

        guard flags & 1 == 0 else { throw .unreadable("It is encrypted.") }
        guard method == 0 || method == 8 else {
            throw .unreadable("It uses compression method \(method); only stored and deflated entries can be read.")
        }
        let text = try reader.string(name)
        let path = try safePath(text)
        guard !path.isEmpty else { return (nil, length) }

        let madeOnUnix = [3, 19].contains(try reader.uint16(offset + 4) >> 8)
        let unixMode = madeOnUnix ? UInt16(try reader.uint32(offset + 38) >> 16) : 0
        let entry = Entry(
            path: path, kind: try kind(of: text, unixMode: unixMode),
            mode: unixMode & 0o777 == 0 ? nil : unixMode & 0o777, isDeflated: method == 8,
            crc32: try reader.uint32(offset + 16),
            data: try data(of: sizes, base: base, reader), size: sizes.size)
        return (entry, length)
    }

    /// Local headers (4.3.7) repeat the name with other extra fields, so only they tell where the data begins.
    private static func data(of sizes: EntrySizes, base: Int, _ reader: ZipReader) throws(PackageError) -> Range<Int> {
        let (header, overflow) = sizes.localHeader.addingReportingOverflow(base)
        guard !overflow, try reader.uint32(header) == 0x0403_4B50 else {
            throw .unreadable("A local file header is missing.")
        }
        let start = header + 30 + Int(try reader.uint16(header + 26)) + Int(try reader.uint16(header + 28))
        guard start <= reader.bytes.count, sizes.compressedSize <= reader.bytes.count - start else {
            throw .unreadable("It ends in the middle of a file.")
        }
        return start..<start + sizes.compressedSize
    }

    private static func safePath(_ name: String) throws(PackageError) -> [String] {
        guard !name.hasPrefix("/"), !name.utf8.contains(0) else {
            throw .unreadable("The name '\(name)' is not relative.")
        }
        let components = name.split(separator: "/").filter { $0 != "." }.map(String.init)
        guard !components.contains("..") else { throw .unreadable("The name '\(name)' leaves the package.") }
        return components
    }

    /// The upper bits of a Unix mode are the type of file (`S_IFMT`).
    private static func kind(of name: String, unixMode: UInt16) throws(PackageError) -> Entry.Kind {
        switch unixMode & 0o170000 {
        case 0o040000: .folder
        case 0o120000: .symbolicLink
        case 0, 0o100000: name.hasSuffix("/") ? .folder : .file
        default: throw .unreadable("'\(name)' is neither a file, a folder nor a symbolic link.")
        }
    }
}

/// Where the central directory is (4.3.16, 4.3.14 for zip64).
private struct EndOfDirectory {
    let directory: Int
    let entryCount: Int
    /// What stands before the archive proper: offsets count from there.
    let base: Int

    init(_ reader: ZipReader) throws(PackageError) {
        let record = try Self.find(reader)
        var entryCount = Int(try reader.uint16(record + 10))
        var size = Int(try reader.uint32(record + 12))
        var offset = Int(try reader.uint32(record + 16))
        var end = record
        if record >= 20, try reader.uint32(record - 20) == 0x0706_4B50 {
            let zip64 = try reader.int64(record - 12)
            guard try reader.uint32(zip64) == 0x0606_4B50 else { throw .unreadable("Its zip64 record is missing.") }
            entryCount = try reader.int64(zip64 + 32)
            size = try reader.int64(zip64 + 40)
            offset = try reader.int64(zip64 + 48)
            end = zip64
        }
        guard size <= end, offset <= end - size else { throw .unreadable("Its central directory is out of bounds.") }
        directory = end - size
        base = directory - offset
        self.entryCount = entryCount
    }

    /// The record is the last thing but a comment of at most 65,535 bytes, whose length it tells.
    private static func find(_ reader: ZipReader) throws(PackageError) -> Int {
        let last = reader.bytes.count - 22
        guard last >= 0 else { throw .unreadable("It is too short for a zip archive.") }
        for offset in stride(from: last, through: max(0, last - 65_535), by: -1) {
            if try reader.uint32(offset) == 0x0605_4B50,
                Int(try reader.uint16(offset + 20)) == last - offset
            {
                return offset
            }
        }
        throw .unreadable("It has no end of central directory.")
    }
}

/// Sizes and place of an entry; those of 4 GB and more stand in the zip64 extra field (4.5.3), and some makers always
/// put them there.
private struct EntrySizes {
    var size: Int
    var compressedSize: Int
    var localHeader: Int

    init(record: Int, extra: Range<Int>, _ reader: ZipReader) throws(PackageError) {
        compressedSize = Int(try reader.uint32(record + 20))
        size = Int(try reader.uint32(record + 24))
        localHeader = Int(try reader.uint32(record + 42))
        guard [size, compressedSize, localHeader].contains(0xFFFF_FFFF) else { return }
        var field = extra.lowerBound
        while field + 4 <= extra.upperBound {
            let length = Int(try reader.uint16(field + 2))
            if try reader.uint16(field) == 1 {
                var value = field + 4
                for member in [\EntrySizes.size, \.compressedSize, \.localHeader]
                where self[keyPath: member] == 0xFFFF_FFFF {
                    self[keyPath: member] = try reader.int64(value)
                    value += 8
                }
                return
            }
            field += 4 + length
        }
    }
}

/// Little-endian numbers at offsets that are checked.
private struct ZipReader {
    let bytes: [UInt8]

    func uint16(_ offset: Int) throws(PackageError) -> UInt16 {
        let range = try range(offset, 2)
        return UInt16(bytes[range.lowerBound]) | UInt16(bytes[range.lowerBound + 1]) << 8
    }

    func uint32(_ offset: Int) throws(PackageError) -> UInt32 {
        UInt32(try uint16(offset)) | UInt32(try uint16(offset + 2)) << 16
    }

    /// A 64-bit number that counts something in this archive, which no number above `Int.max` does.
    func int64(_ offset: Int) throws(PackageError) -> Int {
        let value = UInt64(try uint32(offset)) | UInt64(try uint32(offset + 4)) << 32
        guard let value = Int(exactly: value) else { throw .unreadable("It counts more than there can be.") }
        return value
    }

    func string(_ range: Range<Int>) throws(PackageError) -> String {
        let range = try self.range(range.lowerBound, range.count)
        guard let text = String(validating: bytes[range], as: UTF8.self) else {
            throw .unreadable("A file name is not UTF-8.")
        }
        return text
    }

    private func range(_ offset: Int, _ count: Int) throws(PackageError) -> Range<Int> {
        guard offset >= 0, offset <= bytes.count - count else { throw .unreadable("It is cut off.") }
        return offset..<offset + count
    }
}
