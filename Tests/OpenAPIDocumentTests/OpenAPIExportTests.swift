import GatewayModel
import JSON
import Testing

@testable import OpenAPIDocument

@Suite struct OpenAPIExportTests {
    private static let account = AccountIdentity(accountId: "123456789012", region: "us-east-1")

    private func export(
        _ keys: [String], withExtensions: Bool = true, stageName: String? = nil,
        _ edit: (inout V2.Api, inout V2.Integration, inout V2.DeploymentContent) -> Void = { _, _, _ in }
    ) -> JSONValue {
        var api = V2.Api(apiId: "abc", name: "pets", protocolType: "HTTP")
        api.apiEndpoint = "https://abc.execute-api.us-east-1.amazonaws.com"
        var integration = V2.Integration(integrationId: "int1")
        integration.integrationType = "HTTP_PROXY"
        integration.integrationMethod = "ANY"
        integration.integrationUri = "https://example.com/"
        integration.connectionType = "INTERNET"
        integration.payloadFormatVersion = "1.0"
        integration.timeoutInMillis = 30_000
        let routes = keys.enumerated().map { position, key in
            var route = V2.Route(routeId: "r\(position)", routeKey: key)
            route.target = "integrations/int1"
            return route
        }
        var content = V2.DeploymentContent(
            routes: PartList(routes), integrations: [], corsConfiguration: nil, disableExecuteApiEndpoint: false)
        edit(&api, &integration, &content)
        content.integrations = PartList([integration] + content.integrations)
        return OpenAPIExport.document(
            api: api, content: content, stageName: stageName, account: Self.account, withExtensions: withExtensions,
            now: Timestamp(milliseconds: 1_750_440_165_000))
    }

