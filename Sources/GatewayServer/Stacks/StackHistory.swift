import GatewayModel
import Stacks
import Synchronization

/// What has happened to stacks, by their ids: those that there are, and those that were deleted lately.
final class StackHistory: Sendable {
    /// What an operation's events have in common.
    struct Operation: Sendable {
        let stackId: String
        /// `CREATE_STACK`, …
        let name: String
        let token: String?
        let id = Identifiers.uuid()
    }

    fileprivate struct Log {
        fileprivate(set) var events: [RecordedEvent] = []
        /// How many of the last ones are not on the disk.
        var unsaved = 0
        var nextBatch = 0
    }

    private let logs = Mutex<[String: Log]>([:])

    private static let initiated = "Resource creation Initiated"
    private let cleaned = StackStatus.updateComplete.rawValue
    private let cleaning = StackStatus.updateCompleteCleanupInProgress.rawValue

    func load(_ histories: [String: StackHistoryRecord]) {
        logs.withLock { logs in
            for (id, history) in histories {
                logs[id] = Log(events: history.events, nextBatch: history.nextBatch)
            }
        }
    }

    /// Each event comes a millisecond behind the one before at least, so that times tell their order.
    func add(_ event: StackEvent, _ operation: Operation) {
        logs.withLock { logs in
            var log = logs[operation.stackId] ?? Log()
            if event.status == "CREATE_COMPLETE", event.physicalId != operation.stackId {
                log.add(event.with(status: "CREATE_IN_PROGRESS", reason: Self.initiated), operation)
            }
            if event.status == cleaned, event.physicalId == operation.stackId,
                log.events.last(where: { $0.physicalId == operation.stackId })?.status != cleaning
            {
                // AWS goes through it whether there is something to delete or not.
                log.add(event.with(status: cleaning, reason: nil), operation)
            }
            log.add(event, operation)
            logs[operation.stackId] = log
        }
    }

    func events(of stackId: String) -> [RecordedEvent] { logs.withLock { $0[stackId]?.events ?? [] } }

    /// The last event of each resource that is not gone, in the order in which they came; nil where nothing is known of
    /// the stack.
    func resources(of stackId: String) -> [RecordedEvent]? {
        logs.withLock { logs in
            guard let log = logs[stackId] else { return nil }
            var order: [String] = []
            var last: [String: RecordedEvent] = [:]
            for event in log.events where event.physicalId != stackId {
                if last.updateValue(event, forKey: event.logicalId) == nil { order.append(event.logicalId) }
            }
            return order.compactMap { last[$0] }
        }
    }

    func forget(_ stackId: String) { logs.withLock { $0[stackId] = nil } }

    /// The events that are not on the disk yet, and the number of their batch; whoever takes them saves them.
    func takeUnsaved(of stackId: String) -> EventBatch? {
        logs.withLock { logs in
            guard let log = logs[stackId], log.unsaved > 0 else { return nil }
            logs[stackId]?.unsaved = 0
            logs[stackId]?.nextBatch += 1
            return EventBatch(
                stackId: stackId, number: log.nextBatch, events: Array(log.events.suffix(log.unsaved)))
        }
    }
}

extension StackHistory.Log {
    fileprivate mutating func add(_ event: StackEvent, _ operation: StackHistory.Operation) {
        let time = max(event.time.milliseconds, (events.last?.milliseconds ?? 0) + 1)
        let isStack = event.physicalId == operation.stackId
        let id =
            isStack
            ? Identifiers.uuid()
            : "\(event.logicalId)-\(event.status)-\(Timestamp(milliseconds: time).iso8601Milliseconds)"
        events.append(
            RecordedEvent(
                event, id: id, at: time, operationId: operation.id, operation: operation.name, token: operation.token))
        unsaved += 1
        if events.count > StackLimits.events { events.removeFirst(events.count - StackLimits.events) }
        unsaved = min(unsaved, events.count)
    }
}

extension StackEvent {
    fileprivate func with(status: String, reason: String?) -> StackEvent {
        var event = StackEvent(
            time: time, logicalId: logicalId, type: type, physicalId: physicalId, status: status, reason: reason)
        event.properties = properties
        return event
    }
}
