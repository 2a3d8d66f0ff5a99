import EntityStore
import GatewayModel
import JSON
import Sealing
import Synchronization
import Testing

@testable import UserPools

/// Pools in memory, with a clock that tests move.
final class TestPools: Sendable {
    private final class Clock: Sendable {
        let time = Mutex<Int64>(1_800_000_000_000)
    }

    let pools: UserPools
    private let clock = Clock()

    init(store: any EntityStore = MemoryStore(), sealing: SealingKey = SealingKey(), triggers: (any TriggerHost)? = nil)
    {
        pools = UserPools(
            account: AccountIdentity(accountId: "123456789012"), store: store, sealing: sealing, triggers: triggers,
            now: { [clock] in Timestamp(milliseconds: clock.time.withLock { $0 }) })
    }

    func pass(seconds: Int64) { clock.time.withLock { $0 += seconds * 1000 } }

    /// The answer to a call that has to succeed.
    @discardableResult
    func call(_ operation: String, _ input: JSONValue, at location: SourceLocation = #_sourceLocation) async throws
        -> JSONValue
    {
        let answer = await pools.respond(to: operation, input.bytes)
        try #require(
            answer.status == 200, "\(operation): \(JSONValue.object(answer.body).text)", sourceLocation: location)
        return .object(answer.body)
    }

    /// The code and the message of a call that has to fail.
    func fault(_ operation: String, _ input: JSONValue) async -> String {
        let answer = await pools.respond(to: operation, input.bytes)
        return "\(answer.body["__type"]?.string ?? "no fault"): \(answer.body["message"]?.string ?? "")"
    }

    /// A pool and a client with password flows.
    func pool(_ settings: JSONObject = [:], client: JSONObject = [:]) async throws -> (
        pool: JSONValue, client: JSONValue
    ) {
        let made = try await call("CreateUserPool", .object(JSONObject([("PoolName", "people")]).merged(settings)))
        let id = try #require(made["UserPool"]?["Id"])
        let flows: JSONValue = [
            "ALLOW_USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH",
            "ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH",
        ]
        let answer = try await call(
            "CreateUserPoolClient",
            .object(
                JSONObject([("UserPoolId", id), ("ClientName", "web"), ("ExplicitAuthFlows", flows)]).merged(client)))
        return (id, try #require(answer["UserPoolClient"]?["ClientId"]))
    }

    static let password: JSONValue = "Correct-horse-1"

    /// A confirmed user.
    func user(_ name: String, in pool: JSONValue, _ attributes: [String: String] = [:]) async throws {
        try await call(
            "AdminCreateUser",
            [
                "UserPoolId": pool, "Username": .string(name), "MessageAction": "SUPPRESS",
                "UserAttributes": .array(
                    attributes.sorted { $0.key < $1.key }.map { ["Name": .string($0.key), "Value": .string($0.value)] }),
            ])
        try await call(
            "AdminSetUserPassword",
            ["UserPoolId": pool, "Username": .string(name), "Password": Self.password, "Permanent": true])
    }

    func signIn(_ name: String, _ client: JSONValue, password: JSONValue = TestPools.password) async throws -> JSONValue
    {
        try await call("InitiateAuth", Self.passwordCall(name, client, password: password))
    }

    static func passwordCall(_ name: String, _ client: JSONValue, password: JSONValue = TestPools.password) -> JSONValue
    {
        [
            "ClientId": client, "AuthFlow": "USER_PASSWORD_AUTH",
            "AuthParameters": ["USERNAME": .string(name), "PASSWORD": password],
        ]
    }

    /// The newest code that was sent.
    func lastCode() throws -> JSONValue { try #require(pools.outbox.list().array?.last?["code"]) }

    /// What a page or an endpoint answers.
    func page(
        _ method: String = "GET", _ path: String, _ parameters: [(String, String)] = [],
        headers: [(name: String, value: String)] = []
    ) async throws -> OAuthResponse {
        let text = parameters.map { "\($0)=\(PercentEncoding.encode($1))" }.joined(separator: "&")
        let isForm = method == "POST"
        let request = try #require(
            pools.endpoint(
                method, path, query: isForm ? "" : text, host: "localhost:4566",
                headers: headers + (isForm ? [("content-type", "application/x-www-form-urlencoded")] : []),
                body: isForm ? Array(text.utf8) : []))
        return await pools.answer(request)
    }

    /// What the token endpoint answers.
    func token(_ parameters: [(String, String)]) async throws -> JSONValue {
        try JSONValue(parsing: try await page("POST", "/_aws/cognito-idp/oauth2/token", parameters).body)
    }
}
