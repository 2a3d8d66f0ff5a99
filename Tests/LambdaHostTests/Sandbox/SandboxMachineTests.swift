import NIOCore
import Testing

@testable import LambdaHost

@Suite("What happens to one environment")
struct SandboxMachineTests {
    private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000)
    private static let limits = SandboxMachine<String>.Limits(timeout: .seconds(3))

    enum Stage: String, CaseIterable {
        case starting, restarting, secondStart, idle, invoked, returning, ending
    }

    private func machine(_ stage: Stage) -> SandboxMachine<String> {
        var machine = SandboxMachine<String>(limits: Self.limits, now: Self.start)
        switch stage {
        case .starting: break
        case .restarting, .secondStart:
            _ = machine.check(Self.start + .seconds(11), memory: { 0 }, limit: 1)
            if stage == .secondStart { _ = machine.exited(Self.start) }
        case .idle, .invoked, .returning:
            _ = machine.nextRequested(Self.start)
            if stage == .idle { break }
            _ = machine.invoke("call", Self.start)
            if stage == .returning { _ = machine.answered(Self.start) { _ in true } }
        case .ending: _ = machine.kill()
        }
        return machine
    }

    private func name(_ machine: SandboxMachine<String>) -> Stage {
        switch machine.state {
        case .starting(_, 1): .starting
        case .starting: .secondStart
        case .restarting: .restarting
        case .idle: .idle
        case .invoked: .invoked
        case .returning: .returning
        case .ending: .ending
        }
    }

    enum Event: String, CaseIterable {
        case next, nextLost, invoke, answer, wrongAnswer, initFailed, checkSoon, checkAfter4s, checkAfter11s
        case checkAfterHour, tooMuchMemory, exit, kill
    }

    private func perform(_ event: Event, _ machine: inout SandboxMachine<String>) -> String {
        func check(_ time: TimeAmount, memory: Int = 1) -> String {
            "\(machine.check(Self.start + time, memory: { memory }, limit: 128))"
        }
        switch event {
        case .next:
            switch machine.nextRequested(Self.start) {
            case .ready(let time): return time == nil ? "ready" : "readyAfterInit"
            case .replaces: return "replaces"
            case .refused: return "refused"
            }
        case .nextLost: return "\(machine.nextLost(Self.start))"
        case .invoke: return "\(machine.invoke("new", Self.start))"
        case .answer: return machine.answered(Self.start) { $0 == "call" } ?? "nil"
        case .wrongAnswer: return machine.answered(Self.start) { $0 == "another" } ?? "nil"
        case .initFailed: return machine.initFailed(Self.start) == nil ? "nil" : "failed"
        case .checkSoon: return check(.milliseconds(50))
        case .checkAfter4s: return check(.seconds(4))
        case .checkAfter11s: return check(.seconds(11))
        case .checkAfterHour: return check(.hours(1))
        case .tooMuchMemory: return check(.milliseconds(50), memory: 129)
        case .exit: return "\(machine.exited(Self.start))"
        case .kill:
            switch machine.kill() {
            case .kill(let running): return "kill " + (running ?? "-")
            case .nothing: return "nothing"
            }
        }
    }

    /// What each event answers in each state, and the state behind it. "=" is the state before.
    private static let table: [Event: [Stage: (String, Stage)]] = [
        .next: [
            .starting: ("readyAfterInit", .idle), .restarting: ("refused", .restarting),
            .secondStart: ("readyAfterInit", .idle), .idle: ("replaces", .idle), .invoked: ("refused", .invoked),
            .returning: ("ready", .idle), .ending: ("refused", .ending),
        ],
        .nextLost: rest("false", [.idle: ("true", .returning)]),
        .invoke: rest("false", [.idle: ("true", .invoked)]),
        .answer: rest("nil", [.invoked: ("call", .returning)]),
        .wrongAnswer: rest("nil", [:]),
        .initFailed: rest("nil", [.starting: ("failed", .ending), .secondStart: ("failed", .ending)]),
        .checkSoon: rest("fine", [:]),
        .checkAfter4s: rest(
            "fine", [.secondStart: ("initTimedOut", .ending), .invoked: (#"timedOut("call")"#, .ending)]),
        .checkAfter11s: rest(
            "fine",
            [
                .starting: ("restart", .restarting), .secondStart: ("initTimedOut", .ending),
                .invoked: (#"timedOut("call")"#, .ending), .returning: ("end", .ending),
            ]),
        .checkAfterHour: rest(
            "fine",
            [
                .starting: ("restart", .restarting), .secondStart: ("initTimedOut", .ending), .idle: ("end", .ending),
                .invoked: (#"timedOut("call")"#, .ending), .returning: ("end", .ending),
            ]),
        .tooMuchMemory: rest("fine", [.invoked: ("outOfMemory", .invoked)]),
        .exit: [
            .starting: ("failedToStart", .ending), .restarting: ("startAgain", .secondStart),
            .secondStart: ("failedToStart", .ending), .idle: ("quiet", .ending),
            .invoked: (#"lost("call")"#, .ending), .returning: ("quiet", .ending), .ending: ("quiet", .ending),
        ],
        .kill: [
            .starting: ("kill -", .ending), .restarting: ("kill -", .ending), .secondStart: ("kill -", .ending),
            .idle: ("kill -", .ending), .invoked: ("kill call", .ending), .returning: ("kill -", .ending),
            .ending: ("nothing", .ending),
        ],
    ]

    /// The same answer in all states but these, without a change of state.
    private static func rest(_ answer: String, _ others: [Stage: (String, Stage)]) -> [Stage: (String, Stage)] {
        Dictionary(uniqueKeysWithValues: Stage.allCases.map { ($0, others[$0] ?? (answer, $0)) })
    }

    @Test("every event in every state", arguments: Event.allCases, Stage.allCases)
    func everyPair(event: Event, stage: Stage) throws {
        let (answer, next) = try #require(Self.table[event]?[stage])
        var machine = machine(stage)
        #expect(perform(event, &machine) == answer)
        #expect(name(machine) == next)
    }
}
