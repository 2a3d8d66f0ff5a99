import NIOCore

/// Asynchronous invocations (`Event`): accepted at once, run when there is room, tried again when they fail.
///
/// Two more tries after an error of the function, a minute and two minutes later; throttled ones wait with a growing
/// pause (Developer Guide, invocation-async). The queue lives in memory: what waits ends with the process.
extension LambdaHost {
    /// Takes an event; false when the function's queue is full, or the memory for all of them.
    package func enqueue(_ request: InvocationRequest, for handle: FunctionHandle) async -> Bool {
        guard handle.queued.take() else { return false }
        guard queuedEvents.take(request.event.readableBytes) else {
            handle.queued.giveBack()
            return false
        }
        EventDelivery(request: request, handle: handle, loop: anyEventLoop, bytes: queuedEvents).run()
        return true
    }
}

/// One event on its way, with its tries so far.
private struct EventDelivery: Sendable {
    let request: InvocationRequest
    let handle: FunctionHandle
    let loop: any EventLoop
    let bytes: Admission
    var failures = 0
    var throttles = 0
    let acceptedAt = NIODeadline.now()

    /// Lambda's defaults: six hours, two retries.
    private static let maximumAge = TimeAmount.hours(6)
    private static let pauses: [TimeAmount] = [.minutes(1), .minutes(2)]

    func run() {
        let delivery = self
        handle.invoke(request, on: loop) { result in
            switch result {
            case .success, .notFound, .tooLarge, .expired: delivery.finish()
            case .functionError: delivery.failed()
            case .throttled: delivery.throttled()
            }
        }
    }

    private func failed() {
        guard failures < Self.pauses.count else { return finish() }
        var next = self
        next.failures += 1
        again(next, in: Self.pauses[failures])
    }

    private func throttled() {
        guard NIODeadline.now() - acceptedAt < Self.maximumAge else { return finish() }
        var next = self
        next.throttles += 1
        again(next, in: .seconds(Int64(min(300, 1 << min(throttles, 9)))))
    }

    private func again(_ next: EventDelivery, in pause: TimeAmount) { loop.scheduleTask(in: pause) { next.run() } }
    private func finish() {
        handle.queued.giveBack()
        bytes.giveBack(request.event.readableBytes)
    }
}
