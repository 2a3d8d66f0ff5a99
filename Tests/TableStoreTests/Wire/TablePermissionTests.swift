import GatewayModel
import TableStore
import Testing

@Suite("What a call does with tables")
struct TablePermissionTests {
    private func all(_ operation: String, _ body: String) -> [String] {
        let account = AccountIdentity(accountId: "123456789012", region: "eu-west-1")
        return TablePermission.all(of: operation, Array(body.utf8), in: account).map {
            "\($0.action) \($0.resource.replacing("arn:aws:dynamodb:eu-west-1:123456789012:", with: ""))"
        }
    }

    @Test(
        "is the operation on the table, or on its index",
        arguments: [
            ("GetItem", #"{"TableName":"a"}"#, "GetItem table/a"),
            ("GetItem", #"{"TableName":"arn:aws:dynamodb:eu-west-1:123456789012:table/a"}"#, "GetItem table/a"),
            ("Query", #"{"TableName":"a","IndexName":"i"}"#, "Query table/a/index/i"),
            ("CreateTable", #"{"TableName":"a"}"#, "CreateTable table/a"),
            (
                "TagResource", #"{"ResourceArn":"arn:aws:dynamodb:eu-west-1:123456789012:table/a"}"#,
                "TagResource table/a"
            ),
            ("ListTables", "{}", "ListTables *"),
        ])
    func single(operation: String, body: String, wanted: String) {
        #expect(all(operation, body) == [wanted])
    }

    @Test("is tagging too where a table is made with tags")
    func tagging() {
        let body = #"{"TableName":"a","Tags":[{"Key":"k","Value":"v"}]}"#
        #expect(all("CreateTable", body) == ["CreateTable table/a", "TagResource table/a"])
        #expect(all("CreateTable", #"{"TableName":"a","Tags":[]}"#) == ["CreateTable table/a"])
        #expect(all("UpdateTable", body) == ["UpdateTable table/a"])
    }

    @Test("is one for each table of a batch, and one for each part of a transaction by what it does")
    func several() {
        #expect(
            all("BatchWriteItem", #"{"RequestItems":{"a":[],"\u0062":[]}}"#)
                == ["BatchWriteItem table/a", "BatchWriteItem table/b"])
        let transaction =
            #"{"TransactItems":[{"Put":{"TableName":"a"}},{"Delete":{"TableName":"b"}},"#
            + #"{"ConditionCheck":{"TableName":"c"}},{"Update":{"TableName":"d"},"Put":{"TableName":"e"}}]}"#
        #expect(
            all("TransactWriteItems", transaction) == [
                "PutItem table/a", "DeleteItem table/b", "ConditionCheckItem table/c", "PutItem table/e",
                "UpdateItem table/d",
            ])
    }

    @Test("does not follow from members that the operation does not read")
    func strayMembers() {
        #expect(all("PutItem", #"{"ResourceArn":"arn:mine","TableName":"a"}"#) == ["PutItem table/a"])
        // Of a name that stands twice, the operation reads the last one.
        #expect(all("PutItem", #"{"TableName":"mine","TableName":"a"}"#) == ["PutItem table/a"])
    }

    @Test(
        "of what cannot be read is the operation on everything", arguments: ["", "{", "[]", #"{"TableName":1}"#, "{}"])
    func unreadable(body: String) {
        #expect(all("PutItem", body) == ["PutItem *"])
        #expect(all("TransactWriteItems", #"{"TransactItems":[{"Put":1}]}"#) == ["TransactWriteItems *"])
    }
}
