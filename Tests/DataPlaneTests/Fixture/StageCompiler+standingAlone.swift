import GatewayModel

@testable import DataPlane

extension StageCompiler {
    /// A compiler without event loops.
    static func standingAlone(_ functions: [String: StandInFunction] = [:]) -> StageCompiler {
        standingAlone(StandInFunctions(functions: functions))
    }

    static func standingAlone(_ functions: StandInFunctions) -> StageCompiler {
        StageCompiler(
            functions: functions, accessLogs: StandInLogs(), origins: Origins(), states: StageStates(loops: []))
    }
}
