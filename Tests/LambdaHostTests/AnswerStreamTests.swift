import Foundation
import GatewayModel
import JSON
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import LambdaHost

/// Real processes, as in `LambdaHostTests`: a bootstrap in sh that streams what its standard input brings.
@Suite("Streamed answers", .serialized)
struct AnswerStreamTests {
    private struct Silence: FunctionLogSink {
        struct Stream: FunctionLogStream {
            func append(_ lines: UnsafeRawBufferPointer, isPlatform: Bool) {}
        }

        func stream(of source: FunctionLogSource) -> any FunctionLogStream { Stream() }
    }

    /// What came, in order.
    private final class Received: Sendable {
        private let kept = Mutex<(began: [String], text: String, bytes: Int)>(([], "", 0))

        func add(_ part: AnswerStream.Part) {
            kept.withLock { kept in
                switch part {
                case .began(let type, let version):
                    kept.began.append("\(String(decoding: type, as: UTF8.self)) \(version)")
                case .bytes(let bytes):
                    kept.bytes += bytes.readableBytes
                    if kept.text.utf8.count < 1_000 { kept.text += String(buffer: bytes) }
                }
            }
        }

        var began: [String] { kept.withLock(\.began) }
        var text: String { kept.withLock(\.text) }
        var bytes: Int { kept.withLock(\.bytes) }
    }

