import GatewayModel
import Testing

@testable import DataPlane

@Suite("A request that leads nowhere")
struct ForeignAuthorizationTests {
    private func answer(_ fields: String..., responses: [REST.GatewayResponse] = []) throws -> String {
        var api = TestRESTAPI("GET /a", .mock())
        api.gatewayResponses = responses
        let gateway = try EmbeddedGateway(api.definition)
        gateway.send(TestGateway.request("GET", "/prod/none", fields))
        return gateway.received
    }

    /// The digest: `printf 'Bearer x' | openssl sha256 -binary | base64`.
    @Test("with an Authorization that is no signature is told so")
    func noPair() throws {
        let answer = try answer("Authorization: Bearer x")
        #expect(answer.hasPrefix("HTTP/1.1 403 "))
        #expect(answer.contains("\r\nx-amzn-ErrorType: IncompleteSignatureException\r\n"))
        #expect(
            answer.hasSuffix(
                #"{"message":"Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 "#
                    + #"and encoded with Base64): 'uTem/WB082UJMN2ajD6lH6UChGpTAddMJSx2iu923No='."}"#))
    }

    @Test(
        "is told what its Authorization lacks",
        arguments: [
            (["Authorization: token"], "Credential|Signature|SignedHeaders|date"),
            (["Authorization: Basic dTpw=="], "Credential|Signature|SignedHeaders|date"),
            (["Authorization: X Credential=a, Signature=b", "Date: now"], "SignedHeaders"),
            (["Authorization: X Credential=a, SignedHeaders=b", "X-Amz-Date: now"], "Signature"),
        ])
    func lacking(fields: [String], missing: String) throws {
        let gateway = try EmbeddedGateway(TestRESTAPI("GET /a", .mock()).definition)
        gateway.send(TestGateway.request("GET", "/prod/none", fields))
        let text = gateway.received
        for name in ["Credential", "Signature", "SignedHeaders"] {
            #expect(
                text.contains("requires '\(name)' parameter. ") == missing.split(separator: "|").contains(name[...]))
        }
        #expect(text.contains("either a 'X-Amz-Date' or a 'Date' header. ") == missing.hasSuffix("date"))
        #expect(text.contains("(Hashed with SHA-256 and encoded with Base64) Authorization="))
    }

    @Test("has no token otherwise", arguments: ["X-Other: 1", "Authorization:", "Authorization: AWS4-HMAC-SHA256 x"])
    func otherwise(field: String) throws {
        #expect(try answer(field).hasSuffix(#"{"message":"Missing Authentication Token"}"#))
    }

    @Test("answers by the gateway response for a missing token")
    func custom() throws {
        let missing = REST.GatewayResponse(responseType: "MISSING_AUTHENTICATION_TOKEN", statusCode: "404")
        #expect(try answer("Authorization: Bearer x", responses: [missing]).hasPrefix("HTTP/1.1 404 "))
    }
}
