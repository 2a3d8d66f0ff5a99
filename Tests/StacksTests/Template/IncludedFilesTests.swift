import ControlPlane
import GatewayModel
import JSON
import Testing

@testable import Stacks

/// AWS::Include and DefinitionUri: documents that stand beside the template.
@Suite struct IncludedFilesTests {
    private let document = """
        openapi: 3.0.1
        info: {title: included, version: '1'}
        paths:
          /a:
            get:
              x-amazon-apigateway-integration: {type: http_proxy, httpMethod: GET, uri: {Fn::Sub: 'https://${AWS::Region}.example'}}
        """

    private func template(_ properties: String) -> String {
        """
        Transform: AWS::Serverless-2016-10-31
        Resources:
          Api:
            Type: AWS::Serverless::HttpApi
            Properties: \(properties)
        """
    }

    private func include(_ location: String) -> String {
        "{Fn::Transform: {Name: AWS::Include, Parameters: {Location: \(location)}}}"
    }

    private func found(_ properties: String, _ texts: [String: String]) -> [String] {
        problems(of: template(properties), files: MemoryFiles(texts: texts))
    }

    private func body(_ properties: String, _ texts: [String: String]) throws -> JSONValue? {
        let plan = try StackPlan(
            source(template(properties), files: MemoryFiles(texts: texts)), account: AccountIdentity())
        return plan.resources.first { $0.logicalId == "Api" }?.properties["Body"]?.json
    }

    @Test func anIncludedDocumentTakesThePlaceOfTheFunction() throws {
        let body = try body("{DefinitionBody: \(include("./api.yaml"))}", ["/work/shop/api.yaml": document])
        #expect(body?["info"]?["title"] == "included")
        #expect(body?["tags"]?.array?.first?["name"] == "httpapi:createdBy")
    }

    @Test func whatStandsBesideTheFunctionIsAdded() throws {
        let beside = include("api.yaml").dropLast() + ", info: {title: own}}"
        let body = try body("{DefinitionBody: \(beside)}", ["/work/shop/api.yaml": document])
        #expect(body?["info"] == ["title": "own"])
        #expect(body?["openapi"] == "3.0.1")
    }

    @Test func propertiesCanBeIncluded() throws {
        let body = try body(include("/p.json"), ["/p.json": #"{"Name": "included", "StageName": "live"}"#])
        #expect(body?["info"]?["title"] == "included")
    }

    @Test func aDocumentBesideTheTemplateIsTheBody() throws {
        let body = try body("{DefinitionUri: api.yaml}", ["/work/shop/api.yaml": document])
        #expect(
            try body?["paths"]
                == JSONValue(
                    parsing:
                        #"{"/a":{"get":{"x-amazon-apigateway-integration":{"type":"http_proxy","httpMethod":"GET","uri":{"Fn::Sub":"https://${AWS::Region}.example"}}}}}"#
                ))
        #expect(body?["tags"] == nil)
    }

    @Test(arguments: [
        ("gone.yaml", "gone.yaml: there is no file /work/shop/gone.yaml"),
        ("empty.yaml", "empty.yaml: the file is empty"),
        ("large.yaml", "large.yaml: included files may have 1048576 bytes together"),
    ])
    func whatCannotBeReadIsNamed(location: String, message: String) {
        let texts = [
            "/work/shop/empty.yaml": "", "/work/shop/large.yaml": String(repeating: " ", count: 1_048_577),
        ]
        #expect(
            found("{DefinitionUri: \(location)}", texts) == [
                "template.yaml:5: Resources.Api.Properties: DefinitionUri \(message)"
            ])
        #expect(
            found("{DefinitionBody: \(include(location))}", texts).first
                == "template.yaml:5: Resources.Api.Properties.DefinitionBody: AWS::Include \(message)")
    }

    @Test func whatIsNotWellFormedIsToldOfTheFileItself() {
        #expect(
            found("{DefinitionUri: api.json}", ["/work/shop/api.json": "{\n  x"]) == [
                "api.json:2: JSON not well-formed: expected a string (column 3)"
            ])
    }

    @Test func anIncludedFileIncludesNothing() {
        let texts = ["/work/shop/a.yaml": "x: \(include("a.yaml"))"]
        #expect(
            found("{DefinitionBody: \(include("a.yaml"))}", texts).first
                == "template.yaml:5: Resources.Api.Properties.DefinitionBody: a.yaml uses Fn::Transform; an included file may not"
        )
    }

    @Test func includedFilesAreCountedTogether() {
        let text = "a: '\(String(repeating: "x", count: 600_000))'"
        let properties =
            "{DefinitionBody: {openapi: 3.0.1, paths: {}, a: \(include("a.yaml")), b: \(include("a.yaml"))}}"
        #expect(
            found(properties, ["/work/shop/a.yaml": text]) == [
                "template.yaml:5: Resources.Api.Properties.DefinitionBody.b: AWS::Include a.yaml: included files may have 1048576 bytes together"
            ])
    }

    @Test func referencesOfIncludedFilesAreLookedAt() {
        let texts = ["/work/shop/a.yaml": "openapi: 3.0.1\npaths: {}\nx: {Ref: Gone}"]
        #expect(
            found("{DefinitionBody: \(include("a.yaml"))}", texts) == [
                "template.yaml:5: Resources.Api.Properties.DefinitionBody.x: Template format error: Unresolved resource dependencies [Gone] in the Resources block of the template"
            ])
    }

    @Test func nestingThroughIncludedFilesHasAnEnd() {
        let deep = String(repeating: "[", count: 60)
        let text = deep + String(repeating: "]", count: 60)
        let nested = String(repeating: "[", count: 60) + include("a.yaml") + String(repeating: "]", count: 60)
        let properties = "{DefinitionBody: {openapi: 3.0.1, paths: {}, x: \(nested)}}"
        #expect(found(properties, ["/work/shop/a.yaml": text]).contains { $0.contains("Nested more than 100 deep") })
    }

    @Test func aDocumentIsGivenOnce() {
        #expect(
            found("{DefinitionUri: a.yaml, DefinitionBody: {openapi: 3.0.1, paths: {}}}", ["/work/shop/a.yaml": ""])
                == [
                    "template.yaml:5: Resources.Api.Properties: Specify either 'DefinitionUri' or 'DefinitionBody' property and not both."
                ])
    }

    @Test func whatSAMWritesIntoADocumentNeedsDefinitionBody() {
        #expect(
            found("{DefinitionUri: a.yaml, CorsConfiguration: true}", ["/work/shop/a.yaml": document]) == [
                "template.yaml:5: Resources.Api.Properties: CorsConfiguration works only with inline OpenApi specified in the 'DefinitionBody' property."
            ])
    }
}

