/// As long as it is there the files of some content are, whatever becomes of the objects that use them.
final class ContentHold: Sendable {
    private let digests: Set<String>
    private let end: @Sendable (Set<String>) -> Void

    /// - Parameter end: lets go of them; it may be called on any thread, and must not wait there.
    init(_ digests: Set<String>, in folder: ContentFolder, end: @escaping @Sendable (Set<String>) -> Void) {
        self.digests = digests
        self.end = end
        folder.hold(digests)
    }

    deinit { end(digests) }
}
