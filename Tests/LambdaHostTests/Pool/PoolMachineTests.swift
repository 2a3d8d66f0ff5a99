import GatewayModel
import NIOCore
import Testing

@testable import LambdaHost

@Suite("What the pool of a function decides")
struct PoolMachineTests {
    struct Call: PooledCall, Equatable {
        let number: Int
        var deadline: NIODeadline?
    }

    final class Environment: PooledEnvironment {
        typealias Call = PoolMachineTests.Call
        let revision: PoolRevision<Environment>
        var place = EnvironmentPlace.ended

        init(_ revision: PoolRevision<Environment>) { self.revision = revision }
    }

    typealias Machine = PoolMachine<Environment>

    private static func version(_ revision: String, _ version: String = "$LATEST") -> Lambda.FunctionVersion {
        .init(
            version: version, revisionId: revision, runtime: "provided.al2023", handler: "h", code: .init("/"),
            logGroup: "/aws/lambda/f")
    }

    private static let now = NIODeadline.uptimeNanoseconds(1_000)
    private static let latest = version("a")

    /// A function of one version, and its revision.
    private func machine(reserved: Int? = nil) -> (Machine, PoolRevision<Environment>) {
        var machine = Machine()
        _ = machine.update([Self.latest], reserved: reserved)
        return (machine, machine.revision(of: Self.latest))
    }

    private func start(_ machine: inout Machine) throws -> Environment {
        guard case .start(let revision, _) = machine.startGranted() else { throw NothingStarted() }
        let environment = Environment(revision)
        machine.started(environment)
        return environment
    }

    private struct NothingStarted: Error {}

    private func call(_ machine: inout Machine, _ revision: PoolRevision<Environment>, _ number: Int = 0) -> String {
        switch machine.arrive(Call(number: number), for: revision) {
        case .invoke: "invoke"
        case .wait: "wait"
        case .throttle: "throttle"
        }
    }

    @Test("a revision with an init aside starts no other; the others of its function do")
    func aside() throws {
        let (bad, good) = (Self.version("a"), Self.version("b", "1"))
        var machine = Machine()
        _ = machine.update([bad, good], reserved: nil)
        let (endless, honest) = (machine.revision(of: bad), machine.revision(of: good))
        for number in 0..<3 { _ = call(&machine, endless, number) }
        _ = try start(&machine)
        machine.asideChanged(of: endless, true)
        #expect(machine.startsWanted == 0)
        _ = call(&machine, honest, 3)
        #expect(machine.startsWanted == 1)
        #expect(try start(&machine).revision === honest)
        machine.asideChanged(of: endless, false)
        #expect(machine.startsWanted == 2)
    }

