import GatewayModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Wall-clock time and its texts; each text is made once a second.
final class LoopClock {
    private var second = -1
    private var text: [UInt8] = []

    /// Milliseconds since 1970-01-01 UTC.
    var epochMilliseconds: Int {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Int(now.tv_sec) * 1000 + Int(now.tv_nsec) / 1_000_000
    }

    /// `12/Mar/2020:19:03:58 +0000`
    func commonLogTime(_ seconds: Int) -> [UInt8] {
        if seconds != second {
            second = seconds
            let at = Calendar(Int64(seconds))
            func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
            let date = "\(two(at.day))/\(Calendar.monthNames[at.month - 1])/\(at.year)"
            text = Array("\(date):\(two(at.hour)):\(two(at.minute)):\(two(at.second)) +0000".utf8)
        }
        return text
    }
}
