import GatewayModel
import JSON
import NIOCore
import Testing

@testable import DataPlane

@Suite("Resource policies of REST APIs")
struct ResourcePolicyTests {
    private static let arn = "arn:aws:execute-api:us-east-1:000000000000:\(TestAPI.id)/prod/"
    private static let masked = "arn:aws:execute-api:us-east-1:********0000:\(TestAPI.id)/prod/"

    /// A statement about methods and paths below the stage.
    private static func statement(
        _ effect: String, _ resource: String = "*", element: String = "Resource", principal: JSONValue = "*",
        when condition: JSONValue? = nil
    ) -> JSONValue {
        var statement: JSONObject = [
            "Effect": .string(effect), "Principal": principal, "Action": "execute-api:Invoke",
            element: .string(arn + resource),
        ]
        statement["Condition"] = condition
        return .object(statement)
    }

    private static func policy(_ statements: JSONValue...) -> String {
        let document: JSONValue = ["Version": "2012-10-17", "Statement": .array(statements)]
        return String(decoding: document.bytes, as: UTF8.self)
    }

    private func gateway(
        _ policy: String?, asked: StandInFunction = StandInFunction(), issuer: StandInIssuer? = nil,
        _ change: (inout TestRESTAPI) -> Void = { _ in }
    ) throws -> EmbeddedGateway {
        var api = TestRESTAPI(
            ("ANY /", .to(.mock())), ("ANY /{proxy+}", .to(.mock())),
            ("GET /asked", .to(.mock()) { ($0.authorizationType, $0.authorizerId) = ("CUSTOM", "auth1") }),
            ("GET /token", .to(.mock()) { ($0.authorizationType, $0.authorizerId) = ("JWT", "jwt1") }),
            ("GET /signed", .to(.mock()) { $0.authorizationType = "AWS_IAM" }),
            ("GET /key", .to(.mock()) { $0.apiKeyRequired = true }))
        var tokens = REST.Authorizer(id: "jwt1", name: "tokens", type: "JWT")
        tokens.identitySource = "method.request.header.Token"
        tokens.jwtConfiguration = REST.JwtConfiguration()
        tokens.jwtConfiguration?.defaultAlgorithms = ["RS256"]
        tokens.jwtConfiguration?.issuers = [
            try JSONValue.object(["issuer": .string(StandInIssuer.name), "audiences": ["client"]]).decode(
                REST.JwtIssuer.self)
        ]
        api.authorizers = [FunctionAuthorizerTests.authorizer { $0.authorizerResultTtlInSeconds = 0 }, tokens]
        api.policy = policy
        change(&api)
        return try EmbeddedGateway(
            api.definition, issuers: issuer ?? StandInIssuer(try StandInIssuer.set()), asked: asked)
    }

    private func get(_ path: String, _ fields: String..., method: String = "GET") -> String {
        TestGateway.request(method, "/prod" + path, fields)
    }

    private func statuses(_ policy: String, _ requests: String...) throws -> [String] {
        let gateway = try gateway(policy)
        for request in requests { gateway.send(request) }
        return gateway.statuses.map { String($0.prefix(3)) }
    }

