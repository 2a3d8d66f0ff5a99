import GatewayModel
import NIOCore

/// One environment as its pool counts it.
protocol PooledEnvironment: AnyObject {
    associatedtype Call: PooledCall
    var revision: PoolRevision<Self> { get }
    /// Kept by the pool's machine alone.
    var place: EnvironmentPlace { get set }
}

/// A call as the pool's machine needs to know it.
protocol PooledCall {
    /// When its caller stops waiting; nil when it never does.
    var deadline: NIODeadline? { get }
}

/// What an environment is doing, as far as its pool is concerned.
enum EnvironmentPlace: Equatable, CaseIterable {
    case starting, idle, invoked
    /// It answered, and its runtime will ask for the next event in a moment.
    case returning
    /// It answered some time ago and works on: nobody counts on it.
    case lingering
    case ended
}

/// One version of a function at one revision: its idle environments, newest last, and the calls that wait for one.
final class PoolRevision<Environment: PooledEnvironment> {
    let version: Lambda.FunctionVersion
    fileprivate(set) var isCurrent = false
    /// Started for a rehearsal, so that it lives without being current.
    fileprivate(set) var isRehearsed = false
    fileprivate(set) var idle: [Environment] = []
    fileprivate(set) var waiting = CircularBuffer<Environment.Call>()
    fileprivate var starting = 0
    fileprivate var returning = 0
    fileprivate var living = 0
    /// Inits that were put aside. While there is one no other is started: it would fare no better.
    fileprivate var aside = 0
    /// What of `PoolMachine.startsWanted` comes from here.
    fileprivate var wanted = 0

    init(_ version: Lambda.FunctionVersion) { self.version = version }

}

/// What the pool of a function decides: which environment takes a call, when one more has to start, who is refused.
///
/// A value without I/O: `FunctionPool` tells it what happened and does what it answers. Every event costs the same,
/// however many calls wait and environments live; only `expire` and `update` walk.
struct PoolMachine<Environment: PooledEnvironment> {
    typealias Call = Environment.Call
    typealias Revision = PoolRevision<Environment>

    private var revisions: [Key: Revision] = [:]
    /// At most so many calls are worked on or wait; nil when nothing is reserved.
    private(set) var reserved: Int?
    private var invoked = 0
    private var lingering = 0
    private var idle = 0
    private var waiting = 0
    private var wanted = 0
    private(set) var living = 0
    private(set) var isStopped = false
    /// What is rehearsed and has no environment yet.
    private var rehearsal: Revision?
    /// Calls that were found to be too late when an environment was there for them.
    private var expired: [Call] = []

    private struct Key: Hashable {
        let version: String
        let revisionId: String
    }

    init() {}

    // MARK: Definitions

    struct Update {
        /// Idle environments that no version has any more: they end now. Others end when they become idle.
        var ended: [Environment] = []
        /// Calls of versions that are gone.
        var lost: [Call] = []
        /// Calls whose version has another revision now, and an idle environment of it.
        var served: [(Environment, Call)] = []
    }

    /// Takes the versions as they are from now on.
    mutating func update(_ versions: [Lambda.FunctionVersion], reserved: Int?) -> Update {
        self.reserved = reserved
        var update = Update()
        var current: [String: Revision] = [:]
        for version in versions {
            let revision = revision(of: version)
            revision.isRehearsed = false
            current[version.version] = revision
        }
        for (key, revision) in revisions {
            let next = current[key.version]
            revision.isCurrent = revision === next
            guard !revision.isCurrent, !revision.isRehearsed else { continue }
            for environment in revision.idle { update.ended.append(environment) }
            for call in revision.waiting {
                if let next { next.waiting.append(call) } else { update.lost.append(call) }
            }
            if next == nil { waiting -= revision.waiting.count }
            revision.waiting.removeAll()
            count(revision)
        }
        for environment in update.ended { move(environment, to: .ended) }
        for revision in current.values {
            while !revision.waiting.isEmpty, let environment = revision.idle.last {
                update.served.append((environment, takeCall(of: revision)))
                move(environment, to: .invoked)
            }
            count(revision)
        }
        revisions = revisions.filter { $0.value.isCurrent || $0.value.living > 0 || $0.value.isRehearsed }
        return update
    }

