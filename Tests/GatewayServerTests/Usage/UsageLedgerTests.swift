import DataPlane
import EntityStore
import GatewayModel
import Synchronization
import Testing

@testable import GatewayServer

@Suite("The ledger of what API keys use")
struct UsageLedgerTests {
    private let store = MemoryStore()

    private func ledger(_ meters: UsageMeters, onFault: @escaping @Sendable (String) -> Void = { _ in }) -> UsageLedger
    {
        UsageLedger(store: store, meters: meters, onFault: onFault)
    }

    private func stored() async throws -> [String: String] {
        var documents: [String: String] = [:]
        for root in try await store.load(["usage"]).roots {
            for entity in root.entities {
                documents["\(root.id.id)/\(entity.id.key)"] = String(decoding: entity.document, as: UTF8.self)
            }
        }
        return documents
    }

    /// 2026-11-28 is day 20,785.
    @Test("keeps a document for each key and month, and reads it back")
    func kept() async throws {
        let meters = UsageMeters()
        meters.restore(plan: "p", key: "k", [20_785: REST.DayUse(used: 3, granted: 1), 20_757: REST.DayUse(used: 5)])
        meters.known(plan: "p", key: "k")?.giveBack([20_757])
        await ledger(meters).save()
        #expect(
            try await stored() == ["p/k/2026-11": #"{"28":[3,1]}"#, "p/k/2026-10": #"{"31":[5,0]}"#])
        let version = try await store.load(["usage"]).commit
        await ledger(meters).save()
        #expect(try await store.load(["usage"]).commit == version)

        let later = UsageMeters()
        try await ledger(later).load()
        let quota = REST.QuotaSettings(limit: 10, period: "DAY")
        #expect(
            later.known(plan: "p", key: "k")?.usage(days: 20_785..<20_786, quota)
                == [REST.DailyUsage(used: 3, remaining: 8)])
    }

    @Test("forgets keys and plans that are gone")
    func gone() async throws {
        let meters = UsageMeters()
        for (plan, key) in [("p", "a"), ("p", "b"), ("q", "a")] {
            meters.restore(plan: plan, key: key, [20_785: REST.DayUse(used: 1)])
            meters.known(plan: plan, key: key)?.giveBack([])
        }
        let ledger = ledger(meters)
        await ledger.save()
        #expect(try await stored().count == 3)
        ledger.start { plan, key in plan == "p" && key == "a" }
        await ledger.stop()
        #expect(try await stored().keys.sorted() == ["p/a/2026-11"])
    }

    @Test("months that GetUsage is not asked for any more go")
    func old() async throws {
        let meters = UsageMeters()
        meters.restore(plan: "p", key: "k", [20_000: REST.DayUse(used: 1)])
        meters.known(plan: "p", key: "k")?.giveBack([20_000])
        let ledger = ledger(meters)
        await ledger.save()
        meters.restore(plan: "p", key: "k", [20_785: REST.DayUse(used: 1)])
        meters.known(plan: "p", key: "k")?.giveBack([20_785])
        await ledger.save()
        #expect(try await stored().keys.sorted() == ["p/k/2026-11"])
    }
}

@Suite("Stages whose limits let nothing pass")
struct ClosedStagesTests {
    @Test("are told of once, and again when they were open meanwhile")
    func once() {
        let said = Mutex<[String]>([])
        let stages = ClosedStages { text in said.withLock { $0.append(text) } }
        func look(_ rate: Double?) {
            var stage = V2.Stage(stageName: "dev")
            stage.defaultRouteSettings = V2.RouteSettings()
            stage.defaultRouteSettings?.throttlingRateLimit = rate
            let content = V2.DeploymentContent(
                routes: [], integrations: [], corsConfiguration: nil, disableExecuteApiEndpoint: false)
            stages.look(
                at: [StageDefinition(account: AccountIdentity(), apiId: "a", stage: stage, content: content)],
                removed: [])
        }
        for rate in [nil, 5, 0, 0, 5, 0] as [Double?] { look(rate) }
        #expect(said.withLock { $0.count } == 2)
        #expect(said.withLock { $0[0].hasPrefix("gatehouse: stage dev of API a has a throttling limit of 0") })
    }
}
