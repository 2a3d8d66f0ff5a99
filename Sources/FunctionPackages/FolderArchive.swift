import CZlib

/// A zip archive of a folder of code, to be sent to another machine. The same code gives the same bytes: entries stand
/// in order, and their times are the first that zip knows. Source: PKWARE APPNOTE 6.3.10, section 4.3.
package struct FolderArchive {
    /// Zip's own, without its 64-bit extension.
    private static let maximumEntries = 65_535

    private var bytes: [UInt8] = []
    private var directory: [UInt8] = []
    private var count = 0

    package static func bytes(of folder: String) throws(PackageError) -> [UInt8] {
        var archive = FolderArchive()
        for entry in try CodeFolder(folder).entries { try archive.add(entry, of: folder) }
        return try archive.finished()
    }

    private mutating func add(_ entry: CodeFolder.Entry, of folder: String) throws(PackageError) {
        switch entry.kind {
        case .link(let target): try add(entry.path, Array(target.utf8), mode: 0o120777)
        case .file(let identity):
            var content: [UInt8] = []
            content.reserveCapacity(identity.size)
            try Files.read(folder + "/" + entry.path) { piece throws(PackageError) in
                content.append(contentsOf: piece)
                guard content.count < FunctionPackages.maximumUnzippedSize else { throw .unzippedTooLarge }
            }
            try add(entry.path, content, mode: identity.isExecutable ? 0o100755 : 0o100644)
        }
    }

    private mutating func add(_ name: String, _ content: [UInt8], mode: UInt32) throws(PackageError) {
        let deflated = try Self.deflate(content)
        let isDeflated = deflated.count < content.count
        let data = isDeflated ? deflated : content
        let checksum = content.withUnsafeBufferPointer { crc32(0, $0.baseAddress, UInt32($0.count)) }
        // What the local header and the directory share: version needed, flags (UTF-8 name), method, time and date,
        // checksum, sizes, lengths of the name and of nothing more.
        var shared: [UInt8] = []
        Self.append16(20, 0x0800, isDeflated ? 8 : 0, 0, 0x0021, to: &shared)
        Self.append32(UInt32(truncatingIfNeeded: checksum), UInt32(data.count), UInt32(content.count), to: &shared)
        Self.append16(UInt16(name.utf8.count), 0, to: &shared)
        // Comment, disk, internal attributes; made on Unix, so that the mode counts.
        Self.append32(0x0201_4B50, to: &directory)
        Self.append16(3 << 8 | 20, to: &directory)
        directory += shared
        Self.append16(0, 0, 0, to: &directory)
        Self.append32(mode << 16, UInt32(bytes.count), to: &directory)
        directory += Array(name.utf8)
        Self.append32(0x0403_4B50, to: &bytes)
        bytes += shared + Array(name.utf8) + data
        count += 1
        guard bytes.count <= FunctionPackages.maximumZippedSize else { throw .zippedTooLarge }
    }

    private consuming func finished() throws(PackageError) -> [UInt8] {
        guard count <= Self.maximumEntries else {
            throw .unusableFolder("There are more than \(Self.maximumEntries) files.")
        }
        let start = UInt32(bytes.count)
        bytes += directory
        Self.append32(0x0605_4B50, to: &bytes)
        Self.append16(0, 0, UInt16(count), UInt16(count), to: &bytes)
        Self.append32(UInt32(directory.count), start, to: &bytes)
        Self.append16(0, to: &bytes)
        return bytes
    }

    /// Raw deflate (RFC 1951): negative window bits mean that no zlib header is written.
    private static func deflate(_ content: [UInt8]) throws(PackageError) -> [UInt8] {
        var stream = z_stream()
        let size = Int32(MemoryLayout<z_stream>.size)
        let (level, windowBits, memory) = (Int32(Z_DEFAULT_COMPRESSION), Int32(-15), Int32(8))
        guard
            deflateInit2_(
                &stream, level, Z_DEFLATED, windowBits, memory, Z_DEFAULT_STRATEGY, zlibVersion(), size) == Z_OK
        else { throw .machine("zlib could not be started") }
        defer { deflateEnd(&stream) }
        var content = content
        let bound = Int(deflateBound(&stream, UInt(content.count)))
        let output = content.withUnsafeMutableBufferPointer { input in
            [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
                stream.next_in = input.baseAddress
                stream.avail_in = UInt32(input.count)
                stream.next_out = buffer.baseAddress
                stream.avail_out = UInt32(bound)
                // The bound is such that one call is enough.
                count = CZlib.deflate(&stream, Z_FINISH) == Z_STREAM_END ? bound - Int(stream.avail_out) : 0
            }
        }
        guard !output.isEmpty else { throw .machine("zlib could not deflate") }
        return output
    }

    private static func append16(_ values: UInt16..., to output: inout [UInt8]) {
        for value in values { output += [UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8)] }
    }

    private static func append32(_ values: UInt32..., to output: inout [UInt8]) {
        for value in values {
            for shift: UInt32 in [0, 8, 16, 24] { output.append(UInt8(truncatingIfNeeded: value >> shift)) }
        }
    }
}

/// A package that nobody unpacks.
package enum CodePackage {
    /// Whether there is a file of that path in the archive; nil when the archive cannot be read.
    package static func holds(_ file: String, in zip: [UInt8]) -> Bool? {
        guard let archive = try? ZipArchive(zip) else { return nil }
        let path = file.split(separator: "/").map(String.init)
        return archive.entries.contains { $0.kind != .folder && $0.path == path }
    }
}