    /// The revision that a version's environments belong to.
    mutating func revision(of version: Lambda.FunctionVersion) -> Revision {
        let key = Key(version: version.version, revisionId: version.revisionId)
        if let known = revisions[key] { return known }
        let revision = Revision(version)
        revisions[key] = revision
        return revision
    }

    func isKnown(_ version: Lambda.FunctionVersion) -> Bool {
        revisions[Key(version: version.version, revisionId: version.revisionId)]?.isCurrent ?? false
    }

    // MARK: Calls

    enum Admittance {
        case invoke(Environment)
        case wait
        case throttle
    }

    /// A call came. The reserve is looked at first: an idle environment is no leave to exceed it.
    mutating func arrive(_ call: Call, for revision: Revision) -> Admittance {
        if let reserved, invoked + lingering + waiting >= reserved { return .throttle }
        if let environment = revision.idle.last {
            move(environment, to: .invoked)
            return .invoke(environment)
        }
        revision.waiting.append(call)
        waiting += 1
        count(revision)
        return .wait
    }

    /// Takes out the calls whose callers have gone: they are not run, and nothing is started for them.
    mutating func expire(_ now: NIODeadline) -> [Call] {
        defer { expired.removeAll() }
        guard waiting > 0 else { return expired }
        for revision in revisions.values where !revision.waiting.isEmpty {
            let before = revision.waiting.count
            revision.waiting = CircularBuffer(
                revision.waiting.filter { call in
                    guard let deadline = call.deadline, deadline <= now else { return true }
                    expired.append(call)
                    return false
                })
            waiting -= before - revision.waiting.count
            count(revision)
        }
        return expired
    }

    // MARK: Environments

    /// How many more environments the function would start now.
    var startsWanted: Int {
        guard !isStopped else { return 0 }
        // A rehearsal takes no call, so it needs no leave of the reserve.
        return servingStartsWanted + (rehearsal == nil ? 0 : 1)
    }

    private var servingStartsWanted: Int {
        guard wanted > 0, let reserved else { return wanted }
        // Idle environments of other versions make room.
        return max(0, min(wanted, reserved - living + idle))
    }

    /// An init of the revision was put aside, or one that was is over.
    mutating func asideChanged(of revision: Revision, _ isAside: Bool) {
        revision.aside += isAside ? 1 : -1
        count(revision)
    }

    enum Start {
        /// `ending` makes room for it.
        case start(Revision, ending: Environment?)
        case decline
    }

    /// There is room for one more start.
    mutating func startGranted() -> Start {
        guard !isStopped else { return .decline }
        if let rehearsal { return .start(rehearsal, ending: nil) }
        guard servingStartsWanted > 0, let revision = revisions.values.first(where: { $0.wanted > 0 }) else {
            return .decline
        }
        var ending: Environment?
        if let reserved, living >= reserved {
            ending = revisions.values.lazy.compactMap(\.idle.first).first
            if let ending { move(ending, to: .ended) }
        }
        return .start(revision, ending: ending)
    }

    /// An environment of `startGranted` is being started.
    mutating func started(_ environment: Environment) {
        living += 1
        environment.revision.living += 1
        if environment.revision === rehearsal { rehearsal = nil }
        enter(environment, .starting)
        count(environment.revision)
    }

    enum Rest {
        case invoke(Call)
        case rest
        /// No version has its revision any more.
        case end
    }

    /// The environment waits for an event.
    mutating func becameIdle(_ environment: Environment, _ now: NIODeadline) -> Rest {
        let revision = environment.revision
        guard environment.place != .ended else { return .end }
        guard revision.isCurrent || revision.isRehearsed, !isStopped else {
            move(environment, to: .ended)
            return .end
        }
        while !revision.waiting.isEmpty {
            let call = takeCall(of: revision)
            if let deadline = call.deadline, deadline <= now {
                expired.append(call)
            } else {
                move(environment, to: .invoked)
                return .invoke(call)
            }
        }
        move(environment, to: .idle)
        return .rest
    }

