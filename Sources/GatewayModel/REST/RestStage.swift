package import JSON

extension REST {
    /// Source: botocore `Stage` shape.
    package struct Stage: KeyedPart {
        package var accessLogSettings: AccessLogSettings?
        package var cacheClusterEnabled: Bool
        /// Gigabytes, one of the sizes that AWS names.
        package var cacheClusterSize: String?
        /// `AVAILABLE` or `NOT_AVAILABLE`.
        package var cacheClusterStatus: String
        package var canarySettings: CanarySettings?
        package var clientCertificateId: String?
        package var createdDate: Int
        package var deploymentId: String
        package var description: String?
        package var documentationVersion: String?
        package var lastUpdatedDate: Int
        /// By `*/*`, or `{path without its first slash}/{VERB}`.
        package var methodSettings: OrderedMap<MethodSetting>
        package var stageName: String
        package var tags: OrderedMap<String>?
        /// Stored only.
        package var tracingEnabled: Bool
        package var variables: OrderedMap<String>?
        package var webAclArn: String?

        package var key: String { stageName }

        package init(stageName: String, deploymentId: String, createdDate: Int) {
            cacheClusterEnabled = false
            cacheClusterStatus = "NOT_AVAILABLE"
            self.createdDate = createdDate
            self.deploymentId = deploymentId
            lastUpdatedDate = createdDate
            methodSettings = [:]
            self.stageName = stageName
            tracingEnabled = false
        }
    }

    package struct CanarySettings: Codable, Sendable, Equatable {
        package var deploymentId: String
        /// 0.0 to 100.0.
        package var percentTraffic: Decimal
        package var stageVariableOverrides: OrderedMap<String>?
        package var useStageCache: Bool

        package init(deploymentId: String, percentTraffic: Decimal = 0.0) {
            self.deploymentId = deploymentId
            self.percentTraffic = percentTraffic
            useStageCache = false
        }
    }

    /// Settings of one method, or of all. Source: botocore `MethodSetting` shape.
    package struct MethodSetting: Codable, Sendable, Equatable {
        package var cacheDataEncrypted: Bool
        package var cacheTtlInSeconds: Int
        package var cachingEnabled: Bool
        package var dataTraceEnabled: Bool
        /// `OFF`, `ERROR` or `INFO`; nil: none was ever set.
        package var loggingLevel: String?
        package var metricsEnabled: Bool
        package var requireAuthorizationForCacheControl: Bool
        /// -1: no limit.
        package var throttlingBurstLimit: Int
        package var throttlingRateLimit: Decimal
        /// `FAIL_WITH_403`, `SUCCEED_WITH_RESPONSE_HEADER` or `SUCCEED_WITHOUT_RESPONSE_HEADER`.
        package var unauthorizedCacheControlHeaderStrategy: String

        /// As an entry is as soon as one of its settings has been set.
        package init() {
            cacheDataEncrypted = false
            cacheTtlInSeconds = 300
            cachingEnabled = false
            dataTraceEnabled = false
            metricsEnabled = false
            requireAuthorizationForCacheControl = true
            throttlingBurstLimit = 5_000
            throttlingRateLimit = 10_000.0
            unauthorizedCacheControlHeaderStrategy = "SUCCEED_WITH_RESPONSE_HEADER"
        }
    }

    /// What a stage serves: its deployment, and of its settings those that requests meet.
    package struct StageContent: Sendable, Equatable {
        package let deploymentId: String
        package let deployment: DeploymentContent
        package let canary: Canary?
        package let methodSettings: OrderedMap<MethodSetting>
        /// Of the cache; nil when it is off.
        package let cacheClusterSize: String?

        package init(_ stage: Stage, deployment: DeploymentContent, canary: DeploymentContent?) {
            deploymentId = stage.deploymentId
            self.deployment = deployment
            self.canary =
                if let settings = stage.canarySettings, let canary {
                    Canary(settings: settings, deployment: canary)
                } else { nil }
            methodSettings = stage.methodSettings
            cacheClusterSize = stage.cacheClusterEnabled ? stage.cacheClusterSize : nil
        }
    }

    /// The deployment that takes a share of a stage's requests.
    package struct Canary: Sendable, Equatable {
        package let settings: CanarySettings
        package let deployment: DeploymentContent
    }
}
