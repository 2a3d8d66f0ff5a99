/// How much of everything is accepted. Source of the AWS values: docs/http-api-quotas, docs/limits, botocore's shapes.
///
/// What AWS raises on request is set far above AWS's default here; what it never raises is the same.
enum V2Quotas {
    /// AWS: 600 in a region, raised on request.
    static let apis = 100_000
    /// AWS: 300, raised on request.
    static let routes = 100_000
    /// AWS: 300, raised on request.
    static let integrations = 100_000
    /// AWS: 10, raised on request.
    static let stages = 1_000
    /// Routes with settings of their own in one stage. AWS names none.
    static let routeSettings = 1_000

    /// AWS: 10, raised on request.
    static let vpcLinks = 1_000
    /// Of one VPC link. AWS: 10.
    static let subnets = 10
    /// Of one VPC link. AWS names none; a network interface has 16 at most.
    static let securityGroups = 16

    /// AWS: 10, raised on request.
    static let authorizers = 1_000
    static let authorizerNameLength = 128
    static let authorizerTTLSeconds = 0...3_600
    /// AWS: 50.
    static let audiences = 50
    /// AWS: 10.
    static let scopes = 10

    static let apiNameLength = 128
    static let descriptionLength = 1024
    static let versionLength = 64
    static let operationNameLength = 64
    /// AWS names none; a request line may have 10,240 bytes.
    static let routeKeyLength = 10_240
    static let uriLength = 2048
    static let mappingLength = 512
    /// Mappings of one integration, request and all statuses together. AWS names none.
    static let mappings = 1_000

    /// AWS names none.
    static let selectionExpressionLength = 2_048
    /// Of one integration. AWS names none.
    static let integrationResponses = 100
    /// Bytes of one template. The model says 32 KB, the quotas page 300 KB; the wider one is taken.
    static let templateBytes = 307_200
    /// AWS names none.
    static let models = 10_000
    static let modelNameLength = 128
    static let contentTypeLength = 256
    /// AWS: 32 KB.
    static let modelSchemaBytes = 32_768

    static let stageNameLength = 128
    static let stageVariables = 100
    static let stageVariableNameLength = 64
    /// The quotas page says 512, the model 2048; the wider one is taken.
    static let stageVariableValueLength = 2048
    /// Bytes of an access log format. The model says 1024, the quotas page 3 KB.
    static let accessLogFormatLength = 3 * 1024

    static let corsMaxAge = -1...86_400
    /// Entries of one CORS list. AWS names none.
    static let corsEntries = 1_000

    static let tags = 50
    static let tagKeyLength = 128
    static let tagValueLength = 256

    /// Items of one page of a list, asked for or not.
    static let pageSize = 1_000
}
