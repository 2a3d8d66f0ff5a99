package import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The members of one event loop: their time-outs, their draining, and the date that all of them write.
///
/// One coarse tick serves all; nothing is scheduled per request. Deadlines lie in one flat array, so that a tick over
/// tens of thousands of connections is a glance and touches none of the objects.
package final class LoopConnections {
    package let eventLoop: any EventLoop
    /// The time of the last tick, exact to `tick`: good enough for time-outs of seconds.
    package private(set) var now: NIODeadline
    package private(set) var isDraining = false

    /// How many bytes written to a channel the kernel has taken but the client has not.
    let unacknowledgedBytes: (any Channel) -> Int

    private var members: [LoopMember] = []
    /// By position, as `members`.
    private var deadlines: [NIODeadline] = []
    private var ticking = false
    private var drained: EventLoopPromise<Void>?
    private var dateSecond = 0
    private var date: [UInt8] = []

    private static let tick = TimeAmount.milliseconds(500)

    package init(
        eventLoop: any EventLoop, unacknowledgedBytes: @escaping (any Channel) -> Int = SendQueue.bytes
    ) {
        self.eventLoop = eventLoop
        self.unacknowledgedBytes = unacknowledgedBytes
        now = eventLoop.now
    }

    package var count: Int { members.count }

    /// From now on the member's deadline counts.
    package func add(_ member: LoopMember) {
        member.position = members.count
        members.append(member)
        deadlines.append(.distantFuture)
        if !ticking {
            ticking = true
            now = eventLoop.now
            scheduleTick()
        }
    }

    package func remove(_ member: LoopMember) {
        let position = member.position
        guard position >= 0, position < members.count else { return }
        members.swapAt(position, members.count - 1)
        deadlines.swapAt(position, deadlines.count - 1)
        members[position].position = position
        members.removeLast()
        deadlines.removeLast()
        member.position = -1
        if members.isEmpty { drained?.succeed() }
    }

    @inline(__always)
    func deadline(at position: Int) -> NIODeadline { position >= 0 ? deadlines[position] : .distantFuture }

    @inline(__always)
    func setDeadline(_ deadline: NIODeadline, at position: Int) {
        if position >= 0 { deadlines[position] = deadline }
    }

    private func scheduleTick() {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        eventLoop.scheduleTask(in: Self.tick) { bound.value.ticked() }
    }

    private func ticked() {
        now = eventLoop.now
        var position = 0
        while position < deadlines.count {
            guard deadlines[position] < now else {
                position += 1
                continue
            }
            let member = members[position]
            member.timedOut()
            // The last member takes the place of one that ended.
            if member.position == position { position += 1 }
        }
        ticking = !members.isEmpty
        if ticking { scheduleTick() }
    }

    /// Lets requests under way finish and closes idle connections; done when no member is left.
    func drain() -> EventLoopFuture<Void> {
        isDraining = true
        let promise = drained ?? eventLoop.makePromise(of: Void.self)
        drained = promise
        for member in members { member.drain() }
        if members.isEmpty { promise.succeed() }
        return promise.futureResult
    }

    func closeAll() {
        for member in members { member.close() }
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
        return Array("Date: \(day) \(1900 + parts.tm_year) \(time) GMT\r\n".utf8)
    }
}