@Suite struct IncludedObjectsTests {
    private static let template = """
        Parameters: {Bucket: {Type: String, Default: docs}}
        Resources:
          Api:
            Type: AWS::ApiGateway::RestApi
            Properties:
              Body: {"Fn::Transform": {Name: AWS::Include, Parameters: {Location: !Sub "s3://${Bucket}/api.yaml"}}}
        """

    private func included(_ template: String, _ objects: [String: String]) async throws -> StackPlan {
        let planned = { (source: TemplateSource) throws(TemplateError) -> StackPlan in
            try StackPlan(source, account: AccountIdentity())
        }
        let whole = try await source(template).includingObjects(ObjectsOnly(objects: objects)) {
            source throws(TemplateError) in _ = try planned(source)
        }
        return try planned(whole)
    }

    @Test func whatLiesInS3IsReadBeforehand() async throws {
        let plan = try await included(Self.template, ["/docs/api.yaml": "openapi: 3.0.1\ninfo: {title: shop}"])
        #expect(plan.resources[0].properties["Body"]?.json["info"]?["title"] == "shop")
    }

    @Test func whatIsNotThereIsTold() async throws {
        let error = await #expect(throws: TemplateError.self) { try await included(Self.template, [:]) }
        #expect(
            error?.problems.map(\.description) == [
                "template.yaml: Transform AWS::Include failed with: s3://docs/api.yaml: GetObject: NoSuchKey: gone"
            ])
    }

    /// Where nobody is asked.
    @Test func aTemplateAloneHasNone() {
        #expect(
            problems(of: Self.template) == [
                "template.yaml:6: Resources.Api.Properties.Body: AWS::Include s3://docs/api.yaml: there is no file "
                    + "s3://docs/api.yaml"
            ])
    }

    private struct ObjectsOnly: Management {
        let objects: [String: String]

        func call(_ request: WireRequest) async -> WireResponse {
            guard let text = objects[request.path] else {
                return WireResponse(
                    status: 404, body: Array("<Error><Code>NoSuchKey</Code><Message>gone</Message></Error>".utf8))
            }
            return WireResponse(status: 200, body: Array(text.utf8))
        }

        func draft() async -> any Management { self }
    }
}
