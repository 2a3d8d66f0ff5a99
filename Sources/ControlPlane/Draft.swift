package import GatewayModel

extension ControlPlane {
    /// A control plane with the same resources, to find out what calls would answer: they are checked as all calls are,
    /// and what they change is in the draft alone. Nothing of it is stored, served or run, and no code is kept.
    ///
    /// - Parameter check: throws for stages that could not be served.
    package func draft(
        checking check: @escaping @Sendable ([V2.StageDefinition]) throws(TrafficError) -> Void
    ) -> ControlPlane {
        ControlPlane(
            settings: settings.ofDraft, traffic: CheckedTraffic(check: check), functionHost: NoHost(), apis: apis,
            functions: functions)
    }
}

/// Traffic that is compiled and never served.
private struct CheckedTraffic: Traffic {
    struct Prepared: PreparedTraffic {
        func publish() async {}
    }

    let check: @Sendable ([V2.StageDefinition]) throws(TrafficError) -> Void

    func prepare(_ stages: [V2.StageDefinition], removing: [V2.StageKey]) throws(TrafficError) -> any PreparedTraffic {
        try check(stages)
        return Prepared()
    }
}

private struct NoHost: FunctionHost {
    func publish(_ function: Lambda.FunctionDefinition) async {}
    func remove(functionName: String) async {}
    func invoke(_ invocation: Lambda.Invocation) async -> Lambda.InvocationOutcome { .notFound }
    func rehearse(_ function: Lambda.FunctionDefinition, isNeeded: Bool) async throws(InitError) {}
}
