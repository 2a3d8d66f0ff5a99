import DataPlane
import GatewayModel
import Synchronization

/// Tells the operator, once, of methods of REST APIs that can only be called in vain: what their integrations lead to is
/// not named to this server, or cannot be.
final class UnreachedIntegrations: Sendable {
    private let told = Mutex<[StageKey: Set<String>]>([:])
    private let say: @Sendable (String) -> Void

    /// Of one stage; what is wrong with many methods is mostly one thing.
    private static let lines = 5

    init(tell: @escaping @Sendable (String) -> Void = { Console.postWarning($0) }) { say = tell }

    func look(at stages: [CalledInVain], removed: [StageKey]) {
        for key in removed { told.withLock { $0[key] = nil } }
        for stage in stages {
            let methods = Dictionary(stage.methods.map { ($0.name, $0.reason) }) { first, _ in first }
            let found = Set(methods.map { "\($0.key)\($0.value.first?.isUppercase == true ? ": " : " ")\($0.value)" })
            let old = told.withLock { told in
                let old = told[stage.key] ?? []
                told[stage.key] = found.isEmpty ? nil : found
                return old
            }
            let new = found.subtracting(old).sorted()
            for line in new.prefix(Self.lines) {
                say(
                    "gatehouse: stage \(stage.key.stageName) of API \(stage.key.apiId): \(line.hasSuffix(".") ? line : line + ".") Its calls get 500."
                )
            }
            guard new.count > Self.lines else { continue }
            say(
                "gatehouse: stage \(stage.key.stageName) of API \(stage.key.apiId): \(new.count - Self.lines) more methods "
                    + "lead nowhere.")
        }
    }
}
