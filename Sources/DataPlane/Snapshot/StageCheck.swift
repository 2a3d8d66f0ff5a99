package import GatewayModel
import NIOCore
import Synchronization

/// Compiles stages to find out whether they could be served; nothing of it is. Of a stage that is checked again only what
/// has changed is compiled.
package final class StageCheck: Sendable {
    private let compiler = StageCompiler(
        functions: NoFunctions(), accessLogs: NoLogs(), origins: Origins(), states: StageStates(loops: []),
        authorizers: AuthorizerCompiler(issuers: NoIssuers()))
    private let checked = Mutex<[StageKey: CompiledStage]>([:])  // hot path: no request comes here

    package init() {}

    package func check(_ stages: [StageDefinition]) throws(CompileError) {
        for stage in stages {
            let compiled = try compiler.compile(stage, previous: checked.withLock { $0[stage.key] })
            checked.withLock { $0[stage.key] = compiled }
        }
    }
}

private struct NoFunctions: FunctionDirectory {
    let version: UInt64 = 0

    func function(named name: String, qualifier: String?) -> (any FunctionTarget)? { nil }
}

private struct NoIssuers: IssuerDirectory {
    func keys(of issuer: String) -> any IssuerKeys { NoKeys() }
}

private final class NoKeys: IssuerKeys {
    /// Nobody calls what is only compiled, so nobody waits for an answer.
    func load(
        after known: Int?, on loop: any EventLoop,
        _ completion: @escaping @Sendable (Result<IssuerKeySet, IssuerFault>) -> Void
    ) {}
}

private struct NoLogs: AccessLogDirectory {
    func sink(for destinationArn: String) -> any AccessLogSink { NoLog() }
    func sink(forExecutionLog group: String) -> any AccessLogSink { NoLog() }
}

private final class NoLog: AccessLogSink {
    func append(_ lines: ByteBuffer) {}
}
