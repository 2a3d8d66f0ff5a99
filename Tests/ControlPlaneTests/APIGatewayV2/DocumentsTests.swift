import JSON
import Testing

@testable import ControlPlane

@Suite struct DocumentsTests {
    let plane = APIPlane()

    private func document(_ paths: JSONValue, _ more: JSONObject = [:]) -> JSONValue {
        var document: JSONObject = [
            "openapi": "3.0.1", "info": ["title": "imported", "version": "1.2"], "paths": paths,
        ]
        for (key, value) in more { document[key] = value }
        return ["body": .string(JSONValue.object(document).text)]
    }

    private func integration(_ members: JSONObject = [:]) -> JSONValue {
        var integration: JSONObject = [
            "type": "http_proxy", "httpMethod": "GET", "uri": "https://example.com/", "payloadFormatVersion": "1.0",
        ]
        for (key, value) in members { integration[key] = value }
        return ["x-amazon-apigateway-integration": .object(integration)]
    }

    private func routes(_ api: String) async -> [String: String?] {
        let items = await plane.call("GET", "/v2/apis/\(api)/routes").items
        return Dictionary(
            items.map { ($0["routeKey"]?.string ?? "", $0["target"]?.string) }, uniquingKeysWith: { first, _ in first })
    }

    @Test func aDocumentBecomesAnAPI() async throws {
        let answer = await plane.call("PUT", "/v2/apis", document(["/a": ["get": integration()]]))
        #expect(answer.status == 201)
        #expect(answer["name"] == "imported")
        #expect(answer["version"] == "1.2")
        #expect(answer["tags"] == [:])
        #expect(answer["warnings"] == nil)
        #expect(answer["importInfo"] == nil)
        let api = try #require(answer["apiId"]?.string)
        #expect(await routes(api).keys.sorted() == ["GET /a"])
    }

