package import GatewayModel
import HTTPFront
import JSON
import NIOCore
import Synchronization

extension DataPlane {
    /// AWS: what a streaming integration has answered by then is all that is told of it.
    private static let testTime = TimeAmount.seconds(35)
    /// API Gateway's payload quota; a longer body is cut. Of a stream a megabyte is told.
    private static let testedBodyBytes = 10_485_760
    private static let testedStreamBytes = 1_048_576

    /// Tests at once: each may hold a body of ten megabytes.
    private static let tests = 32

    /// Calls one method of an API as it is now, on the way of all calls behind authorizers, keys and limits; nil when too
    /// many are called so at the moment.
    package func testInvoke(
        _ invocation: REST.TestInvocation
    ) async throws(CompileError) -> REST.TestInvocationResult? {
        guard openTests.add(1, ordering: .relaxed).newValue <= Self.tests else {
            openTests.subtract(1, ordering: .relaxed)
            return nil
        }
        defer { openTests.subtract(1, ordering: .relaxed) }
        let stage = try testStage(invocation)
        guard let request = TestRequest(invocation) else { throw Self.unsendable }
        guard let worker = workers.values.randomElement() else { throw CompileError(message: "There is no loop.") }
        let promise = worker.eventLoop.makePromise(of: REST.TestInvocationResult.self)
        worker.eventLoop.execute {
            Self.run(request, stage, invocation, worker.value, promise)
        }
        do { return try await promise.futureResult.get() } catch {
            throw error as? CompileError ?? CompileError(message: "The server is ending.")
        }
    }

    private static let unsendable = CompileError(
        message: "Invalid request: its path and headers are too long or too many, or cannot be sent over HTTP.")

    /// Only the method is compiled, and nothing is kept of it.
    private func testStage(_ invocation: REST.TestInvocation) throws(CompileError) -> CompiledStage {
        var resource = invocation.resource
        resource.resourceMethods = [invocation.method.httpMethod: invocation.method]
        var content = invocation.content
        content.resources = [resource]
        var stage = REST.Stage(stageName: REST.Tester.stage, deploymentId: "", createdDate: 0)
        stage.variables = invocation.stageVariables
        return try testCompiler.compile(
            StageDefinition(
                account: invocation.account, apiId: invocation.apiId, stage: stage,
                content: REST.StageContent(stage, deployment: content, canary: nil)), previous: nil)
    }

    private static func run(
        _ request: TestRequest, _ stage: CompiledStage, _ invocation: REST.TestInvocation, _ worker: LoopWorker,
        _ promise: EventLoopPromise<REST.TestInvocationResult>
    ) {
        let exchange = Exchange(worker: worker)
        let started = NIODeadline.now()
        var isOver = false
        var log: ExecutionLog?
        let stream = CollectingStream(
            eventLoop: worker.eventLoop,
            peer: Peer(address: Array(REST.Tester.sourceIp.utf8)),
            limit: invocation.isStreamed ? testedStreamBytes : testedBodyBytes
        ) { stream in
            guard !isOver else { return }
            isOver = true
            // Nobody reads the rest of one that is too long.
            if stream.isCut { exchange.connectionClosed(stream) }
            let latency = Int((NIODeadline.now() - started).nanoseconds / 1_000_000)
            promise.succeed(TestAnswer.read(stream, log, latency: latency))
        }
        guard stream.take(request.head, bodyBytes: request.body.readableBytes, hidesHost: !request.hasHost),
            let deployment = stage.rest?.deployment
        else {
            return promise.fail(unsendable)
        }
        let bound = NIOLoopBound((exchange, stream), eventLoop: worker.eventLoop)
        let timeout = worker.eventLoop.scheduleTask(in: testTime) {
            let (exchange, stream) = bound.value
            exchange.connectionClosed(stream)
            stream.abort()
        }
        promise.futureResult.whenComplete { _ in timeout.cancel() }
        exchange.begin(stream)
        log = exchange.beginTest(stage, deployment, invocation)
        exchange.run()
        if request.body.readableBytes > 0, !isOver { exchange.bodyReceived(request.body, stream) }
        if !isOver { exchange.requestEnded(stream) }
    }
}

