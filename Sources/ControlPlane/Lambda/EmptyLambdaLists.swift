import GatewayModel
import JSON

/// Lists of what Gatehouse does not have: there is none of it, which a list can say, and tools that only look go on.
extension LambdaOperations {
    static var emptyLists: [Operation] {
        [
            Operation(
                "GetProvisionedConcurrencyConfig", .lambda, .get,
                "/2019-09-30/functions/{FunctionName}/provisioned-concurrency", provisionedConcurrency)
        ]
            + lists.map { row in
                Operation(row.name, .lambda, .get, row.path) {
                    (control: ControlPlane, call: Call) throws(ServiceError) in
                    if row.isOfFunction { try ofFunction(control, call) }
                    return try empty(row.member, call)
                }
            }
    }

    private typealias Row = (name: String, path: String, member: String, isOfFunction: Bool)

    private static let lists: [Row] = [
        ("ListEventSourceMappings", "/2015-03-31/event-source-mappings", "EventSourceMappings", false),
        ("ListCodeSigningConfigs", "/2020-04-22/code-signing-configs", "CodeSigningConfigs", false),
        ("ListCapacityProviders", "/2025-11-30/capacity-providers", "CapacityProviders", false),
        ("ListFunctionUrlConfigs", "/2021-10-31/functions/{FunctionName}/urls", "FunctionUrlConfigs", true),
        (
            "ListFunctionEventInvokeConfigs", "/2019-09-25/functions/{FunctionName}/event-invoke-config/list",
            "FunctionEventInvokeConfigs", true
        ),
        (
            "ListDurableExecutionsByFunction", "/2025-12-01/functions/{FunctionName}/durable-executions",
            "DurableExecutions", true
        ),
    ]

    /// ListProvisionedConcurrencyConfigs has the same path.
    private static func provisionedConcurrency(
        _ control: ControlPlane, _ call: Call
    ) throws(ServiceError) -> Reply {
        try ofFunction(control, call)
        if call.query("List") == "ALL" { return try empty("ProvisionedConcurrencyConfigs", call) }
        throw ServiceError(
            "ProvisionedConcurrencyConfigNotFoundException", status: 404,
            "No Provisioned Concurrency Config found for this function", details: ["Type": "User"])
    }

    private static func ofFunction(_ control: ControlPlane, _ call: Call) throws(ServiceError) {
        let name = try call.functionName(.namespaced, in: control.settings.account)
        guard try control.function(name).resolve(name.qualifier) != nil else {
            throw .functionNotFound(control.settings.account.functionARN(name.name, qualifier: name.qualifier))
        }
    }

    private static func empty(_ member: String, _ call: Call) throws(ServiceError) -> Reply {
        try FunctionPage(call).reply(member, [(key: String, value: String)]())
    }
}
