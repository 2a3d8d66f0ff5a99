import GatewayModel
import ObjectStore

/// Content that becomes other content without leaving the disk, in steps: as far as it is to be known or written it is read,
/// a piece at a time. One thread after the other touches it (`ObjectService`), never two at a time.
final class ContentCopy: @unchecked Sendable {
    /// Bytes of a step: few enough to be in memory.
    private static let stepBytes = 1_048_576

    /// What is read, and where it goes.
    private struct Reading {
        let reader: ContentReader
        let incoming: IncomingContent
        var rest: Range<Int>
    }

    /// What the content is.
    struct Copied {
        let etag: String
        let checksum: Checksum?
        /// Nil: it is where it was.
        let written: (IncomingContent, ContentDigests)?
    }

    typealias Keep = @Sendable (Copied) throws(ObjectError) -> ObjectAnswer

    private let source: ObjectVersion
    private let kind: ChecksumKind
    private let isWritten: Bool
    private var reading: Reading?
    private let keep: Keep

    /// - Parameters:
    ///   - kind: the checksum that the content will have.
    ///   - isWritten: whether it gets a file of its own.
    init(
        _ source: CopySource, _ range: Range<Int>, in store: ObjectStore, by kind: ChecksumKind, isWritten: Bool,
        keep: @escaping Keep
    ) throws(ObjectError) {
        // AWS quota: as much as comes in one piece.
        guard range.count <= ContentClaims.bytes else {
            throw .invalidRequest(
                "The specified copy source is larger than the maximum allowable size for a copy source: "
                    + "\(ContentClaims.bytes)")
        }
        self.source = source.version
        self.kind = kind
        self.isWritten = isWritten
        self.keep = keep
        guard isWritten || !source.version.isKnown(by: kind) else { return }
        reading = Reading(
            reader: store.reader(of: source.version, range),
            incoming: try store.receive([kind], isWritten: isWritten), rest: range)
    }

    /// Goes on; nil: there is more to do.
    func step() throws(ObjectError) -> ObjectAnswer? {
        guard let reading else {
            return try keep(Copied(etag: source.etag, checksum: source.facts.checksum, written: nil))
        }
        guard reading.rest.isEmpty else {
            let piece = reading.rest.prefix(Self.stepBytes)
            try reading.incoming.append([reading.reader.bytes(in: piece)])
            self.reading?.rest = piece.upperBound..<reading.rest.upperBound
            return nil
        }
        let digests = reading.incoming.seal()
        return try keep(
            Copied(
                etag: digests.etag, checksum: digests.checksum(kind),
                written: isWritten ? (reading.incoming, digests) : nil))
    }
}

extension ObjectVersion {
    /// Whether it tells what its content is as one piece; an upload tells of its parts.
    fileprivate func isKnown(by kind: ChecksumKind) -> Bool {
        !etag.contains("-") && facts.checksum?.kind == kind && facts.checksum?.scope == .fullObject
    }
}
