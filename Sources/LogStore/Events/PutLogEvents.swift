import GRDB
import JSON
import Shapes

extension LogOperation {
    static var puts: [LogOperation] {
        [
            LogOperation(
                "PutLogEvents",
                [
                    .need("logGroupName", .groupName), .need("logStreamName", .streamName),
                    .need(
                        "logEvents",
                        .list(
                            .structure([
                                .need("timestamp", .milliseconds),
                                .need("message", .secret(1...LogBatch.anyLength)),
                            ]), 1...LogLimits.batchEvents)),
                    .may("sequenceToken", .text(1...4_096)),
                    .may("entity", .structure([.may("keyAttributes", .map), .may("attributes", .map)])),
                ]
            ) { store, input throws(LogError) in
                let name = input.needed("logStreamName")
                let group = try store.groupName(input)
                try LogStore.checkLengths(name)
                let batch = try LogBatch(input)
                let (answer, isFull) = try await store.write { db in
                    let group = try LogGroup.needed(group, db)
                    let stream = try LogStream.needed(name, of: group.id, db)
                    let now = store.now
                    let accepted = batch.accepted(at: now, expiry: group.expiry(at: now))
                    let last = try db.add(batch.events[accepted], to: stream.id, of: group.id, at: now)
                    return (
                        batch.answer(accepted, EventPlace(timestamp: now, id: last), now, group.expiry(at: now)),
                        try store.isFull(db)
                    )
                }
                if isFull { store.tidySoon(everything: false) }
                return answer
            }
        ]
    }
}

/// The events of one call.
struct LogBatch: Sendable {
    /// How long a message may be is told in words of its own.
    static let anyLength = 16_777_216

    let events: [NewLogEvent]

    init(_ input: Input) throws(LogError) {
        var events: [NewLogEvent] = []
        var bytes = 0
        for event in input["logEvents"]?.array ?? [] {
            let next = NewLogEvent(
                timestamp: Int64(event["timestamp"]?.integer ?? 0),
                message: Array((event["message"]?.string ?? "").utf8))
            guard next.size <= LogLimits.eventBytes else {
                throw .invalid("Log event too large: \(next.size) bytes exceeds limit of \(LogLimits.eventBytes)")
            }
            // Recorded.
            guard events.last.map({ $0.timestamp <= next.timestamp }) ?? true else {
                throw .invalid("Log events in a single PutLogEvents request must be in chronological order.")
            }
            bytes += next.size
            events.append(next)
        }
        guard bytes <= LogLimits.batchBytes else {
            throw .invalid("Upload too large: \(bytes) bytes exceeds limit of \(LogLimits.batchBytes)")
        }
        if let first = events.first, let last = events.last, last.timestamp - first.timestamp > LogLimits.batchSpan {
            throw .invalid("The batch of log events in a single PutLogEvents request cannot span more than 24 hours.")
        }
        self.events = events
    }

    /// Those that are neither too old nor too new.
    func accepted(at now: Int64, expiry: Int64) -> Range<Int> {
        let from = index(ofFirstSince: max(now - LogLimits.oldestEvent, expiry))
        return from..<max(from, index(ofFirstSince: now + LogLimits.newestEvent + 1))
    }

    /// They are in order.
    private func index(ofFirstSince time: Int64) -> Int {
        events.firstIndex { $0.timestamp >= time } ?? events.count
    }

    func answer(_ accepted: Range<Int>, _ place: EventPlace, _ now: Int64, _ expiry: Int64) -> JSONObject {
        var answer: JSONObject = ["nextSequenceToken": .string(place.text)]
        var rejected = JSONObject()
        let newest = index(ofFirstSince: now + LogLimits.newestEvent + 1)
        if newest < events.count { rejected["tooNewLogEventStartIndex"] = .number(newest) }
        let oldest = index(ofFirstSince: now - LogLimits.oldestEvent)
        if oldest > 0 { rejected["tooOldLogEventEndIndex"] = .number(oldest) }
        let expired = index(ofFirstSince: expiry)
        if expired > oldest { rejected["expiredLogEventEndIndex"] = .number(expired) }
        if !rejected.isEmpty { answer["rejectedLogEventsInfo"] = .object(rejected) }
        return answer
    }
}
