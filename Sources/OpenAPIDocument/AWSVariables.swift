import GatewayModel
import JSON

/// The variables that API Gateway resolves in a document when it imports it. Source: docs/import-api-aws-variables.
struct AWSVariables {
    private let values: [(name: String, value: String)]

    init(_ account: AccountIdentity) {
        values = [
            ("${AWS::AccountId}", account.accountId), ("${AWS::Partition}", account.partition),
            ("${AWS::Region}", account.region),
        ]
    }

    func resolve(_ value: JSONValue) -> JSONValue {
        switch value {
        case .string(let text): .string(resolve(text))
        case .array(let values): .array(values.map(resolve))
        case .object(let object): .object(JSONObject(object.map { ($0.key, resolve($0.value)) }))
        default: value
        }
    }

    private func resolve(_ text: String) -> String {
        guard text.contains("${AWS::") else { return text }
        return values.reduce(text) { $0.replacing($1.name, with: $1.value) }
    }
}
