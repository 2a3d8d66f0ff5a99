import NIOCore
import Synchronization

@testable import LambdaHost

/// Gives credentials out and notes how many of them are alive.
final class NotingSessions: FunctionSessionSource {
    final class Life: Sendable {
        private let living: @Sendable (Int) -> Void

        init(_ living: @escaping @Sendable (Int) -> Void) {
            self.living = living
            living(1)
        }

        deinit { living(-1) }
    }

    private let count = Atomic<Int>(0)
    private let begun = Atomic<Int>(0)
    /// None beyond them.
    let limit: Int

    init(limit: Int = .max) { self.limit = limit }

    var living: Int { count.load(ordering: .acquiring) }

    func beginSession(of functionName: String, roleId: String) -> FunctionSession? {
        let number = begun.wrappingAdd(1, ordering: .relaxed).newValue
        guard number <= limit else { return nil }
        return FunctionSession(
            accessKeyId: "ASIA\(number)", secretAccessKey: "\(functionName)-secret", token: "\(roleId)-token",
            life: Life { [self] in count.wrappingAdd($0, ordering: .acquiringAndReleasing) })
    }
}