    /// Compared with documents that the service exported.
    @Test func aDocumentIsWrittenAsTheServiceWritesIt() {
        let document = export(["ANY /weather", "OPTIONS /auth/{proxy+}"]) { api, integration, content in
            api.description = "d"
            integration.integrationType = "AWS_PROXY"
            integration.integrationMethod = "POST"
            integration.integrationUri = "arn:aws:lambda:us-east-1:123456789012:function:f"
            integration.payloadFormatVersion = "2.0"
            content.corsConfiguration = V2.Cors()
            content.corsConfiguration?.allowMethods = ["GET", "HEAD"]
            content.corsConfiguration?.allowOrigins = ["https://a.example"]
        }
        let uri =
            "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/"
            + "arn:aws:lambda:us-east-1:123456789012:function:f/invocations"
        #expect(
            DocumentText.json.text(of: document) == """
                {
                  "openapi" : "3.0.1",
                  "info" : {
                    "title" : "pets",
                    "description" : "d",
                    "version" : "2025-06-20 17:22:45UTC"
                  },
                  "servers" : [ {
                    "url" : "https://abc.execute-api.us-east-1.amazonaws.com/{basePath}",
                    "variables" : {
                      "basePath" : {
                        "default" : ""
                      }
                    }
                  } ],
                  "paths" : {
                    "/weather" : {
                      "x-amazon-apigateway-any-method" : {
                        "responses" : {
                          "default" : {
                            "description" : "Default response for ANY /weather"
                          }
                        },
                        "x-amazon-apigateway-integration" : {
                          "payloadFormatVersion" : "2.0",
                          "type" : "aws_proxy",
                          "httpMethod" : "POST",
                          "uri" : "\(uri)",
                          "connectionType" : "INTERNET"
                        }
                      }
                    },
                    "/auth/{proxy+}" : {
                      "options" : {
                        "responses" : {
                          "default" : {
                            "description" : "Default response for OPTIONS /auth/{proxy+}"
                          }
                        },
                        "x-amazon-apigateway-integration" : {
                          "payloadFormatVersion" : "2.0",
                          "type" : "aws_proxy",
                          "httpMethod" : "POST",
                          "uri" : "\(uri)",
                          "connectionType" : "INTERNET"
                        }
                      },
                      "parameters" : [ {
                        "name" : "proxy+",
                        "in" : "path",
                        "description" : "Generated path parameter for proxy+",
                        "required" : true,
                        "schema" : {
                          "type" : "string"
                        }
                      } ]
                    }
                  },
                  "x-amazon-apigateway-cors" : {
                    "allowMethods" : [ "GET", "HEAD" ],
                    "maxAge" : 0,
                    "allowCredentials" : false,
                    "allowOrigins" : [ "https://a.example" ]
                  },
                  "x-amazon-apigateway-importexport-version" : "1.0"
                }
                """)
    }

    @Test func mappingsStandFirstAndATimeOutOnlyWhenItIsNotTheDefault() {
        let document = export(["GET /a"]) { _, integration, _ in
            integration.responseParameters = ["200": ["append:header.a": "1"]]
            integration.requestParameters = ["append:header.b": "2"]
            integration.timeoutInMillis = 12_000
        }
        let written = document["paths"]?["/a"]?["get"]?["x-amazon-apigateway-integration"]?.object
        #expect(
            written?.keys == [
                "responseParameters", "requestParameters", "payloadFormatVersion", "type", "httpMethod", "uri",
                "connectionType", "timeoutInMillis",
            ])
    }

    @Test func theDefaultRouteIsMarked() {
        let item = export(["$default"])["paths"]?["/$default"]
        #expect(item?["x-amazon-apigateway-any-method"]?["isDefaultRoute"] == true)
    }

    @Test func integrationsWithoutARouteAreKeptAsComponents() {
        let document = export(["GET /a"]) { _, _, content in
            content.integrations = [V2.Integration(integrationId: "lonely")]
        }
        let components = document["components"]?["x-amazon-apigateway-integrations"]?.object
        #expect(components?.keys == ["unusedIntegration_lonely"])
    }

    @Test func aStageIsTheServersBasePath() {
        let server = export(["GET /a"], stageName: "dev")["servers"]?.array?.first
        #expect(server?["variables"]?["basePath"]?["default"] == "dev")
    }

    @Test func aDisabledEndpointIsAnExtensionOfTheServer() {
        let server = export(["GET /a"]) { _, _, content in content.disableExecuteApiEndpoint = true }["servers"]?.array
        #expect(
            server?.first?["x-amazon-apigateway-endpoint-configuration"] == ["disableExecuteApiEndpoint": true])
    }

    @Test func withoutExtensionsItIsPlainOpenAPI() {
        let document = export(["ANY /a", "POST /a", "$default"], withExtensions: false) { api, _, content in
            api.tags = ["team": "doors"]
            content.corsConfiguration = V2.Cors()
            content.disableExecuteApiEndpoint = true
        }
        #expect(!document.text.contains("x-amazon"))
        #expect(document["paths"]?.object?.keys == ["/a"])
        #expect(
            Set(document["paths"]?["/a"]?.object?.keys ?? []) == [
                "get", "head", "options", "patch", "post", "put", "delete",
            ])
        #expect(
            document["paths"]?["/a"]?["post"]?["responses"]?["default"]?["description"]
                == "Default response for POST /a")
    }

    @Test func yamlReadsBackAsTheSameDocument() throws {
        let document = export(["GET /a/{id}", "$default"]) { api, _, content in
            api.description = "quotes \" and \\ and: # {a} \u{7F}\u{85}\u{FEFF}\u{2028}é🚪\n\ttab"
            api.tags = ["yes": "no", "1": "", "a: b": "c"]
            content.corsConfiguration = V2.Cors()
        }
        let text = DocumentText.yaml.text(of: document)
        #expect(text.hasPrefix("---\nopenapi: \"3.0.1\"\ninfo:\n  title: \"pets\"\n"))
        #expect(try YAMLReader.read(text) == document)
    }
}
