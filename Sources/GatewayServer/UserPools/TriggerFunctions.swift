import ControlPlane
import JSON
import Synchronization
import UserPools

/// Calls the functions of user pools' triggers. The control plane, which knows functions, is made after the pools.
final class TriggerFunctions: TriggerHost {
    private static let service = "cognito-idp.amazonaws.com"
    /// Cognito waits no longer. Source: Developer Guide, Lambda triggers.
    private static let patience = Duration.seconds(5)

    private let known = Mutex<ControlPlane?>(nil)

    func know(_ controlPlane: ControlPlane) { known.withLock { $0 = controlPlane } }

    func invoke(_ function: String, _ event: JSONValue, sourceArn: String) async -> TriggerResult {
        guard let controlPlane = known.withLock(\.self) else { return .refused("no functions") }
        // A call that is late goes on: nobody ends a function for it.
        return await withCheckedContinuation { (continuation: CheckedContinuation<TriggerResult, Never>) in
            let answer = FirstOf(continuation)
            Task {
                answer.give(
                    Self.result(
                        await controlPlane.invoke(
                            function, asService: Self.service, sourceArn: sourceArn, payload: event.bytes)))
            }
            Task {
                try? await Task.sleep(for: Self.patience)
                answer.give(.late)
            }
        }
    }

    private static func result(_ invocation: ServiceInvocation) -> TriggerResult {
        switch invocation {
        case .answer(let payload): (try? JSONValue(parsing: payload)).map { .answer($0) } ?? .answer(.null)
        case .functionError(let payload):
            .failed((try? JSONValue(parsing: payload))?["errorMessage"]?.string ?? "null")
        case .refused(let reason): .refused(reason)
        }
    }

    /// The first answer counts.
    private final class FirstOf: Sendable {
        private let waiting: Mutex<CheckedContinuation<TriggerResult, Never>?>

        init(_ continuation: CheckedContinuation<TriggerResult, Never>) { waiting = Mutex(continuation) }

        func give(_ result: TriggerResult) {
            let continuation = waiting.withLock { waiting in
                defer { waiting = nil }
                return waiting
            }
            continuation?.resume(returning: result)
        }
    }
}
