import GatewayModel
import JSON

extension LambdaOperations {
    static var concurrency: [Operation] {
        [
            Operation("PutFunctionConcurrency", .lambda, .put, reserved, putFunctionConcurrency),
            Operation(
                "GetFunctionConcurrency", .lambda, .get, "/2019-09-30/functions/{FunctionName}/concurrency",
                getFunctionConcurrency),
            Operation("DeleteFunctionConcurrency", .lambda, .delete, reserved, success: 204, deleteFunctionConcurrency),
            Operation("GetAccountSettings", .lambda, .get, "/2016-08-19/account-settings", getAccountSettings),
        ]
    }

    private static let reserved = "/2017-10-31/functions/{FunctionName}/concurrency"
}

/// Source: Lambda quotas, "Concurrent executions: 1,000" and "Function and layer storage: 75 GB"; the reserve that must
/// stay for functions without a limit of their own as AWS's error tells it.
private enum AccountLimit {
    static let concurrentExecutions = 1000
    static let minimumUnreserved = 100
    static let totalCodeSize = 80_530_636_800
}

extension LambdaOperations {
    private static func unreserved(_ functions: [LambdaFunction]) -> Int {
        AccountLimit.concurrentExecutions - functions.reduce(0) { $0 + ($1.head.reservedConcurrency ?? 0) }
    }

    /// Recorded from AWS for this one, and taken for the other two: `$LATEST` counts as a version here.
    private static func putFunctionConcurrency(
        _ control: ControlPlane, _ call: Call
    ) async throws(ServiceError) -> Reply {
        let wanted = try Members(try call.object()).integer("ReservedConcurrentExecutions")
        var constraints = Constraints()
        constraints.present(wanted, "reservedConcurrentExecutions")
        constraints.range(wanted, "reservedConcurrentExecutions", 0...)
        let name = try call.unqualifiedFunctionName(in: control.settings.account, constraints, allowsLatest: false)
        guard let wanted else { throw .internalFailure("No number of executions passed its checks.") }
        try await control.commitFunction(name.name) { change throws(ServiceError) in
            guard var function = change.root else {
                throw .functionNotFound(control.settings.account.functionARN(name.name, qualifier: Qualifier.latest))
            }
            let available = unreserved(change.readAll(LambdaFunction.self)) + (function.head.reservedConcurrency ?? 0)
            guard wanted <= available - AccountLimit.minimumUnreserved else {
                throw .invalidParameterWithoutType(
                    "Specified ReservedConcurrentExecutions for function decreases account's "
                        + "UnreservedConcurrentExecution below its minimum value of "
                        + "[\(AccountLimit.minimumUnreserved)].")
            }
            function.head.reservedConcurrency = wanted
            change.root = function
        }
        return .json(["ReservedConcurrentExecutions": .number(wanted)])
    }

    private static func getFunctionConcurrency(
        _ control: ControlPlane, _ call: Call
    ) throws(ServiceError) -> Reply {
        let function = try control.function(
            try call.unqualifiedFunctionName(in: control.settings.account, allowsLatest: false))
        guard let reserved = function.head.reservedConcurrency else { return .json([:]) }
        return .json(["ReservedConcurrentExecutions": .number(reserved)])
    }

    private static func deleteFunctionConcurrency(
        _ control: ControlPlane, _ call: Call
    ) async throws(ServiceError) -> Reply {
        let name = try call.unqualifiedFunctionName(in: control.settings.account, allowsLatest: false)
        try await control.changeFunction(name) { function in
            function.head.reservedConcurrency = nil
        }
        return .empty
    }

    private static func getAccountSettings(_ control: ControlPlane, _: Call) -> Reply {
        let functions = control.world.functions.map(\.value.root)
        let codeSize = functions.reduce(0) { size, function in
            function.versions.reduce(size + function.head.configuration.CodeSize) { $0 + $1.configuration.CodeSize }
        }
        return .json([
            "AccountLimit": [
                "TotalCodeSize": .number(AccountLimit.totalCodeSize),
                "CodeSizeUnzipped": .number(FunctionPackages.maximumUnzippedSize),
                "CodeSizeZipped": .number(FunctionPackages.maximumZippedSize),
                "ConcurrentExecutions": .number(AccountLimit.concurrentExecutions),
                "UnreservedConcurrentExecutions": .number(unreserved(functions)),
            ],
            "AccountUsage": ["TotalCodeSize": .number(codeSize), "FunctionCount": .number(functions.count)],
        ])
    }
}
