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
        for piece in pieces {
            var outcome = Result<Void, ObjectError>.success(())
            piece.withUnsafeReadableBytes { bytes in
                outcome = Result { () throws(ObjectError) in try append(bytes) }
            }
            try outcome.get()
        }
    }

    private func append(_ bytes: UnsafeRawBufferPointer) throws(ObjectError) {
        guard case .chunked = claims.packing else { return try keep(bytes) }
        var chunks = chunks
        try chunks.read(bytes) { event throws(ObjectError) in
            switch event {
            case .content(let range):
                let content = UnsafeRawBufferPointer(rebasing: bytes[range])
                signatures?.update(content)
                try keep(content)
            case .chunkEnded(let signature):
                if signatures?.ends(with: signature) == false { throw ObjectError.wrongChunk }
            case .trailer("x-amz-trailer-signature", let value):
                if signatures?.signs(trailers: trailerLines, with: value) == false { throw ObjectError.wrongChunk }
                isTrailerSigned = true
            case .trailer(let name, let value):
                trailerLines += "\(name):\(value)\n"
                if name == claims.trailer?.header { trailer = value }
            case .end: break
            }
        }
        self.chunks = chunks
    }

    private func keep(_ bytes: UnsafeRawBufferPointer) throws(ObjectError) {
        received += bytes.count
        // More than was told would be kept before it is refused.
        guard received <= claims.length ?? 0 else { throw .incompleteBody }
        try incoming?.append(bytes)
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