    /// The environment answered its call, or lost the connection on which it waited for one.
    mutating func isReturning(_ environment: Environment) {
        if environment.place != .ended { move(environment, to: .returning) }
    }

    /// The environment has not come back for a while.
    mutating func lingers(_ environment: Environment) {
        if environment.place == .returning { move(environment, to: .lingering) }
    }

    /// The environment takes no more calls; it may live on for a moment.
    mutating func isEnding(_ environment: Environment) {
        if environment.place != .ended { move(environment, to: .ended) }
    }

    /// The environment's process has ended.
    mutating func ended(_ environment: Environment) {
        isEnding(environment)
        living -= 1
        let revision = environment.revision
        revision.living -= 1
        guard !revision.isCurrent, !revision.isRehearsed, revision.living == 0 else { return }
        revisions[Key(version: revision.version.version, revisionId: revision.version.revisionId)] = nil
    }

    /// An environment could not start; its error answers the call that has waited longest.
    mutating func failedToStart(_ environment: Environment) -> Call? {
        let revision = environment.revision
        isEnding(environment)
        guard !revision.waiting.isEmpty else { return nil }
        let call = takeCall(of: revision)
        count(revision)
        return call
    }

    // MARK: Rehearsals

    /// One environment of the revision is wanted, though no version has it yet.
    mutating func rehearse(_ version: Lambda.FunctionVersion) -> Revision {
        let revision = revision(of: version)
        revision.isRehearsed = true
        rehearsal = revision
        return revision
    }

    /// Its environment is idle; it stays so until the next `update`, which may take it up.
    mutating func rehearsalStarted(_ revision: Revision) {
        revision.isRehearsed = false
    }

    /// Nobody wants the revision any more; its environments end when they are idle, those that are idle now.
    mutating func endRehearsal(of revision: Revision) -> [Environment] {
        revision.isRehearsed = false
        if rehearsal === revision { rehearsal = nil }
        guard !revision.isCurrent else { return [] }
        let ended = revision.idle
        for environment in ended { move(environment, to: .ended) }
        if revision.living == 0 {
            revisions[Key(version: revision.version.version, revisionId: revision.version.revisionId)] = nil
        }
        return ended
    }

    // MARK: The end

    /// Takes no more calls; answers those that wait.
    mutating func stop() -> [Call] {
        isStopped = true
        var lost: [Call] = []
        for revision in revisions.values {
            lost += revision.waiting
            revision.waiting.removeAll()
            count(revision)
        }
        waiting = 0
        return lost
    }

    // MARK: Counting

    private mutating func takeCall(of revision: Revision) -> Call {
        waiting -= 1
        return revision.waiting.removeFirst()
    }

    private mutating func move(_ environment: Environment, to place: EnvironmentPlace) {
        leave(environment)
        enter(environment, place)
        count(environment.revision)
    }

    private mutating func leave(_ environment: Environment) {
        let revision = environment.revision
        switch environment.place {
        case .starting: revision.starting -= 1
        case .returning: revision.returning -= 1
        case .invoked: invoked -= 1
        case .lingering: lingering -= 1
        case .idle:
            idle -= 1
            // The newest is taken first, so it is the last one but when an environment ends in its idle time.
            if let index = revision.idle.lastIndex(where: { $0 === environment }) { revision.idle.remove(at: index) }
        case .ended: break
        }
    }

    private mutating func enter(_ environment: Environment, _ place: EnvironmentPlace) {
        let revision = environment.revision
        environment.place = place
        switch place {
        case .starting: revision.starting += 1
        case .returning: revision.returning += 1
        case .invoked: invoked += 1
        case .lingering: lingering += 1
        case .idle:
            idle += 1
            revision.idle.append(environment)
        case .ended: break
        }
    }

    /// Every waiting call has an environment on its way: one that starts, or one that comes back from its last call.
    private mutating func count(_ revision: Revision) {
        let now = revision.aside > 0 ? 0 : max(0, revision.waiting.count - revision.starting - revision.returning)
        wanted += now - revision.wanted
        revision.wanted = now
    }
}
