import Dispatch
import Synchronization

/// Tells the operator of faults that may come with every request, from any thread: each kind at once, then once a minute
/// with how often it came meanwhile.
final class FaultNotices: Sendable {
    private struct Notice {
        var toldAt: UInt64
        /// How often it came since.
        var untold = 0
    }

    /// Kinds that are kept apart; a fault whose words are always others must not fill the memory.
    private static let maximumKinds = 16
    private static let interval: UInt64 = 60_000_000_000

    private let notices = Mutex<[String: Notice]>([:])
    private let now: @Sendable () -> UInt64
    private let say: @Sendable (String) -> Void

    /// - Parameter tell: must not wait: who meets a fault may be an event loop, or the one writer of a store.
    init(
        now: @escaping @Sendable () -> UInt64 = { DispatchTime.now().uptimeNanoseconds },
        tell: @escaping @Sendable (String) -> Void = { Console.postWarning($0) }
    ) {
        self.now = now
        say = tell
    }

    /// The words are the kind.
    func tell(_ fault: String) {
        let now = self.now()
        let untold: Int? = notices.withLock { notices in
            if notices[fault] == nil, notices.count >= Self.maximumKinds {
                notices = notices.filter { now < $0.value.toldAt + Self.interval }
            }
            // What has no place of its own is counted together.
            let kind = notices[fault] != nil || notices.count < Self.maximumKinds ? fault : ""
            guard let notice = notices[kind] else {
                notices[kind] = Notice(toldAt: now)
                return 0
            }
            // Another thread may have read the clock later and come first.
            guard now >= notice.toldAt + Self.interval else {
                notices[kind]?.untold += 1
                return nil
            }
            notices[kind] = Notice(toldAt: now)
            return notice.untold
        }
        guard let untold else { return }
        say("gatehouse: \(fault)" + (untold == 0 ? "" : " (and \(untold) times more since that was last said)"))
    }
}
