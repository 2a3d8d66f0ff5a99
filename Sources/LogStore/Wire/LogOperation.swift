import GatewayModel
package import JSON
import Shapes

/// One operation of the service `logs`: what its input may be, and what it does.
struct LogOperation: Sendable {
    typealias Perform = @Sendable (LogStore, Input) async throws(LogError) -> JSONObject

    let name: String
    let members: [Shape.Member]
    let perform: Perform

    init(_ name: String, _ members: [Shape.Member], _ perform: @escaping Perform) {
        self.name = name
        self.members = members
        self.perform = perform
    }

    /// By name, without StartLiveTail, whose answer is a stream.
    static let all: [String: LogOperation] = {
        let lists = [groups, groupLists, retention, tags, streams, puts, gets, searches, filterTests]
        var all: [String: LogOperation] = [:]
        for operation in lists.joined() { all[operation.name] = operation }
        return all
    }()
}

/// What a call is answered.
package enum LogAnswer: Sendable {
    /// An empty object is an empty body.
    case body(JSONObject)
    case failed(LogError)
    /// StartLiveTail: what follows, update by update.
    case liveTail(LiveTail)
}

extension LogStore {
    package static let liveTail = "StartLiveTail"

    /// Answers one call.
    ///
    /// - Parameters:
    ///   - operation: what follows `Logs_20140328.` in X-Amz-Target.
    ///   - systemTags: those of AWS's own that may be set; nil of every call but those of stacks.
    package func respond(
        to operation: String, _ body: [UInt8], systemTags: [String: String]? = nil
    ) async -> LogAnswer {
        do throws(LogError) {
            guard let found = LogOperation.all[operation] else {
                guard operation == Self.liveTail else { return .failed(.unknownOperation(operation)) }
                return .liveTail(try await startLiveTail(try Self.input(LiveTail.members, body)))
            }
            var input = try Self.input(found.members, body)
            input.systemTags = systemTags
            return .body(try await found.perform(self, input))
        } catch {
            return .failed(error)
        }
    }

    private static func input(_ shape: [Shape.Member], _ body: [UInt8]) throws(LogError) -> Input {
        do throws(ShapeFault) { return try Input(parsing: body, shape) } catch { throw LogError(error) }
    }
}
