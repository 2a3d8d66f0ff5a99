import GatewayModel
import JSON
import Shapes

/// One occasion on which a pool calls a function.
struct Occasion: Sendable {
    let pool: UserPool
    /// The client's id; the operations of administrators have none of their own.
    let clientId: String
    /// nil where nobody is meant: a client has asked for itself.
    let username: String?
    /// nil for who is not in the pool.
    let attributes: JSONObject?

    init(_ pool: UserPool, _ clientId: String, _ user: PoolUser) {
        self.init(pool, clientId, username: user.username, attributes: user.attributesForTriggers)
    }

    init(_ pool: UserPool, _ clientId: String, username: String?, attributes: JSONObject?) {
        self.pool = pool
        self.clientId = clientId
        self.username = username
        self.attributes = attributes
    }
}

extension PoolUser {
    /// `userAttributes` of events: with the sub and the status.
    var attributesForTriggers: JSONObject {
        var object: JSONObject = ["sub": .string(sub)]
        for (name, value) in attributes { object[name] = .string(value) }
        object["cognito:user_status"] = .string(status.rawValue)
        return object
    }
}

extension UserPools {
    static let adminClient = "CLIENT_ID_NOT_APPLICABLE"

    /// A function is asked again when it fails or is late. Source: Developer Guide, Lambda triggers.
    private static let tries = 3

    /// The function's `response`; nil where the pool has no function for it.
    func trigger(
        _ name: String, _ source: String, _ occasion: Occasion, _ request: JSONObject, response: JSONObject = [:]
    ) async throws(PoolError) -> JSONValue? {
        let lambdas = occasion.pool.setting("LambdaConfig")
        guard let function = lambdas?[name]?.string else { return nil }
        return try await call(function, name, "1", source, occasion, request, response)
    }

    func call(
        _ function: String, _ name: String, _ version: String, _ source: String, _ occasion: Occasion,
        _ request: JSONObject, _ response: JSONObject
    ) async throws(PoolError) -> JSONValue {
        guard let triggers else {
            throw PoolError("UnexpectedLambdaException", "\(name) cannot be called here.")
        }
        var asked: JSONObject = [:]
        asked["userAttributes"] = occasion.attributes.map { .object($0) }
        for (member, value) in request { asked[member] = value }
        var event: JSONObject = [
            "version": .string(version), "triggerSource": .string(source), "region": .string(account.region),
            "userPoolId": .string(occasion.pool.id),
        ]
        event["userName"] = occasion.username.map { .string($0) }
        let rest: JSONObject = [
            "callerContext": ["awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": .string(occasion.clientId)],
            "request": .object(asked), "response": .object(response),
        ]
        let told = JSONValue.object(event.merged(rest))
        let arn = occasion.pool.arn(account)
        for _ in 0..<Self.tries {
            switch await triggers.invoke(function, told, sourceArn: arn) {
            case .answer(let answer):
                // Both texts are AWS's: nothing, or no object, is not even read.
                guard answer.object != nil else {
                    throw PoolError(
                        "InvalidLambdaResponseException", "Invalid lambda function output : Invalid JSON")
                }
                guard let response = answer["response"], response.object != nil else { throw Self.unrecognizable }
                return response
            case .failed(let message):
                throw PoolError("UserLambdaValidationException", "\(name) failed with error \(message).")
            case .refused(let reason):
                throw PoolError("UnexpectedLambdaException", "\(name) invocation failed due to error \(reason).")
            case .late: continue
            }
        }
        throw PoolError(
            "UnexpectedLambdaException",
            "\(name) invocation failed due to error Socket timeout while invoking Lambda function.")
    }

    static var unrecognizable: PoolError {
        PoolError("InvalidLambdaResponseException", "Unrecognizable lambda output")
    }
}

extension Input {
    /// `clientMetadata` and `validationData` of events.
    var metadata: JSONObject {
        var object: JSONObject = [:]
        if let metadata = self.object("ClientMetadata"), !metadata.isEmpty {
            object["clientMetadata"] = .object(metadata)
        }
        return object
    }

    var validation: JSONObject {
        var object = metadata
        let data = attributes("ValidationData")
        if !data.isEmpty { object["validationData"] = .object(JSONObject(data.map { ($0.key, .string($0.value)) })) }
        return object
    }
}