    private static let script = #"""
        #!/bin/sh
        base=http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime
        answer() {
          curl -s -X POST -H 'Transfer-Encoding: chunked' -H 'Expect:' -H 'Content-Type: text/x' \
            -H "Lambda-Runtime-Function-Response-Mode: ${mode:-streaming}" -T - $base/invocation/${1:-$id}/response
        }
        while true; do
          event=$(curl -s -D headers.$$ $base/invocation/next)
          id=$(grep -i '^lambda-runtime-aws-request-id' headers.$$ | tr -d '\r' | cut -d' ' -f2)
          BODY
        done
        """#

    private func with(
        _ body: String, timeout: Int = 5, loops: Int = 1,
        _ check: (FunctionHandle, any EventLoop, _ folder: String) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/answer-stream-\(UUID())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let script = Self.script.replacingOccurrences(of: "BODY", with: body)
        try script.write(toFile: folder + "/bootstrap", atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder + "/bootstrap")
        let group = MultiThreadedEventLoopGroup(numberOfThreads: loops)
        let host = try await LambdaHost(
            group: group,
            settings: LambdaHostSettings(
                account: AccountIdentity(), endpointURL: { "" }, runtimesFolder: nil, scratchFolder: folder,
                searchPath: "/usr/bin:/bin", logs: Silence()))
        let version = Lambda.FunctionVersion(
            version: "$LATEST", revisionId: "1", runtime: "provided.al2023", handler: "h", code: .init(folder),
            timeout: timeout, logGroup: "/aws/lambda/f")
        await host.publish(
            Lambda.FunctionDefinition(
                functionName: "f", account: AccountIdentity(), versions: [version], aliases: [],
                reservedConcurrency: nil, policies: [:]))
        let handle = try #require(host.function(named: "f"))
        // The last loop is another one than the function's, where there are several.
        var callers = group.makeIterator().map { $0 }
        try await check(handle, callers.removeLast(), folder)
        await host.shutdown()
        try await group.shutdownGracefully()
        try FileManager.default.removeItem(atPath: folder)
    }

    private func request() -> InvocationRequest {
        InvocationRequest(
            qualifier: nil, requestId: Identifiers.uuid(), event: ByteBuffer(string: "{}"), traceId: [])
    }

    /// Calls, takes everything at once, and returns when the call has ended.
    private func call(
        _ handle: FunctionHandle, on loop: any EventLoop, _ received: Received
    ) async throws -> InvocationResult {
        let flows = loop.makePromise(of: AnswerStream.self)
        return await withCheckedContinuation { continuation in
            let flow = handle.stream(
                request(), on: loop,
                receive: { part in
                    received.add(part)
                    guard case .bytes(let bytes) = part else { return }
                    flows.futureResult.whenSuccess { $0.took(bytes.readableBytes) }
                }, completion: { continuation.resume(returning: $0) })
            flows.succeed(flow)
        }
    }

    private func text(_ result: InvocationResult) -> String {
        switch result {
        case .success(let rest, _, _): "success \(String(buffer: rest))"
        case .functionError(let payload, _, _): "error \(String(buffer: payload))"
        default: "\(result)"
        }
    }

    @Test("come piece by piece, while the function writes", arguments: [1, 2])
    func pieces(loops: Int) async throws {
        let body = "{ printf one; while [ ! -e go ]; do sleep 0.01; done; printf two; } | answer >/dev/null"
        try await with(body, loops: loops) { handle, loop, folder in
            let received = Received()
            async let result = call(handle, on: loop, received)
            while received.text != "one" { try await Task.sleep(for: .milliseconds(5)) }
            #expect(received.began == ["text/x $LATEST"])
            _ = FileManager.default.createFile(atPath: folder + "/go", contents: nil)
            let outcome = text(try await result)
            #expect(outcome == "success ")
            #expect(received.text == "onetwo")
        }
    }

    @Test("come whole to a caller that wants them so")
    func whole() async throws {
        try await with("{ printf one; printf two; } | answer >/dev/null") { handle, loop, _ in
            let result = await withCheckedContinuation { continuation in
                handle.invoke(request(), on: loop) { continuation.resume(returning: $0) }
            }
            #expect(text(result) == "success onetwo")
        }
    }

    @Test("are not streamed by a runtime that answers whole")
    func buffered() async throws {
        try await with("curl -s -X POST -d ok $base/invocation/$id/response >/dev/null") { handle, loop, _ in
            let received = Received()
            let outcome = text(try await call(handle, on: loop, received))
            #expect(outcome == "success ok")
            #expect(received.began.isEmpty)
        }
    }

    @Test("wait for a caller that does not take them, and run to their end for one that has left")
    func backPressure() async throws {
        let body = "{ head -c 50000000 /dev/zero; touch written; } | answer >/dev/null; touch done"
        try await with(body, timeout: 30, loops: 2) { handle, loop, folder in
            let received = Received()
            let ended = Mutex(false)
            let flow = handle.stream(
                request(), on: loop, receive: { received.add($0) }, completion: { _ in ended.withLock { $0 = true } })
            while received.bytes < LambdaLimits.streamWindowBytes { try await Task.sleep(for: .milliseconds(5)) }
            try await Task.sleep(for: .milliseconds(300))
            // The window, and what one read brings.
            #expect(received.bytes < LambdaLimits.streamWindowBytes + 2_000_000)
            #expect(access(folder + "/written", F_OK) != 0)
            loop.execute { flow.discard() }
            while access(folder + "/done", F_OK) != 0 { try await Task.sleep(for: .milliseconds(5)) }
            #expect(received.bytes < LambdaLimits.streamWindowBytes + 2_000_000)
            #expect(ended.withLock { $0 })
        }
    }

    @Test("that end with the runtime are errors")
    func exits() async throws {
        let body = "{ printf half; while [ ! -e go ]; do sleep 0.01; done; kill -9 $$; sleep 60; } | answer >/dev/null"
        try await with(body, timeout: 30) { handle, loop, folder in
            let received = Received()
            async let result = call(handle, on: loop, received)
            while received.text != "half" { try await Task.sleep(for: .milliseconds(5)) }
            _ = FileManager.default.createFile(atPath: folder + "/go", contents: nil)
            let outcome = text(try await result)
            #expect(outcome.contains("signal: killed"))
        }
    }

    @Test("beyond the function's time are ended")
    func timesOut() async throws {
        try await with("{ printf half; sleep 60; } | answer >/dev/null", timeout: 1) { handle, loop, _ in
            let received = Received()
            let result = text(try await call(handle, on: loop, received))
            #expect(result.contains("Task timed out after 1.00 seconds"))
            #expect(received.text == "half")
        }
    }

    @Test("end at 200 MB, and the runtime goes on")
    func tooLarge() async throws {
        let body = """
            if [ -e once ]; then printf ok | answer >/dev/null
            else touch once; head -c 210000000 /dev/zero | answer >/dev/null; fi
            """
        try await with(body, timeout: 60, loops: 2) { handle, loop, _ in
            let (first, second) = (Received(), Received())
            let result = text(try await call(handle, on: loop, first))
            #expect(result.contains("Function.ResponseSizeTooLarge"))
            #expect(first.bytes <= LambdaLimits.streamedBytes)
            let outcome = text(try await call(handle, on: loop, second))
            #expect(outcome == "success ")
            #expect(second.text == "ok")
        }
    }

    @Test("of another mode, or to another call, are refused")
    func refused() async throws {
        let body = #"""
            other=$(printf x | answer 00000000-0000-0000-0000-000000000000)
            mode=sideways; unknown=$(printf x | answer); mode=
            printf '%s %s' "$other" "$unknown" | answer >/dev/null
            """#
        try await with(body) { handle, loop, _ in
            let received = Received()
            let outcome = text(try await call(handle, on: loop, received))
            #expect(outcome == "success ")
            #expect(received.text.contains("InvalidRequestID"))
            #expect(received.text.contains("InvalidFunctionResponseMode"))
        }
    }

    @Test("tell their error in the trailers")
    func trailers() {
        func payload(_ trailers: String) -> String? {
            StreamError.payload(ByteBuffer(string: trailers)).map { String(buffer: $0) }
        }
        #expect(payload("") == nil)
        #expect(payload("X-Other: 1\r\n") == nil)
        let body = "Lambda-Runtime-Function-Error-Body: e30=\r\n"
        #expect(payload("lambda-runtime-function-error-type: E\r\n" + body) == "{}")
        #expect(payload("Lambda-Runtime-Function-Error-Type: E\r\n") == #"{"errorType":"E","errorMessage":""}"#)
        #expect(payload("Lambda-Runtime-Function-Error-Body: no base64\r\n")?.contains("Runtime.Unknown") == true)
    }
}
