import Dispatch

/// Work that waits for the disk, or takes a second of a processor. Swift's own threads are as many as processors, and
/// everybody's: what waits on them lets everything else wait.
package enum BlockingThread {
    package static func run<Value: Sendable>(
        _ work: @escaping @Sendable () throws(PackageError) -> Value
    ) async throws(PackageError) -> Value {
        let outcome: Result<Value, PackageError> = await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(returning: Result { () throws(PackageError) in try work() })
            }
        }
        return try outcome.get()
    }
}
