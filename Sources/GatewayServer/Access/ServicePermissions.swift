import ControlPlane
import GatewayModel
import JSON
import LogStore
import TableStore
import UserPools

extension Permission {
    /// Of a call of tables.
    static func tables(_ operation: String, _ body: [UInt8], in account: AccountIdentity) -> [Permission] {
        TablePermission.all(of: operation, body, in: account).map {
            Permission("dynamodb:\($0.action)", on: $0.resource)
        }
    }

    /// Of a call of CloudWatch Logs.
    static func logs(_ operation: String, _ body: [UInt8], in account: AccountIdentity) -> [Permission] {
        LogPermission.all(of: operation, body, in: account).map { Permission("logs:\($0.action)", on: $0.resource) }
    }

    /// Of an operation on a user pool: on the pool that it names. One that is made with tags has no ARN yet.
    static func userPool(_ operation: String, _ body: [UInt8], in account: AccountIdentity) -> [Permission] {
        let members = (try? JSONValue(parsing: body))?.object ?? [:]
        let pool = members["UserPoolId"]?.string.map {
            "arn:\(account.partition):cognito-idp:\(account.region):\(account.accountId):userpool/\($0)"
        }
        let needed = [Permission("cognito-idp:\(operation)", on: pool ?? members["ResourceArn"]?.string ?? "*")]
        let hasTags = operation == "CreateUserPool" && members["UserPoolTags"]?.object?.isEmpty == false
        return hasTags ? needed + [Permission("cognito-idp:TagResource", on: "*")] : needed
    }

    /// Of Gatehouse's own endpoints, which AWS has not: named as API Gateway's are, the verb on the path, as they read it.
    static func local(_ request: WireRequest, in account: AccountIdentity) -> [Permission] {
        let path = request.path.dropFirst(LocalEndpoints.prefix.count).split(separator: "/")
            .map { PercentEncoding.decode($0) ?? String($0) }.joined(separator: "/")
        return [
            Permission(
                "\(LocalEndpoints.service):\(request.method)",
                on: "arn:\(account.partition):\(LocalEndpoints.service):\(account.region):\(account.accountId):/\(path)"
            )
        ]
    }
}
