import JSON
import Testing

@testable import TableStore

/// Whatever the limit, the pages joined are the whole.
@Suite struct PagingTests {
    private let tables: ItemStore

    /// Items whose partitions, sort keys and index keys coincide in all ways.
    init() throws {
        tables = try ItemStore.sorted()
        var random = RandomBits(seed: 0x7AB1E)
        for _ in 0..<60 {
            let (partition, sort) = (random.below(3), random.below(40))
            let local = random.below(4) == 0 ? "" : ",'lk':{'S':'\(random.below(5))'}"
            let global =
                random.below(5) == 0 ? "" : ",'gk':{'S':'\(random.below(2))'},'gs':{'N':'\(Int(random.below(5)) - 2)'}"
            try tables.put("{'pk':{'S':'\(partition)'},'sk':{'S':'\(sort)'}\(local)\(global)}", in: "sorted")
        }
    }

    /// All items that the pages of a request give, and how many pages there were.
    private func pages(_ operation: String, _ members: String, limit: Int) throws -> (items: [JSONValue], pages: Int) {
        var items: [JSONValue] = []
        var start = ""
        for page in 1...1_000 {
            let answer = try tables.ok(
                operation, "{'TableName':'sorted','Limit':\(limit),\(members)\(start)}")
            let read = answer["Items"]?.array ?? []
            #expect(read.count <= limit)
            items += read
            guard let key = answer["LastEvaluatedKey"] else { return (items, page) }
            start = ",'ExclusiveStartKey':" + key.text.replacing("\"", with: "'")
        }
        Issue.record("The pages do not end.")
        return (items, 0)
    }

    private static let queries = [
        "'KeyConditionExpression':'pk = :v','ExpressionAttributeValues':{':v':{'S':'1'}}",
        "'KeyConditionExpression':'pk = :v AND sk BETWEEN :a AND :b',"
            + "'ExpressionAttributeValues':{':v':{'S':'1'},':a':{'S':'1'},':b':{'S':'3'}}",
        "'KeyConditionExpression':'pk = :v AND begins_with(sk, :a)',"
            + "'ExpressionAttributeValues':{':v':{'S':'2'},':a':{'S':'2'}}",
        "'IndexName':'local','KeyConditionExpression':'pk = :v','ExpressionAttributeValues':{':v':{'S':'1'}}",
        "'IndexName':'local','KeyConditionExpression':'pk = :v AND lk > :l',"
            + "'ExpressionAttributeValues':{':v':{'S':'0'},':l':{'S':'1'}}",
        "'IndexName':'whole','KeyConditionExpression':'gk = :v','ExpressionAttributeValues':{':v':{'S':'1'}}",
        "'IndexName':'keys','KeyConditionExpression':'gk = :v AND gs <= :n',"
            + "'ExpressionAttributeValues':{':v':{'S':'0'},':n':{'N':'0'}}",
    ]

    @Test(arguments: queries, [true, false])
    func pagesOfAQueryAreTheWhole(query: String, forward: Bool) throws {
        let members = "\(query),'ScanIndexForward':\(forward)"
        let whole = try tables.ok("Query", "{'TableName':'sorted',\(members)}")["Items"]?.array ?? []
        try #require(whole.count > 2)
        for limit in 1...(whole.count + 1) {
            #expect(try pages("Query", members, limit: limit).items == whole, "limit \(limit)")
        }
    }

    @Test(arguments: queries)
    func backwardIsForwardTurnedAround(query: String) throws {
        let forward = try tables.ok("Query", "{'TableName':'sorted',\(query)}")["Items"]?.array ?? []
        let backward = try tables.ok("Query", "{'TableName':'sorted','ScanIndexForward':false,\(query)}")
        #expect(backward["Items"]?.array == forward.reversed())
    }

