/// Something that happens now and then, to be waited for: each time ends one wait.
final class Signal: Sendable {
    private let times = AsyncStream<Void>.makeStream()

    func happened() { times.continuation.yield() }

    func wait() async throws {
        var time = times.stream.makeAsyncIterator()
        guard await time.next(isolation: #isolation) != nil else { throw CancellationError() }
    }
}
