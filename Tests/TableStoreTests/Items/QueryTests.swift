import JSON
import Testing

@testable import TableStore

@Suite struct QueryTests {
    private let tables: ItemStore

    init() throws {
        tables = try ItemStore.sorted()
        for (number, sort) in ["a", "ab", "b", "c"].enumerated() {
            try tables.put(
                """
                {'pk':{'S':'p'},'sk':{'S':'\(sort)'},'lk':{'S':'\(9 - number)'},'gk':{'S':'g'},'gs':{'N':'\(number)'},
                'a':{'N':'\(number)'},'b':{'S':'x'}}
                """, in: "sorted")
        }
        try tables.put("{'pk':{'S':'q'},'sk':{'S':'a'}}", in: "sorted")
    }

    private func query(_ condition: String, _ members: String = "", values: String = "") -> String {
        "{'TableName':'sorted','KeyConditionExpression':'\(condition)','ExpressionAttributeValues':{':p':{'S':'p'}"
            + "\(values.isEmpty ? "" : ",")\(values)}\(members)}"
    }

    @Test(arguments: [
        ("pk = :p", "", ["a", "ab", "b", "c"]),
        ("pk = :p AND sk = :a", "':a':{'S':'ab'}", ["ab"]),
        ("sk < :a AND pk = :p", "':a':{'S':'ab'}", ["a"]),
        ("pk = :p AND sk <= :a", "':a':{'S':'ab'}", ["a", "ab"]),
        ("pk = :p AND :a <= sk", "':a':{'S':'b'}", ["b", "c"]),
        ("pk = :p AND sk > :a", "':a':{'S':'b'}", ["c"]),
        ("(pk = :p) AND (sk BETWEEN :a AND :b)", "':a':{'S':'ab'},':b':{'S':'b'}", ["ab", "b"]),
        ("pk = :p AND begins_with(sk, :a)", "':a':{'S':'a'}", ["a", "ab"]),
    ])
    func keyConditionsChooseSortKeys(condition: String, values: String, sorts: [String]) throws {
        #expect(try tables.ok("Query", query(condition, values: values)).values("sk") == sorts)
        let backward = try tables.ok("Query", query(condition, ",'ScanIndexForward':false", values: values))
        #expect(backward.values("sk") == sorts.reversed())
    }

    @Test func answersItemsAndCounts() throws {
        let answer = try tables.ok(
            "Query",
            "{'TableName':'sorted','KeyConditionExpression':'pk = :q','ExpressionAttributeValues':{':q':{'S':'q'}}}")
        #expect(answer.text == "{'Items':[{'pk':{'S':'q'},'sk':{'S':'a'}}],'Count':1,'ScannedCount':1}")
    }

    @Test func filterIsAppliedAfterReading() throws {
        let answer = try tables.ok(
            "Query", query("pk = :p", ",'FilterExpression':'a = :one','Limit':3", values: "':one':{'N':'1'}"))
        #expect(answer.values("sk") == ["ab"])
        #expect(answer.integer("Count") == 1)
        #expect(answer.integer("ScannedCount") == 3)
        #expect(answer["LastEvaluatedKey"]?["sk"]?["S"]?.string == "b")
    }

    @Test func countHasNoItems() throws {
        #expect(
            try tables.ok("Query", query("pk = :p", ",'Select':'COUNT'")).text == "{'Count':4,'ScannedCount':4}")
    }

    @Test func limitOfExactlyAllItemsStillHasALastKey() throws {
        let answer = try tables.ok("Query", query("pk = :p", ",'Limit':4"))
        let key = try #require(answer["LastEvaluatedKey"]).text.replacing("\"", with: "'")
        let rest = try tables.ok("Query", query("pk = :p", ",'ExclusiveStartKey':\(key)"))
        #expect(rest.text == "{'Items':[],'Count':0,'ScannedCount':0}")
    }

    @Test func nothingFollowsTheOneItemOfAPartition() throws {
        try tables.makeHashed()
        try tables.put("{'pk':{'S':'p'}}")
        let members =
            "'TableName':'hashed','KeyConditionExpression':'pk = :p','ExpressionAttributeValues':{':p':{'S':'p'}}"
        let answer = try tables.ok("Query", "{\(members),'Limit':1}")
        #expect(answer.text == "{'Items':[{'pk':{'S':'p'}}],'Count':1,'ScannedCount':1}")
        #expect(
            try tables.fault("Query", "{\(members),'ExclusiveStartKey':{'pk':{'S':'p'}}}")
                == "The provided exclusive start key is invalid: ExclusiveStartKey: {pk=AttributeValue: {S:p}}")
    }

    @Test func startKeyNeedNotExist() throws {
        let answer = try tables.ok(
            "Query", query("pk = :p", ",'ExclusiveStartKey':{'pk':{'S':'p'},'sk':{'S':'aa'}}"))
        #expect(answer.values("sk") == ["ab", "b", "c"])
    }

    @Test func lastKeyOfAnIndexHasAllKeys() throws {
        let answer = try tables.ok(
            "Query",
            """
            {'TableName':'sorted','IndexName':'keys','KeyConditionExpression':'gk = :g',
            'ExpressionAttributeValues':{':g':{'S':'g'}},'Limit':1}
            """)
        #expect(
            answer["LastEvaluatedKey"]?.text.replacing("\"", with: "'")
                == "{'gk':{'S':'g'},'gs':{'N':'0'},'pk':{'S':'p'},'sk':{'S':'a'}}")
    }

    @Test func numbersSortByValue() throws {
        let numbers = try ItemStore.sorted(sort: "N")
        for number in ["10", "9", "-1", "-10", "0", "1E2", "0.5"] {
            try numbers.put("{'pk':{'S':'p'},'sk':{'N':'\(number)'}}", in: "sorted")
        }
        #expect(
            try numbers.ok("Query", query("pk = :p")).values("sk", "N")
                == ["-10", "-1", "0", "0.5", "9", "10", "100"])
    }
}

