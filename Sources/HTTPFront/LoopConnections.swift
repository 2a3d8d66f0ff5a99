package import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The connections of one event loop: their time-outs, their draining, and the date that all of them write.
///
/// One coarse tick serves every connection; nothing is scheduled per request.
package final class LoopConnections {
    package let eventLoop: any EventLoop
    /// The time of the last tick, exact to `tick`: good enough for time-outs of seconds.
    package private(set) var now: NIODeadline
    package private(set) var isDraining = false

    private var connections: [HTTPConnection] = []
    private var ticking = false
    private var drained: EventLoopPromise<Void>?
    private var dateSecond = 0
    private var date: [UInt8] = []

    private static let tick = TimeAmount.milliseconds(500)

    package init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        now = eventLoop.now
    }

    package var count: Int { connections.count }

    func add(_ connection: HTTPConnection) {
        connection.position = connections.count
        connections.append(connection)
        if !ticking {
            ticking = true
            now = eventLoop.now
            scheduleTick()
        }
    }

    func remove(_ connection: HTTPConnection) {
        let position = connection.position
        guard position >= 0, position < connections.count else { return }
        connections.swapAt(position, connections.count - 1)
        connections[position].position = position
        connections.removeLast()
        connection.position = -1
        if connections.isEmpty { drained?.succeed() }
    }

    private func scheduleTick() {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        eventLoop.scheduleTask(in: Self.tick) { bound.value.ticked() }
    }

    private func ticked() {
        now = eventLoop.now
        for connection in connections where connection.deadline < now { connection.timedOut() }
        ticking = !connections.isEmpty
        if ticking { scheduleTick() }
    }

    /// Lets requests under way finish and closes idle connections; done when none is left.
    func drain() -> EventLoopFuture<Void> {
        isDraining = true
        let promise = drained ?? eventLoop.makePromise(of: Void.self)
        drained = promise
        for connection in connections { connection.drain() }
        if connections.isEmpty { promise.succeed() }
        return promise.futureResult
    }

    func closeAll() {
        for connection in connections { connection.close() }
    }

    /// `date: Sun, 06 Nov 1994 08:49:37 GMT` and CRLF, made once a second.
    func dateLine() -> [UInt8] {
        var seconds = time_t()
        time(&seconds)
        if seconds != dateSecond {
            dateSecond = seconds
            date = Self.format(seconds)
        }
        return date
    }

    private static func format(_ seconds: time_t) -> [UInt8] {
        var seconds = seconds
        var parts = tm()
        gmtime_r(&seconds, &parts)
        let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let day = "\(weekdays[Int(parts.tm_wday)]), \(two(parts.tm_mday)) \(months[Int(parts.tm_mon)])"
        let time = "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
        return Array("date: \(day) \(1900 + parts.tm_year) \(time) GMT\r\n".utf8)
    }
}
