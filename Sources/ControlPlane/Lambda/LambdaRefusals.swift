extension LambdaOperations {
    /// Operations of the model that Gatehouse does not have, so that each is refused with a reason instead of being
    /// unknown. Source of names, methods and paths: botocore 1.43.11.
    static let refused: [Operation] =
        refuse(provisionedConcurrency, "Gatehouse keeps no environments ready; the first call of each starts one.")
        + refuse(functionUrls, "Gatehouse does not serve function URLs; put an HTTP API before the function.")
        + refuse(invokeAsync, "AWS has deprecated it; use Invoke with the invocation type Event.")
        + refuse(eventSources, "Gatehouse has no event source mappings; functions are called by APIs and by Invoke.")
        + refuse(
            eventInvokeConfigs,
            "Gatehouse has no destinations and does not change how asynchronous calls are retried.")
        + refuse(codeSigning, "Gatehouse does not check code signatures.")
        + refuse(capacityProviders, "Gatehouse has no capacity providers; functions run on this machine.")
        + refuse(runtimeManagement, "Gatehouse runs functions on this machine's runtimes and does not update them.")
        + refuse(recursion, "Gatehouse does not detect recursive loops.")
        + refuse(durableExecutions, "Gatehouse does not run durable functions.")

    private typealias Row = (name: String, method: Operation.Method, path: String)

    private static func refuse(_ rows: [Row], _ sentence: String) -> [Operation] {
        rows.map { row in
            let error = ServiceError.notOffered("\(row.name): \(sentence)")
            return Operation(row.name, .lambda, row.method, row.path, isServed: false) {
                (_: ControlPlane, _: Call) throws(ServiceError) in throw error
            }
        }
    }

    private static let provisionedConcurrency: [Row] = [
        ("PutProvisionedConcurrencyConfig", .put, "/2019-09-30/functions/{FunctionName}/provisioned-concurrency"),
        ("DeleteProvisionedConcurrencyConfig", .delete, "/2019-09-30/functions/{FunctionName}/provisioned-concurrency"),
    ]

    private static let functionUrls: [Row] = [
        ("CreateFunctionUrlConfig", .post, "/2021-10-31/functions/{FunctionName}/url"),
        ("GetFunctionUrlConfig", .get, "/2021-10-31/functions/{FunctionName}/url"),
        ("UpdateFunctionUrlConfig", .put, "/2021-10-31/functions/{FunctionName}/url"),
        ("DeleteFunctionUrlConfig", .delete, "/2021-10-31/functions/{FunctionName}/url"),
    ]

    private static let invokeAsync: [Row] = [
        ("InvokeAsync", .post, "/2014-11-13/functions/{FunctionName}/invoke-async")
    ]

    private static let eventSources: [Row] = [
        ("CreateEventSourceMapping", .post, "/2015-03-31/event-source-mappings"),
        ("GetEventSourceMapping", .get, "/2015-03-31/event-source-mappings/{UUID}"),
        ("UpdateEventSourceMapping", .put, "/2015-03-31/event-source-mappings/{UUID}"),
        ("DeleteEventSourceMapping", .delete, "/2015-03-31/event-source-mappings/{UUID}"),
    ]

    private static let eventInvokeConfigs: [Row] = [
        ("PutFunctionEventInvokeConfig", .put, "/2019-09-25/functions/{FunctionName}/event-invoke-config"),
        ("UpdateFunctionEventInvokeConfig", .post, "/2019-09-25/functions/{FunctionName}/event-invoke-config"),
        ("GetFunctionEventInvokeConfig", .get, "/2019-09-25/functions/{FunctionName}/event-invoke-config"),
        ("DeleteFunctionEventInvokeConfig", .delete, "/2019-09-25/functions/{FunctionName}/event-invoke-config"),
    ]

    private static let codeSigning: [Row] = [
        ("CreateCodeSigningConfig", .post, "/2020-04-22/code-signing-configs"),
        ("GetCodeSigningConfig", .get, "/2020-04-22/code-signing-configs/{CodeSigningConfigArn}"),
        ("UpdateCodeSigningConfig", .put, "/2020-04-22/code-signing-configs/{CodeSigningConfigArn}"),
        ("DeleteCodeSigningConfig", .delete, "/2020-04-22/code-signing-configs/{CodeSigningConfigArn}"),
        (
            "ListFunctionsByCodeSigningConfig", .get,
            "/2020-04-22/code-signing-configs/{CodeSigningConfigArn}/functions"
        ),
        ("PutFunctionCodeSigningConfig", .put, "/2020-06-30/functions/{FunctionName}/code-signing-config"),
        ("DeleteFunctionCodeSigningConfig", .delete, "/2020-06-30/functions/{FunctionName}/code-signing-config"),
    ]

    private static let capacityProviders: [Row] = [
        ("CreateCapacityProvider", .post, "/2025-11-30/capacity-providers"),
        ("GetCapacityProvider", .get, "/2025-11-30/capacity-providers/{CapacityProviderName}"),
        ("UpdateCapacityProvider", .put, "/2025-11-30/capacity-providers/{CapacityProviderName}"),
        ("DeleteCapacityProvider", .delete, "/2025-11-30/capacity-providers/{CapacityProviderName}"),
        (
            "ListFunctionVersionsByCapacityProvider", .get,
            "/2025-11-30/capacity-providers/{CapacityProviderName}/function-versions"
        ),
        ("PutFunctionScalingConfig", .put, "/2025-11-30/functions/{FunctionName}/function-scaling-config"),
        ("GetFunctionScalingConfig", .get, "/2025-11-30/functions/{FunctionName}/function-scaling-config"),
    ]

    private static let runtimeManagement: [Row] = [
        ("PutRuntimeManagementConfig", .put, "/2021-07-20/functions/{FunctionName}/runtime-management-config")
    ]

    private static let recursion: [Row] = [
        ("PutFunctionRecursionConfig", .put, "/2024-08-31/functions/{FunctionName}/recursion-config")
    ]

    private static let durableExecutions: [Row] = [
        ("GetDurableExecution", .get, "/2025-12-01/durable-executions/{DurableExecutionArn}"),
        ("GetDurableExecutionHistory", .get, "/2025-12-01/durable-executions/{DurableExecutionArn}/history"),
        ("GetDurableExecutionState", .get, "/2025-12-01/durable-executions/{DurableExecutionArn}/state"),
        ("CheckpointDurableExecution", .post, "/2025-12-01/durable-executions/{DurableExecutionArn}/checkpoint"),
        ("StopDurableExecution", .post, "/2025-12-01/durable-executions/{DurableExecutionArn}/stop"),
        ("SendDurableExecutionCallbackFailure", .post, "/2025-12-01/durable-execution-callbacks/{CallbackId}/fail"),
        (
            "SendDurableExecutionCallbackHeartbeat", .post,
            "/2025-12-01/durable-execution-callbacks/{CallbackId}/heartbeat"
        ),
        ("SendDurableExecutionCallbackSuccess", .post, "/2025-12-01/durable-execution-callbacks/{CallbackId}/succeed"),
    ]
}
