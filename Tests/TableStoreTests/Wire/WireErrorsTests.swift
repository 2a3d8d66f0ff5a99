import JSON
import TableStore
import Testing

@Suite("Errors on the wire")
struct WireErrorsTests {
    @Test("text that is no JSON gets a type and no message", arguments: ["", "{", "nothing"])
    func notJSON(body: String) async throws {
        let answer = try await TableFolder().open().ask("GetItem", body)
        #expect(answer.status == 400)
        #expect(answer.text == #"{"__type":"com.amazon.coral.service#SerializationException"}"#)
    }

    @Test("a member of the wrong type is told with a capital Message")
    func wrongType() async throws {
        let answer = try await TableFolder().open().ask("DescribeTable", #"{"TableName":23}"#)
        #expect(answer.status == 400)
        #expect(
            answer.json == [
                "__type": "com.amazon.coral.service#SerializationException",
                "Message": "NUMBER_VALUE cannot be converted to String",
            ])
    }

    @Test("an unknown operation gets a type and no message")
    func unknown() async throws {
        let answer = try await TableFolder().open().ask("MakeCoffee", "{}")
        #expect(answer.status == 400)
        #expect(answer.text == #"{"__type":"com.amazon.coral.service#UnknownOperationException"}"#)
    }

    @Test("syntax is looked at before the operation's name")
    func order() async throws {
        #expect(try await TableFolder().open().ask("MakeCoffee", "{").error == "SerializationException")
    }

    @Test("what can be refused without the tables is")
    func refusedBeforehand() throws {
        let refusal = try #require(TableStore.refusal(of: "CreateTable", Array(#"{"TableName":"a"}"#.utf8)))
        #expect(refusal.status == 400)
        let text = String(decoding: refusal.body, as: UTF8.self)
        #expect(text.contains("ValidationException"))
        #expect(TableStore.refusal(of: "DeleteTable", Array(#"{"TableName":"nothing"}"#.utf8)) == nil)
    }

    @Test("a modelled error carries DynamoDB's namespace")
    func modelled() async throws {
        let answer = try await TableFolder().open().ask("DescribeTable", #"{"TableName":"nothing"}"#)
        #expect(answer.json["__type"] == "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException")
        #expect(answer.json["message"] == "Requested resource not found: Table: nothing not found")
    }

    @Test(
        "operations that are not offered say so",
        arguments: ["ExecuteStatement", "CreateBackup", "CreateGlobalTable", "ImportTable", "PutResourcePolicy"])
    func notOffered(operation: String) async throws {
        let answer = try await TableFolder().open().ask(operation, "{}")
        #expect(answer.error == "ValidationException")
        #expect(answer.message?.contains("Gatehouse") == true)
    }
}
