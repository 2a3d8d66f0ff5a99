import DataPlane
import GatewayModel
import Synchronization
import Testing

@testable import GatewayServer

@Suite("Integrations that lead nowhere")
struct UnreachedIntegrationsTests {
    private final class Lines: Sendable {
        private let kept = Mutex<[String]>([])
        func keep(_ line: String) { kept.withLock { $0.append(line) } }
        func taken() -> [String] {
            kept.withLock { lines in
                defer { lines = [] }
                return lines
            }
        }
    }

    private let key = StageKey(apiId: "a", stageName: "prod")

    private func stage(_ names: String...) -> CalledInVain {
        CalledInVain(key: key, methods: names.map { ($0, "leads nowhere") })
    }

    @Test("are told once, and again after they were reached or gone")
    func once() {
        let lines = Lines()
        let unreached = UnreachedIntegrations { lines.keep($0) }
        unreached.look(at: [stage("GET /a")], removed: [])
        #expect(lines.taken() == ["gatehouse: stage prod of API a: GET /a leads nowhere. Its calls get 500."])
        unreached.look(at: [stage("GET /a", "GET /b")], removed: [])
        #expect(lines.taken().map { $0.contains("GET /b") } == [true])
        unreached.look(at: [stage()], removed: [])
        #expect(lines.taken().isEmpty)
        unreached.look(at: [stage("GET /a")], removed: [])
        #expect(lines.taken().count == 1)
        unreached.look(at: [], removed: [key])
        unreached.look(at: [stage("GET /a")], removed: [])
        #expect(lines.taken().count == 1)
    }

    @Test("are told by name only so far")
    func many() {
        let lines = Lines()
        let unreached = UnreachedIntegrations { lines.keep($0) }
        unreached.look(
            at: [CalledInVain(key: key, methods: (10...30).map { ("GET /\($0)", "leads nowhere") })], removed: [])
        let told = lines.taken()
        #expect(told.count == 6)
        #expect(told.last?.contains("16 more methods") == true)
    }
}
