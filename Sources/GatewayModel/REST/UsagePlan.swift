package import JSON

extension REST {
    /// Source: botocore `ApiKey` shape.
    package struct ApiKey: Codable, Sendable, Equatable {
        package var createdDate: Int
        package var customerId: String?
        package var description: String?
        package var enabled: Bool
        package var id: String
        package var lastUpdatedDate: Int
        package var name: String?
        /// Of the time before usage plans: `{apiId}/{stageName}`.
        package var stageKeys: [String]
        package var tags: OrderedMap<String>?
        package var value: String?

        package init(id: String, value: String, createdDate: Int) {
            self.createdDate = createdDate
            enabled = false
            self.id = id
            lastUpdatedDate = createdDate
            stageKeys = []
            self.value = value
        }
    }

    /// Source: botocore `UsagePlan` shape.
    package struct UsagePlan: Codable, Sendable, Equatable {
        package var apiStages: [ApiStage]
        package var description: String?
        package var id: String
        package var name: String
        package var productCode: String?
        package var quota: QuotaSettings?
        package var tags: OrderedMap<String>?
        package var throttle: ThrottleSettings?

        package init(id: String, name: String) {
            apiStages = []
            self.id = id
            self.name = name
        }
    }

    package struct ApiStage: Codable, Sendable, Equatable {
        package var apiId: String
        package var stage: String
        /// By `/path/VERB`.
        package var throttle: OrderedMap<ThrottleSettings>?

        package init(apiId: String, stage: String) {
            self.apiId = apiId
            self.stage = stage
        }
    }

    package struct ThrottleSettings: Codable, Sendable, Equatable {
        package var burstLimit: Int
        package var rateLimit: Decimal

        package init(burstLimit: Int = 0, rateLimit: Decimal = 0.0) {
            self.burstLimit = burstLimit
            self.rateLimit = rateLimit
        }
    }

    package struct QuotaSettings: Codable, Sendable, Equatable {
        package var limit: Int
        package var offset: Int
        /// `DAY`, `WEEK` or `MONTH`.
        package var period: String

        package init(limit: Int, offset: Int = 0, period: String) {
            self.limit = limit
            self.offset = offset
            self.period = period
        }
    }

    /// A key's membership in a plan. Source: botocore `UsagePlanKey` shape.
    package struct UsagePlanKey: KeyedPart {
        package var id: String
        package var name: String?
        package var type: String
        package var value: String?

        package var key: String { id }

        package init(id: String, type: String) {
            self.id = id
            self.type = type
        }
    }
}
