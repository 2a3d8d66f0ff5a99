import FunctionPackages
import GatewayModel
import JSON

/// The configuration that CreateFunction and UpdateFunctionConfiguration are given; what is nil was not said.
struct ConfigurationInput {
    let role: String?
    let handler: String?
    let runtime: String?
    let description: String?
    let timeout: Int?
    let memorySize: Int?
    let environment: OrderedMap<String>?
    let tracingMode: String?
    let ephemeralStorageSize: Int?
    let logging: LoggingInput?
    let layers: [String]?

    struct LoggingInput {
        let format: String?
        let applicationLogLevel: String?
        let systemLogLevel: String?
        let logGroup: String?
    }

    /// Source: Lambda quotas, "Function timeout" and "Function memory allocation". The model itself allows 32,768 MB,
    /// for functions on managed instances.
    private static let maximumTimeout = 900
    private static let maximumMemorySize = 10_240
    private static let maximumMemorySizeOfModel = 32_768

    init(_ members: Members) throws(ServiceError) {
        role = try members.string("Role")
        handler = try members.string("Handler")
        runtime = try members.string("Runtime")
        description = try members.string("Description")
        timeout = try members.integer("Timeout")
        memorySize = try members.integer("MemorySize")
        // `Environment` without `Variables` empties it.
        environment = try members.members("Environment").map { members throws(ServiceError) in
            try members.stringMap("Variables") ?? [:]
        }
        tracingMode = try members.members("TracingConfig")?.string("Mode")
        ephemeralStorageSize = try members.members("EphemeralStorage")?.integer("Size")
        layers = try members.strings("Layers")
        logging = try members.members("LoggingConfig").map { members throws(ServiceError) in
            LoggingInput(
                format: try members.string("LogFormat"),
                applicationLogLevel: try members.string("ApplicationLogLevel"),
                systemLogLevel: try members.string("SystemLogLevel"), logGroup: try members.string("LogGroup"))
        }
    }

    /// The constraints of the model.
    func check(_ constraints: inout Constraints) {
        constraints.pattern(role, "role", #"arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+"#) {
            $0.wholeMatch(of: #/arn:(aws[a-zA-Z-]*)?:iam::[0-9]{12}:role\/?[a-zA-Z_0-9+=,.@\-_\/]+/#) != nil
        }
        constraints.length(handler, "handler", 0...128)
        constraints.pattern(handler, "handler", #"[^\s]+"#) { $0.wholeMatch(of: #/[^\s]+/#) != nil }
        constraints.length(description, "description", 0...256)
        constraints.range(timeout, "timeout", 1...Self.maximumTimeout)
        constraints.range(memorySize, "memorySize", 128...Self.maximumMemorySizeOfModel)
        checkLayers(&constraints)
        constraints.oneOf(tracingMode, "tracingConfig.mode", ["Active", "PassThrough"])
        constraints.range(ephemeralStorageSize, "ephemeralStorage.size", 512...10_240)
        constraints.oneOf(logging?.format, "loggingConfig.logFormat", ["JSON", "Text"])
        constraints.oneOf(
            logging?.applicationLogLevel, "loggingConfig.applicationLogLevel",
            ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"])
        constraints.oneOf(logging?.systemLogLevel, "loggingConfig.systemLogLevel", ["DEBUG", "INFO", "WARN"])
        constraints.length(logging?.logGroup, "loggingConfig.logGroup", 1...512)
        constraints.pattern(logging?.logGroup, "loggingConfig.logGroup", #"[\.\-_/#A-Za-z0-9]+"#) {
            $0.isWord(and: "./#")
        }
        if let environment, !environment.keys.allSatisfy(EnvironmentVariables.isName) {
            let text = environment.map { "\($0.key)=\($0.value)" }.joined(separator: ", ")
            constraints.violation(
                "'{\(text)}'", at: "environment.variables",
                "Map keys must satisfy constraint: "
                    + "[Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+]")
        }
    }

    /// What the service checks beyond the model.
    func checkValues() throws(ServiceError) {
        if let memorySize, memorySize > Self.maximumMemorySize {
            throw .invalidParameter(
                "'MemorySize' value failed to satisfy constraint: "
                    + "Member must have value less than or equal to \(Self.maximumMemorySize)")
        }
        if let runtime { try LambdaRuntimes.check(runtime) }
        if let environment { try EnvironmentVariables.check(environment) }
        try checkLayerValues()
    }

    /// Changes what was said and leaves the rest.
    func apply(to configuration: inout FunctionConfiguration, in account: AccountIdentity) throws(ServiceError) {
        if let role { configuration.Role = role }
        if let handler { configuration.Handler = handler }
        if let description { configuration.Description = description }
        if let timeout { configuration.Timeout = timeout }
        if let memorySize { configuration.MemorySize = memorySize }
        if let environment { configuration.Environment = .init(Variables: environment) }
        if let tracingMode { configuration.TracingConfig.Mode = tracingMode }
        if let ephemeralStorageSize { configuration.EphemeralStorage.Size = ephemeralStorageSize }
        if let runtime {
            configuration.Runtime = runtime
            configuration.RuntimeVersionConfig = .init(RuntimeVersionArn: account.runtimeVersionARN(runtime))
        }
        try logging?.apply(to: &configuration.LoggingConfig)
    }
}

extension ConfigurationInput.LoggingInput {
    /// Levels exist with JSON only: switching to it sets them to INFO, switching to Text takes them away.
    fileprivate func apply(to logging: inout FunctionConfiguration.LoggingConfigResponse) throws(ServiceError) {
        logging.LogFormat = format ?? logging.LogFormat
        logging.LogGroup = logGroup ?? logging.LogGroup
        guard logging.LogFormat == "JSON" else {
            guard applicationLogLevel == nil, systemLogLevel == nil else {
                throw .invalidParameter(
                    #"LogLevel is not supported when LogFormat is set to "Text". "#
                        + #"Remove LogLevel from your request or change the LogFormat to "JSON" and try again."#)
            }
            logging.ApplicationLogLevel = nil
            logging.SystemLogLevel = nil
            return
        }
        logging.ApplicationLogLevel = applicationLogLevel ?? logging.ApplicationLogLevel ?? "INFO"
        logging.SystemLogLevel = systemLogLevel ?? logging.SystemLogLevel ?? "INFO"
    }
}

extension AccountIdentity {
    /// AWS names the very build of a runtime by a SHA-256; here it stands for the runtime's name, which is all there is.
    fileprivate func runtimeVersionARN(_ runtime: String) -> String {
        "arn:\(partition):lambda:\(region)::runtime:\(FunctionPackages.digest(Array(runtime.utf8)))"
    }
}

extension FunctionConfiguration {
    /// A new function before anything is said of it: AWS's defaults.
    init(name: String, account: AccountIdentity, package: FunctionPackage, at now: Timestamp) {
        self.init(
            FunctionName: name, FunctionArn: account.functionARN(name), Runtime: "", Role: "", Handler: "",
            CodeSize: package.codeSize, Description: "", Timeout: 3, MemorySize: 128,
            LastModified: now.lambdaLastModified, CodeSha256: package.codeSha256, Version: Qualifier.latest,
            TracingConfig: .init(Mode: "PassThrough"), RevisionId: Identifiers.uuid(), State: "Active",
            LastUpdateStatus: "Successful", PackageType: "Zip", Architectures: ["x86_64"],
            EphemeralStorage: .init(Size: 512), SnapStart: .init(ApplyOn: "None", OptimizationStatus: "Off"),
            LoggingConfig: .init(LogFormat: "Text", LogGroup: "/aws/lambda/\(name)"))
    }
}
