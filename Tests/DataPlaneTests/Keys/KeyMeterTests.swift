import GatewayModel
import Testing

@testable import DataPlane

@Suite("What a key uses of its quota")
struct KeyMeterTests {
    private func plan(_ limit: Int?, _ period: String = "DAY", offset: Int = 0) -> CompiledPlan {
        var plan = REST.UsagePlan(id: "p", name: "")
        plan.quota = limit.map { REST.QuotaSettings(limit: $0, offset: offset, period: period) }
        return CompiledPlan(plan)
    }

    private func meter(_ plan: CompiledPlan) -> KeyMeter {
        let meter = KeyMeter(planId: "p", keyId: "k")
        meter.use(plan.period)
        return meter
    }

    private func figures(_ meter: KeyMeter, _ plan: CompiledPlan, _ days: Range<Int64>) -> [[Int]] {
        meter.usage(days: days, plan.definition.quota).map { [$0.used, $0.remaining] }
    }

    @Test("ends at the limit, and begins anew with the period")
    func limit() {
        let plan = plan(2)
        let meter = meter(plan)
        #expect([10, 10, 10, 11, 11, 11].map { meter.take(on: $0, plan) } == [true, true, false, true, true, false])
        #expect(meter.isExhausted(on: 11, plan))
        #expect(!meter.isExhausted(on: 12, plan))
        #expect(figures(meter, plan, 9..<13) == [[0, 2], [2, 0], [2, 0], [0, 2]])
    }

    @Test("counts over the days of a month")
    func month() {
        let plan = plan(5, "MONTH")
        let meter = meter(plan)
        for day in [31, 32, 32, 40] { #expect(meter.take(on: day, plan)) }
        #expect(figures(meter, plan, 30..<34) == [[0, 5], [1, 4], [2, 2], [0, 2]])
        #expect(meter.take(on: 40, plan))
        #expect(!meter.take(on: 58, plan))
        #expect(meter.take(on: 59, plan))
        #expect(figures(meter, plan, 58..<60) == [[0, 0], [1, 4]])
    }

    @Test("is kept while the clock goes back")
    func clock() {
        let plan = plan(2)
        let meter = meter(plan)
        #expect([10, 9, 9].map { meter.take(on: $0, plan) } == [true, true, false])
    }

    @Test("of all threads together is exact")
    func threads() async {
        let plan = plan(10_000)
        let meter = meter(plan)
        let passed = Counter()
        await withTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<2_000 where meter.take(on: 5, plan) { passed.increment() }
                }
            }
        }
        #expect(passed.value == 10_000)
        #expect(figures(meter, plan, 5..<6) == [[10_000, 0]])
    }

    @Test("is what UpdateUsage leaves, in the period that goes on", arguments: [0, 3, 20])
    func remaining(_ remaining: Int) {
        let plan = plan(5, "WEEK", offset: 4)
        let meter = meter(plan)
        for _ in 0..<4 { _ = meter.take(on: 7, plan) }
        meter.setRemaining(remaining, plan.definition.quota!, day: 8)
        #expect(figures(meter, plan, 7..<9) == [[4, 1], [0, remaining]])
        for _ in 0..<remaining { #expect(meter.take(on: 8, plan)) }
        #expect(!meter.take(on: 8, plan))
        #expect(figures(meter, plan, 8..<9) == [[remaining, 0]])
        #expect(meter.take(on: 14, plan))
    }

    @Test("follows a plan that counts by other periods")
    func otherPeriods() {
        let (daily, monthly) = (plan(3), plan(5, "MONTH"))
        let meter = meter(daily)
        for day in [31, 31, 31, 32] { #expect(meter.take(on: day, daily)) }
        meter.use(monthly.period)
        #expect(meter.take(on: 32, monthly))
        #expect(!meter.take(on: 33, monthly))
        meter.use(daily.period)
        #expect(meter.take(on: 32, daily))
        #expect(!meter.take(on: 32, daily))
    }

    @Test("is the same after it was stored and read")
    func stored() {
        let plan = plan(6, "MONTH")
        let meter = meter(plan)
        #expect(meter.takeChanges() == nil)
        for day in [31, 31, 32] { _ = meter.take(on: day, plan) }
        meter.setRemaining(4, plan.definition.quota!, day: 32)
        let changes = meter.takeChanges()
        #expect(changes == [31: REST.DayUse(used: 2), 32: REST.DayUse(used: 1, granted: 1)])
        #expect(meter.takeChanges() == nil)

        let later = KeyMeter(planId: "p", keyId: "k")
        later.restore(changes ?? [:])
        later.use(plan.period)
        #expect(figures(later, plan, 31..<34) == figures(meter, plan, 31..<34))
        for day in [32, 33, 33, 33] { #expect(later.take(on: day, plan)) }
        #expect(!later.take(on: 33, plan))
        #expect(later.takeChanges()?[32] == REST.DayUse(used: 2, granted: 1))

        meter.giveBack([32])
        #expect(meter.takeChanges()?[32] == REST.DayUse(used: 1, granted: 1))
    }

    @Test("is counted where nothing limits it")
    func withoutQuota() {
        let plan = plan(nil)
        let meter = meter(plan)
        for _ in 0..<3 { #expect(meter.take(on: 4, plan)) }
        #expect(figures(meter, plan, 4..<5) == [[3, 0]])
    }
}
