import CZlib

/// How the body of a request for tables is packed. SDKs may send items compressed.
enum ContentCoding {
    case gzip
    /// The format of RFC 1950, as HTTP has it.
    case deflate

    enum Fault: Error { case damaged, tooLarge }

    /// For zlib: the size of the window, and 16 more for gzip's header.
    private var windowBits: Int32 {
        switch self {
        case .gzip: 15 + 16
        case .deflate: 15
        }
    }

    private static let chunk = 65_536

    /// The body unpacked. It ends where `limit` does, so that a short body cannot ask for more than a long one.
    func unpacked(_ body: [UInt8], limit: Int) throws(Fault) -> [UInt8] {
        try body.withUnsafeBufferPointer { packed throws(Fault) in try unpacked(packed, limit: limit) }
    }

    private func unpacked(_ packed: UnsafeBufferPointer<UInt8>, limit: Int) throws(Fault) -> [UInt8] {
        var stream = z_stream()
        guard inflateInit2_(&stream, windowBits, zlibVersion(), Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw .damaged
        }
        defer { inflateEnd(&stream) }
        stream.next_in = UnsafeMutablePointer(mutating: packed.baseAddress)
        stream.avail_in = UInt32(packed.count)
        let output = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: Self.chunk)
        defer { output.deallocate() }
        var body: [UInt8] = []
        var status = Z_OK
        while status != Z_STREAM_END {
            stream.next_out = output.baseAddress
            stream.avail_out = UInt32(Self.chunk)
            status = inflate(&stream, Z_NO_FLUSH)
            // No progress is Z_BUF_ERROR: the body ended before its stream did.
            guard status == Z_OK || status == Z_STREAM_END else { throw .damaged }
            let count = Self.chunk - Int(stream.avail_out)
            guard body.count + count <= limit else { throw .tooLarge }
            body.append(contentsOf: output[..<count])
        }
        guard stream.avail_in == 0 else { throw .damaged }
        return body
    }
}
