/// AWS::Serverless::Api.
struct ServerlessApi {
    static let type = "AWS::Serverless::Api"
    /// The stage that its deployments make.
    static let extraStage = "Stage"
}
