package import JSON

extension Lambda {
    /// One function as it is from now on: its versions, aliases and policies. The host runs what this says.
    package struct FunctionDefinition: Sendable {
        package let functionName: String
        package let account: AccountIdentity
        /// `$LATEST` first, then the published versions.
        package let versions: [FunctionVersion]
        package let aliases: [AliasTarget]
        /// Environments that may run at once, all versions together; nil when nothing is reserved.
        package let reservedConcurrency: Int?
        /// Resource policies by qualifier; the unqualified one under `""`.
        package let policies: OrderedMap<ResourcePolicy>

        package init(
            functionName: String, account: AccountIdentity, versions: [FunctionVersion], aliases: [AliasTarget],
            reservedConcurrency: Int?, policies: OrderedMap<ResourcePolicy>
        ) {
            self.functionName = functionName
            self.account = account
            self.versions = versions
            self.aliases = aliases
            self.reservedConcurrency = reservedConcurrency
            self.policies = policies
        }
    }

    /// All that it takes to run one version of a function.
    package struct FunctionVersion: Sendable, Equatable {
        /// `$LATEST` or a number.
        package var version: String
        /// Changes whenever anything here changes; environments of another revision are retired.
        package var revisionId: String
        /// Such as `python3.12`, `nodejs22.x`, `provided.al2023`.
        package var runtime: String
        package var handler: String
        /// The unpacked package; the working folder and LAMBDA_TASK_ROOT of its processes.
        package var code: CodeFolder
        /// What is to be found at `/opt`, later ones over earlier ones.
        package var layers: [CodeFolder] = []
        /// MB, 128 to 10240.
        package var memorySize: Int
        /// Seconds, 1 to 900.
        package var timeout: Int
        package var environment: OrderedMap<String>
        /// `/aws/lambda/{name}` unless LoggingConfig says otherwise.
        package var logGroup: String
        /// `Text` or `JSON`.
        package var logFormat: String
        package var applicationLogLevel: String?
        package var systemLogLevel: String?
        /// `AROA…` of the role that its environments act as; nil when there is no such role here.
        package var roleId: String?

        package init(
            version: String, revisionId: String, runtime: String, handler: String, code: CodeFolder,
            memorySize: Int = 128, timeout: Int = 3, environment: OrderedMap<String> = [:], logGroup: String,
            logFormat: String = "Text"
        ) {
            self.version = version
            self.revisionId = revisionId
            self.runtime = runtime
            self.handler = handler
            self.code = code
            self.memorySize = memorySize
            self.timeout = timeout
            self.environment = environment
            self.logGroup = logGroup
            self.logFormat = logFormat
        }
    }

    package struct AliasTarget: Sendable, Equatable {
        package let name: String
        package let functionVersion: String
        /// At most one other version, with the share of calls it gets (0.0 to 1.0).
        package let additionalVersion: String?
        package let additionalWeight: Double

        package init(
            name: String, functionVersion: String, additionalVersion: String? = nil, additionalWeight: Double = 0
        ) {
            self.name = name
            self.functionVersion = functionVersion
            self.additionalVersion = additionalVersion
            self.additionalWeight = additionalWeight
        }
    }
}
