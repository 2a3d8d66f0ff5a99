import GatewayServer

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// One line per request: time, method, path, status, route, milliseconds; one more that says why, when the gateway
/// itself refused; and one that says how AWS would have ended it, when that is asked for.
enum RequestLog {
    static func write(_ line: RequestLine) {
        let milliseconds = (line.milliseconds * 10).rounded() / 10
        let route = line.routeKey.map { "[\($0)]" } ?? "[no route]"
        let path = TerminalText.safe(line.path)
        var text = "\(TimeOfDay.now) \(line.method) \(path) \(line.status) \(route) \(milliseconds) ms"
        // Both in one piece: lines of other requests do not come between.
        if let reason = line.reason, line.status >= 400 {
            text += "\n  \(line.status): \(TerminalText.safe(reason))"
        }
        if let mark = line.mark { text += "\n  beyond AWS: \(mark)" }
        Console.post(text)
    }
}

/// `14:03:59.123`, in the time zone of whoever looks at the terminal.
enum TimeOfDay {
    static var now: String {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        var seconds = now.tv_sec
        var local = tm()
        localtime_r(&seconds, &local)
        return [local.tm_hour, local.tm_min, local.tm_sec].map { padded(Int($0), 2) }.joined(separator: ":") + "."
            + padded(Int(now.tv_nsec) / 1_000_000, 3)
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
