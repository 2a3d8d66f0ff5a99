import DataPlane
import Dispatch
import NIOCore
import Synchronization

/// A name server that knows what it is told, counts questions, and is silent on request.
final class StandInNames: Sendable {
    struct Unknown: Error {}

    private struct State {
        var addresses: [String: [SocketAddress]] = [:]
        var silent: Set<String> = []
        var questions: [String] = []
    }

    private let state = Mutex(State())
    private let spoken = DispatchSemaphore(value: 0)

    init(_ addresses: [String: [String]] = [:]) {
        for (name, addresses) in addresses { answer(name, addresses) }
    }

    func answer(_ name: String, _ addresses: [String]) {
        let addresses = addresses.compactMap { try? SocketAddress(ipAddress: $0, port: 0) }
        state.withLock { $0.addresses[name] = addresses }
    }

    /// From now on it does not know the name.
    func forget(_ name: String) { state.withLock { $0.addresses[name] = nil } }

    /// Questions for these names wait.
    func keepSilent(on names: [String]) { state.withLock { $0.silent = Set(names) } }

    /// Ends the silence, for the questions that wait, too.
    func speak() {
        state.withLock { $0.silent = [] }
        for _ in 0..<questions.count { spoken.signal() }
    }

    var questions: [String] { state.withLock(\.questions) }

    var lookup: NameLookup {
        { [self] name in
            let isSilent = state.withLock { state in
                state.questions.append(name)
                return state.silent.contains(name)
            }
            if isSilent { spoken.wait() }
            guard let addresses = state.withLock({ $0.addresses[name] }) else { throw Unknown() }
            return addresses
        }
    }
}
