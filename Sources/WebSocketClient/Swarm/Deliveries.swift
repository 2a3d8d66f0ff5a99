/// When messages were sent, and when those who got them did: latencies, and from the first to the last receipt of each.
///
/// A message is known by its number, or else by its content. The newest are remembered; an older one has had its receipts.
struct Deliveries {
    enum Message: Hashable {
        case number(Int)
        /// A hash of its bytes.
        case content(Int)
    }

    private struct Delivery {
        var sent: UInt64?
        var first: UInt64 = 0
        var last: UInt64 = 0
        var receipts = 0
    }

    static let remembered = 65_536

    private var deliveries: [Message: Delivery] = [:]
    /// In the order in which they began, as a ring.
    private var order: [Message] = []
    private var oldest = 0

    /// Nanoseconds from the sending to each receipt.
    private(set) var latencies = Histogram()
    /// Nanoseconds from the first to the last receipt of a message that had several.
    private(set) var spreads = Histogram()
    /// Of those messages.
    private(set) var receiptsOfSpreads = 0

    mutating func sent(_ message: Message, at time: UInt64) { begin(message, Delivery(sent: time)) }

    mutating func received(_ message: Message, at time: UInt64) {
        guard let position = deliveries.index(forKey: message) else {
            // A number that is no longer known was sent long ago.
            if case .content = message { begin(message, Delivery(first: time, last: time, receipts: 1)) }
            return
        }
        let isFirst = deliveries.values[position].receipts == 0
        if isFirst { deliveries.values[position].first = time }
        deliveries.values[position].last = time
        deliveries.values[position].receipts += 1
        if let sent = deliveries.values[position].sent { latencies.record(time - sent) }
    }

    /// Of those that are still remembered.
    mutating func finish() {
        for delivery in deliveries.values { end(delivery) }
        (deliveries, order, oldest) = ([:], [], 0)
    }

    private mutating func begin(_ message: Message, _ delivery: Delivery) {
        if order.count < Self.remembered {
            order.append(message)
        } else {
            if let ended = deliveries.removeValue(forKey: order[oldest]) { end(ended) }
            order[oldest] = message
            oldest = (oldest + 1) % order.count
        }
        deliveries[message] = delivery
    }

    private mutating func end(_ delivery: Delivery) {
        guard delivery.receipts > 1 else { return }
        spreads.record(delivery.last - delivery.first)
        receiptsOfSpreads += delivery.receipts
    }
}
