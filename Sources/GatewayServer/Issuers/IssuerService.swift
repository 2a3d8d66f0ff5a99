import ControlPlane
import DataPlane
import JSONWebToken
import NIOCore
import Synchronization
import UserPools

/// The issuers of tokens that authorizers name: their keys are fetched when they are needed, and kept.
final class IssuerService: IssuerDirectory, IssuerCheck, Sendable {
    let fetch: IssuerFetch
    /// Keys that the operator supplies: these issuers are never asked.
    private let supplied: [String: KeySet]
    let pools: UserPools?
    private let issuers = Mutex<[String: any IssuerKeys]>([:])

    init(fetch: IssuerFetch, supplied: [String: KeySet], pools: UserPools? = nil) {
        self.fetch = fetch
        self.supplied = supplied
        self.pools = pools
    }

    func keys(of issuer: String) -> any IssuerKeys {
        issuers.withLock { issuers in
            if let known = issuers[issuer] { return known }
            let asked = Issuer(supplied: supplied[issuer]) { [fetch] () throws(IssuerFault) in
                try await fetch.keys(of: issuer)
            }
            let made: any IssuerKeys =
                if let pools, supplied[issuer] == nil {
                    PoolIssuer(name: issuer, pools: pools, other: asked)
                } else { asked }
            issuers[issuer] = made
            return made
        }
    }

    func check(_ issuer: String) async -> IssuerFinding {
        if supplied[issuer] != nil || pools?.keySet(ofIssuer: issuer) != nil { return .valid }
        do throws(FetchFailure) { _ = try await fetch.keyAddress(of: issuer) } catch {
            if error.wasReached { return .invalid(error.reason) }
            Console.postWarning(
                "gatehouse: the issuer \(TerminalText.safe(issuer)) cannot be reached, and until it can its authorizers "
                    + "let nobody in: \(TerminalText.safe(error.reason))")
            return .unreachable(error.reason)
        }
        return .valid
    }
}

/// One issuer: of all who need its keys at one time, one fetches them.
final class Issuer: IssuerKeys, Sendable {
    /// An issuer is not asked again before, whatever key ids clients make up; after a failure sooner.
    static let restAfterKeys = TimeAmount.seconds(30)
    static let restAfterFault = TimeAmount.seconds(5)
    /// AWS keeps keys for up to two hours.
    static let renewal = TimeAmount.hours(1)

    private typealias Completion = @Sendable (Result<IssuerKeySet, IssuerFault>) -> Void

    private struct State {
        var current: IssuerKeySet?
        var fault: IssuerFault?
        var nextFetch: NIODeadline?
        var isFetching = false
        var waiting: [(any EventLoop, Completion)] = []
    }

    private let state: Mutex<State>
    private let isSupplied: Bool
    private let fetch: @Sendable () async throws(IssuerFault) -> KeySet

    init(supplied: KeySet?, fetch: @escaping @Sendable () async throws(IssuerFault) -> KeySet) {
        isSupplied = supplied != nil
        self.fetch = fetch
        let current = supplied.map { IssuerKeySet(number: 1, keys: $0, renewal: .distantFuture) }
        state = Mutex(State(current: current))
    }

    func load(
        after known: Int?, on loop: any EventLoop,
        _ completion: @escaping @Sendable (Result<IssuerKeySet, IssuerFault>) -> Void
    ) {
        let now = NIODeadline.now()
        let (answer, begins) = state.withLock { state -> (Result<IssuerKeySet, IssuerFault>?, Bool) in
            if let current = state.current, isSupplied || current.number != known { return (.success(current), false) }
            if !state.isFetching, let next = state.nextFetch, now < next {
                if let current = state.current { return (.success(current), false) }
                if let fault = state.fault { return (.failure(fault), false) }
            }
            state.waiting.append((loop, completion))
            let begins = !state.isFetching
            state.isFetching = true
            return (nil, begins)
        }
        if let answer { return completion(answer) }
        if begins { Task { await fetchKeys() } }
    }

    private func fetchKeys() async {
        let result: Result<KeySet, IssuerFault>
        do throws(IssuerFault) { result = .success(try await fetch()) } catch { result = .failure(error) }
        let (answer, waiting) = state.withLock { state in
            let now = NIODeadline.now()
            switch result {
            case .success(let keys):
                state.current = IssuerKeySet(
                    number: (state.current?.number ?? 0) + 1, keys: keys, renewal: now + Self.renewal)
                state.fault = nil
                state.nextFetch = now + Self.restAfterKeys
            case .failure(let fault):
                state.fault = fault
                state.nextFetch = now + Self.restAfterFault
            }
            state.isFetching = false
            let waiting = state.waiting
            state.waiting = []
            // While the issuer is down its last keys go on to serve.
            return (
                state.current.map { .success($0) } ?? result.flatMap { _ in .failure(.keys("there are none")) }, waiting
            )
        }
        for (loop, completion) in waiting { loop.execute { completion(answer) } }
    }
}
