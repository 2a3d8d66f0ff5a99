import Foundation
import GatewayModel
import JSON
import NIOCore
import NIOPosix
import Testing

@testable import LambdaHost

/// Real processes: a bootstrap in sh that speaks the Runtime API through curl.
@Suite("Execution environments", .serialized)
struct LambdaHostTests {
    private struct Silence: FunctionLogSink {
        struct Stream: FunctionLogStream {
            func append(_ lines: UnsafeRawBufferPointer, isPlatform: Bool) {}
        }

        func stream(of source: FunctionLogSource) -> any FunctionLogStream { Stream() }
    }

    private static let loop = """
        base=http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime
        while true; do
          event=$(curl -s -D headers.$$ $base/invocation/next)
          id=$(grep -i '^lambda-runtime-aws-request-id' headers.$$ | tr -d '\\r' | cut -d' ' -f2)
          BODY
        done
        """

    private func with(
        _ body: String, timeout: Int = 5, reserved: Int? = 1, layers: [[String: String]] = [],
        sessions: (any FunctionSessionSource)? = nil,
        _ check: (LambdaHost, FunctionHandle, any EventLoop) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "lambda-host-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let bootstrap = folder.appending(path: "bootstrap")
        try ("#!/bin/sh\n" + Self.loop.replacingOccurrences(of: "BODY", with: body))
            .write(to: bootstrap, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: bootstrap.path())
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let account = AccountIdentity()
        var settings = LambdaHostSettings(
            account: account, endpointURL: { "" }, runtimesFolder: nil, scratchFolder: folder.path(),
            searchPath: "/usr/bin:/bin", logs: Silence())
        settings.sessions = sessions
        let host = try await LambdaHost(group: group, settings: settings)
        var version = Lambda.FunctionVersion(
            version: "$LATEST", revisionId: "1", runtime: "provided.al2023", handler: "h", code: .init(folder.path()),
            timeout: timeout, logGroup: "/aws/lambda/f")
        if sessions != nil { version.roleId = "AROA1" }
        for (number, files) in layers.enumerated() {
            let layer = folder.appending(path: "layer\(number)")
            for (path, text) in files {
                let file = layer.appending(path: path)
                try FileManager.default.createDirectory(
                    at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                try text.write(to: file, atomically: true, encoding: .utf8)
                try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path())
            }
            version.layers.append(.init(layer.path()))
        }
        await host.publish(
            Lambda.FunctionDefinition(
                functionName: "f", account: account, versions: [version], aliases: [], reservedConcurrency: reserved,
                policies: [:]))
        let handle = try #require(host.function(named: "f"))
        try await check(host, handle, group.next())
        await host.shutdown()
        try await group.shutdownGracefully()
        // What the host removes at the same time is not in the way.
        FolderRemoval.remove(folder.path())
    }

    private func invoke(
        _ handle: FunctionHandle, _ event: String, on loop: any EventLoop, qualifier: String? = nil,
        deadline: NIODeadline? = nil
    ) async -> InvocationResult {
        let request = InvocationRequest(
            qualifier: qualifier, requestId: Identifiers.uuid(), event: ByteBuffer(string: event), traceId: [],
            deadline: deadline)
        return await withCheckedContinuation { continuation in
            handle.invoke(request, on: loop) { continuation.resume(returning: $0) }
        }
    }

    private func text(_ result: InvocationResult) -> String {
        switch result {
        case .success(let payload, _, _): "success \(String(buffer: payload))"
        case .functionError(let payload, _, _): "error \(String(buffer: payload))"
        case .throttled(let reason): "throttled \(reason.rawValue)"
        case .tooLarge: "tooLarge"
        case .notFound: "notFound"
        case .expired: "expired"
        }
    }

    @Test("the runtime gets the event and its answer comes back; the environment is used again")
    func answers() async throws {
        try await with(#"curl -s -X POST -d "$$ $event" $base/invocation/$id/response >/dev/null"#) { _, handle, loop in
            let first = text(await invoke(handle, "one", on: loop))
            let second = text(await invoke(handle, "two", on: loop))
            #expect(first.hasSuffix(" one"))
            #expect(second == first.replacingOccurrences(of: "one", with: "two"))
        }
    }

