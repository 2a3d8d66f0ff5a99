/// How much of everything is accepted. Source of the AWS values: docs/limits,
/// docs/api-gateway-execution-service-limits-table, botocore's shapes.
///
/// What AWS raises on request is set far above AWS's default here; what it never raises is the same.
enum RESTQuotas {
    /// AWS: 600 regional APIs, raised on request.
    static let apis = 100_000
    /// AWS: 300, raised on request.
    static let resources = 100_000
    /// Bytes of a resource's path. AWS: 10,240 for a request's line and header values; a longer path is never called.
    static let pathLength = 10_240
    /// Bytes of the paths of all resources that one import makes. AWS names none.
    static let importedPathBytes = 33_554_432
    /// Faults that an import tells. AWS names none.
    static let importFaults = 1_000
    /// AWS: 10, raised on request.
    static let stages = 1_000
    /// AWS: 10, raised on request.
    static let authorizers = 1_000
    /// AWS: 2000, raised on request.
    static let documentationParts = 20_000
    /// AWS names none.
    static let models = 10_000
    /// Bytes of all models of an API. AWS: 400 KB, not raised.
    static let modelBytes = 409_600
    /// AWS names none.
    static let requestValidators = 10_000
    /// AWS names none for the deployments of an API.
    static let deployments = 100_000
    /// AWS names none.
    static let documentationVersions = 10_000
    /// Bytes. AWS: 8192, raised on request; a policy is asked for every call.
    static let policyLength = 8_192

    /// AWS: 10,000 in a region, raised on request.
    static let apiKeys = 100_000
    static let apiKeyNameLength = 1024
    static let apiKeyValueLength = 20...128
    /// The service refuses longer ones; its bound is not documented.
    static let apiKeyDescriptionLength = 1024
    /// Bytes of an imported file. AWS's bound is not documented.
    static let importBytes = 6_291_456
    /// AWS: 300 in a region, raised on request.
    static let usagePlans = 10_000
    /// AWS: 10, raised on request.
    static let plansOfKey = 100
    /// AWS: 20 in one stage of a plan.
    static let methodThrottles = 20
    /// AWS: 60 in a region, raised on request.
    static let clientCertificates = 1_000
    /// AWS: 20 in a region, raised on request.
    static let vpcLinks = 1_000

    /// Characters of an API's name. AWS's is not documented for REST APIs; chosen as API keys have it.
    static let nameLength = 1024
    static let stageNameLength = 128
    static let stageVariables = 100
    static let stageVariableNameLength = 64
    static let stageVariableValueLength = 512
    /// Settings of single methods in one stage. AWS names none.
    static let methodSettings = 10_000
    /// Bytes of one template. AWS: 300 KB.
    static let templateBytes = 307_200
    /// Parameters, templates or media types of one place. AWS names none.
    static let entries = 1_000
    static let minimumCompressionSize = 0...10_485_760
    static let cacheTTLSeconds = 0...3600
    static let authorizerTTLSeconds = 0...3600
    /// Operations of one patch. AWS names none.
    static let patchOperations = 1_000

    /// Items of one page of a list: asked for by nobody, and at most.
    static let pageSize = (standard: 25, maximum: 500)

    static func checkEntries(_ count: Int?, _ name: String) throws(ServiceError) {
        guard count ?? 0 <= entries else {
            throw RESTError.badRequest("\(name) must have at most \(entries) entries.")
        }
    }
}
