import GatewayModel
import Testing

@testable import DataPlane

@Suite("Authorizers of HTTP APIs, compiled")
struct AuthorizerCompilerTests {
    private let compiler = AuthorizerCompiler(issuers: StandInIssuer(.failure(.keys(""))))

    private func gate(
        _ id: String, issuer: String = StandInIssuer.name, source: String = "$request.header.A"
    ) throws -> TokenGate {
        var route = V2.Route(routeId: "r", routeKey: "GET /")
        route.authorizationType = "JWT"
        route.authorizerId = id
        var authorizer = V2.Authorizer(
            authorizerId: id, name: id, authorizerType: "JWT", identitySource: [source])
        authorizer.jwtConfiguration = V2.JWTConfiguration(audience: ["client"], issuer: issuer)
        return try #require(compiler.authorizer(of: route, authorizer) as? JWTAuthorizer).gates[0]
    }

    @Test("What lets the same tokens in is one gate, for as long as anybody holds it")
    func shared() throws {
        var held = [try gate("a"), try gate("a"), try gate("b")]
        #expect(held[0] === held[1] && held[1] === held[2])
        let other = try [gate("a", issuer: "https://other.example/"), gate("a", source: "$request.querystring.A")]
        #expect(other[0] !== held[0] && other[1] !== held[0] && other[0] !== other[1])
        #expect(compiler.count == 3)
        held = []
        #expect(compiler.count == 2)
        withExtendedLifetime(other) {}
    }
}
