#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// How the process's file descriptors are shared out.
enum Descriptors {
    /// How many connections the listeners may have, and how many of them may be of clients who stay.
    struct Shares: Equatable {
        let management: Int
        /// Each.
        let traffic: Int
        /// Of WebSocket APIs, over all listeners: what is left over answers whoever else comes, be it by 503.
        let webSockets: Int
    }

    /// Kept for origins, functions and files: a quarter where the system allows few descriptors.
    private static let kept = 1_500
    /// Kept for the management listener where others carry the traffic.
    private static let managed = 256

    static func shares(trafficListeners: Int) -> Shares { shares(trafficListeners, descriptors: limit) }

    static func shares(_ trafficListeners: Int, descriptors: Int) -> Shares {
        let all = max(1, descriptors - min(descriptors / 4, kept))
        let management = trafficListeners == 0 ? all : min(all / 4, managed)
        let traffic = trafficListeners == 0 ? 0 : max(1, (all - management) / trafficListeners)
        return Shares(
            management: max(1, management), traffic: traffic,
            webSockets: max(1, (trafficListeners == 0 ? management : traffic * trafficListeners) / 100 * 99))
    }

    /// The system's `close`, where a type has a `close` of its own.
    static func close(_ descriptor: Int32) {
        #if canImport(Glibc)
        _ = Glibc.close(descriptor)
        #elseif canImport(Musl)
        _ = Musl.close(descriptor)
        #else
        _ = Darwin.close(descriptor)
        #endif
    }

    private static var limit: Int {
        var limit = rlimit()
        #if canImport(Glibc)
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
        let resource = RLIMIT_NOFILE
        #endif
        guard getrlimit(resource, &limit) == 0 else { return 1_024 }
        return Int(clamping: limit.rlim_cur)
    }
}
