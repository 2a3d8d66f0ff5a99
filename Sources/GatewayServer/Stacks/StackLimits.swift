/// How much of stacks a server takes.
enum StackLimits {
    /// AWS's quota.
    static let stacks = 2_000
    /// Events kept of a stack, for those who watch: more than a deployment of 500 resources has.
    static let events = 4_096
    /// Stacks whose events are kept.
    static let eventLogs = 200
    /// Stacks that were deleted and can still be asked for by their ids. AWS: those of 90 days.
    static let deletedStacks = 200
    /// Change sets of one stack. AWS bounds what is under way, and deletes them when one is executed.
    static let changeSets = 100
    /// How deep stacks may make stacks. AWS names no quota; a template that makes itself would never end.
    static let nesting = 10
    /// How long a request for events waits for the first.
    static let eventWait = Duration.seconds(10)
    /// Code that was sent and that no stack uses is kept this long: the deployment that it is meant for may follow.
    static let unusedAssetSeconds = 3_600
    /// Bytes of a sent package: what Lambda takes with a call.
    static let assetBytes = 52_428_800
}
