/// The days over which a quota counts, in UTC. Days are numbered from 1970-01-01.
package enum UsagePeriod: Sendable, Equatable {
    case day
    /// From this day of the week on; 0 is Sunday.
    case week(from: Int)
    /// From this day of the month on, counted from 0.
    case month(from: Int)

    package static let secondsOfDay: Int64 = 86_400

    /// A plan without quota is counted by days.
    package init(_ quota: REST.QuotaSettings?) {
        switch quota?.period {
        case "WEEK": self = .week(from: quota?.offset ?? 0)
        case "MONTH": self = .month(from: quota?.offset ?? 0)
        default: self = .day
        }
    }

    /// The first day of the period that the day is in.
    package func start(of day: Int) -> Int {
        let at = Calendar(Int64(day) * Self.secondsOfDay)
        switch self {
        case .day: return day
        case .week(let first): return day - ((at.weekday - first) % 7 + 7) % 7
        case .month(let first):
            let start = day - (at.day - 1) + first
            guard start > day else { return start }
            // It began in the month before.
            let lastOfMonthBefore = day - at.day
            return lastOfMonthBefore - Calendar(Int64(lastOfMonthBefore) * Self.secondsOfDay).day + 1 + first
        }
    }
}

extension REST {
    /// What a key was used on one day.
    package struct DayUse: Sendable, Equatable {
        /// The calls that were counted.
        package var used: Int
        /// What UpdateUsage granted beyond the quota, or took, on that day.
        package var granted: Int

        package init(used: Int = 0, granted: Int = 0) {
            self.used = used
            self.granted = granted
        }
    }

    /// What traffic has to know of an API key.
    package struct KeyDefinition: Sendable, Equatable {
        package var id: String
        package var value: String
        package var isEnabled: Bool
        /// The ids of the usage plans that it is in.
        package var plans: [String]

        package init(id: String, value: String, isEnabled: Bool, plans: [String]) {
            self.id = id
            self.value = value
            self.isEnabled = isEnabled
            self.plans = plans
        }
    }

    /// Keys and usage plans as they are now, by their ids; nil: it is gone.
    package struct KeyChanges: Sendable {
        package var plans: [String: UsagePlan?] = [:]
        package var keys: [String: KeyDefinition?] = [:]

        package init() {}
    }
}
