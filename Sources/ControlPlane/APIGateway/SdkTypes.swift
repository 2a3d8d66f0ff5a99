import GatewayModel
import JSON

/// GetSdkTypes and GetSdkType: what GetSdk, which is refused, would know of. Source: docs/api-gateway-generate-sdk.
extension RESTOperations {
    static var sdkTypes: [Operation] {
        [
            Operation("GetSdkTypes", .apigateway, .get, "/sdktypes") { (_, call) throws(ServiceError) in
                try RestPage.reply(SdkType.all, call, key: \.id)
            },
            Operation("GetSdkType", .apigateway, .get, "/sdktypes/{sdktype_id}") { (_, call) throws(ServiceError) in
                guard let type = SdkType.all.first(where: { $0.id == call.path("sdktype_id") }) else {
                    throw RESTError.notFound("Invalid SDK type identifier specified")
                }
                return try .json(type)
            },
        ]
    }
}

/// Source: botocore `SdkType` shape.
private struct SdkType: Encodable {
    var configurationProperties: [Property]
    let description: String
    let friendlyName: String
    let id: String

    struct Property: Encodable {
        let description: String
        let friendlyName: String
        let name: String
        let required: Bool

        init(_ name: String, _ friendlyName: String, _ description: String, required: Bool = true) {
            self.description = description
            self.friendlyName = friendlyName
            self.name = name
            self.required = required
        }
    }

    init(_ id: String, _ friendlyName: String, _ properties: [Property] = []) {
        configurationProperties = properties
        description = "\(friendlyName) client SDK"
        self.friendlyName = friendlyName
        self.id = id
    }

    private static let prefix = Property("classPrefix", "Prefix", "The prefix of the SDK's classes", required: false)

    static let all = [
        SdkType(
            "android", "Android",
            [
                Property("groupId", "Group ID", "The Maven group ID of the SDK"),
                Property("artifactId", "Artifact ID", "The Maven artifact ID of the SDK"),
                Property("artifactVersion", "Artifact Version", "The version of the Maven artifact"),
                Property("invokerPackage", "Invoker package", "The package of the SDK"),
            ]),
        SdkType(
            "java", "Java SDK",
            [
                Property("service.name", "Service Name", "The name of the client's class"),
                Property("java.package-name", "Java Package Name", "The package of the SDK"),
                Property("java.build-system", "Java Build System", "maven or gradle", required: false),
                Property("java.group-id", "Java Group Id", "The Maven group ID of the SDK", required: false),
                Property("java.artifact-id", "Java Artifact Id", "The Maven artifact ID of the SDK", required: false),
                Property(
                    "java.artifact-version", "Java Artifact Version", "The version of the Maven artifact",
                    required: false),
            ]),
        SdkType("javascript", "JavaScript"),
        SdkType("objectivec", "iOS (Objective-C)", [prefix]),
        SdkType(
            "ruby", "Ruby",
            [
                Property("service.name", "Service Name", "The name of the service's module"),
                Property("ruby.gem-name", "Ruby Gem Name", "The name of the gem", required: false),
                Property("ruby.gem-version", "Ruby Gem Version", "The version of the gem", required: false),
            ]),
        SdkType("swift", "iOS (Swift)", [prefix]),
    ]
}