extension Exchange {
    /// The method is known: the call begins where authorizers, keys and limits are behind it.
    fileprivate func beginTest(
        _ stage: CompiledStage, _ deployment: RESTDeployment, _ invocation: REST.TestInvocation
    ) -> ExecutionLog? {
        apiKind = .rest
        self.stage = stage
        rest.deployment = deployment
        rest.tester = invocation.tester
        var id = ByteBuffer()
        writeRESTRequestId(to: &id)
        // A stream has no log (Developer Guide, response-streaming-troubleshoot).
        let log =
            invocation.isStreamed
            ? nil : ExecutionLog(nil, requestId: Array(id.readableBytesView), clock: worker.clock)
        rest.log = log
        guard let head = connection?.head else { return log }
        sentPath = head.path
        fullPath = head.path
        routedPath = head.path
        route = deployment.methods.first
        let index = withPath { bytes in
            deployment.router.matchREST(
                UnsafeRawBufferPointer(rebasing: bytes[routedPath.range]), head.method, &bindings)
        }
        // A path that does not fit the resource leaves its variables empty (recorded).
        if (index ?? nil) == nil { bindings.removeAll(keepingCapacity: true) }
        step = RESTPipeline.Step.body.rawValue
        return log
    }
}

extension REST.TestInvocation {
    fileprivate var isStreamed: Bool { method.methodIntegration?.responseTransferMode == "STREAM" }
}

/// A test's request, as a client would send it.
private struct TestRequest {
    let head: ByteBuffer
    let body: ByteBuffer
    let hasHost: Bool

    /// nil when it could not be sent.
    init?(_ invocation: REST.TestInvocation) {
        var text = "\(invocation.httpMethod) \(Self.target(invocation)) HTTP/1.1\r\n"
        var names: Set<String> = []
        var hasHost = false
        func add(_ name: String, _ value: String) -> Bool {
            let lower = name.lowercased()
            guard !name.isEmpty, name.utf8.allSatisfy(ASCII.isToken),
                value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 })
            else { return false }
            // How the body is framed is not a test's to say.
            if ["content-length", "transfer-encoding", "expect", "connection"].contains(lower) { return true }
            hasHost = hasHost || lower == "host"
            text += "\(name): \(value)\r\n"
            return true
        }
        for (name, values) in invocation.multiValueHeaders {
            names.insert(name.lowercased())
            for value in values { guard add(name, value) else { return nil } }
        }
        for (name, value) in invocation.headers where !names.contains(name.lowercased()) {
            guard add(name, value) else { return nil }
        }
        if !hasHost { text += "Host: \(REST.Tester.domainName)\r\n" }
        head = ByteBuffer(string: text + "\r\n")
        body = ByteBuffer(string: invocation.body ?? "")
        self.hasHost = hasHost
    }

    /// Without a path the resource's own, with its variables' names in braces (recorded). What no target may hold is
    /// encoded.
    private static func target(_ invocation: REST.TestInvocation) -> String {
        var given = invocation.pathWithQueryString ?? ""
        if given.isEmpty { given = invocation.resource.path }
        if !given.hasPrefix("/") { given = "/" + given }
        var target: [UInt8] = []
        for byte in given.utf8 {
            if byte > 0x20, byte < 0x7F, byte != UInt8(ascii: "#") {
                target.append(byte)
            } else {
                target += Array("%\(Hexadecimal.encode([byte]).uppercased())".utf8)
            }
        }
        return String(decoding: target, as: UTF8.self)
    }
}

/// What a test is told of its call.
private enum TestAnswer {
    static func read(_ stream: CollectingStream, _ log: ExecutionLog?, latency: Int) -> REST.TestInvocationResult {
        var head = FieldLines.read(Array(stream.responseHead.readableBytesView).drop { $0 != 0x0A }.map { $0 })
            .filter { !FieldLines.isOfConnection($0.name) }
        // The gateway's own errors have no content type here (recorded).
        if log?.hasFailed == true {
            head.removeAll { $0.name.lowercased() == "content-type" && $0.value == "application/json" }
        }
        var headers: OrderedMap<String> = [:]
        var multiValueHeaders: OrderedMap<[String]> = [:]
        for (name, value) in head {
            headers[name] = value
            multiValueHeaders[name] = (multiValueHeaders[name] ?? []) + [value]
        }
        return REST.TestInvocationResult(
            status: stream.responseStatus, headers: headers, multiValueHeaders: multiValueHeaders,
            body: String(buffer: stream.responseBody), log: log.map { String(buffer: $0.lines) } ?? "",
            latency: latency)
    }
}
