import HTTPFront

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// How the process's file descriptors are shared out.
enum Descriptors {
    /// How many connections each of so many traffic listeners may have. A quarter of the descriptors is left over where
    /// the system allows few: for the management API, origins, functions and files.
    static func connections(listeners: Int) -> Int {
        connections(listeners: listeners, descriptors: limit)
    }

    static func connections(listeners: Int, descriptors: Int) -> Int {
        min(HTTPLimits.connections, max(1, descriptors / 4 * 3 / max(1, listeners)))
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
