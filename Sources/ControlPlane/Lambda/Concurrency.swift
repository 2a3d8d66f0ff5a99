import FunctionPackages
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

/// The account's concurrency: what the server works on at once, whatever AWS's accounts have (1,000 by default).
struct AccountConcurrency {
    let limit: Int

    /// What has to stay for functions without a reserve of their own. AWS says 100, which is a tenth of its default
    /// limit; a tenth it is below that, too, or the server's own default of 100 would let nobody reserve anything.
    var minimumUnreserved: Int { min(100, max(1, limit / 10)) }

    /// Less than nothing is left when the server was started with a lower limit than when it was reserved.
    func unreserved(_ functions: [LambdaFunction]) -> Int {
        max(0, limit - functions.reduce(0) { $0 + ($1.head.reservedConcurrency ?? 0) })
    }

    /// Where AWS's default limit would do, the words are AWS's; below it they say what would help.
    var refusal: ServiceError {
        let words =
            "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution "
            + "below its minimum value of [\(minimumUnreserved)]."
        let help = " This server works on \(limit) calls at once (--function-concurrency)."
        return .invalidParameterWithoutType(limit < Self.defaultLimit ? words + help : words)
    }

    /// Source: Lambda quotas, "Concurrent executions: 1,000".
    static let defaultLimit = 1000
}

extension LambdaOperations {
    /// Source: Lambda quotas, "Function and layer storage: 75 GB".
    private static let totalCodeSize = 80_530_636_800

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
            let account = control.settings.concurrency
            let others = change.readAll(LambdaFunction.self).filter { $0.name != function.name }
            guard wanted == 0 || wanted <= account.unreserved(others) - account.minimumUnreserved else {
                throw account.refusal
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
                "TotalCodeSize": .number(totalCodeSize),
                "CodeSizeUnzipped": .number(FunctionPackages.maximumUnzippedSize),
                "CodeSizeZipped": .number(FunctionPackages.maximumZippedSize),
                "ConcurrentExecutions": .number(control.settings.concurrency.limit),
                "UnreservedConcurrentExecutions": .number(control.settings.concurrency.unreserved(functions)),
            ],
            "AccountUsage": ["TotalCodeSize": .number(codeSize), "FunctionCount": .number(functions.count)],
        ])
    }
}