    @Test("Where nobody is known they have to allow, and a Deny wins")
    func anonymous() throws {
        let policy = Self.policy(
            Self.statement("Allow", "GET/*"), Self.statement("Deny", "GET/admin/*"),
            Self.statement("Allow", "GET/admin/x"))
        let gateway = try gateway(policy)
        gateway.send(get("/a"), get("/admin/x"), get("/", method: "POST"), get(""))
        #expect(gateway.statuses.map { $0.prefix(3) } == ["200", "403", "403", "200"])
        #expect(
            gateway.received.contains(
                #"{"Message":"User: anonymous is not authorized to perform: execute-api:Invoke on resource: "#
                    + #"\#(Self.masked)GET/admin/x with an explicit deny in a resource-based policy"}"#))
        #expect(
            gateway.received.contains(
                "execute-api:Invoke on resource: \(Self.masked)POST/ because no resource-based policy allows the "
                    + #"execute-api:Invoke action"}"#))
        #expect(gateway.received.ranges(of: "\r\nx-amzn-ErrorType: AccessDeniedException\r\n").count == 2)
    }

    @Test("A method that is not there, and an API key that is, are told as ever")
    func beside() throws {
        var api = TestRESTAPI("GET /a", .mock())
        api.policy = Self.policy(Self.statement("Deny"))
        let gateway = try EmbeddedGateway(api.definition)
        gateway.send(get("/b"))
        #expect(gateway.received.hasSuffix(#"{"message":"Missing Authentication Token"}"#))
        #expect(try statuses(Self.policy(Self.statement("Deny")), get("/key")) == ["403"])
        let open = try self.gateway(Self.policy(Self.statement("Allow")))
        open.send(get("/key"))
        #expect(open.received.hasSuffix(#"{"message":"Forbidden"}"#))
    }

    @Test("A path's escapes and slashes pass by no Deny, and reach no Allow that names what it is not about")
    func spellings() throws {
        let deny = Self.policy(Self.statement("Allow"), Self.statement("Deny", "GET/admin*"))
        let requests = [get("/%61dmin"), get("/admin/"), get("/a/../admin"), get("//admin"), get("/a%2F..%2Fadmin")]
        for (request, status) in zip(requests, ["403", "403", "200", "403", "200"]) {
            #expect(try statuses(deny, request) == [status], "\(request.prefix(30))")
        }
        let allBut = Self.policy(Self.statement("Allow", "GET/admin*", element: "NotResource"))
        #expect(try statuses(allBut, get("/%61dmin"), get("/admin"), get("/other")) == ["403", "403", "200"])
        let denyAllBut = Self.policy(
            Self.statement("Allow"), Self.statement("Deny", "GET/pub*", element: "NotResource"))
        #expect(try statuses(denyAllBut, get("/public"), get("/%70ublic"), get("/x")) == ["200", "403", "403"])
    }

    @Test(
        "Conditions know what a call has, what it cannot have, and what is not known here",
        arguments: [
            (["IpAddress": ["aws:SourceIp": ["127.0.0.0/8"]]], true),
            (["IpAddress": ["aws:SourceIp": ["::ffff:127.0.0.0/104"]]], true),
            (["NotIpAddress": ["aws:SourceIp": ["127.0.0.1"]]], false),
            (["StringEquals": ["aws:UserAgent": "probe"]], true), (["StringLike": ["aws:Referer": "*"]], false),
            (["StringNotEquals": ["aws:SourceVpc": "vpc-1"]], true), (["StringEquals": ["aws:SourceVpce": "v"]], false),
            (["Bool": ["aws:SecureTransport": "true"]], true), (["Null": ["aws:PrincipalArn": "true"]], true),
            (["DateGreaterThan": ["aws:CurrentTime": "2020-01-01T00:00:00Z"]], true),
            (["StringEquals": ["aws:PrincipalTag/team": "a"]], false),
        ] as [(JSONValue, Bool)])
    func conditions(_ condition: JSONValue, _ holds: Bool) throws {
        let request = get("/a", "User-Agent: probe", "X-Forwarded-For: 9.9.9.9")
        let allow = Self.policy(Self.statement("Allow", when: condition))
        #expect(try statuses(allow, request) == [holds ? "200" : "403"])
        let deny = Self.policy(Self.statement("Allow"), Self.statement("Deny", when: condition))
        #expect(try statuses(deny, request) == [holds ? "403" : "200"])
    }

    @Test("What AWS would know and is not known here allows nothing, and denies")
    func unknown() throws {
        let condition: JSONValue = ["StringNotEquals": ["aws:ResourceOrgID": "o-1"]]
        #expect(try statuses(Self.policy(Self.statement("Allow", when: condition)), get("/a")) == ["403"])
        let deny = Self.policy(Self.statement("Allow"), Self.statement("Deny", when: condition))
        #expect(try statuses(deny, get("/a")) == ["403"])
    }

    @Test("A grant to an account or a user is none to whom nobody knows")
    func principals() throws {
        let account: JSONValue = ["AWS": "arn:aws:iam::000000000000:root"]
        #expect(try statuses(Self.policy(Self.statement("Allow", principal: account)), get("/a")) == ["403"])
        #expect(try statuses(Self.policy(Self.statement("Allow", principal: ["AWS": "*"])), get("/a")) == ["200"])
    }

    @Test(
        "With a function authorizer either of both may allow, and none may deny",
        arguments: [
            ("Allow", "Allow", "200", 1), ("Allow", "silent", "200", 1), ("Allow", "Deny", "403", 1),
            ("silent", "Allow", "200", 1), ("silent", "silent", "403", 1), ("silent", "Deny", "403", 1),
            ("Deny", "Allow", "403", 0),
        ])
    func functions(_ policy: String, _ authorizer: String, _ status: String, _ calls: Int) throws {
        let resource = policy == "silent" ? "POST/*" : "*"
        let text = Self.policy(Self.statement(policy == "silent" ? "Allow" : policy, resource))
        let asked = StandInFunction()
        asked.answer(
            authorizer == "silent"
                ? FunctionAuthorizerTests.answer("Allow", "arn:aws:none") : FunctionAuthorizerTests.answer(authorizer))
        let gateway = try gateway(text, asked: asked)
        gateway.send(get("/asked", "token: t"))
        #expect(gateway.statuses.map { $0.prefix(3) } == [Substring(status)])
        // Who is denied is not asked about.
        #expect(try asked.events.count == calls)
    }

    @Test("A token is looked at first, and lets nobody in whom no statement allows")
    func tokens() throws {
        let token = "token: \(try StandInIssuer.token())"
        for (policy, status) in [
            (Self.policy(Self.statement("Allow")), "200"), (Self.policy(Self.statement("Allow", "POST/*")), "403"),
            (Self.policy(Self.statement("Allow"), Self.statement("Deny", "GET/token")), "403"),
        ] {
            let gateway = try gateway(policy)
            gateway.send(get("/token", token))
            gateway.wait(milliseconds: 30)
            gateway.send(get("/token"))
            #expect(gateway.statuses.map { $0.prefix(3) } == [Substring(status), "401"])
        }
    }

    @Test("Who has to sign and does not is told so, whatever they say")
    func signatures() throws {
        for effect in ["Allow", "Deny"] {
            let gateway = try gateway(Self.policy(Self.statement(effect)))
            gateway.send(get("/signed"))
            #expect(gateway.received.hasSuffix(#"{"message":"Missing Authentication Token"}"#))
        }
    }

    @Test("A refusal is what the API's gateway response makes of it, and logs say why")
    func told() throws {
        var denied = REST.GatewayResponse(responseType: "ACCESS_DENIED", statusCode: "418")
        denied.responseTemplates = ["application/json": #"{"why":$context.error.messageString}"#]
        let gateway = try gateway(Self.policy(Self.statement("Deny"))) { api in
            api.gatewayResponses = [denied]
            api.logFormat = "$context.error.responseType $context.error.message"
            var setting = REST.MethodSetting()
            setting.loggingLevel = "INFO"
            api.settings = ["*/*": setting]
        }
        gateway.send(get("/a"))
        #expect(gateway.statuses.map { $0.prefix(3) } == ["418"])
        #expect(gateway.received.contains(#"{"why":"User: anonymous is not authorized to perform: execute-api:Invoke"#))
        #expect(gateway.entries.first?.hasPrefix("ACCESS_DENIED User: anonymous is not authorized") == true)
        let log = gateway.lines(of: "API-Gateway-Execution-Logs_\(TestAPI.id)/prod")
        #expect(log.count == 2 && log[0].contains("Unauthorized request: ") && log[1].contains("with status: 418"))
    }

    @Test("A canary has the policy of its own deployment", arguments: [(100.0, "403"), (0.0, "200")])
    func canary(percent: Double, status: String) throws {
        var other = TestRESTAPI("ANY /{proxy+}", .mock())
        other.policy = Self.policy(Self.statement("Deny"))
        let gateway = try gateway(nil) { api in
            api.canary = (
                REST.CanarySettings(deploymentId: "dep2", percentTraffic: REST.Decimal(percent)), other.content
            )
        }
        gateway.send(get("/a"))
        #expect(gateway.statuses.map { $0.prefix(3) } == [Substring(status)])
    }

    @Test("One that was stored without its text, or cannot be read, lets nobody pass")
    func unreadable() throws {
        #expect(try statuses("{}", get("/a")) == ["403"])
        var api = TestRESTAPI("GET /a", .mock())
        api.policy = Self.policy(Self.statement("Allow"))
        var content = api.content
        content.policy = nil
        let deployment = RESTDeployment(
            content, id: "d", variables: [:], authorizers: .none, router: Router(), methods: [], gatewayResponses: .none
        )
        #expect(deployment.policy != nil)
    }
}
