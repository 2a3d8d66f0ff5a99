import Foundation
import GatewayModel
import JSON
import JSONWebToken
import NIOCore
import Synchronization
import Testing

@testable import DataPlane

@Suite("JWT authorizers of HTTP APIs")
struct JWTAuthorizerTests {
    private let ok = #"{"statusCode":200,"body":"ok"}"#

    private func gateway(
        _ issuer: any IssuerDirectory, scopes: [String]? = nil, source: String = "$request.header.Authorization"
    ) throws -> EmbeddedGateway {
        var api = TestAPI(
            routes: [("GET /pets", .function())], logFormat: "$context.status [$context.authorizer.error]")
        api.authorizationType = "JWT"
        var authorizer = V2.Authorizer(
            authorizerId: "auth", name: "auth", authorizerType: "JWT", identitySource: [source])
        authorizer.jwtConfiguration = V2.JWTConfiguration(audience: ["client"], issuer: StandInIssuer.name)
        api.authorizer = authorizer
        api.scopes = scopes
        let gateway = try EmbeddedGateway(api.definition, issuers: issuer)
        gateway.function.answer(ok)
        return gateway
    }

    private func get(_ fields: String...) -> String { TestGateway.request("GET", "/pets", fields) }

    @Test("A good token lets its bearer in, and the function is told its claims")
    func admitted() throws {
        let issuer = StandInIssuer(try StandInIssuer.set())
        let gateway = try gateway(issuer)
        let token = try StandInIssuer.token(["groups": ["a", "b"], "n": .number("1.5"), "yes": true, "none": nil])
        gateway.send(get("Authorization: Bearer \(token)"))
        #expect(gateway.received.isEmpty)
        gateway.wait(milliseconds: 20)
        #expect(gateway.statuses == ["200 OK"])
        let jwt = try #require(try gateway.function.events.first?["requestContext"]?["authorizer"]?["jwt"])
        #expect(jwt["scopes"] == .null)
        #expect(
            jwt["claims"] == [
                "iss": .string(StandInIssuer.name), "aud": "client", "sub": "bob", "exp": "4000000000",
                "iat": "1700000000", "scope": "read write", "groups": "[a b]", "n": "1.5", "yes": "true",
            ])
        // Without `Bearer`, in another letter case of the name, and without the issuer being asked again.
        gateway.send(get("authorization: \(token)"), get("AUTHORIZATION: bearer \(try StandInIssuer.token())"))
        #expect(gateway.statuses == ["200 OK", "200 OK", "200 OK"])
        #expect(issuer.asked == 1)
    }

    @Test("Claims are in access logs and mappings; one that is not there prints -")
    func claims() throws {
        var api = TestAPI(
            routes: [("GET /pets", .function())],
            logFormat: "$context.authorizer.claims.sub $context.authorizer.claims.groups $context.authorizer.claims.x "
                + "$context.authorizer.claims")
        api.authorizationType = "JWT"
        var authorizer = V2.Authorizer(
            authorizerId: "auth", name: "auth", authorizerType: "JWT",
            identitySource: ["$request.header.Authorization"])
        authorizer.jwtConfiguration = V2.JWTConfiguration(audience: ["client"], issuer: StandInIssuer.name)
        api.authorizer = authorizer
        let gateway = try EmbeddedGateway(api.definition, issuers: StandInIssuer(try StandInIssuer.set()))
        gateway.function.answer(ok)
        gateway.send(get("Authorization: Bearer \(try StandInIssuer.token(["groups": ["a", "b"]]))"))
        gateway.wait(milliseconds: 20)
        #expect(gateway.statuses == ["200 OK"])
        #expect(gateway.entries == ["bob [a b] - -"])
    }

    @Test("With scopes on the route one has to be there, and all of the token's are told")
    func scopes() throws {
        let gateway = try gateway(StandInIssuer(try StandInIssuer.set()), scopes: ["admin", "write"])
        gateway.send(get("Authorization: \(try StandInIssuer.token())"))
        gateway.wait(milliseconds: 20)
        let scopes = try gateway.function.events.first?["requestContext"]?["authorizer"]?["jwt"]?["scopes"]
        #expect(scopes == ["read", "write"])
        gateway.send(get("Authorization: \(try StandInIssuer.token(["scope": "read"]))"))
        #expect(gateway.statuses.last == "403 Forbidden")
        #expect(gateway.received.contains(#"Bearer scope="admin write" error="insufficient_scope""#))
        #expect(gateway.received.hasSuffix(#"{"message":"Forbidden"}"#))
        #expect(gateway.entries.last?.hasPrefix("403 [insufficient_scope: ") == true)
    }

    @Test("Without a token nobody is let in, and nobody asked")
    func missing() throws {
        let issuer = StandInIssuer(try StandInIssuer.set())
        let gateway = try gateway(issuer)
        for fields in [[], ["Authorization: "], ["Authorization: Bearer "], ["Authorization: a", "Authorization: b"]] {
            gateway.send(TestGateway.request("GET", "/pets", fields))
        }
        #expect(gateway.statuses == Array(repeating: "401 Unauthorized", count: 4))
        #expect(gateway.received.ranges(of: "\r\nwww-authenticate: Bearer\r\n").count == 4)
        #expect(try gateway.function.events.isEmpty)
        #expect(issuer.asked == 0)
    }

    @Test(
        "A good token in a field that says more, or otherwise, is none",
        arguments: [
            "Basic TOKEN", "Bearer Bearer TOKEN", "Bearer  TOKEN", "Bearer TOKEN TOKEN", "Bearer TOKEN, Bearer TOKEN",
            "Bearer,TOKEN", "Bearer\tTOKEN", "BearerTOKEN", "Bearer \"TOKEN\"", "Bearer TOKEN=", "Bearer TOKEN.x.y",
            "Bearer TOKEN%20", "Bearer", "bearer ",
        ])
    func schemes(_ form: String) throws {
        let gateway = try gateway(StandInIssuer(try StandInIssuer.set()))
        gateway.send(get("Authorization: \(form.replacing("TOKEN", with: try StandInIssuer.token()))"))
        gateway.wait(milliseconds: 20)
        #expect(gateway.statuses == ["401 Unauthorized"])
        #expect(try gateway.function.events.isEmpty)
    }

    @Test("Of two tokens nobody could say which one counts, though both are good")
    func repeated() throws {
        let gateway = try gateway(StandInIssuer(try StandInIssuer.set()))
        let field = "Authorization: Bearer \(try StandInIssuer.token())"
        gateway.send(get(field, field))
        gateway.wait(milliseconds: 20)
        #expect(gateway.statuses == ["401 Unauthorized"])
    }

    @Test("A token may come in the query")
    func query() throws {
        let gateway = try gateway(StandInIssuer(try StandInIssuer.set()), source: "$request.querystring.token")
        gateway.send(TestGateway.request("GET", "/pets?token=\(try StandInIssuer.token())"))
        gateway.wait(milliseconds: 20)
        gateway.send(get("Authorization: \(try StandInIssuer.token())"))
        #expect(gateway.statuses == ["200 OK", "401 Unauthorized"])
    }

    @Test(
        "What is wrong with a token is told in its own words",
        arguments: [
            (["aud": "other"], "the token does not have a valid audience"),
            (["iss": "https://issuer.example"], "the token does not have a valid issuer"),
            (["exp": 1_700_000_000], "the token has expired"),
            (["exp": nil], "the token does not have an expiration time"),
            (["nbf": 4_000_000_000], "the token is not valid yet"),
            (["iat": 4_000_000_000], "the token was issued in the future"),
        ] as [(JSONObject, String)])
    func faults(_ changes: JSONObject, _ description: String) throws {
        let gateway = try gateway(StandInIssuer(try StandInIssuer.set()))
        gateway.send(get("Authorization: \(try StandInIssuer.token(changes))"))
        gateway.wait(milliseconds: 20)
        #expect(gateway.statuses == ["401 Unauthorized"])
        let line = #"www-authenticate: Bearer scope="" error="invalid_token" error_description="\#(description)""#
        #expect(gateway.received.contains("\r\n\(line)\r\n"))
        #expect(gateway.received.hasSuffix(#"{"message":"Unauthorized"}"#))
        #expect(gateway.entries == ["401 [invalid_token: \(description)]"])
        #expect(try gateway.function.events.isEmpty)
    }

    @Test("What is no token needs no keys")
    func garbage() throws {
        let issuer = StandInIssuer(try StandInIssuer.set())
        let gateway = try gateway(issuer)
        gateway.send(get("Authorization: Bearer abc"))
        #expect(gateway.received.contains("token contains an invalid number of segments"))
        #expect(issuer.asked == 0)
    }

    @Test("A key that is not known is asked for once; while there is none the token is refused")
    func rotation() throws {
        let two = try SigningKey(newWithId: "two")
        let issuer = StandInIssuer(try StandInIssuer.set(), try StandInIssuer.set(2, [StandInIssuer.key, two]))
        let gateway = try gateway(issuer)
        gateway.send(get("Authorization: \(try StandInIssuer.token())"))
        gateway.wait(milliseconds: 20)
        gateway.send(get("Authorization: \(try StandInIssuer.token(by: two))"))
        gateway.wait(milliseconds: 20)
        #expect(gateway.statuses == ["200 OK", "200 OK"])
        #expect(issuer.asked == 2)
        let three = try SigningKey(newWithId: "three")
        gateway.send(get("Authorization: \(try StandInIssuer.token(by: three))"))
        gateway.wait(milliseconds: 20)
        #expect(gateway.statuses.last == "401 Unauthorized")
        #expect(gateway.received.contains("the token has an unknown key id"))
    }

    @Test("Another's key under a known id does not help")
    func forged() throws {
        let gateway = try gateway(StandInIssuer(try StandInIssuer.set()))
        let other = try SigningKey(newWithId: "one")
        gateway.send(get("Authorization: \(try StandInIssuer.token(by: other))"))
        gateway.wait(milliseconds: 20)
        #expect(gateway.statuses == ["401 Unauthorized"])
        #expect(gateway.received.contains("the token has an invalid signature"))
    }

    @Test("An issuer that cannot be asked lets nobody in")
    func unreachable() throws {
        let gateway = try gateway(StandInIssuer(.failure(.discovery("it is down")), .failure(.keys("no set"))))
        for text in ["OIDC discovery endpoint communication error", "JWKS communication error"] {
            gateway.send(get("Authorization: \(try StandInIssuer.token())"))
            gateway.wait(milliseconds: 20)
            #expect(gateway.statuses.last == "401 Unauthorized")
            #expect(gateway.received.contains(text))
            #expect(gateway.entries.last == "401 [invalid_token: \(text)]")
        }
    }

    @Test("A client that leaves while the keys are fetched is answered by nobody")
    func leaves() throws {
        let gateway = try gateway(StandInIssuer(try StandInIssuer.set()))
        gateway.send(get("Authorization: \(try StandInIssuer.token())"))
        gateway.reset()
        gateway.wait(milliseconds: 20)
        #expect(try gateway.function.events.isEmpty)
    }

    @Test("Keys that are due are fetched again while the old ones serve")
    func renewal() throws {
        let issuer = StandInIssuer(
            try StandInIssuer.set(renewal: .uptimeNanoseconds(0)), .failure(.keys("down")), delay: .milliseconds(5))
        let gateway = try gateway(issuer)
        gateway.send(get("Authorization: \(try StandInIssuer.token())"))
        gateway.wait(milliseconds: 5)
        gateway.send(get("Authorization: \(try StandInIssuer.token(["sub": "eve"]))"))
        #expect(gateway.statuses == ["200 OK", "200 OK"])
        gateway.wait(milliseconds: 5)
        gateway.send(get("Authorization: \(try StandInIssuer.token(["sub": "joe"]))"))
        #expect(gateway.statuses.count == 3)
        #expect(issuer.asked == 3)
    }

    /// An issuer that answers at once, as user pools do.
    private final class PromptIssuer: IssuerDirectory, IssuerKeys {
        private let keys = Mutex<[KeySet]>([])
        private let renewal: TimeAmount

        init(_ keys: KeySet..., renewal: TimeAmount) {
            self.renewal = renewal
            self.keys.withLock { $0 = keys }
        }

        func keys(of issuer: String) -> any IssuerKeys { self }

        func load(
            after known: Int?, on loop: any EventLoop,
            _ completion: @escaping @Sendable (Result<IssuerKeySet, IssuerFault>) -> Void
        ) {
            let keys = keys.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
            completion(.success(IssuerKeySet(number: (known ?? 0) + 1, keys: keys, renewal: .now() + renewal)))
        }
    }

    @Test("A token that has passed before is refused when its key is gone")
    func takenBack() throws {
        guard case .success(let set) = try StandInIssuer.set() else { throw TokenFault.malformed }
        let gateway = try gateway(PromptIssuer(set.keys, .empty, renewal: .milliseconds(1)))
        let token = try StandInIssuer.token()
        gateway.send(get("Authorization: \(token)"))
        Thread.sleep(forTimeInterval: 0.02)
        gateway.send(get("Authorization: \(token)"))
        #expect(gateway.statuses == ["200 OK", "401 Unauthorized"])
    }

    @Test("Where no issuer is known to ask, no open route is made")
    func neverOpen() throws {
        var api = TestAPI(routes: [("GET /pets", .function())])
        api.authorizationType = "JWT"
        #expect(throws: CompileError.self) {
            try EmbeddedGateway(api.definition, issuers: StandInIssuer(.failure(.keys(""))))
        }
    }
}
