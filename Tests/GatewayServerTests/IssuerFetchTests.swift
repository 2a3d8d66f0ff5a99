import DataPlane
import Dispatch
import NIOCore
import NIOPosix
import NIOSSL
import Testing

@testable import GatewayServer

@Suite("Fetching what issuers say")
struct IssuerFetchTests {
    private func fetch(_ lookup: @escaping NameLookup) throws -> IssuerFetch {
        IssuerFetch(
            group: MultiThreadedEventLoopGroup.singleton,
            tls: try NIOSSLContext(configuration: .makeClientConfiguration()),
            addresses: IssuerAddresses(allowedHosts: []), lookup: lookup)
    }

    private func failure(_ fetch: IssuerFetch) async -> String? {
        do throws(FetchFailure) { _ = try await fetch.keyAddress(of: "https://issuer.example") } catch {
            return error.reason
        }
        return nil
    }

    @Test("A name server that does not answer is waited for no longer than an issuer")
    func silentNameServer() async throws {
        let end = DispatchSemaphore(value: 0)
        defer { end.signal() }
        let fetch = try fetch { _ in
            end.wait()
            return []
        }
        #expect(await failure(fetch)?.hasSuffix("took longer than 1,500 ms") == true)
    }

    @Test("A name that leads into a private network is not asked")
    func privateName() async throws {
        let fetch = try fetch { _ in [try SocketAddress(ipAddress: "169.254.169.254", port: 0)] }
        #expect(await failure(fetch)?.contains("--issuer-allow issuer.example") == true)
        #expect(await failure(try self.fetch { _ in [] }) == "issuer.example has no address")
    }
}
