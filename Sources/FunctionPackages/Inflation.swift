import CZlib

extension ZipArchive {
    /// Bytes handed on at once.
    private static let chunk = 65_536

    /// Hands the entry's content to `sink` piece by piece, and holds it to the size and the checksum it declares: more
    /// output than declared stops the inflation, so an archive costs no more than what it admits to.
    func read(
        _ entry: Entry, _ sink: (UnsafeRawBufferPointer) throws(PackageError) -> Void
    ) throws(PackageError) {
        var checksum = crc32(0, nil, 0)
        var size = 0
        func checked(_ piece: UnsafeRawBufferPointer) throws(PackageError) {
            size += piece.count
            guard size <= entry.size else { throw .unreadable("A file is larger than it says.") }
            checksum = crc32(checksum, piece.bindMemory(to: UInt8.self).baseAddress, UInt32(piece.count))
            try sink(piece)
        }
        try bytes.span.bytes.withUnsafeBytes { all throws(PackageError) in
            let data = UnsafeRawBufferPointer(rebasing: all[entry.data])
            if entry.isDeflated {
                try Self.inflate(data, checked)
            } else {
                for start in stride(from: 0, to: data.count, by: Self.chunk) {
                    try checked(UnsafeRawBufferPointer(rebasing: data[start..<min(start + Self.chunk, data.count)]))
                }
            }
        }
        guard size == entry.size, UInt32(truncatingIfNeeded: checksum) == entry.crc32 else {
            throw .unreadable("A file's checksum is wrong.")
        }
    }

    /// Raw deflate (RFC 1951): negative window bits mean that no zlib header is there.
    private static func inflate(
        _ data: UnsafeRawBufferPointer, _ sink: (UnsafeRawBufferPointer) throws(PackageError) -> Void
    ) throws(PackageError) {
        var stream = z_stream()
        let windowBits: Int32 = -15
        guard inflateInit2_(&stream, windowBits, zlibVersion(), Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw .machine("zlib could not be started")
        }
        defer { inflateEnd(&stream) }
        stream.next_in = UnsafeMutablePointer(mutating: data.bindMemory(to: UInt8.self).baseAddress)
        stream.avail_in = UInt32(data.count)
        let output = UnsafeMutableRawBufferPointer.allocate(byteCount: chunk, alignment: 1)
        defer { output.deallocate() }
        var status = Z_OK
        while status != Z_STREAM_END {
            stream.next_out = output.bindMemory(to: UInt8.self).baseAddress
            stream.avail_out = UInt32(chunk)
            status = CZlib.inflate(&stream, Z_NO_FLUSH)
            let produced = chunk - Int(stream.avail_out)
            // No progress is Z_BUF_ERROR: the data ended before the stream did.
            guard status == Z_OK || status == Z_STREAM_END else { throw .unreadable("A file's data is damaged.") }
            if produced > 0 { try sink(UnsafeRawBufferPointer(rebasing: output[..<produced])) }
        }
    }
}
