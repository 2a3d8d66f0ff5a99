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

    @Test(
        "need the ARN of a table",
        arguments: ["abc", "arn:aws:s3:::abc", "arn:aws:dynamodb:us-east-1:000000000000:backup/abc"])
    func badARN(arn: String) async throws {
        let answer = try await tables().ask("TagResource", Self.tag("a", "1", arn: arn))
        #expect(answer.message == "Invalid TableArn: Invalid ResourceArn provided as input \(arn)")
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
        #expect(await tables.ask("TagResource", Self.tag("more", "x")).status == 400)
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