    @Test(arguments: ["", "'IndexName':'local',", "'IndexName':'whole',", "'IndexName':'keys',"])
    func pagesOfAScanAreTheWhole(index: String) throws {
        let members = "\(index)'ConsistentRead':false"
        let whole = try tables.ok("Scan", "{'TableName':'sorted',\(members)}")["Items"]?.array ?? []
        try #require(whole.count > 10)
        for limit in 1...(whole.count + 1) {
            #expect(try pages("Scan", members, limit: limit).items == whole, "limit \(limit)")
        }
    }

    @Test(arguments: ["", "'IndexName':'local',", "'IndexName':'whole',"], [1, 2, 3, 7, 1_000_000])
    func segmentsAreDisjointAndComplete(index: String, total: Int) throws {
        let whole = try tables.ok("Scan", "{'TableName':'sorted',\(index)'ConsistentRead':false}")["Items"]?.array ?? []
        guard total <= 7 else {
            let first = try tables.ok("Scan", "{'TableName':'sorted',\(index)'Segment':0,'TotalSegments':\(total)}")
            #expect((first.integer("Count") ?? 0) < whole.count)
            return
        }
        var items: [JSONValue] = []
        for segment in 0..<total {
            items += try pages("Scan", "\(index)'Segment':\(segment),'TotalSegments':\(total)", limit: 3).items
        }
        #expect(items == whole)
    }

    @Test func filteredPagesAreTheFilteredWhole() throws {
        let members =
            "'KeyConditionExpression':'pk = :v','FilterExpression':'gs > :n',"
            + "'ExpressionAttributeValues':{':v':{'S':'1'},':n':{'N':'0'}}"
        let whole = try tables.ok("Query", "{'TableName':'sorted',\(members)}")["Items"]?.array ?? []
        for limit in 1...5 { #expect(try pages("Query", members, limit: limit).items == whole) }
    }
}

@Suite struct PageSizeTests {
    /// The page ends with the item that reaches a megabyte, counted by DynamoDB's rules and not in JSON.
    @Test(arguments: [(100_000, 11), (349_517, 4), (349_518, 3)])
    func pageEndsAtAMegabyte(value: Int, items: Int) throws {
        let tables = try ItemStore.sorted()
        let text = String(repeating: "x", count: value)
        for number in 10..<24 {
            try tables.put("{'pk':{'S':'p'},'sk':{'S':'\(number)'},'v':{'S':'\(text)'}}", in: "sorted")
        }
        let query = "'KeyConditionExpression':'pk = :p','ExpressionAttributeValues':{':p':{'S':'p'}}"
        let page = try tables.ok("Query", "{'TableName':'sorted',\(query)}")
        #expect(page.integer("ScannedCount") == items)
        #expect(page["LastEvaluatedKey"] != nil)
        let filtered = try tables.ok(
            "Query",
            "{'TableName':'sorted',\(query.dropLast()),':n':{'S':'n'}},'FilterExpression':'v = :n'}")
        #expect(filtered.integer("Count") == 0)
        #expect(filtered.integer("ScannedCount") == items)
    }

    /// Escapes make the JSON six times as long as the string.
    @Test func textThatIsLongOnlyInJSONCountsWithItsBytes() throws {
        let tables = try ItemStore.sorted()
        let text = String(repeating: "\\u0001", count: 100_000)
        for number in 0..<2 {
            try tables.put("{'pk':{'S':'p'},'sk':{'S':'\(number)'},'v':{'S':'\(text)'}}", in: "sorted")
        }
        let page = try tables.ok(
            "Query",
            """
            {'TableName':'sorted','Select':'COUNT','KeyConditionExpression':'pk = :p',
            'ExpressionAttributeValues':{':p':{'S':'p'}}}
            """)
        #expect(page.text == "{'Count':2,'ScannedCount':2}")
    }
}

/// Numbers that are the same in every run.
struct RandomBits {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func below(_ bound: UInt64) -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (state >> 33) % bound
    }
}
