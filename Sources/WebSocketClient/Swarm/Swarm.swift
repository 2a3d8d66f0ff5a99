internal import HTTPFront
package import NIOCore
internal import WebSocketFront

/// Many connections of one process, on one loop: opened at a bounded rate, kept idle or sending, counted.
package final class Swarm {
    private enum Phase {
        case opening
        case staying(since: NIODeadline)
        case ending
    }

    private let plan: SwarmPlan
    private let dialer: Dialer
    private let loop: any EventLoop
    private let loopState: LoopConnections
    private let promise: EventLoopPromise<SwarmReport>
    private var phase = Phase.opening
    private var opening: Pace
    private var sending: Pace
    private var members: [SwarmMember] = []
    private var pending = 0
    /// Where the server's name leads, once a connection has shown it.
    private var address: SocketAddress?
    private var nextSender = 0
    private var lastActivity = NIODeadline.now()
    private var deliveries = Deliveries()
    private var report = SwarmReport()

    private static let tick = TimeAmount.milliseconds(5)

    private init(_ plan: SwarmPlan, _ dialer: Dialer, _ promise: EventLoopPromise<SwarmReport>) {
        self.plan = plan
        self.dialer = dialer
        self.promise = promise
        loop = promise.futureResult.eventLoop
        loopState = LoopConnections(eventLoop: loop)
        opening = Pace(perSecond: plan.connectionsPerSecond, from: .now())
        sending = Pace(perSecond: plan.messagesPerSecond, from: .now())
        members.reserveCapacity(plan.connections)
    }

    // MARK: From other threads

    /// A swarm under way, for other threads than its loop's.
    package struct Handle: Sendable {
        private let swarm: NIOLoopBound<Swarm>
        private let future: EventLoopFuture<SwarmReport>

        fileprivate init(_ swarm: Swarm) {
            self.swarm = NIOLoopBound(swarm, eventLoop: swarm.loop)
            future = swarm.promise.futureResult
        }

        /// What it has seen so far.
        package func progress() async throws -> SwarmReport {
            try await future.eventLoop.submit { swarm.value.report }.get()
        }

        /// Ends it before its time.
        package func stop() { future.eventLoop.execute { swarm.value.end() } }

        package func report() async throws -> SwarmReport { try await future.get() }
    }

    package static func begin(_ plan: SwarmPlan, _ dialer: Dialer, on loop: any EventLoop) async throws -> Handle {
        let promise = loop.makePromise(of: SwarmReport.self)
        return try await loop.submit {
            let swarm = Swarm(plan, dialer, promise)
            swarm.ticked()
            return Handle(swarm)
        }.get()
    }

    // MARK: Time

    private func ticked() {
        let now = NIODeadline.now()
        switch phase {
        case .opening: open(now)
        case .staying(let since):
            if isOver(now, since: since) { end() } else { send(now) }
        case .ending: break
        }
        guard !isDone else { return finish() }
        loop.assumeIsolated().scheduleTask(in: Self.tick) { self.ticked() }
    }

    private func isOver(_ now: NIODeadline, since: NIODeadline) -> Bool {
        if report.open == 0 { return true }
        if let receipts = plan.receipts, report.received.count >= receipts { return true }
        if let duration = plan.duration { return now - since >= duration }
        guard plan.receipts == nil, let messages = plan.messages else { return false }
        return report.sent.count >= messages && now - lastActivity >= SwarmPlan.settlingTime
    }

    /// Each connection's own time for closing bounds how long this takes.
    private var isDone: Bool {
        guard case .ending = phase else { return false }
        return report.open == 0 && pending == 0
    }

    private func end() {
        if case .ending = phase { return }
        phase = .ending
        for member in members { member.end() }
    }

    private func finish() {
        deliveries.finish()
        report.latencies = deliveries.latencies
        report.spreads = deliveries.spreads
        report.receiptsOfSpreads = deliveries.receiptsOfSpreads
        promise.succeed(report)
    }

    // MARK: Opening

    private func open(_ now: NIODeadline) {
        var due = opening.due(at: now)
        while due > 0, members.count < plan.connections, pending < SwarmPlan.pendingHandshakes {
            // The first one shows where the server is: its name is not asked for thousands of times.
            if address == nil, pending > 0 { break }
            due -= 1
            opening.use()
            dial()
        }
        guard members.count == plan.connections, pending == 0 else { return }
        phase = .staying(since: now)
        lastActivity = now
        sending = Pace(perSecond: plan.messagesPerSecond, from: now)
    }

    private func dial() {
        let member = SwarmMember(self)
        let source = address.flatMap { Self.source(of: members.count, to: $0) }
        members.append(member)
        pending += 1
        member.connection = dialer.dial(to: address, from: source, on: loopState, delegate: member)
    }

    /// Loopback has as many addresses as are wanted; of others the system has to have them.
    static func source(of number: Int, to address: SocketAddress) -> SocketAddress? {
        let further = number / SwarmPlan.connectionsPerAddress
        guard further > 0, let target = address.ipAddress, target.hasPrefix("127.") else { return nil }
        return try? SocketAddress(ipAddress: "127.0.\(further / 250).\(1 + further % 250)", port: 0)
    }

    func opened(_ connection: ClientConnection, after time: UInt64) {
        pending -= 1
        if address == nil { address = connection.remoteAddress }
        report.open += 1
        report.opened.add(at: NIODeadline.now().uptimeNanoseconds)
        report.handshakes.record(time)
    }

    func failed(_ failure: HandshakeFailure) {
        pending -= 1
        // What was under way at the end was given up.
        if case .ending = phase { return }
        report.fail(failure)
    }

    // MARK: Messages

    private func send(_ now: NIODeadline) {
        guard let message = plan.message else { return }
        var due = sending.due(at: now)
        while due > 0, report.sent.count < plan.messages ?? .max {
            guard let connection = nextSenderThatTakesMore() else {
                report.heldBack += 1
                return
            }
            due -= 1
            sending.use()
            let number = report.sent.count
            let time = NIODeadline.now()
            if message.isNumbered { deliveries.sent(.number(number), at: time.uptimeNanoseconds) }
            connection.send(message.frame(number: number))
            report.sent.add(at: time.uptimeNanoseconds)
            lastActivity = time
        }
    }

    private func nextSenderThatTakesMore() -> ClientConnection? {
        let senders = min(plan.senders ?? .max, members.count)
        for _ in 0..<senders {
            let member = members[nextSender % senders]
            nextSender = (nextSender + 1) % senders
            if let connection = member.connection, connection.isOpen, connection.isWritable { return connection }
        }
        return nil
    }

    func received(_ bytes: ByteBuffer) {
        let time = NIODeadline.now()
        lastActivity = time
        report.received.add(at: time.uptimeNanoseconds)
        report.receivedBytes += bytes.readableBytes
        let message = plan.message?.number(in: bytes).map(Deliveries.Message.number) ?? .content(bytes.hashValue)
        deliveries.received(message, at: time.uptimeNanoseconds)
    }

    func closed(_ closure: WebSocketClosure, isOurs: Bool) {
        report.open -= 1
        guard isOurs else { return report.close(closure) }
        report.ended += 1
        if closure.code != .abnormal { report.endedAnswered += 1 }
    }
}

/// One connection of a swarm.
private final class SwarmMember: ClientDelegate {
    private unowned let swarm: Swarm
    private let begin = NIODeadline.now()
    /// Until it has ended.
    var connection: ClientConnection?
    private var isEnding = false

    init(_ swarm: Swarm) { self.swarm = swarm }

    func end() {
        isEnding = true
        connection?.close(nil)
    }

    func opened(_ connection: ClientConnection) {
        swarm.opened(connection, after: UInt64((NIODeadline.now() - begin).nanoseconds))
    }

    func failed(_ failure: HandshakeFailure) {
        connection = nil
        swarm.failed(failure)
    }

    func messageReceived(_ kind: MessageKind, _ bytes: ByteBuffer, _ connection: ClientConnection) {
        swarm.received(bytes)
    }

    func closed(_ closure: WebSocketClosure) {
        connection = nil
        swarm.closed(closure, isOurs: isEnding)
    }
}
