/// One answer of Query or Scan while it is put together: items are read until the limit, a megabyte, or the end.
struct Page {
    private let request: PageRequest
    private let source: PageSource
    private var items: [UInt8] = []
    private var count = 0
    private var scannedCount = 0
    /// The item read last.
    private var last: [UInt8]?
    private var read: ReadSize
    /// Whether a limit ended the page; then the client asks for the next one, even when nothing may be left.
    private var isCutOff = false

    /// Whether anything can follow the page.
    private let canGoOn: Bool
    private var budget = EvaluationBudget()

    init(_ request: PageRequest, _ source: PageSource, _ range: KeyRange) {
        self.request = request
        self.source = source
        // AWS refuses a start key there, so no page may give one. Whether AWS's page has one is unconfirmed.
        canGoOn = if case .partition = range { !source.hasOneItemOfAPartition } else { true }
        read = ReadSize(source.isConfinedToIndex ? source.index : nil)
    }

    /// Reads the page and gives the answer's body.
    static func read(
        _ request: PageRequest, _ source: PageSource, _ range: KeyRange, from start: StartPosition?, forward: Bool,
        on reader: TableReader
    ) throws(TableError) -> [UInt8] {
        var page = Page(request, source, range)
        var failure: TableError?
        try reader.walk(source.items, range, from: start, forward: forward) { document in
            do throws(TableError) { return try page.add(document) } catch {
                failure = error
                return false
            }
        }
        if let failure { throw failure }
        return try page.response()
    }

    /// Whether the page goes on.
    private mutating func add(_ document: [UInt8]) throws(TableError) -> Bool {
        scannedCount += 1
        last = document
        try show(document)
        read.add(document)
        let isFull = try read.isAtLeast(ItemLimits.pageSize)
        let isEnd = isFull || scannedCount == request.limit
        isCutOff = isEnd && canGoOn
        return !isEnd
    }

    private mutating func show(_ document: [UInt8]) throws(TableError) {
        if case .item = source.content, request.filter == nil { return append(document) }
        var item = try Item(stored: document)
        if source.isConfinedToIndex, let index = source.index { item = index.project(item) }
        if let filter = request.filter, try !filter.matches(item, &budget) { return }
        switch source.content {
        case .nothing: count += 1
        case .item: append(document)
        case .indexed: append(item.text)
        case .projected(let projection): append(projection.project(item).text)
        }
    }

    private mutating func append(_ document: [UInt8]) {
        if count > 0 { items.append(UInt8(ascii: ",")) }
        items.append(contentsOf: document)
        count += 1
    }

    private mutating func response() throws(TableError) -> [UInt8] {
        var body = ResponseBody()
        if request.select != .count {
            body.member("Items")
            body.append("[".utf8)
            body.append(items)
            body.append("]".utf8)
        }
        body.member("Count")
        body.append("\(count)".utf8)
        body.member("ScannedCount")
        body.append("\(scannedCount)".utf8)
        if isCutOff, let last {
            body.member("LastEvaluatedKey")
            body.append(source.lastKey(of: try Item(stored: last)))
        }
        if request.capacity != .none {
            var consumed = ConsumedCapacity(source.table)
            consumed.addRead(size: try read.total(), isConsistent: request.isConsistent, index: source.index)
            body.member("ConsumedCapacity")
            consumed.write(to: &body, request.capacity)
        }
        return body.finished()
    }
}

/// The bytes of what was read, by DynamoDB's rules.
///
/// The JSON of an item is always longer than its size, so as long as the documents together stay within a limit nobody
/// needs to measure them.
private struct ReadSize {
    /// What of an item counts; nil for all of it.
    private let index: IndexDefinition?
    private var measured = 0
    private var unmeasured: [[UInt8]] = []
    private var unmeasuredBytes = 0

    init(_ index: IndexDefinition?) { self.index = index }

    mutating func add(_ document: [UInt8]) {
        unmeasured.append(document)
        unmeasuredBytes += document.count
    }

    mutating func isAtLeast(_ limit: Int) throws(TableError) -> Bool {
        if measured + unmeasuredBytes < limit { return false }
        return try total() >= limit
    }

    mutating func total() throws(TableError) -> Int {
        for document in unmeasured {
            let item = try Item(stored: document)
            measured += index?.project(item).size ?? item.size
        }
        unmeasured = []
        unmeasuredBytes = 0
        return measured
    }
}