    @Test func anIntegrationThatBreaksARuleIsAWarningAndItsRouteHasNoTarget() async throws {
        let paths: JSONValue = [
            "/a": ["get": integration(["payloadFormatVersion": 1])], "/b": ["get": integration(["type": "mock"])],
        ]
        let answer = await plane.call("PUT", "/v2/apis", document(paths))
        #expect(
            answer["warnings"] == [
                .string(
                    "Unable to create integration for resource at path 'GET /a': "
                        + "Unsupported PayloadFormatVersion: 1. Ignoring."),
                .string(
                    "Unable to create integration for resource at path 'GET /b': Currently, an API with a protocol "
                        + "type of HTTP may only be associated with proxy integrations (AWS_PROXY, HTTP_PROXY). Ignoring."
                ),
            ])
        let api = try #require(answer["apiId"]?.string)
        #expect(await routes(api) == ["GET /a": nil, "GET /b": nil])
    }

    @Test func warningsFailTheImportWhenAsked() async {
        let body = document(["/a": ["get": integration(["payloadFormatVersion": 1])]])
        let answer = await plane.call("PUT", "/v2/apis", body, query: "failOnWarnings=true")
        #expect(answer.code == "BadRequestException")
        #expect(
            answer.message == "Warnings found during import:\n\tUnable to create integration for resource at path "
                + "'GET /a': Unsupported PayloadFormatVersion: 1. Ignoring.")
        #expect(await plane.call("GET", "/v2/apis").items.isEmpty)
    }

    @Test func aRouteThatBreaksARuleIsLeftOutWithAWarning() async throws {
        let answer = await plane.call("PUT", "/v2/apis", document(["/a*": ["get": integration()]]))
        let warning = try #require(answer["warnings"]?.array?.first?.string)
        #expect(warning.hasPrefix("Unable to put method 'GET' on resource at path '/a*': One or more path parts"))
        #expect(warning.hasSuffix(". Ignoring."))
    }

    @Test(
        arguments: [
            ["credentials": "arn:aws:iam::1:role/r"],
            ["type": "aws_proxy", "integrationSubtype": "SQS-SendMessage"],
        ] as [JSONObject])
    func whatIsNotServedFailsTheImport(members: JSONObject) async {
        let answer = await plane.call("PUT", "/v2/apis", document(["/a": ["get": integration(members)]]))
        #expect(answer.code == "BadRequestException")
        #expect(answer.message?.hasPrefix("Unable to create integration for resource at path 'GET /a': ") == true)
        #expect(await plane.call("GET", "/v2/apis").items.isEmpty)
    }

    @Test func corsOfADocumentHasTheSameRules() async {
        let cors: JSONValue = ["allowOrigins": ["*"], "allowCredentials": true]
        let body = document(["/a": ["get": integration()]], ["x-amazon-apigateway-cors": cors])
        let answer = await plane.call("PUT", "/v2/apis", body)
        #expect(answer.message == "allow-credentials is not supported if 'allow-origin' is *")
    }

    @Test func aReimportReplacesAllButWhatIdentifiesTheAPI() async throws {
        let ids = try await plane.makeAPI(["description": "gone", "tags": ["stays": "1"]])
        await plane.makeRoute("GET /made/by/hand", in: ids)
        await plane.makeStage(in: ids.api)
        let body = document(["/after": ["get": integration()]])
        let answer = await plane.call("PUT", "/v2/apis/\(ids.api)", body)
        #expect(answer.status == 201)
        #expect(answer["apiId"]?.string == ids.api)
        #expect(answer["description"] == nil)
        #expect(answer["tags"] == ["stays": "1"])
        #expect(plane.servedKeys(ids.api) == ["GET /after"])
        #expect(await plane.call("GET", "/v2/apis/\(ids.api)/integrations").items.count == 1)
        let next = APIPlane(store: plane.store)
        try await next.plane.start()
        #expect(next.servedKeys(ids.api) == ["GET /after"])
    }

    @Test func aRefusedReimportChangesNothing() async throws {
        let ids = try await plane.makeAPI()
        await plane.makeRoute("GET /before", in: ids)
        let guarded: JSONValue = ["/a": ["get": ["security": [["jwt": []]]]]]
        #expect(await plane.call("PUT", "/v2/apis/\(ids.api)", document(guarded)).status == 400)
        #expect(await routes(ids.api).keys.sorted() == ["GET /before"])
    }

    @Test(arguments: ["JSON", "YAML"])
    func anExportImportsToTheSame(outputType: String) async throws {
        let ids = try await plane.makeAPI([
            "version": "7", "corsConfiguration": ["allowOrigins": ["https://a.example"]],
        ])
        for key in ["GET /a/{id}", "ANY /b/{proxy+}", "$default"] { await plane.makeRoute(key, in: ids) }
        let exported = await plane.call(
            "GET", "/v2/apis/\(ids.api)/exports/OAS30", query: "outputType=\(outputType)")
        #expect(exported.status == 200)
        let answer = await plane.call("PUT", "/v2/apis", ["body": .string(exported.text)])
        #expect(answer["warnings"] == nil)
        #expect(answer["version"] == "7")
        #expect(answer["corsConfiguration"]?["allowOrigins"] == ["https://a.example"])
        let copy = try #require(answer["apiId"]?.string)
        #expect(await routes(copy).keys.sorted() == ["$default", "ANY /b/{proxy+}", "GET /a/{id}"])
        #expect(await routes(copy).values.allSatisfy { $0 != nil })
    }

    @Test func aStageIsExportedAsItWasDeployed() async throws {
        let ids = try await plane.makeAPI()
        await plane.makeRoute("GET /a", in: ids)
        await plane.makeStage("dev", in: ids.api, autoDeploy: false)
        let path = "/v2/apis/\(ids.api)/exports/OAS30"
        #expect(await plane.call("GET", path, query: "outputType=JSON&stageName=dev").code == "BadRequestException")
        _ = await plane.call("POST", "/v2/apis/\(ids.api)/deployments", ["stageName": "dev"])
        await plane.makeRoute("GET /later", in: ids)
        let exported = await plane.call("GET", path, query: "outputType=JSON&stageName=dev")
        #expect(exported["paths"]?.object?.keys == ["/a"])
    }

    @Test(
        arguments: [
            ("OAS20", "outputType=JSON"), ("OAS30", ""), ("OAS30", "outputType=XML"),
            ("OAS30", "outputType=JSON&exportVersion=2.0"),
        ])
    func anotherExportIsRefused(specification: String, query: String) async throws {
        let ids = try await plane.makeAPI()
        await plane.makeRoute("GET /a", in: ids)
        let answer = await plane.call("GET", "/v2/apis/\(ids.api)/exports/\(specification)", query: query)
        #expect(answer.code == "BadRequestException")
    }

    @Test func anAPIWithoutRoutesCannotBeExported() async throws {
        let (api, _) = try await plane.makeAPI()
        let answer = await plane.call("GET", "/v2/apis/\(api)/exports/OAS30", query: "outputType=JSON")
        #expect(answer.code == "BadRequestException")
    }
}
