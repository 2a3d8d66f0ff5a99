import GatewayModel
package import JSON
import Synchronization

/// The messages that pools would send. Nothing leaves this machine: they wait here for `gatehouse pool messages`, as long
/// as the process lives.
package final class Outbox: Sendable {
    struct Message: Sendable {
        let at: Int64
        let pool: String
        let username: String
        /// `EMAIL` or `SMS`.
        let medium: String
        let destination: String
        /// What it is for: `SignUp`, `ForgotPassword`.
        let occasion: String
        let subject: String?
        let text: String
        /// The code in it, or the temporary password.
        let code: String
    }

    /// The oldest go beyond it.
    private static let size = 1_000
    private let messages = Mutex<[Message]>([])

    func add(_ message: Message) {
        messages.withLock { messages in
            if messages.count >= Self.size { messages.removeFirst(messages.count - Self.size + 1) }
            messages.append(message)
        }
    }

    /// The newest last.
    package func list(pool: String? = nil) -> JSONValue {
        let found = messages.withLock { messages in messages.filter { pool == nil || $0.pool == pool } }
        return .array(
            found.map { message in
                var object: JSONObject = [
                    "at": .string(Timestamp(milliseconds: message.at).iso8601), "pool": .string(message.pool),
                    "username": .string(message.username), "medium": .string(message.medium),
                    "destination": .string(message.destination), "occasion": .string(message.occasion),
                    "code": .string(message.code), "text": .string(message.text),
                ]
                object["subject"] = message.subject.map { .string($0) }
                return .object(object)
            })
    }
}
