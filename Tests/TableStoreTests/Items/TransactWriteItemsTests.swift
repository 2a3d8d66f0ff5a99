import JSON
import Testing

@testable import TableStore

@Suite struct TransactWriteItemsTests {
    private let tables: ItemStore

    init() throws {
        tables = try ItemStore.hashed()
        try tables.put("{'pk':{'S':'a'},'n':{'N':'1'}}")
        try tables.put("{'pk':{'S':'b'},'n':{'N':'1'}}")
    }

    private func transact(_ actions: String..., token: String? = nil) throws -> TableAnswer {
        try tables.call(
            "TransactWriteItems",
            "{'TransactItems':[\(actions.joined(separator: ","))]"
                + (token.map { ",'ClientRequestToken':'\($0)'" } ?? "") + "}")
    }

    private static func put(_ key: String, _ members: String = "") -> String {
        "{'Put':{'TableName':'hashed','Item':{'pk':{'S':'\(key)'},'n':{'N':'2'}}\(members)}}"
    }

    private static func add(_ key: String, _ members: String = "") -> String {
        """
        {'Update':{'TableName':'hashed','Key':{'pk':{'S':'\(key)'}},'UpdateExpression':'ADD n :one',
        'ExpressionAttributeValues':{':one':{'N':'1'}}\(members)}}
        """
    }

    private static let absent = ",'ConditionExpression':'attribute_not_exists(pk)'"

    @Test func allActionsAreDone() throws {
        let answer = try transact(
            Self.put("new"), Self.add("a"), "{'Delete':{'TableName':'hashed','Key':{'pk':{'S':'b'}}}}",
            """
            {'ConditionCheck':{'TableName':'hashed','Key':{'pk':{'S':'nobody'}},
            'ConditionExpression':'attribute_not_exists(pk)'}}
            """)
        #expect(answer.text == "{}")
        #expect(try tables.item("{'pk':{'S':'new'}}") != nil)
        #expect(try tables.item("{'pk':{'S':'a'}}") == "{'n':{'N':'2'},'pk':{'S':'a'}}")
        #expect(try tables.item("{'pk':{'S':'b'}}") == nil)
        #expect(try tables.item("{'pk':{'S':'nobody'}}") == nil)
    }

