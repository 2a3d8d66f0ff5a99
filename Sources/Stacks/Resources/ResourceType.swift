import GatewayModel
import JSON

/// A type of resource: what may be asked of it, and how one is made, changed and deleted through the management API.
struct ResourceType: Sendable {
    /// Such as `AWS::Lambda::Function`.
    let name: String
    /// What Fn::GetAtt may ask for.
    let attributes: Set<String>
    /// What the type has as well and that is not supported yet.
    var knownAttributes: Set<String> = []
    let rules: PropertyRules
    /// Whether resources of the type are names without effect, of which a note tells.
    var isNameOnly = false
    /// Properties whose change makes a new resource.
    let replacedBy: Set<String>
    let behaviour: any ResourceBehaviour
    /// What attributes begin with whose names nobody knows beforehand.
    var attributePrefix: String?

    func hasAttribute(_ name: String) -> Bool {
        attributes.contains(name) || attributePrefix.map(name.hasPrefix) ?? false
    }

    static let all = KnownTypes()

    /// Properties that are never shown, by types. AWS has them as writeOnlyProperties; what its change sets show of these
    /// is not confirmed.
    static let secretProperties: [String: Set<String>] = [
        "AWS::SecretsManager::Secret": ["SecretString"]
    ]

    /// Attributes that are never shown, of any type.
    static let secretAttributes: Set<String> = ["ClientSecret", "SecretAccessKey"]

    static let named: [String: ResourceType] = Dictionary(
        uniqueKeysWithValues: ([
            lambdaFunction, lambdaPermission, lambdaVersion, lambdaAlias, lambdaLayerVersion,
            lambdaLayerVersionPermission, apiGatewayV2Api, apiGatewayV2Integration, apiGatewayV2Route,
            apiGatewayV2Stage, apiGatewayV2Deployment, apiGatewayV2VpcLink, apiGatewayV2Authorizer, apiGatewayV2Model,
            apiGatewayV2RouteResponse, apiGatewayV2IntegrationResponse, dynamoDBTable,
            iamRole, iamPolicy,
            iamManagedPolicy, iamUser, iamGroup, iamRolePolicy, iamUserPolicy, iamGroupPolicy, iamUserToGroupAddition,
            iamInstanceProfile, iamAccessKey, iamOIDCProvider, cognitoUserPool, cognitoUserPoolClient,
            cognitoUserPoolDomain, cognitoUserPoolGroup,
            cognitoUserPoolResourceServer, cognitoUserPoolUser, cognitoUserPoolUserToGroupAttachment, logGroup,
            logStream, ssmParameter, cloudFormationStack,
            secretsManagerSecret,
            apiGatewayRestApi, apiGatewayResource, apiGatewayMethod, apiGatewayModel,
            apiGatewayRequestValidator, apiGatewayAuthorizer, apiGatewayGatewayResponse, apiGatewayDeployment,
            apiGatewayStage, apiGatewayUsagePlan, apiGatewayUsagePlanKey, apiGatewayApiKey, apiGatewayAccount,
            apiGatewayClientCertificate, apiGatewayDocumentationPart, apiGatewayDocumentationVersion, apiGatewayVpcLink,
            s3Bucket, s3BucketPolicy,
        ] + nameOnlyTypes).map { ($0.name, $0) })
}

/// The types that are served, by their names; those of custom resources are as many as there are names.
struct KnownTypes: Sendable {
    subscript(name: String) -> ResourceType? { ResourceType.named[name] ?? .custom(name) }
}

/// What can be done with a resource. Deleting what is not there is no failure; updating is done so that a second time
/// changes nothing more, for a step may have been cut short.
protocol ResourceBehaviour: Sendable {
    /// What is settled before a resource is made, so that it can be found again if nobody heard that it was.
    func prepare(_ request: ResourceRequest) async throws(ResourceFailure) -> ResourcePreparation

    /// Makes the resource, or leaves nothing behind.
    func create(_ request: ResourceRequest) async throws(ResourceFailure) -> ProvisionedResource

    func update(_ update: ResourceUpdate) async throws(ResourceFailure) -> ProvisionedResource

