import JSON
import Testing

@testable import ControlPlane

@Suite("Answers of AWS that were recorded")
struct RecordedFaultsTests {
    private let rest = RESTPlane()
    private let lambda = "arn:aws:lambda:eu-central-1:000000000000:function:f"

    private func message(_ answer: APIAnswer) -> String? { answer["message"]?.string }

    @Test(
        "a proxy's URI leads to a function, or it is told what may be called",
        arguments: [
            ("path/2015-03-31/functions/F/invocations", "lambda", nil),
            ("path//2015-03-31/functions/F/invocations", "lambda", nil),
            ("path/random/value/F/invocations", "lambda", "currently only supports Lambda function and Firehose"),
            ("path/2015-03-31/functions/F/invocations", "firehose", "currently only supports Lambda function and Fire"),
            ("action/PutRecord", "firehose", "Gatehouse does not serve integrations with Firehose."),
            (
                "test/2015-03-31/functions/F/invocations", "lambda",
                "AWS ARN for integration must contain path or action"
            ),
        ])
    func targets(path: String, service: String, fault: String?) async throws {
        let ids = try await rest.makeAPI()
        let method = "/restapis/\(ids.api)/resources/\(ids.root)/methods/ANY"
        _ = await rest.call("PUT", method, ["authorizationType": "NONE"])
        let uri = "arn:aws:apigateway:eu-central-1:\(service):\(path.replacing("F", with: lambda))"
        let answer = await rest.call(
            "PUT", method + "/integration", ["type": "AWS_PROXY", "httpMethod": "POST", "uri": .string(uri)])
        #expect(answer.status == (fault == nil ? 201 : 400))
        #expect(fault.map { message(answer)?.contains($0) == true } ?? (answer["uri"]?.string == uri))
    }

    @Test("a model in use names the method of the resource that was made last")
    func modelInUse() async throws {
        let ids = try await rest.makeAPI()
        let api = "/restapis/\(ids.api)"
        _ = await rest.call("POST", "\(api)/models", ["name": "M", "contentType": "application/json", "schema": "{}"])
        let child = await rest.call("POST", "\(api)/resources/\(ids.root)", ["pathPart": "test"])
        for resource in [ids.root, try #require(child["id"]?.string)] {
            _ = await rest.call(
                "PUT", "\(api)/resources/\(resource)/methods/ANY",
                ["authorizationType": "NONE", "requestModels": ["application/json": "M"]])
        }
        let answer = await rest.call("DELETE", "\(api)/models/M")
        #expect(message(answer) == "Cannot delete model 'M', is referenced in method request: /test/ANY")
    }

    @Test(
        "documentation of what lies at no path is that of the root",
        arguments: [
            (["type": "METHOD", "method": "GET"], "/"), (["type": "API"], nil),
            (["type": "MODEL", "name": "M"], nil), (["type": "RESOURCE", "path": "/a"], "/a"),
        ] as [(JSONValue, String?)])
    func documentation(location: JSONValue, path: String?) async throws {
        let ids = try await rest.makeAPI()
        let part = await rest.call(
            "POST", "/restapis/\(ids.api)/documentation/parts",
            ["location": location, "properties": #"{"description":"d"}"#])
        #expect(part["location"]?["path"]?.string == path)
        let documentation: JSONValue = [
            "documentationParts": [["location": location, "properties": ["description": "e"]]]
        ]
        let imported = await rest.call(
            "PUT", "/restapis/\(ids.api)/documentation/parts", ["x-amazon-apigateway-documentation": documentation])
        #expect(imported["ids"]?.array?.count == 1)
        let whole = await rest.call(
            "POST", "/restapis",
            [
                "openapi": "3.0.1", "info": ["title": "t", "version": "1"], "paths": [:],
                "x-amazon-apigateway-documentation": documentation,
            ], query: "mode=import")
        for api in [ids.api, try #require(whole["id"]?.string)] {
            let parts = await rest.call("GET", "/restapis/\(api)/documentation/parts")
            let places = parts["item"]?.array ?? parts["items"]?.array ?? []
            #expect(places.map { $0["location"]?["path"]?.string } == [path])
        }
    }

    @Test("the settings of an access log are removed together", arguments: ["destinationArn", "format"])
    func accessLogSettings(member: String) async throws {
        let ids = try await rest.makeAPI()
        await rest.makeMethod(of: ids)
        await rest.deploy(ids.api, "dev")
        let stage = "/restapis/\(ids.api)/stages/dev"
        let arn = "arn:aws:logs:eu-central-1:000000000000:log-group:g"
        await rest.patch(
            stage, ["op": "replace", "path": "/accessLogSettings/destinationArn", "value": .string(arn)],
            ["op": "replace", "path": "/accessLogSettings/format", "value": "$context.requestId"])
        let answer = await rest.patch(stage, ["op": "remove", "path": .string("/accessLogSettings/\(member)")])
        #expect(answer.status == 400)
        #expect(message(answer)?.hasPrefix("Cannot remove method setting accessLogSettings/\(member) because") == true)
        #expect(await rest.patch(stage, ["op": "remove", "path": "/accessLogSettings"])["accessLogSettings"] == nil)
    }

    @Test("an authorizer of a document reads its scheme's header where it says nothing of its source")
    func importedAuthorizer() async throws {
        let uri = "arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/\(lambda)/invocations"
        let answer = await rest.call(
            "POST", "/restapis",
            [
                "swagger": "2.0", "info": ["title": "t", "version": "1"], "paths": [:],
                "securityDefinitions": [
                    "Auth": [
                        "type": "apiKey", "name": "Authorization", "in": "header",
                        "x-amazon-apigateway-authtype": "oauth2",
                        "x-amazon-apigateway-authorizer": [
                            "type": "token", "authorizerUri": .string(uri), "authorizerCredentials": "",
                            "identitySource": "",
                        ],
                    ]
                ],
            ], query: "mode=import")
        let id = try #require(answer["id"]?.string)
        let list = await rest.call("GET", "/restapis/\(id)/authorizers")
        let authorizer = (list["item"]?.array ?? list["items"]?.array)?.first
        #expect(authorizer?["identitySource"]?.string == "method.request.header.Authorization")
        #expect(authorizer?["authorizerCredentials"] == nil)
    }

    @Test("what is overwritten has a cache of its own afterwards")
    func cacheNamespaces() async throws {
        let operation: JSONValue = ["responses": [:], "x-amazon-apigateway-integration": ["type": "mock"]]
        let document: JSONValue = [
            "openapi": "3.0.1", "info": ["title": "t", "version": "1"],
            "paths": ["/a": ["get": operation, "options": operation]],
        ]
        func namespaces(_ api: String) async throws -> (resource: String, spaces: [String?]) {
            let list = await rest.call("GET", "/restapis/\(api)/resources", query: "embed=methods")
            let resources = list["item"]?.array ?? list["items"]?.array ?? []
            let resource = try #require(resources.first { $0["path"] == "/a" })
            let methods = try #require(resource["resourceMethods"]?.object)
            return (
                try #require(resource["id"]?.string),
                methods.map { $0.value["methodIntegration"]?["cacheNamespace"]?.string }
            )
        }
        let api = try #require(
            await rest.call("POST", "/restapis", document, query: "mode=import")["id"]?.string)
        let before = try await namespaces(api)
        #expect(before.spaces == [before.resource, before.resource])
        _ = await rest.call("PUT", "/restapis/\(api)", document, query: "mode=overwrite")
        let after = try await namespaces(api)
        #expect(after.resource == before.resource)
        #expect(Set(after.spaces).count == 1)
        #expect(after.spaces.first != before.resource)
    }
}
