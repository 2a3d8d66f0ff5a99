import GatewayModel
import JSON
import Testing

@testable import Stacks

@Suite struct UpdateOrderTests {
    private static func shop(_ first: String, _ second: String) -> String {
        """
        Transform: AWS::Serverless-2016-10-31
        Globals: {Function: {Runtime: python3.12, Handler: index.handler}}
        Resources:
          One:
            Type: AWS::Serverless::Function
            Properties: {InlineCode: x = 1, Events: {\(first)}}
          Two:
            Type: AWS::Serverless::Function
            Properties: {InlineCode: x = 1, Events: {\(second)}}
        """
    }

    private static func event(_ name: String, _ path: String) -> String {
        "\(name): {Type: HttpApi, Properties: {Path: \(path), Method: GET}}"
    }

    @Test func aFunctionIsPermittedBeforeARouteLeadsToIt() async throws {
        let world = try World()
        try await world.deploy(Self.shop(Self.event("A", "/a"), Self.event("B", "/b")))
        world.forgetCalls()
        // The route /a moves to the other function.
        try await world.deploy(Self.shop(Self.event("C", "/c"), Self.event("A", "/a")))
        let calls = world.changingCalls
        let api = try #require(calls.firstIndex { $0.hasPrefix("PUT /v2/apis/") })
        let permitted = calls.indices.filter { calls[$0].hasPrefix("POST /2015-03-31/functions/") }
        let withdrawn = calls.indices.filter { calls[$0].hasPrefix("DELETE /2015-03-31/functions/") }
        #expect(!permitted.isEmpty && permitted.allSatisfy { $0 < api })
        #expect(!withdrawn.isEmpty && withdrawn.allSatisfy { $0 > api })
    }

    @Test func aPermissionOfANewAPIComesAfterIt() async throws {
        let world = try World()
        let result = try await world.deploy(Self.shop(Self.event("A", "/a"), Self.event("B", "/b")))
        #expect(result.record.status == .createComplete)
        let calls = world.changingCalls
        let api = try #require(calls.firstIndex(of: "PUT /v2/apis"))
        #expect(calls.indices.filter { calls[$0].hasSuffix("/policy") }.allSatisfy { $0 > api })
    }
}

@Suite struct KeptWhenChangedTests {
    private static func table(_ properties: String, attributes: String = "") -> String {
        """
        Resources:
          Table:
            Type: AWS::DynamoDB::Table
            \(attributes)
            Properties:
              BillingMode: PAY_PER_REQUEST
              AttributeDefinitions: [{AttributeName: a, AttributeType: S}, {AttributeName: b, AttributeType: S}, {AttributeName: c, AttributeType: S}]
              KeySchema: [{AttributeName: a, KeyType: HASH}, {AttributeName: b, KeyType: RANGE}]
              \(properties)
        """
    }

    private static func index(_ name: String) -> String {
        "{IndexName: \(name), Projection: {ProjectionType: ALL}, KeySchema: "
            + "[{AttributeName: a, KeyType: HASH}, {AttributeName: c, KeyType: RANGE}]}"
    }

    private func actions(_ before: String, _ after: String) async throws -> [ResourceChange.Action] {
        let world = try World()
        try await world.deploy(before)
        return try await world.engine().changes(try plan(after), over: try await world.record).map(\.action)
    }

    @Test func theOrderOfLocalIndexesReplacesNoTable() async throws {
        let before = "LocalSecondaryIndexes: [\(Self.index("one")), \(Self.index("two"))]"
        let after = "LocalSecondaryIndexes: [\(Self.index("two")), \(Self.index("one"))]"
        #expect(try await actions(Self.table(before), Self.table(after)) == [.update(["LocalSecondaryIndexes"])])
        let fewer = "LocalSecondaryIndexes: [\(Self.index("one"))]"
        #expect(try await actions(Self.table(before), Self.table(fewer)) == [.replace(["LocalSecondaryIndexes"])])
    }

    @Test func noLocalIndexesAreAsGoodAsNone() async throws {
        #expect(
            try await actions(Self.table(""), Self.table("LocalSecondaryIndexes: []"))
                == [.update(["LocalSecondaryIndexes"])])
    }

    @Test func whatIsReplacedStaysWhenTheSameEditSaysSo() async throws {
        let world = try World()
        try await world.deploy(Self.table("TableName: one"))
        world.forgetCalls()
        try await world.deploy(Self.table("TableName: two", attributes: "UpdateReplacePolicy: Retain"))
        #expect(world.changingCalls == ["CreateTable"])
        #expect(world.events.contains("Table DELETE_SKIPPED"))
    }
}

@Suite struct NothingIgnoredTests {
    @Test(arguments: [
        ("{Body: {openapi: 3.0.1, info: {title: x}, paths: {}}, Target: 'http://localhost'}", "Target"),
        ("{Body: {openapi: 3.0.1, info: {title: x}, paths: {}}, RouteKey: GET /a}", "RouteKey"),
        ("{Name: x, ProtocolType: HTTP, BasePath: ignore}", "BasePath"),
        ("{Name: x, ProtocolType: HTTP, FailOnWarnings: true}", "FailOnWarnings"),
    ])
    func whatDoesNotGoTogetherIsRefused(properties: String, name: String) {
        let found = problems(of: "Resources:\n  Api:\n    Type: AWS::ApiGatewayV2::Api\n    Properties: \(properties)")
        #expect(found.count == 1 && found[0].contains("\(name) has no effect"))
    }

    @Test(arguments: [
        "{Type: String, NoEcho: maybe, Default: a}", "{Type: String, MinValue: 1, Default: a}",
        "{Type: Number, MaxLength: 1, Default: 1}", "{Type: Number, Default: nan}", "{Type: Number, Default: '0x10'}",
        "{Type: String, Default: a, AllowedPattern: '\(String(repeating: "a", count: 4_097))'}",
    ])
    func parametersSayNothingInVain(definition: String) {
        #expect(!problems(of: "Parameters:\n  P: \(definition)\n\(serverless())").isEmpty)
    }

    @Test func noEchoIsAWordInAnyCase() throws {
        let template = "Parameters:\n  P: {Type: String, NoEcho: 'True', Default: a}\n\(serverless())"
        #expect(try plan(template).hiddenParameters == ["P"])
    }
}

@Suite struct TemplateBoundsTests {
    @Test func longPathsAreRefusedWithTheirLine() {
        let key = String(repeating: "k", count: TemplateLimits.pathBytes)
        let template = "{\"Resources\": {\"A\": {\"Type\": \"AWS::IAM::Role\", \"Properties\":\n{\"\(key)\": 1}}}}"
        #expect(
            problems(of: template) == [
                "template.yaml:2: The keys that lead here have more than \(TemplateLimits.pathBytes) bytes together"
            ])
    }

    @Test func includedDocumentsShareOneBudget() {
        // Aliases make 60,000 values of a small file.
        let list = "[\(Array(repeating: "1", count: 240).joined(separator: ","))]"
        let uses = Array(repeating: "*a", count: 249).joined(separator: ",")
        let document = "openapi: 3.0.1\ninfo: {title: x}\npaths: {}\nx-one: &a \(list)\nx-many: [\(uses)]\n"
        let apis = (0..<8).map {
            "  Api\($0):\n    Type: AWS::Serverless::HttpApi\n    Properties: {DefinitionUri: api.yaml}\n"
        }
        let found = problems(
            of: "Transform: AWS::Serverless-2016-10-31\nResources:\n\(apis.joined())",
            files: MemoryFiles(texts: ["/work/shop/api.yaml": document]))
        #expect(found.contains { $0.contains("values together") })
    }
}