    /// Does of an update what may be done beforehand and beside others, and changes nothing. It may fail: then `update`
    /// does so too, and says why.
    func anticipate(_ update: ResourceUpdate) async

    func delete(_ deletion: ResourceDeletion) async throws(ResourceFailure)

    /// What `create` with this preparation has made, if it has.
    func find(_ request: ResourceRequest) async throws(ResourceFailure) -> [ProvisionedResource]

    /// Properties, beyond those of the type, whose change from old to new makes a new resource.
    func replacing(_ old: TemplateMap, _ new: TemplateMap) -> Set<String>

    /// A property that cannot be meant together with the others, and why; checked before anything is made.
    func contradiction(_ properties: TemplateMap) -> (property: String, message: String)?
}

extension ResourceBehaviour {
    func anticipate(_ update: ResourceUpdate) async {}
    func replacing(_ old: TemplateMap, _ new: TemplateMap) -> Set<String> { [] }
    func contradiction(_ properties: TemplateMap) -> (property: String, message: String)? { nil }
}

/// A resource to be made: its properties with all functions worked out.
struct ResourceRequest: Sendable {
    let logicalId: String
    let type: String
    var properties: PropertyReader
    let stackName: String
    let stackId: String
    let account: AccountIdentity
    var calls: ManagementCalls
    let code: any CodeSource
    let codeDigest: String?
    /// Whether what was there before is put back: then nothing is tried.
    var isUndo = false
    var preparation = ResourcePreparation(physicalId: "")

    /// The resource as `create` answers it.
    func provisioned(_ physicalId: String, _ attributes: [String: String] = [:]) -> ProvisionedResource {
        ProvisionedResource(
            logicalId: logicalId, type: type, physicalId: physicalId,
            attributes: attributes.merging(preparation.attributes) { $1 })
    }
}

struct ResourcePreparation: Codable, Sendable {
    /// The name that the resource is going to have, where one can be chosen.
    var physicalId: String
    /// Those that were there before: what is made is none of them.
    var present: [String] = []
    /// Facts to be known when the resource is deleted.
    var attributes: [String: String] = [:]
}

/// A resource to be changed.
struct ResourceUpdate: Sendable {
    /// With the properties that it is to have.
    var request: ResourceRequest
    var old: PropertyReader
    let existing: ProvisionedResource
    /// Properties that differ.
    var changed: Set<String>

    func changes(_ names: String...) -> Bool { !changed.isDisjoint(with: names) }
}

/// A resource to be deleted.
struct ResourceDeletion: Sendable {
    let logicalId: String
    let type: String
    let physicalId: String
    let stackId: String
    let attributes: [String: String]
    let properties: PropertyReader
    let account: AccountIdentity
    let calls: ManagementCalls
    /// Taken back, not deleted: what protects the resource does not count.
    let isUndone: Bool
}

/// A resource that exists.
package struct ProvisionedResource: Sendable {
    package let logicalId: String
    /// Such as `AWS::Lambda::Function`.
    package let type: String
    /// What Ref gives: a function's name, an API's id, a stage's name.
    package let physicalId: String
    /// What Fn::GetAtt gives.
    package internal(set) var attributes: [String: String]
    /// Names of attributes that are not echoed, in outputs neither, since the resource says so.
    var noEcho: Set<String> = []
    /// Names of attributes that must not be shown.
    var hiddenAttributes: Set<String> = []
    /// Texts that went into it and must not be shown.
    var secrets: Set<String> = []
    /// Facts beside the attributes, to be known when its change is taken back.
    var forUndo: [String: String] = [:]
    /// Whether it stands for one that does not exist yet.
    var isUnknown = false
    /// What the management API said of parts that it left out.
    var warnings: [String] = []
}

extension ProvisionedResource {
    /// As outputs show it: they hide only what the resource itself hides.
    var masked: ProvisionedResource {
        var masked = self
        for name in noEcho where attributes[name] != nil { masked.attributes[name] = StackPlan.mask }
        return masked
    }
}

/// Why a resource could not be made. Without a line it is the resource's own.
struct ResourceFailure: Error {
    let message: String
    var line: Int?
}
