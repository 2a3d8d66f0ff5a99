import JSON
import Testing

@Suite("Tags of tables")
struct TableTagsTests {
    private static let arn = "arn:aws:dynamodb:us-east-1:000000000000:table/abc"

    private static func tag(_ key: String, _ value: String, arn: String = arn) -> String {
        #"{"ResourceArn":"\#(arn)","Tags":[{"Key":"\#(key)","Value":"\#(value)"}]}"#
    }

    private func tables() async throws -> OpenTables {
        let tables = try TableFolder().open()
        try await tables.createSimpleTable("abc")
        return tables
    }

    private func tags(_ tables: OpenTables) async throws -> JSONValue? {
        try await tables.succeed("ListTagsOfResource", #"{"ResourceArn":"\#(Self.arn)"}"#)["Tags"]
    }

    @Test("are added, replaced and removed")
    func tags() async throws {
        let tables = try await tables()
        #expect(try await tags(tables) == [])
        #expect(await tables.ask("TagResource", Self.tag("a", "1")).text == "")
        _ = await tables.ask("TagResource", Self.tag("b", "2"))
        _ = await tables.ask("TagResource", Self.tag("a", "3"))
        #expect(try await tags(tables) == [["Key": "a", "Value": "3"], ["Key": "b", "Value": "2"]])
        #expect(
            await tables.ask("UntagResource", #"{"ResourceArn":"\#(Self.arn)","TagKeys":["a","x"]}"#).status == 200)
        #expect(try await tags(tables) == [["Key": "b", "Value": "2"]])
    }

    @Test("may come with the table")
    func created() async throws {
        let tables = try TableFolder().open()
        let request = DescribedTablesTests.request.dropFirst()
        _ = try await tables.succeed("CreateTable", #"{"Tags":[{"Key":"a","Value":"1"}],"# + request)
        #expect(try await tags(tables) == [["Key": "a", "Value": "1"]])
    }

    private static let invalid = "One or more parameter values were invalid: "
    private static let notTable = invalid + "Invalid resource arn provided, only table or stream is accepted. "

    @Test(
        "need the ARN of a table",
        arguments: [
            ("nope", invalid + "ARNs must start with 'arn:': "),
            ("arn:aws:s3:::abc", invalid + "Provided Arn is not a DynamoDB resource arn: "),
            ("arn:aws:dynamodb", invalid + "Provided Arn is not a DynamoDB resource arn: "),
            (arn + "/index/gsi1", notTable + "Provided resource arn: "),
            ("arn:aws:dynamodb:us-east-1:000000000000:backup/abc", notTable + "Provided resource arn: "),
            (
                "arn:aws:dynamodb:eu-west-1:000000000000:table/abc",
                "Invalid TableArn: Invalid ResourceArn provided as input "
            ),
        ])
    func badARN(arn: String, message: String) async throws {
        let tables = try await tables()
        for operation in ["TagResource", "UntagResource", "ListTagsOfResource"] {
            let answer = await tables.ask(
                operation, #"{"ResourceArn":"\#(arn)","Tags":[{"Key":"a","Value":"1"}],"TagKeys":["a"]}"#)
            #expect(answer.error == "ValidationException")
            #expect(answer.message == message + arn)
        }
    }

    @Test("of another account are not told")
    func foreign() async throws {
        let foreign = "arn:aws:dynamodb:us-east-1:111111111111:table/abc"
        let answer = try await tables().ask("ListTagsOfResource", #"{"ResourceArn":"\#(foreign)"}"#)
        #expect(answer.json["__type"] == "com.amazon.coral.service#AccessDeniedException")
        #expect(answer.json["Message"]?.string?.contains("dynamodb:ListTagsOfResource on resource: \(foreign)") == true)
    }

    @Test(
        "are refused with AWS's words",
        arguments: [
            (tag("hi!", "x"), "The Tag Key provided is invalid, Key: hi!"),
            (tag("x", "hi!"), "The Tag Value provided is invalid, Value: hi!"),
            (tag("aws:x", "1"), "Tag Key cannot be prefixed with aws:, Key: aws:x"),
            (#"{"ResourceArn":"\#(arn)","Tags":[{}]}"#, "The Tag Key provided is invalid, Key: null"),
            (#"{"ResourceArn":"\#(arn)","Tags":[]}"#, "Atleast one Tag needs to be provided as Input."),
            (
                #"{"ResourceArn":"\#(arn)","Tags":[{"Key":"a","Value":"1"},{"Key":"a","Value":"2"}]}"#,
                "Duplicate Tag Keys provided as input: Duplicate Tag Key found a"
            ),
        ])
    func refused(request: String, message: String) async throws {
        #expect(try await tables().ask("TagResource", request).message == message)
    }

    @Test("keys to remove are at least one")
    func noKeys() async throws {
        let answer = try await tables().ask("UntagResource", #"{"ResourceArn":"\#(Self.arn)","TagKeys":[]}"#)
        #expect(answer.message == "Atleast one Tag Key needs to be provided as Input.")
    }

    @Test("have letters of any script")
    func letters() async throws {
        #expect(try await tables().ask("TagResource", Self.tag("größe 1+-=._:/", "名@例")).status == 200)
    }

    @Test("cannot be on a table that is not there")
    func unknownTable() async throws {
        let answer = try await tables().ask("TagResource", Self.tag("a", "1", arn: Self.arn + "x"))
        #expect(answer.error == "ResourceNotFoundException")
    }

    @Test("are at most fifty")
    func fifty() async throws {
        let tables = try await tables()
        for number in 0..<50 { #expect(await tables.ask("TagResource", Self.tag("k\(number)", "x")).status == 200) }
        #expect(
            await tables.ask("TagResource", Self.tag("more", "x")).message
                == "Number of Tags exceed the current limit for the provided ResourceArn")
    }

    @Test("have keys of 1 to 128 and values of up to 256 characters")
    func lengths() async throws {
        let tables = try await tables()
        let long = { String(repeating: "x", count: $0) }
        #expect(await tables.ask("TagResource", Self.tag(long(128), long(256))).status == 200)
        #expect(await tables.ask("TagResource", Self.tag("", "x")).status == 400)
        #expect(await tables.ask("TagResource", Self.tag(long(129), "x")).status == 400)
        #expect(await tables.ask("TagResource", Self.tag("a", long(257))).status == 400)
    }
}
