import NIOCore
import ObjectStore
import SigV4

/// Content on its way to the disk: unpacked, checked and hashed as it comes. One thread after the other touches it
/// (`ObjectService`), never two at a time; all of them may wait for the disk.
final class ObjectContent: @unchecked Sendable {
    private let call: ObjectCall
    private let receiving: ObjectOperation.Receiving
    private let claims: ContentClaims
    private var signatures: ChunkSignatures?
    private var incoming: IncomingContent?
    private var chunks = ChunkedContent()
    private var received = 0
    private var trailer: String?
    private var trailerLines = ""
    private var isTrailerSigned = false

    init(
        _ call: ObjectCall, _ receiving: ObjectOperation.Receiving, _ claims: ContentClaims,
        _ signatures: ChunkSignatures?
    ) {
        self.call = call
        self.receiving = receiving
        self.claims = claims
        if case .chunked(isSigned: true) = claims.packing { self.signatures = signatures }
    }

    /// What can be refused before the content is sent.
    func begin() throws(ObjectError) {
        let kind = try receiving.prepare(call, claims)
        incoming = try call.store.receive([claims.kind, kind])
    }

    func append(_ pieces: [ByteBuffer]) throws(ObjectError) {
        var contents: [ByteBufferView] = []
        for piece in pieces { try unpack(piece, &contents) }
        received += contents.reduce(0) { $0 + $1.count }
        // More than was told would be kept before it is refused.
        guard received <= claims.length ?? 0 else { throw .incompleteBody }
        try incoming?.append(contents)
    }

    private func unpack(_ piece: ByteBuffer, _ contents: inout [ByteBufferView]) throws(ObjectError) {
        let view = piece.readableBytesView
        guard case .chunked = claims.packing else { return contents.append(view) }
        try piece.read { bytes throws(ObjectError) in
            try chunks.read(bytes) { event throws(ObjectError) in
                guard case .content(let range) = event else { return try read(event) }
                signatures?.update(UnsafeRawBufferPointer(rebasing: bytes[range]))
                let start = view.startIndex + range.lowerBound
                contents.append(view[start..<(start + range.count)])
            }
        }
    }

    /// What stands between the pieces of content.
    private func read(_ event: ChunkedContent.Event) throws(ObjectError) {
        switch event {
        case .chunkEnded(let signature):
            if signatures?.ends(with: signature) == false { throw .wrongChunk }
        case .trailer("x-amz-trailer-signature", let value):
            if signatures?.signs(trailers: trailerLines, with: value) == false { throw .wrongChunk }
            isTrailerSigned = true
        case .trailer(let name, let value):
            trailerLines += "\(name):\(value)\n"
            if name == claims.trailer?.header { trailer = value }
        case .content, .end: break
        }
    }

    /// All has come.
    func finish() throws(ObjectError) -> ObjectAnswer {
        guard let incoming else { throw .internalError("content ended before it began") }
        if case .chunked(let isSigned) = claims.packing {
            guard chunks.isEnded else { throw .incompleteBody }
            if isSigned, signatures != nil, claims.trailer != nil, !isTrailerSigned { throw .wrongChunk }
        }
        let digests = incoming.seal()
        try claims.check(digests, trailer: trailer)
        return try receiving.keep(call, claims, incoming, digests)
    }
}

extension ObjectError {
    fileprivate static let wrongChunk = ObjectError(
        "SignatureDoesNotMatch", status: 403,
        "The request signature we calculated does not match the signature you provided. Check your key and signing method."
    )
}
