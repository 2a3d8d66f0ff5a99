import JSON
import Testing

@testable import Stacks

@Suite struct RestMemberTests {
    private static let member = RestMember(
        "JwtConfiguration", .structure(["DefaultAlgorithms": .texts, "Issuers": .list(["Issuer": .text])]),
        .replace(cleared: ""))

    private func properties(_ algorithm: String) -> PropertyReader {
        let text = { (text: String) in TemplateValue.string(text, line: 1) }
        let configuration = TemplateValue.map(
            [
                "DefaultAlgorithms": .list([text(algorithm)], line: 1),
                "Issuers": .list([.map(["Issuer": text("https://a.example")], line: 1)], line: 1),
            ], line: 1)
        return PropertyReader(
            properties: TemplateMap([TemplateMap.Entry(key: "JwtConfiguration", line: 1, value: configuration)]))
    }

    @Test func aStructureHasSmallNamesInCalls() throws {
        #expect(
            try Self.member.value(properties("RS256")) == [
                "defaultAlgorithms": ["RS256"], "issuers": [["issuer": "https://a.example"]],
            ])
    }

    /// UpdateAuthorizer takes the whole configuration as one text.
    @Test func patchesHaveAStructureAsText() throws {
        var patches = RestPatches()
        try Self.member.patch(&patches, from: properties("RS256"), to: properties("ES256"))
        let operations = patches.body["patchOperations"]?.array ?? []
        let patch = try #require(operations.first)
        #expect(operations.count == 1 && patch["op"] == "replace" && patch["path"] == "/jwtConfiguration")
        let value = try JSONValue(parsing: Array((patch["value"]?.string ?? "").utf8))
        #expect(value == ["defaultAlgorithms": ["ES256"], "issuers": [["issuer": "https://a.example"]]])
    }
}
