package import Callers
import GatewayModel
import JSON

/// A management call as it came over the wire.
package struct WireRequest: Sendable {
    package var method: String
    /// Percent-encoding kept: a function's ARN may stand in a path.
    package var path: String
    /// Without the question mark, encoding kept.
    package var query: String
    /// Names in lower case.
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]
    /// Who has signed it; nil is the account itself, for whom unknown keys stand while none are required.
    package var caller: Caller?
    /// Nobody has signed it, though credentials are required.
    package var isAnonymous = false
    /// The address that it came from.
    package var sourceAddress = "127.0.0.1"
    /// Whether it came encrypted.
    package var isSecure = false
    /// The tags of AWS's own that a stack puts on what the call is about; nil of every call but those of stacks.
    package var systemTags: [String: String]?

    package init(
        method: String, path: String, query: String = "", headers: [(name: String, value: String)] = [],
        body: [UInt8] = []
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
    }

    package func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

    /// Whether a stack tags what is there with AWS's own tags alone: nobody needs a permission for that.
    var setsSystemTagsAlone: Bool {
        guard systemTags != nil else { return false }
        let operation = header("x-amz-target")?.split(separator: ".").last
        guard operation.map({ Self.taggings.contains(String($0)) }) ?? path.contains("/tags/"),
            let members = (try? JSONValue(parsing: body))?.object, let tags = members["tags"] ?? members["Tags"]
        else { return false }
        let keys = tags.object?.keys ?? (tags.array ?? []).compactMap { $0["Key"]?.string }
        return !keys.isEmpty && keys.allSatisfy(SystemTags.isOne)
    }

    private static let taggings: Set = ["AddTagsToResource", "TagLogGroup", "TagResource"]
}

package struct WireResponse: Sendable {
    package var status: Int
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]
    /// Instead of the body, where it is written as it comes.
    package var pieces: (any WirePieces)?

    package init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// A body that comes piece by piece, at the pace of whoever asks for them.
package protocol WirePieces: Sendable {
    /// Waits for it; nil behind the last. One at a time.
    func next() async -> [UInt8]?
    /// No more are wanted.
    func discard()
}

extension WireRequest {
    fileprivate var isLocal: Bool { sourceAddress.hasPrefix("127.") || sourceAddress == "::1" }
}

extension ControlPlane {
    /// What conditions of policies may ask of a request. One that does not leave this machine counts as encrypted: its
    /// client would have come by https to AWS, and nobody listens on the way. Buckets of the CDK let in nothing else.
    package func facts(of request: WireRequest) -> RequestFacts {
        RequestFacts(
            sourceAddress: request.sourceAddress, userAgent: request.header("user-agent"),
            referer: request.header("referer"), isSecure: request.isSecure || request.isLocal,
            region: settings.account.region,
            account: settings.account.accountId, now: settings.now())
    }
}
