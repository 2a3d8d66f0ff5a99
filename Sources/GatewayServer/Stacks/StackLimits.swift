/// How much of stacks a server takes.
enum StackLimits {
    /// AWS's quota.
    static let stacks = 2_000
    /// Events kept of a stack, for those who watch: more than a deployment of 500 resources has.
    static let events = 4_096
    /// Stacks whose events are kept.
    static let eventLogs = 200
    /// How long a request for events waits for the first.
    static let eventWait = Duration.seconds(10)
    /// Code that was sent and that no stack uses is kept this long: the deployment that it is meant for may follow.
    static let unusedAssetSeconds = 3_600
    /// Bytes of a sent package: what Lambda takes with a call.
    static let assetBytes = 52_428_800
}
