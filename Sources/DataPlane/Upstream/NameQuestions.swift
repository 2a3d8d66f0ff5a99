import NIOCore

/// The questions to name servers: those that are out, each on a thread that waits for its answer, and those that wait
/// for a thread.
///
/// A value without threads and clock. A silent name server holds a thread for as long as it is waited for, so threads
/// are dealt out by what is known of the name: none of the kinds can take what the others need.
struct NameQuestions {
    enum Kind: Int, CaseIterable {
        /// The host of an integration, and nothing bad is known of it.
        case configured
        /// The host of an integration whose last question failed: its server may be gone.
        case doubtful
        /// A client chose it (a path variable in the host): there may be any number whose server is silent.
        case chosen

        /// Questions that are out, all of the kind, and those of them that are not slow.
        fileprivate var share: (all: Int, quick: Int) {
            switch self {
            case .configured: (NameQuestions.threads, NameQuestions.threads)
            case .doubtful: (16, 8)
            case .chosen: (16, 8)
            }
        }
    }

    private struct Question {
        let name: String
        let kind: Kind
        let since: NIODeadline
    }

    /// Questions that are out at a time. A third of them is always left to names of which nothing bad is known.
    static let threads = 48
    /// A question that has been out for so long is likely to stay out: others are let in beside it.
    static let slow = TimeAmount.seconds(1)
    /// Names chosen by clients that wait.
    static let chosenWaiting = 512

    private var out: [Question] = []
    private var waiting = Kind.allCases.map { _ in CircularBuffer<String>() }

    var isEmpty: Bool { waiting.allSatisfy(\.isEmpty) }
    var hasRoomForChosen: Bool { waiting[Kind.chosen.rawValue].count < Self.chosenWaiting }

    mutating func append(_ name: String, _ kind: Kind) { waiting[kind.rawValue].append(name) }

    /// Takes a question back that has no thread yet; false when there is none.
    mutating func remove(_ name: String) -> Bool {
        for kind in waiting.indices {
            guard let position = waiting[kind].firstIndex(of: name) else { continue }
            waiting[kind].remove(at: position)
            return true
        }
        return false
    }

    /// The next name to ask for, if there is a thread for it.
    mutating func next(_ now: NIODeadline) -> String? {
        for kind in Kind.allCases where mayAsk(kind, now) {
            guard let name = waiting[kind.rawValue].popFirst() else { continue }
            out.append(Question(name: name, kind: kind, since: now))
            return name
        }
        return nil
    }

    mutating func answered(_ name: String) { out.removeAll { $0.name == name } }

    private func mayAsk(_ kind: Kind, _ now: NIODeadline) -> Bool {
        let same = out.filter { $0.kind == kind }
        let quick = same.count { now < $0.since + Self.slow }
        return out.count < Self.threads && same.count < kind.share.all && quick < kind.share.quick
    }
}