    @Test func aTokenIsOfWhatIsSaidNotOfHow() throws {
        _ = try transact(Self.add("a"), token: "t")
        let again = try tables.call(
            "TransactWriteItems",
            """
            {'ReturnConsumedCapacity':'TOTAL','ClientRequestToken':'t','TransactItems': [ {'Update': {
            'UpdateExpression':'ADD n :one', 'ExpressionAttributeValues':{':one':{'N':'1'}},
            'Key':{'pk':{'S':'a'}},'TableName':'hashed'}} ] }
            """)
        #expect(
            again.text
                == "{'ConsumedCapacity':[{'TableName':'hashed','CapacityUnits':2.0,'ReadCapacityUnits':2.0}]}")
        #expect(try tables.item("{'pk':{'S':'a'}}") == "{'n':{'N':'2'},'pk':{'S':'a'}}")
    }

    @Test func tokensDifferBehindANul() throws {
        _ = try transact(Self.add("a"), token: "t\\u0000x")
        _ = try transact(Self.add("b"), token: "t\\u0000y")
        #expect(try tables.item("{'pk':{'S':'b'}}") == "{'n':{'N':'2'},'pk':{'S':'b'}}")
    }

    @Test func allFailuresAreTold() throws {
        let answer = try transact(
            Self.put("new"), Self.put("a", Self.absent),
            Self.put("b", Self.absent + ",'ReturnValuesOnConditionCheckFailure':'ALL_OLD'"))
        #expect(answer.status == 400)
        #expect(
            answer.text
                == "{'__type':'com.amazonaws.dynamodb.v20120810#TransactionCanceledException','Message':'Transaction "
                + "cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed, "
                + "ConditionalCheckFailed]','CancellationReasons':[{'Code':'None'},{'Code':'ConditionalCheckFailed',"
                + "'Message':'The conditional request failed'},{'Code':'ConditionalCheckFailed','Message':'The "
                + "conditional request failed','Item':{'n':{'N':'1'},'pk':{'S':'b'}}}]}")
    }

    @Test(arguments: [
        put("a", absent),
        "{'Update':{'TableName':'hashed','Key':{'pk':{'S':'x'}},'UpdateExpression':'SET n = nothing'}}",
        "{'Put':{'TableName':'hashed','Item':{'pk':{'N':'1'}}}}", "{'Put':{'TableName':'nobody','Item':{}}}",
        "{'Put':{'TableName':'hashed','Item':{'pk':{'S':''}}}}", put("new"), "{}",
    ])
    func oneFailureUndoesAll(failing: String) throws {
        let answer = try transact(Self.put("new"), Self.add("b"), failing)
        #expect(answer.status == 400)
        #expect(try tables.item("{'pk':{'S':'new'}}") == nil)
        #expect(try tables.item("{'pk':{'S':'b'}}") == "{'n':{'N':'1'},'pk':{'S':'b'}}")
    }

    @Test(arguments: [
        (
            "{'Put':{'TableName':'hashed','Item':{'pk':{'N':'1'}}}}",
            "One or more parameter values were invalid: Type mismatch for key pk expected: S actual: N"
        ),
        (
            "{'Delete':{'TableName':'hashed','Key':{'pk':{'N':'1'}}}}",
            "The provided key element does not match the schema"
        ),
        (
            "{'Update':{'TableName':'hashed','Key':{'x':{'S':'1'}},'UpdateExpression':'REMOVE n'}}",
            "The provided key element does not match the schema"
        ),
        (
            "{'ConditionCheck':{'TableName':'hashed','Key':{},'ConditionExpression':'attribute_exists(pk)'}}",
            "The provided key element does not match the schema"
        ),
        (
            "{'Update':{'TableName':'hashed','Key':{'pk':{'S':'a'}},'UpdateExpression':'SET n = nothing'}}",
            "The provided expression refers to an attribute that does not exist in the item"
        ),
    ])
    func faultsOfKeysAndUpdatesCancel(action: String, message: String) throws {
        let answer = try transact(Self.put("new"), action)
        #expect(answer.type == "TransactionCanceledException")
        #expect(
            answer["CancellationReasons"]?.text
                == "[{\"Code\":\"None\"},{\"Code\":\"ValidationError\",\"Message\":\"\(message)\"}]")
    }

    @Test(arguments: [
        (
            "{'TransactItems':[]}",
            "1 validation error detected: Value '[]' at 'transactItems' failed to satisfy constraint: Member must have "
                + "length greater than or equal to 1"
        ),
        (
            "{'TransactItems':[{}]}",
            "TransactItems can only contain one of Check, Put, Update or Delete"
        ),
        (
            "{'TransactItems':[\(put("x").dropLast()),'Delete':{}}]}",
            "TransactItems can only contain one of Check, Put, Update or Delete"
        ),
        (
            "{'TransactItems':[\(put("x")),\(add("x"))]}",
            "Transaction request cannot include multiple operations on one item"
        ),
        (
            "{'TransactItems':[{'Put':{'TableName':'hashed','Item':{'pk':{'S':''}}}}]}",
            "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty "
                + "string value. Key: pk"
        ),
        (
            "{'TransactItems':[\(put("x", ",'ConditionExpression':'!!'"))]}",
            "Invalid ConditionExpression: Syntax error; token: \"!\", near: \"!!\""
        ),
        (
            "{'TransactItems':[\(put("x", ",'ExpressionAttributeValues':{':v':{'N':'1'}}"))]}",
            "ExpressionAttributeValues can only be specified when using expressions: ConditionExpression is null"
        ),
        (
            "{'TransactItems':[\(put("x"))],'ClientRequestToken':'\(String(repeating: "t", count: 37))'}",
            "1 validation error detected: Value '\(String(repeating: "t", count: 37))' at 'clientRequestToken' failed to "
                + "satisfy constraint: Member must have length less than or equal to 36"
        ),
        (
            "{'TransactItems':[\(put("x")),{'Delete':{'TableName':'hashed'}}]}",
            "1 validation error detected: Value null at 'transactItems.2.member.delete.key' failed to satisfy "
                + "constraint: Member must not be null"
        ),
    ])
    func faults(body: String, message: String) throws {
        #expect(try tables.fault("TransactWriteItems", body) == message)
    }

    @Test(arguments: [100, 101])
    func aHundredActionsAreTaken(count: Int) throws {
        let actions = (0..<count).map { Self.put("k\($0)") }.joined(separator: ",")
        let answer = try transact(actions)
        if count == ItemLimits.transactionActions {
            #expect(answer.status == 200)
        } else {
            #expect(
                answer.message
                    == "1 validation error detected: Value '[...]' at 'transactItems' failed to satisfy constraint: "
                    + "Member must have length less than or equal to 100")
        }
    }

    @Test func fourMegabytesAreTheMost() throws {
        let text = String(repeating: "x", count: 350_000)
        func puts(_ count: Int) -> String {
            (0..<count).map { "{'Put':{'TableName':'hashed','Item':{'pk':{'S':'\($0)'},'v':{'S':'\(text)'}}}}" }
                .joined(separator: ",")
        }
        #expect(try transact(puts(11)).status == 200)
        #expect(try transact(puts(12)).type == "ValidationException")
    }

    @Test func missingTableIsNotFound() throws {
        let answer = try transact("{'Put':{'TableName':'nobody','Item':{'pk':{'S':'x'}}}}")
        #expect(answer.type == "ResourceNotFoundException")
        #expect(answer.message == "Requested resource not found")
    }

    @Test func repeatedRequestIsDoneOnce() throws {
        for _ in 0..<3 { #expect(try transact(Self.add("a"), token: "t").text == "{}") }
        #expect(try tables.item("{'pk':{'S':'a'}}") == "{'n':{'N':'2'},'pk':{'S':'a'}}")
    }

    @Test func tokenWithOtherParametersIsRefused() throws {
        _ = try transact(Self.add("a"), token: "t")
        let answer = try transact(Self.add("b"), token: "t")
        #expect(answer.type == "IdempotentParameterMismatchException")
        #expect(answer["Message"] != nil)
    }

    @Test func tokenIsForgottenAfterTenMinutes() throws {
        _ = try transact(Self.add("a"), token: "t")
        tables.time.advance(by: 601_000)
        #expect(try transact(Self.add("b"), token: "t").status == 200)
    }

    @Test func tokenOfACancelledTransactionMayBeUsedAgain() throws {
        _ = try transact(Self.put("a", Self.absent), token: "t")
        #expect(try transact(Self.add("a"), token: "t").status == 200)
    }

    @Test func firstKeyThatDoesNotFitCancelsAlone() throws {
        let put = "{'Put':{'TableName':'hashed','Item':{'pk':{'N':'1'}}}}"
        let check =
            "{'ConditionCheck':{'TableName':'hashed','Key':{'pk':{'S':'z'}},'ConditionExpression':'attribute_exists(pk)'}}"
        let answer = try transact(check, put, put)
        #expect(answer.message?.hasSuffix("[None, ValidationError, None]") == true, "\(answer.text)")
        let get = "{'Get':{'TableName':'hashed','Key':{'pk':{'N':'1'}}}}"
        let read = try tables.call("TransactGetItems", "{'TransactItems':[\(get),\(get)]}")
        #expect(read.message?.hasSuffix("[ValidationError, None]") == true, "\(read.text)")
    }

    @Test func tokenIsLookedAtBeforeTheReports() throws {
        let message = try tables.fault(
            "TransactWriteItems",
            """
            {'TransactItems':[\(Self.put("a"))],'ReturnConsumedCapacity':'X',
            'ClientRequestToken':'\(String(repeating: "t", count: 37))'}
            """)
        #expect(
            message.hasPrefix("2 validation errors detected: Value '\(String(repeating: "t", count: 37))' at 'client"))
    }
}
