import ArgumentParser
import GatewayServer

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A server from start to stop, as commands run it.
enum Running {
    /// Starts, or ends the program with words for people.
    static func start(_ settings: ServerSettings) async throws -> Gatehouse {
        signal(SIGPIPE, SIG_IGN)
        raiseDescriptorLimit()
        do { return try await Gatehouse.start(settings) } catch let error as StartError {
            Console.warn("gatehouse: \(error)")
            throw ExitCode(1)
        } catch {
            Console.warn("gatehouse: it could not start: \(error)")
            throw ExitCode(1)
        }
    }

    /// A connection is a descriptor: shells often allow 1,024, the system far more.
    ///
    /// - Returns: how many there may be.
    @discardableResult
    static func raiseDescriptorLimit() -> Int {
        var limit = rlimit()
        #if canImport(Glibc)
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
        let resource = RLIMIT_NOFILE
        #endif
        guard getrlimit(resource, &limit) == 0 else { return 1_024 }
        let allowed = limit.rlim_cur
        limit.rlim_cur = limit.rlim_max
        return Int(clamping: setrlimit(resource, &limit) == 0 ? limit.rlim_cur : allowed)
    }

    /// Waits for Ctrl-C or SIGTERM, then drains. A second signal ends at once.
    static func untilStopped(_ server: Gatehouse, _ signals: StopSignals) async {
        await signals.first()
        await server.stop()
        // Everything is written; the event loops need not be taken down one by one.
        _exit(0)
    }
}
