import GatewayModel
import JSON

/// One stage of one REST API, described shortly.
struct TestRESTAPI {
    var stage = "prod"
    var deploymentId = "dep123"
    /// `GET /pets/{id}`, in whatever order.
    var methods: [(key: String, method: REST.Method)]
    var gatewayResponses: [REST.GatewayResponse] = []
    var validators: [REST.RequestValidator] = []
    var models: [REST.Model] = []
    var authorizers: [REST.Authorizer] = []
    var binaryTypes: [String] = []
    var variables: OrderedMap<String> = [:]
    var logFormat: String?
    var policy: String?
    var settings: OrderedMap<REST.MethodSetting> = [:]
    var canary: (settings: REST.CanarySettings, content: REST.DeploymentContent)?
    var isEndpointDisabled = false
    var apiKeySource = "HEADER"
    var cacheClusterSize: String?
    var minimumCompressionSize: Int?

    init(_ methods: (key: String, method: REST.Method)...) { self.methods = methods }

    init(_ key: String, _ integration: REST.Integration) { methods = [(key, .to(integration))] }

    var definition: StageDefinition {
        var stage = REST.Stage(stageName: stage, deploymentId: deploymentId, createdDate: 0)
        stage.variables = variables
        stage.methodSettings = settings
        stage.canarySettings = canary?.settings
        (stage.cacheClusterEnabled, stage.cacheClusterSize) = (cacheClusterSize != nil, cacheClusterSize)
        if let logFormat {
            var settings = V2.AccessLogSettings()
            settings.destinationArn = TestAPI.logGroup
            settings.format = logFormat
            stage.accessLogSettings = settings
        }
        return StageDefinition(
            account: AccountIdentity(), apiId: TestAPI.id, stage: stage,
            content: REST.StageContent(stage, deployment: content, canary: canary?.content))
    }

    var content: REST.DeploymentContent {
        var api = REST.RestApi(id: TestAPI.id, name: "test", rootResourceId: "root", createdDate: 0)
        api.binaryMediaTypes = binaryTypes
        api.disableExecuteApiEndpoint = isEndpointDisabled
        api.minimumCompressionSize = minimumCompressionSize
        api.apiKeySource = apiKeySource
        api.policy = policy
        var resources: PartList<REST.Resource> = []
        for (key, method) in methods {
            let parts = key.split(separator: " ").map(String.init)
            var resource = resources[parts[1]] ?? REST.Resource(id: parts[1], path: parts[1])
            resource.resourceMethods = resource.resourceMethods ?? [:]
            var method = method
            method.httpMethod = parts[0]
            resource.resourceMethods?[parts[0]] = method
            resources.put(resource)
        }
        var content = REST.DeploymentContent(
            api, resources: resources, models: [], requestValidators: [], authorizers: [], gatewayResponses: [])
        for response in gatewayResponses { content.gatewayResponses.put(response) }
        for authorizer in authorizers { content.authorizers.put(authorizer) }
        for model in models { content.models.put(model) }
        for validator in validators { content.requestValidators.put(validator) }
        return content
    }
}

extension REST.Method {
    static func to(_ integration: REST.Integration?, _ change: (inout REST.Method) -> Void = { _ in }) -> REST.Method {
        var method = REST.Method(httpMethod: "ANY")
        method.methodIntegration = integration
        method.methodResponses = [:]
        for status in integration?.integrationResponses?.keys ?? [] {
            method.methodResponses?[status] = REST.MethodResponse(statusCode: status)
        }
        change(&method)
        return method
    }
}

extension REST.Integration {
    static func mock(
        _ template: String = #"{"statusCode": 200}"#,
        answers: OrderedMap<REST.IntegrationResponse> = [
            "200": REST.IntegrationResponse(statusCode: "200")
        ]
    ) -> REST.Integration {
        var integration = REST.Integration(type: "MOCK")
        integration.requestTemplates = ["application/json": template]
        integration.integrationResponses = answers
        return integration
    }

    /// A function whose answer is streamed.
    static func streamed(timeout: Int = 29_000) -> REST.Integration {
        var integration = function()
        integration.uri =
            "arn:aws:apigateway:us-east-1:lambda:path/2021-11-15/functions/\(AccountIdentity().functionARN("f"))"
            + "/response-streaming-invocations"
        integration.responseTransferMode = "STREAM"
        integration.timeoutInMillis = timeout
        return integration
    }

    static func function(_ type: String = "AWS_PROXY", name: String = "f") -> REST.Integration {
        var integration = REST.Integration(type: type)
        integration.httpMethod = "POST"
        integration.uri =
            "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/\(AccountIdentity().functionARN(name))"
            + "/invocations"
        return integration
    }
}
