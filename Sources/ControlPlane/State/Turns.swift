import EntityStore
import Synchronization

/// Who may change a root: one after another, in the order in which they came.
final class Turns: Sendable {
    /// By root that somebody changes, those who wait for it.
    private let waiting = Mutex<[RootID: [CheckedContinuation<Void, Never>]]>([:])

    /// Waits until it is the caller's turn with all of these roots; `giveBack` ends it.
    ///
    /// Several are taken in one order, whoever asks, and nobody who holds one asks for more: so nobody waits for
    /// somebody who waits for him.
    func take(_ roots: Set<RootID>) async {
        for root in roots.sorted(by: { $0.description < $1.description }) { await take(root) }
    }

    func giveBack(_ roots: Set<RootID>) {
        for root in roots { giveBack(root) }
    }

    /// How many wait while another one changes the root.
    func waiting(for root: RootID) -> Int { waiting.withLock { $0[root]?.count ?? 0 } }

    private func take(_ root: RootID) async {
        await withCheckedContinuation { continuation in
            let isFree = waiting.withLock { waiting in
                if waiting[root] == nil {
                    waiting[root] = []
                    return true
                }
                waiting[root]?.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
    }

    private func giveBack(_ root: RootID) {
        let next: CheckedContinuation<Void, Never>? = waiting.withLock { waiting in
            guard waiting[root]?.isEmpty == false else {
                waiting[root] = nil
                return nil
            }
            return waiting[root]?.removeFirst()
        }
        next?.resume()
    }
}
