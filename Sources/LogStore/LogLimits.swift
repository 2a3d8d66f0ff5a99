/// The quotas of CloudWatch Logs, and bounds of this server's own.
///
/// Source: CloudWatch Logs User Guide, cloudwatch_limits_cwl; API Reference of the operations.
enum LogLimits {
    /// Of a name of a group or a stream.
    static let nameLength = 512
    static let filterPatternLength = 1_024
    static let groups = 1_000_000
    static let tags = 50
    static let tagKeyLength = 128
    static let tagValueLength = 256
    /// Groups or streams of one page.
    static let describedPage = 50
    /// Groups of one page of ListLogGroups.
    static let listedPage = 1_000

    // MARK: PutLogEvents

    static let batchEvents = 10_000
    static let batchBytes = 1_048_576
    /// What an event counts beside its message.
    static let eventOverhead = 26
    static let eventBytes = 1_048_576
    static let batchSpan: Int64 = 86_400_000
    /// Milliseconds that an event may lie behind: 14 days.
    static let oldestEvent: Int64 = 1_209_600_000
    /// Milliseconds that an event may lie ahead: 2 hours.
    static let newestEvent: Int64 = 7_200_000

    // MARK: Reads

    static let pageEvents = 10_000
    static let pageBytes = 1_048_576
    /// Events that one page of a search looks at, their bytes, and steps that their regular expressions take together: then there is a
    /// next page. AWS has bounds of this kind and does not name them.
    static let searchedEvents = 100_000
    static let searchedBytes = 67_108_864
    static let searchSteps = 20_000_000
    /// Expressions between percent signs in one pattern.
    static let regularExpressions = 2
    /// Parentheses within each other in a pattern. Ours.
    static let patternNesting = 50
    /// Messages of TestMetricFilter.
    static let testedMessages = 50

    // MARK: Live Tail

    /// Groups of one session.
    static let tailedGroups = 10
    /// Names of streams, or prefixes, of one session.
    static let tailedStreams = 100
    static let sessions = 15
    /// Events of one update.
    static let updateEvents = 500
    /// Events that are looked at for one update; behind more of them it goes on at the newest. Ours.
    static let lookedAtEvents = 20_000
    /// Milliseconds after which a session ends: three hours.
    static let sessionTime: Int64 = 10_800_000

    // MARK: Storage, all ours

    /// Bytes on the disk, unless the operator says otherwise.
    static let storageBytes: Int64 = 1_073_741_824
    /// The part of it that is free when events have gone: one in so many.
    static let roomDivisor: Int64 = 16
    /// Events that one step of tidying removes: a writer waits that long.
    static let tidiedEvents = 2_000
    /// Milliseconds after which a stream of the server's own without events goes: a day.
    static let emptyStreamTime: Int64 = 86_400_000
}
