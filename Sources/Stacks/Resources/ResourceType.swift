import GatewayModel
import JSON

/// A type of resource: what may be asked of it, and how one is made through the management API.
struct ResourceType: Sendable {
    /// Such as `AWS::Lambda::Function`.
    let name: String
    /// What Fn::GetAtt may ask for.
    let attributes: Set<String>
    let create: @Sendable (ResourceRequest) async throws(ResourceFailure) -> ProvisionedResource

    static let all: [String: ResourceType] = Dictionary(
        uniqueKeysWithValues: [lambdaFunction, lambdaPermission, apiGatewayV2Api, apiGatewayV2Stage, iamRole].map {
            ($0.name, $0)
        })
}

/// A resource to be made: its properties with all functions worked out.
struct ResourceRequest: Sendable {
    let logicalId: String
    let properties: PropertyReader
    let stackName: String
    let account: AccountIdentity
    let calls: ManagementCalls
}

/// A resource that exists.
package struct ProvisionedResource: Sendable {
    package let logicalId: String
    /// Such as `AWS::Lambda::Function`.
    package let type: String
    /// What Ref gives: a function's name, an API's id, a stage's name.
    package let physicalId: String
    /// What Fn::GetAtt gives.
    package let attributes: [String: String]
}

/// Why a resource could not be made. Without a line it is the resource's own.
struct ResourceFailure: Error {
    let message: String
    var line: Int?
}

extension ResourceRequest {
    func call(
        _ operation: String, _ method: String, _ path: [String], body: JSONObject
    ) async throws(ResourceFailure) -> JSONValue {
        do { return try await calls.call(operation, method, path, body: body) } catch {
            throw ResourceFailure(message: error.message)
        }
    }
}
