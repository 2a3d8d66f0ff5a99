package import GatewayModel
import HTTPFront
import NIOCore
import WebSocketFront

/// A limit of WebSocket APIs that an operator sets: `message=16MB`, `idle=1h`.
package struct WebSocketLimit: Sendable {
    package enum Name: String, CaseIterable, Sendable { case message, frame, idle, duration, queue }

    /// Half of what the process may hold of all bodies.
    private static let mostBytes = HTTPLimits.collectedBytes / 2

    package let name: Name
    /// Bytes, or nanoseconds.
    private let value: Int

    package init(_ text: String) throws(StartError) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let name = Name(rawValue: String(parts[0])) else {
            let names = Name.allCases.map(\.rawValue).joined(separator: ", ")
            throw StartError("'\(text)' is no limit of WebSocket APIs: write it as message=16MB, with one of \(names).")
        }
        self.name = name
        guard let value = Self.value(parts[1], name.isTime ? Self.timeUnits : Self.byteUnits) else {
            throw StartError(
                name.isTime
                    ? "'\(text)' is no time: write it as \(name.rawValue)=90s, 30m or 2h."
                    : "'\(text)' is no number of bytes: write it as \(name.rawValue)=64KB, 16MB or 200000.")
        }
        let most = name.isTime ? Int(WebSocketLimits.endless.nanoseconds) : Self.mostBytes
        guard (1...most).contains(value) else {
            throw StartError(
                name.isTime
                    ? "'\(text)' is out of bounds: a time is between 1s and 876000h."
                    : "'\(text)' is out of bounds: it is between 1 byte and \(Self.mostBytes / Self.megabyte)MB.")
        }
        self.value = value
    }

    /// AWS's quotas are kept to where they hold; AWS names none of what waits for a slow client.
    package func check(_ mode: LimitsMode) throws(StartError) {
        guard mode == .aws, let quota = name.quota, value > quota.value else { return }
        throw StartError(
            "--websocket-limit \(name.rawValue) is beyond AWS's quota of \(quota.text): --limits off serves more than AWS, "
                + "and --limits warn tells where.")
    }

    func apply(to limits: inout WebSocketLimits) {
        switch name {
        case .message: limits.messageBytes = value
        case .frame: limits.frameBytes = value
        case .idle: limits.idleTime = .nanoseconds(Int64(value))
        case .duration: limits.duration = .nanoseconds(Int64(value))
        case .queue: limits.queuedBytes = value
        }
    }

    /// Those of a server. One of the longest messages may wait for a client, unless it is said what may.
    static func limits(_ mode: LimitsMode, _ changes: [WebSocketLimit]) -> WebSocketLimits {
        var limits = mode == .aws ? WebSocketLimits.aws : .own
        for change in changes { change.apply(to: &limits) }
        if !changes.contains(where: { $0.name == .queue }) {
            limits.queuedBytes = max(WebSocketLimits.aws.queuedBytes, limits.messageBytes)
        }
        return limits
    }

    private static let megabyte = 1_048_576
    private static let byteUnits = [("KB", 1_024), ("MB", megabyte), ("", 1)]
    private static let timeUnits = [("s", 1_000_000_000), ("m", 60_000_000_000), ("h", 3_600_000_000_000)]

    /// Nil also for what is too large to be counted.
    private static func value(_ text: Substring, _ units: [(name: String, factor: Int)]) -> Int? {
        for unit in units where text.hasSuffix(unit.name) {
            let digits = text.dropLast(unit.name.count)
            guard digits.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(digits) else { return nil }
            let (value, isTooLarge) = number.multipliedReportingOverflow(by: unit.factor)
            return isTooLarge ? nil : value
        }
        return nil
    }
}

extension WebSocketLimit.Name {
    var isTime: Bool { self == .idle || self == .duration }

    fileprivate var quota: (value: Int, text: String)? {
        let aws = WebSocketLimits.aws
        return switch self {
        case .message: (aws.messageBytes, "128KB")
        case .frame: (aws.frameBytes, "32KB")
        case .idle: (Int(aws.idleTime.nanoseconds), "10m")
        case .duration: (Int(aws.duration.nanoseconds), "2h")
        case .queue: nil
        }
    }
}
