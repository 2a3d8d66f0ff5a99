package import GatewayModel
import Synchronization

/// What one key has used of one usage plan: counted exactly, whatever loop a call comes on, by days in UTC.
package final class KeyMeter: Sendable {
    package let planId: String
    package let keyId: String
    /// Days for which figures are kept; GetUsage is asked for at most a year.
    package static let keptDays = 400

    /// The calls of the last day on which there was one.
    private let today = Atomic<UInt64>(DayCount(day: 0, count: 0).word)
    /// What has been used up to that day of the period that it is in, less what was granted.
    private let period = Atomic<UInt64>(DayCount(day: 0, count: 0).word)
    private let isChanged = Atomic<Bool>(false)
    /// Days that are over, and what was granted. A call comes here when it is the first of its day.
    private let history = Mutex(History())  // hot path: once a day

    private struct History {
        /// How `period` counts.
        var counts = UsagePeriod.day
        /// By day; of the day that goes on only what was granted.
        var days: [Int: REST.DayUse] = [:]
        /// Of what is not stored yet.
        var changedDays: Set<Int> = []
    }

    package init(planId: String, keyId: String) {
        self.planId = planId
        self.keyId = keyId
    }

    /// Counts a call; false, uncounted, when the quota is used up.
    func take(on day: Int, _ plan: CompiledPlan) -> Bool {
        if let limit = plan.quota {
            guard count(day, limit: limit, plan.period) else { return false }
        } else {
            _ = count(day, limit: .max, plan.period)
        }
        var known = today.load(ordering: .relaxed)
        while true {
            let old = DayCount(word: known)
            let isNew = day > old.day
            let new = DayCount(day: max(day, old.day), count: isNew ? 1 : old.count + 1)
            let (isExchanged, original) = today.compareExchange(
                expected: known, desired: new.word, ordering: .acquiringAndReleasing)
            if isExchanged {
                if isNew, old.count > 0 { finish(old) }
                break
            }
            known = original
        }
        if !isChanged.load(ordering: .relaxed) { isChanged.store(true, ordering: .releasing) }
        return true
    }

    /// Whether a call would be refused; nothing is counted.
    func isExhausted(on day: Int, _ plan: CompiledPlan) -> Bool {
        guard let limit = plan.quota else { return false }
        return used(on: day, plan.period) >= limit
    }

    private func used(on day: Int, _ rule: UsagePeriod) -> Int {
        let known = DayCount(word: period.load(ordering: .relaxed))
        return known.day >= day || known.day >= rule.start(of: day) ? known.count : 0
    }

    private func count(_ day: Int, limit: Int, _ rule: UsagePeriod) -> Bool {
        var known = period.load(ordering: .relaxed)
        while true {
            let old = DayCount(word: known)
            let used = old.day >= day || old.day >= rule.start(of: day) ? old.count : 0
            guard used < limit else { return false }
            let (isExchanged, original) = period.compareExchange(
                expected: known, desired: DayCount(day: max(day, old.day), count: used + 1).word, ordering: .relaxed)
            if isExchanged { return true }
            known = original
        }
    }

    private func finish(_ day: DayCount) {
        history.withLock { history in
            history.days[day.day, default: REST.DayUse()].used += day.count
            history.changedDays.insert(day.day)
            history.days = history.days.filter { $0.key > day.day - Self.keptDays }
        }
    }

    // MARK: Figures

    /// One pair a day. What remains is what remained when the day was over; now, for today.
    package func usage(
        days: Range<Int64>, _ quota: REST.QuotaSettings?
    ) -> [REST.DailyUsage] {
        let rule = UsagePeriod(quota)
        return history.withLock { history in
            let live = DayCount(word: today.load(ordering: .acquiring))
            func use(_ day: Int) -> REST.DayUse {
                var use = history.days[day] ?? REST.DayUse()
                if day == live.day { use.used += live.count }
                return use
            }
            return days.map { day in
                let day = Int(day)
                var used = 0
                for each in rule.start(of: day)...day {
                    let use = use(each)
                    used += use.used - use.granted
                }
                return REST.DailyUsage(used: use(day).used, remaining: max(0, (quota?.limit ?? 0) - used))
            }
        }
    }

    /// From now on so many calls are left in the period.
    package func setRemaining(_ remaining: Int, _ quota: REST.QuotaSettings, day: Int) {
        let rule = UsagePeriod(quota)
        history.withLock { history in
            var known = period.load(ordering: .relaxed)
            while true {
                let old = DayCount(word: known)
                let used = old.day >= day || old.day >= rule.start(of: day) ? old.count : 0
                let wanted = quota.limit - remaining
                let (isExchanged, original) = period.compareExchange(
                    expected: known, desired: DayCount(day: max(day, old.day), count: wanted).word, ordering: .relaxed)
                if isExchanged {
                    history.days[day, default: REST.DayUse()].granted += used - wanted
                    history.changedDays.insert(day)
                    break
                }
                known = original
            }
        }
        isChanged.store(true, ordering: .releasing)
    }

    /// The plan counts by these periods from now on. What was used of the one that goes on is known by its days.
    func use(_ rule: UsagePeriod) {
        history.withLock { history in
            guard history.counts != rule else { return }
            let live = DayCount(word: today.load(ordering: .relaxed)).day
            // Calls go on meanwhile: what they add to the last day stands in both sums.
            func before(_ rule: UsagePeriod) -> Int {
                (rule.start(of: live)..<live).reduce(0) { sum, day in
                    history.days[day].map { sum + $0.used - $0.granted } ?? sum
                }
            }
            let change = before(rule) - before(history.counts)
            history.counts = rule
            guard change != 0 else { return }
            var known = period.load(ordering: .relaxed)
            while true {
                let old = DayCount(word: known)
                let (isExchanged, original) = period.compareExchange(
                    expected: known, desired: DayCount(day: old.day, count: old.count + change).word,
                    ordering: .relaxed)
                if isExchanged { break }
                known = original
            }
        }
    }

    // MARK: Storing

    /// Days that have changed since the last time, as they are now; nil when none has.
    package func takeChanges() -> [Int: REST.DayUse]? {
        guard isChanged.exchange(false, ordering: .acquiring) else { return nil }
        return history.withLock { history in
            let live = DayCount(word: today.load(ordering: .acquiring))
            var changes: [Int: REST.DayUse] = [:]
            for day in history.changedDays.union([live.day]) where day > 0 {
                var use = history.days[day] ?? REST.DayUse()
                if day == live.day { use.used += live.count }
                changes[day] = use
            }
            history.changedDays = []
            return changes
        }
    }

    /// All that is known of these days.
    package func days(of range: Range<Int>) -> [(day: Int, use: REST.DayUse)] {
        history.withLock { history in
            let live = DayCount(word: today.load(ordering: .acquiring))
            return range.compactMap { day in
                var use = history.days[day] ?? REST.DayUse()
                if day == live.day { use.used += live.count }
                return use == REST.DayUse() ? nil : (day, use)
            }
        }
    }

    /// What was taken could not be stored.
    package func giveBack(_ days: some Sequence<Int>) {
        history.withLock { $0.changedDays.formUnion(days) }
        isChanged.store(true, ordering: .releasing)
    }

    /// What was stored, in parts; before the first call.
    package func restore(_ days: [Int: REST.DayUse]) {
        history.withLock { history in
            let live = DayCount(word: today.load(ordering: .relaxed))
            if live.count > 0 { history.days[live.day, default: REST.DayUse()].used += live.count }
            history.days.merge(days) { _, new in new }
            guard let last = history.days.keys.max(), var use = history.days[last] else { return }
            today.store(DayCount(day: last, count: use.used).word, ordering: .relaxed)
            period.store(DayCount(day: last, count: use.used - use.granted).word, ordering: .relaxed)
            // The last day goes on.
            use.used = 0
            history.days[last] = use
        }
    }
}

/// A day and a number of calls, which may be negative, in one word.
private struct DayCount {
    let day: Int
    let count: Int

    private static let bits: UInt64 = 44
    private static let bias = 1 << (bits - 1)

    init(day: Int, count: Int) {
        self.day = day
        self.count = min(max(count, -Self.bias), Self.bias - 1)
    }

    init(word: UInt64) {
        day = Int(word >> Self.bits)
        count = Int(word & (1 << Self.bits - 1)) - Self.bias
    }

    var word: UInt64 { UInt64(day) << Self.bits | UInt64(count + Self.bias) }
}
