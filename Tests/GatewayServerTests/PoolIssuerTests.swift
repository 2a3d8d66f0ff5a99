import DataPlane
import EntityStore
import GatewayModel
import JSON
import JSONWebToken
import NIOCore
import NIOPosix
import Sealing
import Synchronization
import Testing
import UserPools

@testable import GatewayServer

@Suite struct PoolIssuerTests {
    /// The issuer of that name elsewhere.
    private final class Elsewhere: IssuerKeys {
        let asked = Mutex(0)

        func load(
            after known: Int?, on loop: any EventLoop,
            _ completion: @escaping @Sendable (Result<IssuerKeySet, IssuerFault>) -> Void
        ) {
            asked.withLock { $0 += 1 }
            completion(.failure(.keys("down")))
        }
    }

    private let pools = UserPools(
        account: AccountIdentity(accountId: "123456789012"), store: MemoryStore(), sealing: SealingKey(),
        now: { Timestamp(milliseconds: 1_800_000_000_000) })
    private let elsewhere = Elsewhere()
    private let name = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Abc"

    private func call(_ operation: String, _ input: JSONValue) async throws {
        try #require(await pools.respond(to: operation, input.bytes).status == 200)
    }

    private func makePool() async throws {
        try await call(
            "CreateUserPool", ["PoolName": "people", "UserPoolTags": ["_custom_id_": "us-east-1_Abc"]])
    }

    private func keys(_ issuer: PoolIssuer, after known: Int? = nil) async -> Result<IssuerKeySet, IssuerFault> {
        await withCheckedContinuation { continuation in
            issuer.load(after: known, on: MultiThreadedEventLoopGroup.singleton.next()) {
                continuation.resume(returning: $0)
            }
        }
    }

    @Test(arguments: [false, true]) func aPoolThatIsGoneHasNoKeys(wasAsked: Bool) async throws {
        try await makePool()
        let issuer = PoolIssuer(name: name, pools: pools, other: elsewhere)
        if wasAsked { #expect(try await keys(issuer).get().keys.isEmpty == false) }
        try await call("DeleteUserPool", ["UserPoolId": "us-east-1_Abc"])
        let gone = try await keys(issuer, after: 7).get()
        #expect(gone.keys.isEmpty)
        #expect(gone.number != 7)
        #expect(elsewhere.asked.withLock { $0 } == 0)
        // Another one of the same name.
        try await makePool()
        #expect(try await keys(issuer).get().keys.isEmpty == false)
    }

    @Test func aPoolThatIsNotOursIsAnIssuerLikeAll() async throws {
        let issuer = PoolIssuer(name: name, pools: pools, other: elsewhere)
        guard case .failure = await keys(issuer) else { throw Fault() }
        #expect(elsewhere.asked.withLock { $0 } == 1)
    }

    private struct Fault: Error {}
}