    @Test("an environment has credentials of its own, which end with it")
    func sessions() async throws {
        let body = #"""
            answer="$AWS_ACCESS_KEY_ID $AWS_SECRET_ACCESS_KEY $AWS_SESSION_TOKEN"
            curl -s -X POST -d "$answer" $base/invocation/$id/response >/dev/null
            [ "$event" = last ] && exit 1
            """#
        let sessions = NotingSessions()
        try await with(body, sessions: sessions) { _, handle, loop in
            for _ in 0..<2 {
                #expect(text(await invoke(handle, "x", on: loop)) == "success ASIA1 f-secret AROA1-token")
            }
            #expect(sessions.living == 1)
            #expect(text(await invoke(handle, "last", on: loop)) == "success ASIA1 f-secret AROA1-token")
            // By its answer the next call knows that the first environment is over.
            #expect(text(await invoke(handle, "x", on: loop)) == "success ASIA2 f-secret AROA1-token")
            #expect(sessions.living == 1)
        }
        #expect(sessions.living == 0)
    }

    @Test("without credentials nothing starts that has a role, and none stay behind what did not start")
    func noSessions() async throws {
        try await with("exit 1", sessions: NotingSessions(limit: 0)) { _, handle, loop in
            #expect(text(await invoke(handle, "x", on: loop)).contains("no credentials for one more environment"))
        }
        let sessions = NotingSessions()
        try await with("exit 1", sessions: sessions) { _, handle, loop in
            #expect(text(await invoke(handle, "x", on: loop)).hasPrefix("error"))
        }
        #expect(sessions.living == 0)
    }

    @Test("layers are found by the variables, later ones over earlier ones")
    func layers() async throws {
        let body = #"""
            opt=${PATH##*:}; opt=${opt%/bin}
            answer=$(tool; cat $opt/data/a $opt/data/b $opt/only/c $opt/replaced; printf '%s' ${LD_LIBRARY_PATH##*:})
            curl -s -X POST -d "$answer $opt" $base/invocation/$id/response >/dev/null
            """#
        let first = [
            "bin/tool": "#!/bin/sh\nprintf 'tool '", "data/a": "a1 ", "data/b": "b1 ", "replaced/x": "x",
        ]
        let second = ["data/b": "b2 ", "only/c": "c2 ", "replaced": "r2 "]
        try await with(body, layers: [first, second]) { _, handle, loop in
            let answer = text(await invoke(handle, "x", on: loop)).split(separator: " ").map(String.init)
            let opt = answer.last ?? ""
            #expect(answer == ["success", "tool", "a1", "b2", "c2", "r2", opt + "/lib", opt])
            // Some systems let a process have its own /opt, others do not.
            #expect(ProcessTable.canShowOpt(toOthers: false) ? opt == "/opt" : opt.hasSuffix("-opt"))
        }
    }

    @Test("a bootstrap may come from a layer, and its processes are watched like others")
    func bootstrapOfLayer() async throws {
        let script =
            "#!/bin/sh\n"
            + Self.loop.replacingOccurrences(
                of: "BODY", with: #"curl -s -X POST -d "of $0" $base/invocation/$id/response >/dev/null"#)
        try await with("exit 1", layers: [["bootstrap": script]]) { _, handle, loop in
            // The function's own comes first.
            #expect(text(await invoke(handle, "x", on: loop)).contains("exit status 1"))
        }
        let folder = FileManager.default.temporaryDirectory.path + "/empty-\(UUID())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try await with("exit 1", layers: [["bootstrap": script]]) { host, handle, loop in
            var definition = try revision("exit 1", in: folder)
            var version = definition.versions[0]
            try FileManager.default.removeItem(atPath: folder + "/bootstrap")
            version.layers = [.init(host.settings.scratchFolder + "/layer0")]
            definition = Lambda.FunctionDefinition(
                functionName: "f", account: AccountIdentity(), versions: [version], aliases: [],
                reservedConcurrency: 1, policies: [:])
            await host.publish(definition)
            let answer = text(await invoke(handle, "x", on: loop))
            #expect(answer.hasSuffix("/bootstrap"))
            #expect(answer.hasPrefix("success of /"))
        }
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test("a runtime that exits is told of, and the next call gets another one")
    func exits() async throws {
        try await with(
            #"if [ "$event" = die ]; then exit 3; fi; curl -s -X POST -d ok $base/invocation/$id/response >/dev/null"#
        ) { _, handle, loop in
            let dead = text(await invoke(handle, "die", on: loop))
            let live = text(await invoke(handle, "live", on: loop))
            #expect(dead.contains("exit status 3"))
            #expect(live == "success ok")
        }
    }

    @Test("a call beyond the time-out is ended")
    func timesOut() async throws {
        try await with("sleep 60", timeout: 1) { _, handle, loop in
            #expect(text(await invoke(handle, "x", on: loop)).contains("Task timed out after 1.00 seconds"))
        }
    }

    @Test("a call beyond the reserved concurrency is throttled at once")
    func throttles() async throws {
        try await with("sleep 1; curl -s -X POST -d ok $base/invocation/$id/response >/dev/null") { _, handle, loop in
            async let first = invoke(handle, "x", on: loop)
            async let second = invoke(handle, "x", on: loop)
            let results = [text(await first), text(await second)].sorted()
            #expect(results == ["success ok", "throttled ReservedFunctionConcurrentInvocationLimitExceeded"])
        }
    }

    /// The function with its bootstrap in another folder, under another revision.
    private func revision(_ body: String, in folder: String) throws -> Lambda.FunctionDefinition {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let bootstrap = folder + "/bootstrap"
        try ("#!/bin/sh\n" + body).write(toFile: bootstrap, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: bootstrap)
        let version = Lambda.FunctionVersion(
            version: "$LATEST", revisionId: "2", runtime: "provided.al2023", handler: "h", code: .init(folder),
            timeout: 5, logGroup: "/aws/lambda/f")
        return Lambda.FunctionDefinition(
            functionName: "f", account: AccountIdentity(), versions: [version], aliases: [], reservedConcurrency: 1,
            policies: [:])
    }

    private static let answer = #"curl -s -X POST -d "$$ $event" $base/invocation/$id/response >/dev/null"#
    private static let newAnswer = loop.replacingOccurrences(
        of: "BODY", with: #"curl -s -X POST -d "new $$" $base/invocation/$id/response >/dev/null"#)

    private func withRevision(
        _ body: String,
        _ check: (LambdaHost, FunctionHandle, any EventLoop, Lambda.FunctionDefinition) async throws -> Void
    ) async throws {
        try await with(Self.answer) { host, handle, loop in
            let folder = FileManager.default.temporaryDirectory.path + "/lambda-host-\(UUID())"
            defer { try? FileManager.default.removeItem(atPath: folder) }
            try await check(host, handle, loop, try revision(body, in: folder))
        }
    }

    @Test("what was rehearsed takes the calls once it is published, and not before")
    func rehearses() async throws {
        try await withRevision(Self.newAnswer) { host, handle, loop, next in
            let old = text(await invoke(handle, "one", on: loop))
            guard case .started = await host.rehearse(next, isNeeded: false) else {
                Issue.record("the new revision did not start")
                return
            }
            #expect(await host.codeFolders().count == 2)
            #expect(text(await invoke(handle, "one", on: loop)) == old)
            await host.publish(next)
            let new = text(await invoke(handle, "one", on: loop))
            #expect(new.hasPrefix("success new "))
        }
    }

    @Test("what cannot start is told with its error, and what runs goes on")
    func rehearsalFails() async throws {
        let report = #"""
            curl -s -X POST -H 'Lambda-Runtime-Function-Error-Type: Runtime.Bad' -d '{"errorType":"Bad"}' \
              http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/init/error
            """#
        for (body, error) in [(report, #"{"errorType":"Bad"}"#), ("exit 3", "exit status 3")] {
            try await withRevision(body) { host, handle, loop, next in
                let old = text(await invoke(handle, "one", on: loop))
                guard case .failed(let payload) = await host.rehearse(next, isNeeded: false) else {
                    Issue.record("the new revision started")
                    return
                }
                #expect(String(buffer: payload).contains(error))
                #expect(text(await invoke(handle, "one", on: loop)) == old)
            }
        }
    }

    @Test("a function that nobody has called is not started for a rehearsal")
    func rehearsesNothingIdle() async throws {
        try await withRevision("exit 3") { host, _, _, next in
            guard case .unneeded = await host.rehearse(next, isNeeded: false) else {
                Issue.record("something was started")
                return
            }
            #expect(await host.codeFolders().isEmpty)
        }
    }

    @Test("a function that nobody has called is started for a rehearsal that is needed")
    func rehearsesWhatIsNeeded() async throws {
        try await withRevision("exit 3") { host, _, _, next in
            guard case .failed = await host.rehearse(next, isNeeded: true) else {
                Issue.record("the new revision started")
                return
            }
        }
    }

    @Test("a rehearsal whose init does not end is given up for newer code")
    func rehearsalIsSuperseded() async throws {
        try await withRevision("sleep 100") { host, handle, loop, next in
            let old = text(await invoke(handle, "one", on: loop))
            // Its init never ends: the loop's first command is replaced.
            try "#!/bin/sh\nsleep 100\n".write(
                toFile: next.versions[0].code.path + "/bootstrap", atomically: false, encoding: .utf8)
            async let result = host.rehearse(next, isNeeded: false)
            while await host.codeFolders().count < 2 { await Task.yield() }
            host.supersedeRehearsals()
            guard case .superseded = await result else {
                Issue.record("the rehearsal was not given up")
                return
            }
            #expect(text(await invoke(handle, "one", on: loop)) == old)
        }
    }

    @Test("a call that is worked on comes to its end when its function is removed")
    func removalLetsCallsFinish() async throws {
        let started = FileManager.default.temporaryDirectory.path + "/lambda-host-started-\(UUID())"
        let body = "touch \(started); while [ -e \(started) ]; do sleep 0.01; done; " + Self.answer
        try await with(body) { host, handle, loop in
            async let result = invoke(handle, "one", on: loop)
            while access(started, F_OK) != 0 { await Task.yield() }
            await host.remove(functionName: "f")
            #expect(text(await invoke(handle, "two", on: loop)) == "notFound")
            unlink(started)
            #expect(text(await result).hasPrefix("success"))
        }
    }

    @Test("a call that is worked on when the host ends is answered")
    func shutdownAnswersCalls() async throws {
        let started = FileManager.default.temporaryDirectory.path + "/lambda-host-started-\(UUID())"
        try await with("touch \(started); sleep 100") { host, handle, loop in
            async let result = invoke(handle, "one", on: loop)
            while access(started, F_OK) != 0 { await Task.yield() }
            await host.shutdown()
            #expect(text(await result).hasPrefix("error"))
            unlink(started)
        }
    }

    @Test("what was rehearsed ends when something else is published")
    func rehearsalIsDropped() async throws {
        try await withRevision(Self.newAnswer) { host, handle, loop, next in
            _ = await invoke(handle, "one", on: loop)
            guard case .started = await host.rehearse(next, isNeeded: false) else {
                Issue.record("the new revision did not start")
                return
            }
            let folder = next.versions[0].code.path
            var other = next.versions[0]
            other.revisionId = "3"
            await host.publish(
                Lambda.FunctionDefinition(
                    functionName: "f", account: AccountIdentity(), versions: [other], aliases: [],
                    reservedConcurrency: nil, policies: [:]))
            while await host.codeFolders().contains(folder) { try await Task.sleep(for: .milliseconds(5)) }
        }
    }

    @Test("a reserve of 0 stops a warm function")
    func emergencyStop() async throws {
        try await with(Self.answer) { host, handle, loop in
            #expect(text(await invoke(handle, "one", on: loop)).hasPrefix("success"))
            let version = try #require(handle.currentDefinition?.versions.first)
            await host.publish(
                Lambda.FunctionDefinition(
                    functionName: "f", account: AccountIdentity(), versions: [version], aliases: [],
                    reservedConcurrency: 0, policies: [:]))
            #expect(text(await invoke(handle, "two", on: loop)).hasPrefix("throttled Reserved"))
        }
    }

    @Test("a runtime that gives up waiting for its event and asks again gets the next one")
    func asksAgain() async throws {
        let gaveUp = FileManager.default.temporaryDirectory.path + "/lambda-host-gave-up-\(UUID())"
        defer { unlink(gaveUp) }
        // Only the first environment: another one's first question would be answered at once, and the event lost.
        let impatient = """
            [ -e \(gaveUp) ] || curl -s -m 0.05 http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation/next
            touch \(gaveUp)

            """
        try await withRevision(impatient + Self.newAnswer) { host, handle, loop, next in
            guard case .started = await host.rehearse(next, isNeeded: true) else {
                Issue.record("the runtime did not ask")
                return
            }
            await host.publish(next)
            while access(gaveUp, F_OK) != 0 { try await Task.sleep(for: .milliseconds(5)) }
            // A call that comes before the loop has seen the connection's end goes where nobody reads it.
            while !text(await invoke(handle, "x", on: loop)).hasPrefix("success new ") {}
        }
    }

    @Test("a runtime that works on behind its answer does not hold up the next call")
    func worksOn() async throws {
        let once = #"if [ ! -e worked ]; then touch worked; sleep 20; fi"#
        try await with("curl -s -X POST -d $$ $base/invocation/$id/response >/dev/null; " + once, reserved: nil) {
            _, handle, loop in
            let first = text(await invoke(handle, "x", on: loop))
            let second = text(await invoke(handle, "x", on: loop))
            #expect(first.hasPrefix("success") && second.hasPrefix("success") && first != second)
        }
    }

    @Test("the Runtime API answers the environment's own processes only")
    func foreignProcess() async throws {
        let address = FileManager.default.temporaryDirectory.path + "/lambda-host-address-\(UUID())"
        defer { unlink(address) }
        let body = "echo $AWS_LAMBDA_RUNTIME_API > \(address).new; mv \(address).new \(address); sleep 0.2; "
        try await with(body + Self.answer) { _, handle, loop in
            async let result = invoke(handle, "secret", on: loop)
            while access(address, F_OK) != 0 { try await Task.sleep(for: .milliseconds(5)) }
            let api = try String(contentsOfFile: address, encoding: .utf8).trimmingCharacters(
                in: .whitespacesAndNewlines)
            let curl = Process()
            curl.executableURL = URL(filePath: "/usr/bin/curl")
            curl.arguments = [
                "-s", "-o", "/dev/null", "-w", "%{http_code}", "http://\(api)/2018-06-01/runtime/invocation/next",
            ]
            let output = Pipe()
            curl.standardOutput = output
            try curl.run()
            let status = try output.fileHandleForReading.readToEnd()
            #expect(status.map { String(decoding: $0, as: UTF8.self) } == "403")
            #expect(text(await result).hasSuffix("secret"))
        }
    }

    @Test("a web page in a function's own browser is not answered", arguments: ["Origin: http://a", "Host: evil.com"])
    func webPages(header: String) async throws {
        let probe = #"code=$(curl -s -o /dev/null -w '%{http_code}' -H '\#(header)' $base/invocation/next); "#
        try await with(probe + #"curl -s -X POST -d "$code" $base/invocation/$id/response >/dev/null"#) {
            _, handle, loop in
            #expect(text(await invoke(handle, "x", on: loop)) == "success 403")
        }
    }

    @Test("calls that nobody waits for any more are not made")
    func expires() async throws {
        let called = FileManager.default.temporaryDirectory.path + "/lambda-host-called-\(UUID())"
        try await with("echo $event >> \(called); sleep 0.3; " + Self.answer) { _, handle, loop in
            let soon = NIODeadline.now() + .milliseconds(1)
            async let gone = invoke(handle, "gone", on: loop, deadline: soon)
            #expect(text(await gone) == "expired")
            #expect(text(await invoke(handle, "stays", on: loop)).hasSuffix("stays"))
            let made = try String(contentsOfFile: called, encoding: .utf8)
            #expect(made == "stays\n")
            unlink(called)
        }
    }

    @Test("an unknown version is not found, an event beyond 6 MB too large")
    func refusals() async throws {
        try await with("exit 1") { _, handle, loop in
            #expect(text(await invoke(handle, "x", on: loop, qualifier: "7")) == "notFound")
            let large = String(repeating: "x", count: CallLimits.aws.payloadBytes + 1)
            #expect(text(await invoke(handle, large, on: loop)) == "tooLarge")
        }
    }
}
