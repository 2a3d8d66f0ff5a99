extension LambdaOperations {
    /// Operations of the model that Gatehouse does not have, so that each is refused with a reason instead of being
    /// unknown. Source of names, methods and paths: botocore 1.43.11.
    static let refused: [Operation] = layers + versionsAndUrls + streamsAndQueues + signingAndScaling + durable

    private static func refused(
        _ name: String, _ method: Operation.Method, _ path: String, _ sentence: String
    ) -> Operation {
        Operation(name, .lambda, method, path, isServed: false) { _, _ throws(ServiceError) in
            throw .notOffered("\(name): \(sentence)")
        }
    }

    private static let layers: [Operation] = {
        let sentence = "Gatehouse does not serve layers; put the files into the function's package."
        let versions = "/2018-10-31/layers/{LayerName}/versions"
        return [
            refused("ListLayers", .get, "/2018-10-31/layers", sentence),
            refused("PublishLayerVersion", .post, versions, sentence),
            refused("ListLayerVersions", .get, versions, sentence),
            refused("GetLayerVersion", .get, versions + "/{VersionNumber}", sentence),
            refused("DeleteLayerVersion", .delete, versions + "/{VersionNumber}", sentence),
            refused("AddLayerVersionPermission", .post, versions + "/{VersionNumber}/policy", sentence),
            refused("GetLayerVersionPolicy", .get, versions + "/{VersionNumber}/policy", sentence),
            refused(
                "RemoveLayerVersionPermission", .delete, versions + "/{VersionNumber}/policy/{StatementId}", sentence),
        ]
    }()

    private static let versionsAndUrls: [Operation] = {
        let provisioned = "Gatehouse keeps no environments ready; the first call of each starts one."
        let provisionedPath = "/2019-09-30/functions/{FunctionName}/provisioned-concurrency"
        let url = "Gatehouse does not serve function URLs; put an HTTP API before the function."
        let urlPath = "/2021-10-31/functions/{FunctionName}/url"
        return [
            refused("PutProvisionedConcurrencyConfig", .put, provisionedPath, provisioned),
            refused("GetProvisionedConcurrencyConfig", .get, provisionedPath, provisioned),
            refused("DeleteProvisionedConcurrencyConfig", .delete, provisionedPath, provisioned),
            refused("CreateFunctionUrlConfig", .post, urlPath, url),
            refused("GetFunctionUrlConfig", .get, urlPath, url),
            refused("UpdateFunctionUrlConfig", .put, urlPath, url),
            refused("DeleteFunctionUrlConfig", .delete, urlPath, url),
            refused("ListFunctionUrlConfigs", .get, urlPath + "s", url),
            refused(
                "InvokeWithResponseStream", .post,
                "/2021-11-15/functions/{FunctionName}/response-streaming-invocations",
                "Gatehouse does not stream responses of functions; use Invoke."),
            refused(
                "InvokeAsync", .post, "/2014-11-13/functions/{FunctionName}/invoke-async",
                "AWS has deprecated it; use Invoke with the invocation type Event."),
        ]
    }()

    private static let streamsAndQueues: [Operation] = {
        let mapping = "Gatehouse has no event source mappings; functions are called by APIs and by Invoke."
        let mappings = "/2015-03-31/event-source-mappings"
        let invokeConfig = "Gatehouse does not change how asynchronous invocations are retried, and has no destinations."
        let invokeConfigPath = "/2019-09-25/functions/{FunctionName}/event-invoke-config"
        return [
            refused("CreateEventSourceMapping", .post, mappings, mapping),
            refused("ListEventSourceMappings", .get, mappings, mapping),
            refused("GetEventSourceMapping", .get, mappings + "/{UUID}", mapping),
            refused("UpdateEventSourceMapping", .put, mappings + "/{UUID}", mapping),
            refused("DeleteEventSourceMapping", .delete, mappings + "/{UUID}", mapping),
            refused("PutFunctionEventInvokeConfig", .put, invokeConfigPath, invokeConfig),
            refused("UpdateFunctionEventInvokeConfig", .post, invokeConfigPath, invokeConfig),
            refused("GetFunctionEventInvokeConfig", .get, invokeConfigPath, invokeConfig),
            refused("DeleteFunctionEventInvokeConfig", .delete, invokeConfigPath, invokeConfig),
            refused("ListFunctionEventInvokeConfigs", .get, invokeConfigPath + "/list", invokeConfig),
        ]
    }()

    private static let signingAndScaling: [Operation] = {
        let signing = "Gatehouse does not check code signatures."
        let configs = "/2020-04-22/code-signing-configs"
        let config = configs + "/{CodeSigningConfigArn}"
        let ofFunction = "/2020-06-30/functions/{FunctionName}/code-signing-config"
        let capacity = "Gatehouse has no capacity providers; functions run on this machine."
        let providers = "/2025-11-30/capacity-providers"
        let provider = providers + "/{CapacityProviderName}"
        let scaling = "/2025-11-30/functions/{FunctionName}/function-scaling-config"
        return [
            refused("CreateCodeSigningConfig", .post, configs, signing),
            refused("ListCodeSigningConfigs", .get, configs, signing),
            refused("GetCodeSigningConfig", .get, config, signing),
            refused("UpdateCodeSigningConfig", .put, config, signing),
            refused("DeleteCodeSigningConfig", .delete, config, signing),
            refused("ListFunctionsByCodeSigningConfig", .get, config + "/functions", signing),
            refused("PutFunctionCodeSigningConfig", .put, ofFunction, signing),
            refused("DeleteFunctionCodeSigningConfig", .delete, ofFunction, signing),
            refused("CreateCapacityProvider", .post, providers, capacity),
            refused("ListCapacityProviders", .get, providers, capacity),
            refused("GetCapacityProvider", .get, provider, capacity),
            refused("UpdateCapacityProvider", .put, provider, capacity),
            refused("DeleteCapacityProvider", .delete, provider, capacity),
            refused("ListFunctionVersionsByCapacityProvider", .get, provider + "/function-versions", capacity),
            refused("PutFunctionScalingConfig", .put, scaling, capacity),
            refused("GetFunctionScalingConfig", .get, scaling, capacity),
            refused(
                "PutRuntimeManagementConfig", .put,
                "/2021-07-20/functions/{FunctionName}/runtime-management-config",
                "Gatehouse runs functions on the runtimes of this machine and does not update them."),
            refused(
                "PutFunctionRecursionConfig", .put, "/2024-08-31/functions/{FunctionName}/recursion-config",
                "Gatehouse does not detect recursive loops."),
        ]
    }()

    private static let durable: [Operation] = {
        let sentence = "Gatehouse does not run durable functions."
        let executions = "/2025-12-01/durable-executions/{DurableExecutionArn}"
        let callbacks = "/2025-12-01/durable-execution-callbacks/{CallbackId}"
        return [
            refused("GetDurableExecution", .get, executions, sentence),
            refused("GetDurableExecutionHistory", .get, executions + "/history", sentence),
            refused("GetDurableExecutionState", .get, executions + "/state", sentence),
            refused("CheckpointDurableExecution", .post, executions + "/checkpoint", sentence),
            refused("StopDurableExecution", .post, executions + "/stop", sentence),
            refused(
                "ListDurableExecutionsByFunction", .get,
                "/2025-12-01/functions/{FunctionName}/durable-executions", sentence),
            refused("SendDurableExecutionCallbackFailure", .post, callbacks + "/fail", sentence),
            refused("SendDurableExecutionCallbackHeartbeat", .post, callbacks + "/heartbeat", sentence),
            refused("SendDurableExecutionCallbackSuccess", .post, callbacks + "/succeed", sentence),
        ]
    }()
}