@Suite struct QueryFaultsTests {
    private let tables: ItemStore

    init() throws { tables = try ItemStore.sorted() }

    private static let value = "'ExpressionAttributeValues':{':v':{'S':'a'}}"
    private static let pair = "'ExpressionAttributeValues':{':v':{'S':'a'},':w':{'S':'b'}}"
    private static let key = "'KeyConditionExpression':'pk = :v',\(value)"
    private static let legacyKey =
        "'KeyConditions':{'pk':{'ComparisonOperator':'EQ','AttributeValueList':[{'S':'a'}]}}"
    private static let enveloped = "1 validation error detected: "

    @Test(arguments: [
        ("", "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request."),
        ("'KeyConditionExpression':'sk = :v',\(value)", "Query condition missed key schema element: pk"),
        ("'KeyConditionExpression':'x = :v',\(value)", "Query condition missed key schema element: pk"),
        ("'KeyConditionExpression':'pk > :v',\(value)", "Query key condition not supported"),
        (
            "'KeyConditionExpression':'pk = :v OR sk = :v',\(value)",
            "Invalid operator used in KeyConditionExpression: OR"
        ),
        (
            "'KeyConditionExpression':'pk = :v AND sk = :v AND sk = :w',\(pair)",
            "Invalid KeyConditionExpression: KeyConditionExpressions must only contain one condition per key"
        ),
        (
            "'KeyConditionExpression':'pk = :v','ExpressionAttributeValues':{':v':{'N':'1'}}",
            "One or more parameter values were invalid: Condition parameter type does not match schema type"
        ),
        (
            "'KeyConditionExpression':'pk = :v','ExpressionAttributeValues':{':v':{'S':''}}",
            "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty "
                + "string value. Key: pk"
        ),
        (
            "\(key),'FilterExpression':'sk = :v'",
            "Filter Expression can only contain non-primary key attributes: Primary key attribute: sk"
        ),
        ("\(key),'IndexName':'nobody'", "The table does not have the specified index: nobody"),
        (
            "'KeyConditionExpression':'gk = :v',\(value),'IndexName':'whole','ConsistentRead':true",
            "Consistent reads are not supported on global secondary indexes"
        ),
        (
            "\(key),'Limit':0",
            enveloped
                + "Value at 'Limit' failed to satisfy constraint: Member must have value greater than or equal to 1"
        ),
        (
            "\(key),'Select':'Count'",
            enveloped + "Value 'Count' at 'select' failed to satisfy constraint: Member must satisfy enum value set: "
                + "[SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES]"
        ),
        (
            "\(key),'Select':'ALL_PROJECTED_ATTRIBUTES'",
            enveloped + "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName"
        ),
        (
            "\(key),'Select':'SPECIFIC_ATTRIBUTES'",
            enveloped + "Must specify the AttributesToGet or ProjectionExpression when choosing to get "
                + "SPECIFIC_ATTRIBUTES"
        ),
        (
            "\(key),'Select':'COUNT','ProjectionExpression':'x'",
            enveloped + "Cannot specify the ProjectionExpression when choosing to get only the Count"
        ),
        (
            "\(key),'Select':'ALL_ATTRIBUTES','ProjectionExpression':'x'",
            enveloped + "Cannot specify the ProjectionExpression when choosing to get ALL_ATTRIBUTES"
        ),
        (
            "'KeyConditionExpression':'gk = :v',\(value),'IndexName':'keys','Select':'ALL_ATTRIBUTES'",
            "One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported for global secondary "
                + "index keys because its projection type is not ALL"
        ),
        (
            "'KeyConditionExpression':'gk = :v',\(value),'IndexName':'some','ProjectionExpression':'a, b, pk'",
            "One or more parameter values were invalid: Global secondary index some does not project [b]"
        ),
        ("\(key),'ExclusiveStartKey':{'pk':{'S':'a'}}", "The provided starting key is invalid"),
        ("\(key),'ExclusiveStartKey':{'pk':{'S':'a'},'sk':{'N':'1'}}", "The provided starting key is invalid"),
        (
            "\(key),'ExclusiveStartKey':{'pk':{'S':'b'},'sk':{'S':'b'}}",
            "The provided starting key is outside query boundaries based on provided conditions"
        ),
        (
            "'KeyConditionExpression':'pk = :v AND sk > :w',\(pair),'ExclusiveStartKey':{'pk':{'S':'a'},'sk':{'S':'a'}}",
            "The provided starting key does not match the range key predicate"
        ),
        (
            "\(key),'ExpressionAttributeNames':{'#x':'x'}",
            "Value provided in ExpressionAttributeNames unused in expressions: keys: {#x}"
        ),
        (
            "\(key),'Select':'COUNT','AttributesToGet':['a']",
            "Can not use both expression and non-expression parameters in the same request: Non-expression parameters: "
                + "{AttributesToGet} Expression parameters: {KeyConditionExpression}"
        ),
        (
            "\(legacyKey),'Select':'COUNT','AttributesToGet':['a']",
            enveloped + "Cannot specify the AttributesToGet when choosing to get only the Count"
        ),
        (
            "\(legacyKey),'QueryFilter':{'sk':{'ComparisonOperator':'NOT_NULL'}}",
            "QueryFilter can only contain non-primary key attributes: Primary key attribute: sk"
        ),
    ])
    func faults(members: String, message: String) throws {
        let separator = members.isEmpty ? "" : ","
        #expect(try tables.fault("Query", "{'TableName':'sorted'\(separator)\(members)}") == message)
    }
}
