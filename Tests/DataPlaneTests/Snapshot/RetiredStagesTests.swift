import GatewayModel
import NIOCore
import NIOPosix
import Testing

@testable import DataPlane

@Suite("What has been replaced is freed when nobody holds it, and never on an event loop", .timeLimit(.minutes(10)))
struct RetiredStagesTests {
    /// A part of a stage that tells whether it went on the event loop.
    private final class Mortal: AccessLogSink {
        let wentOnLoop: EventLoopPromise<Bool>

        init(_ wentOnLoop: EventLoopPromise<Bool>) { self.wentOnLoop = wentOnLoop }

        deinit { wentOnLoop.succeed(wentOnLoop.futureResult.eventLoop.inEventLoop) }

        func append(_ lines: ByteBuffer) {}
    }

    private struct Mortals: AccessLogDirectory {
        let wentOnLoop: EventLoopPromise<Bool>

        func sink(for destinationArn: String) -> any AccessLogSink { Mortal(wentOnLoop) }
        func sink(forExecutionLog group: String) -> any AccessLogSink { Mortal(wentOnLoop) }
    }

    /// A stage that only a loop holds, as a request does, and what was replaced.
    private static func retire(
        _ retired: RetiredStages, _ wentOnLoop: EventLoopPromise<Bool>
    ) throws -> NIOLoopBoundBox<CompiledStage?> {
        let compiler = StageCompiler(
            functions: StandInFunctions(functions: [:]), accessLogs: Mortals(wentOnLoop: wentOnLoop),
            origins: Origins(), states: StageStates(loops: []))
        let stage = try compiler.compile(TestAPI(logFormat: "x").definition, previous: nil)
        retired.add([stage], Snapshot.empty.next([stage], removing: []))
        return .makeBoxSendingValue(stage, eventLoop: wentOnLoop.futureResult.eventLoop)
    }

    @Test("a request that is the last to hold a stage does not free it")
    func lastRequest() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let wentOnLoop = group.next().makePromise(of: Bool.self)
        let retired = RetiredStages()
        let held = try Self.retire(retired, wentOnLoop)
        #expect(retired.count > 0)
        try await group.next().submit { held.value = nil }.get()
        #expect(try await !wentOnLoop.futureResult.get())
        try await group.shutdownGracefully()
    }

    @Test("a burst of changes leaves nothing behind")
    func burst() async throws {
        var api = TestAPI(routes: [("GET /a", .function()), ("GET /b", nil)])
        try await TestGateway.serving(api, TestAPI(apiId: "other")) { gateway in
            for number in 0..<200 {
                api.routes[1].key = "GET /b\(number)"
                try await gateway.publish(api)
            }
            while gateway.plane.retired.count > 0 { try await Task.sleep(for: .milliseconds(5)) }
        }
    }
}
