extension V2 {
    /// All that the data plane needs to serve one stage of one HTTP API.
    package struct StageDefinition: Sendable {
        package let account: AccountIdentity
        package let apiId: String
        package let stage: Stage
        package let content: DeploymentContent

        package init(account: AccountIdentity, apiId: String, stage: Stage, content: DeploymentContent) {
            self.account = account
            self.apiId = apiId
            self.stage = stage
            self.content = content
        }

        package var key: StageKey { StageKey(apiId: apiId, stageName: stage.stageName) }
    }

    /// The unit that the data plane compiles and swaps.
    package struct StageKey: Sendable, Hashable {
        package let apiId: String
        package let stageName: String

        package init(apiId: String, stageName: String) {
            self.apiId = apiId
            self.stageName = stageName
        }
    }
}