    @Test("every waiting call asks for one start, and those that start or come back count")
    func startsFollowCalls() throws {
        var (machine, revision) = machine()
        #expect(machine.startsWanted == 0)
        for number in 0..<3 { #expect(call(&machine, revision, number) == "wait") }
        #expect(machine.startsWanted == 3)
        let first = try start(&machine)
        #expect(machine.startsWanted == 2)
        guard case .invoke(let taken) = machine.becameIdle(first, Self.now) else { throw NothingStarted() }
        #expect(taken.number == 0)
        #expect(machine.startsWanted == 2)
        machine.isReturning(first)
        #expect(machine.startsWanted == 1)
        machine.lingers(first)
        #expect(machine.startsWanted == 2)
        guard case .invoke(let next) = machine.becameIdle(first, Self.now) else { throw NothingStarted() }
        #expect(next.number == 1)
        #expect(machine.startsWanted == 1)
    }

    @Test("whichever environment becomes free first takes the oldest call; then nothing more is started")
    func oneEnvironmentServesAll() throws {
        var (machine, revision) = machine()
        for number in 0..<100 { #expect(call(&machine, revision, number) == "wait") }
        let environment = try start(&machine)
        for number in 0..<100 {
            guard case .invoke(let taken) = machine.becameIdle(environment, Self.now) else { throw NothingStarted() }
            #expect(taken.number == number)
            machine.isReturning(environment)
        }
        #expect(machine.startsWanted == 0)
        guard case .decline = machine.startGranted() else { throw NothingStarted() }
    }

    @Test("the reserve is looked at before an idle environment is")
    func reserve() throws {
        var (machine, revision) = machine()
        for _ in 0..<4 { #expect(call(&machine, revision) == "wait") }
        let environments = try (0..<4).map { _ in try start(&machine) }
        for environment in environments { _ = machine.becameIdle(environment, Self.now) }
        for environment in environments {
            machine.isReturning(environment)
            _ = machine.becameIdle(environment, Self.now)
        }
        _ = machine.update([Self.latest], reserved: 0)
        #expect(call(&machine, revision) == "throttle")
        _ = machine.update([Self.latest], reserved: 1)
        #expect(call(&machine, revision) == "invoke")
        #expect(call(&machine, revision) == "throttle")
    }

    @Test("an environment that works on behind its answer counts against the reserve")
    func lingeringReserve() throws {
        var (machine, revision) = machine(reserved: 1)
        #expect(call(&machine, revision) == "wait")
        let environment = try start(&machine)
        _ = machine.becameIdle(environment, Self.now)
        machine.isReturning(environment)
        #expect(call(&machine, revision, 1) == "wait")
        #expect(machine.startsWanted == 0)
        guard case .invoke = machine.becameIdle(environment, Self.now) else { throw NothingStarted() }
        machine.isReturning(environment)
        machine.lingers(environment)
        #expect(call(&machine, revision) == "throttle")
    }

    @Test("an idle environment of another version makes room within the reserve")
    func reserveAcrossVersions() throws {
        let first = Self.version("b", "1")
        var machine = Machine()
        _ = machine.update([Self.latest, first], reserved: 1)
        let (latest, numbered) = (machine.revision(of: Self.latest), machine.revision(of: first))
        #expect(call(&machine, latest) == "wait")
        let environment = try start(&machine)
        _ = machine.becameIdle(environment, Self.now)
        machine.isReturning(environment)
        _ = machine.becameIdle(environment, Self.now)
        #expect(call(&machine, numbered) == "wait")
        #expect(machine.startsWanted == 1)
        guard case .start(let revision, let ending) = machine.startGranted() else { throw NothingStarted() }
        #expect(revision === numbered && ending === environment && environment.place == .ended)
    }

    @Test("calls whose callers have gone are taken out, and ask for no start")
    func expiry() {
        var (machine, revision) = machine()
        let now = Self.now
        for number in 0..<3 { _ = machine.arrive(Call(number: number, deadline: now), for: revision) }
        _ = machine.arrive(Call(number: 3, deadline: now + .seconds(1)), for: revision)
        _ = machine.arrive(Call(number: 4), for: revision)
        #expect(machine.expire(now - .nanoseconds(1)).isEmpty)
        #expect(machine.expire(now).map(\.number) == [0, 1, 2])
        #expect(machine.startsWanted == 2)
    }

    @Test("an environment that becomes free passes by calls whose callers have gone")
    func expiryAtHandover() throws {
        var (machine, revision) = machine()
        _ = machine.arrive(Call(number: 0, deadline: Self.now), for: revision)
        let environment = try start(&machine)
        _ = machine.arrive(Call(number: 1), for: revision)
        guard case .invoke(let taken) = machine.becameIdle(environment, Self.now) else { throw NothingStarted() }
        #expect(taken.number == 1)
        #expect(machine.expire(Self.now).map(\.number) == [0])
        #expect(machine.expire(Self.now).isEmpty)
    }

    @Test("a new revision takes over the calls that wait; idle environments of the old one end")
    func update() throws {
        var (machine, revision) = machine()
        #expect(call(&machine, revision) == "wait")
        let (busy, idle) = (try start(&machine), Environment(revision))
        machine.started(idle)
        _ = machine.becameIdle(busy, Self.now)
        _ = machine.becameIdle(idle, Self.now)
        _ = machine.arrive(Call(number: 1), for: revision)
        #expect(idle.place == .invoked)
        machine.isReturning(idle)
        _ = machine.becameIdle(idle, Self.now)
        let next = Self.version("b")
        let update = machine.update([next], reserved: nil)
        #expect(update.ended.count == 1 && update.ended.first === idle)
        guard case .end = machine.becameIdle(busy, Self.now) else { throw NothingStarted() }
        #expect(call(&machine, machine.revision(of: next)) == "wait")
        #expect(machine.startsWanted == 1)
        let newer = Self.version("c")
        #expect(machine.update([newer], reserved: nil).lost.isEmpty)
        #expect(machine.startsWanted == 1)
        #expect(machine.update([], reserved: nil).lost.count == 1)
        #expect(machine.startsWanted == 0)
    }

    @Test("a start that fails answers the call that has waited longest")
    func failure() throws {
        var (machine, revision) = machine()
        for number in 0..<2 { _ = call(&machine, revision, number) }
        let environment = try start(&machine)
        #expect(machine.failedToStart(environment) == Call(number: 0))
        machine.ended(environment)
        #expect(machine.startsWanted == 1 && machine.living == 0)
    }

    @Test("a rehearsal needs no leave of the reserve, and its environment waits for its revision")
    func rehearsal() throws {
        var (machine, revision) = machine(reserved: 1)
        #expect(call(&machine, revision) == "wait")
        let old = try start(&machine)
        _ = machine.becameIdle(old, Self.now)
        let next = Self.version("b")
        let rehearsed = machine.rehearse(next)
        #expect(machine.startsWanted == 1)
        let new = try start(&machine)
        #expect(new.revision === rehearsed && old.place == .invoked)
        guard case .rest = machine.becameIdle(new, Self.now) else { throw NothingStarted() }
        machine.rehearsalStarted(rehearsed)
        #expect(machine.update([next], reserved: 1).ended.isEmpty)
        machine.isReturning(old)
        guard case .end = machine.becameIdle(old, Self.now) else { throw NothingStarted() }
        #expect(call(&machine, rehearsed) == "invoke")
    }

    @Test("a rehearsal that nobody takes up ends with the next definition")
    func rehearsalDropped() throws {
        var (machine, _) = machine()
        let rehearsed = machine.rehearse(Self.version("b"))
        let environment = try start(&machine)
        _ = machine.becameIdle(environment, Self.now)
        machine.rehearsalStarted(rehearsed)
        #expect(machine.update([Self.latest], reserved: nil).ended.first === environment)
    }

    @Test("after the stop nothing is taken, and what comes back ends")
    func stop() throws {
        var (machine, revision) = machine()
        for number in 0..<2 { _ = call(&machine, revision, number) }
        let environment = try start(&machine)
        _ = machine.becameIdle(environment, Self.now)
        #expect(machine.stop().map(\.number) == [1])
        #expect(machine.startsWanted == 0)
        machine.isReturning(environment)
        guard case .end = machine.becameIdle(environment, Self.now) else { throw NothingStarted() }
        machine.ended(environment)
        #expect(machine.living == 0)
    }

    /// Every event in every place an environment can be in: the counts stay those of the environments.
    @Test(
        "counts agree with the environments, whatever happens in whatever place", arguments: EnvironmentPlace.allCases)
    func everyPair(place: EnvironmentPlace) throws {
        let events: [(String, (inout Machine, Environment) -> Void)] = [
            ("becameIdle", { _ = $0.becameIdle($1, Self.now) }), ("isReturning", { $0.isReturning($1) }),
            ("lingers", { $0.lingers($1) }), ("isEnding", { $0.isEnding($1) }),
            ("failedToStart", { _ = $0.failedToStart($1) }),
        ]
        for (name, event) in events {
            var (machine, revision) = machine()
            #expect(call(&machine, revision) == "wait")
            let environment = try start(&machine)
            try bring(environment, to: place, in: &machine)
            #expect(environment.place == place)
            event(&machine, environment)
            machine.ended(environment)
            // One call either runs on it or has been taken out; whoever waits wants one start.
            let waits = revision.waiting.count
            #expect(
                machine.startsWanted == waits && machine.living == 0 && revision.idle.isEmpty, "\(name) in \(place)")
        }
    }

    private func bring(_ environment: Environment, to place: EnvironmentPlace, in machine: inout Machine) throws {
        switch place {
        case .starting: break
        case .invoked: _ = machine.becameIdle(environment, Self.now)
        case .returning, .lingering, .idle:
            _ = machine.becameIdle(environment, Self.now)
            machine.isReturning(environment)
            if place == .lingering { machine.lingers(environment) }
            if place == .idle { _ = machine.becameIdle(environment, Self.now) }
        case .ended: machine.isEnding(environment)
        }
    }
}
