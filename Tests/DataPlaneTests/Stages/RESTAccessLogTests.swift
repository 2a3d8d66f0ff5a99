import GatewayModel
import JSON
import NIOCore
import Testing

@testable import DataPlane

@Suite("Access log entries of a REST API")
struct RESTAccessLogTests {
    private func entry(_ format: String, _ target: String = "/prod/pets/7", _ fields: [String] = []) throws -> String {
        var response = REST.IntegrationResponse(statusCode: "200")
        response.responseTemplates = ["application/json": "abc"]
        var api = TestRESTAPI("GET /pets/{id}", .mock(answers: ["200": response]))
        api.logFormat = format
        let gateway = try EmbeddedGateway(api.definition)
        gateway.send(TestGateway.request("GET", target, fields))
        #expect(gateway.entries.count == 1)
        return gateway.entries.first ?? ""
    }

    private static let id = #"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"#
    private static let extended = #"[A-Za-z0-9_-]{15}="#
    private static let time = #"\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d \+0000"#

    /// AWS's own examples (set-up-logging).
    @Test(
        "have the forms of AWS's examples",
        arguments: [
            (
                #"$context.identity.sourceIp $context.identity.caller $context.identity.user [$context.requestTime]""#
                    + #"$context.httpMethod $context.resourcePath $context.protocol" $context.status "#
                    + "$context.responseLength $context.requestId $context.extendedRequestId",
                #"127\.0\.0\.1 - - \[\#(time)\]"GET /pets/\{id\} HTTP/1\.1" 200 3 \#(id) \#(extended)"#
            ),
            (
                #"{ "requestId":"$context.requestId", "ip": "$context.identity.sourceIp", "caller":"#
                    + #""$context.identity.caller", "resourcePath":"$context.resourcePath", "#
                    + #""status":"$context.status", "responseLength":"$context.responseLength" }"#,
                #"\{ "requestId":"\#(id)", "ip": "127\.0\.0\.1", "caller":"-", "resourcePath":"/pets/\{id\}", "#
                    + #""status":"200", "responseLength":"3" \}"#
            ),
            (
                "<request id=\"$context.requestId\"> <ip>$context.identity.sourceIp</ip>\n <user>$context.identity.user"
                    + "</user> <status>$context.status</status> </request>",
                #"<request id="\#(id)"> <ip>127\.0\.0\.1</ip> <user>-</user> <status>200</status> </request>"#
            ),
            (
                "$context.identity.sourceIp,$context.identity.caller,$context.requestTime,$context.httpMethod,"
                    + "$context.resourcePath,$context.status,$context.requestId",
                #"127\.0\.0\.1,-,\#(time),GET,/pets/\{id\},200,\#(id)"#
            ),
        ])
    func forms(format: String, form: String) throws {
        let entry = try entry(format)
        #expect(try entry.wholeMatch(of: Regex(form)) != nil, "\(entry)")
    }

    @Test(
        "print the variables",
        arguments: [
            ("apiId", TestAPI.id), ("stage", "prod"), ("path", "/prod/pets/7"), ("resourceId", "/pets/{id}"),
            ("resourcePath", "/pets/{id}"), ("deploymentId", "dep123"), ("endpointType", "REGIONAL"),
            ("identity.apiKeyId", "-"), ("identity.cognitoIdentityId", "-"), ("isCanaryRequest", "-"),
            ("authorize.status", "-"), ("authorizer.claims.sub", "-"), ("authenticate.latency", "-"),
            ("waf.status", "-"), ("wafResponseCode", "-"), ("tlsVersion", "-"), ("cipherSuite", "-"),
            ("customDomain.basePathMatched", "-"), ("integration.latency", "-"), ("integrationStatus", "-"),
            ("nonsense", "-"),
        ])
    func variable(name: String, value: String) throws {
        #expect(try entry("<$context.\(name)> $context.requestId").hasPrefix("<\(value)> "))
    }

    @Test("keep to their format, whatever a client sends")
    func escaping() throws {
        let agent = #"User-Agent: </a>&"\ "#
        #expect(
            try entry("$context.identity.userAgent $context.requestId", "/prod/pets/7", [agent])
                .hasPrefix(#"</a>&\"\\ "#))
        #expect(
            try entry("<a>$context.identity.userAgent</a> $context.requestId", "/prod/pets/7", [agent])
                .hasPrefix(#"<a>&lt;/a&gt;&amp;\"\\</a> "#))
    }
}
