import ControlPlane
import Synchronization

/// Calls, with a note of whether one of them may have changed something: those that were refused have not, nor have those
/// that only read.
final class NotedCalls: Management {
    private let management: any Management
    private let changed = Mutex(false)

    init(_ management: any Management) { self.management = management }

    var mayHaveChanged: Bool { changed.withLock { $0 } }

    var responses: (any CustomResponses)? { management.responses }

    func call(_ request: WireRequest) async -> WireResponse {
        let response = await management.call(request)
        let isRefused = (400..<500).contains(response.status)
        if !isRefused, !["GET", "HEAD"].contains(request.method), !Self.isReading(request) {
            changed.withLock { $0 = true }
        }
        return response
    }

    func draft() async -> any Management { await management.draft() }

    private static func isReading(_ request: WireRequest) -> Bool {
        guard let operation = request.header("x-amz-target")?.split(separator: ".").last else { return false }
        return ["Describe", "Get", "List"].contains { operation.hasPrefix($0) }
    }
}
