package import GatewayModel
import NIOCore

extension DataPlane {
    /// Compiles stages to find out whether they could be served; nothing of it is kept.
    package static func check(_ stages: [StageDefinition]) throws(CompileError) {
        let compiler = StageCompiler(
            functions: NoFunctions(), accessLogs: NoLogs(), origins: Origins(), states: StageStates(loops: []))
        for stage in stages { _ = try compiler.compile(stage, previous: nil) }
    }
}

private struct NoFunctions: FunctionDirectory {
    let version: UInt64 = 0

    func function(named name: String, qualifier: String?) -> (any FunctionTarget)? { nil }
}

private struct NoLogs: AccessLogDirectory {
    func sink(for destinationArn: String) -> any AccessLogSink { NoLog() }
}

private final class NoLog: AccessLogSink {
    func append(_ lines: ByteBuffer) {}
}
