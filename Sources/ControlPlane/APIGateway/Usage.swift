import GatewayModel
import JSON

/// GetUsage and UpdateUsage: what keys have used of their plan's quota. The figures are the data plane's.
extension RESTOperations {
    static var usage: [Operation] {
        [
            Operation("GetUsage", .apigateway, .get, "/usageplans/{usageplanId}/usage", getUsage),
            Operation("UpdateUsage", .apigateway, .patch, "/usageplans/{usageplanId}/keys/{keyId}/usage", updateUsage),
        ]
    }

    private static func getUsage(_ control: ControlPlane, _ call: Call) async throws(ServiceError) -> Reply {
        let plan = try control.plan(call)
        let days = try DayRange(call)
        var keys = plan.keys.map(\.id)
        if let id = call.query("keyId"), !id.isEmpty {
            guard plan.keys[id] != nil else { throw RESTError.notFound("Invalid API Key identifier specified") }
            keys = [id]
        }
        let start = try RestPage.start(in: keys, call) { $0 }
        let page = keys[start..<min(start + (try RestPage.size(call)), keys.count)]
        var reply = try await usage(of: plan, Array(page), days, control)
        if page.endIndex < keys.count, let last = page.last {
            reply["position"] = .string(PageToken(position: page.endIndex - 1, key: last).text)
        }
        return .json(.object(reply))
    }

    private static func usage(
        of plan: UsagePlan, _ keys: [String], _ days: DayRange, _ control: ControlPlane
    ) async throws(ServiceError) -> JSONObject {
        var values: JSONObject = [:]
        for id in keys {
            let figures =
                await control.keys?.usage(ofKey: id, in: plan.plan, days: days.days)
                // Where nobody calls, nothing is used.
                ?? days.days.map { _ in REST.DailyUsage(used: 0, remaining: plan.plan.quota?.limit ?? 0) }
            values[id] = .array(figures.map { .array([.number($0.used), .number($0.remaining)]) })
        }
        return [
            "endDate": .string(days.endDate), "startDate": .string(days.startDate), "usagePlanId": .string(plan.id),
            "values": .object(values),
        ]
    }

    private static func updateUsage(_ control: ControlPlane, _ call: Call) async throws(ServiceError) -> Reply {
        let patches = try patches(of: "UpdateUsage", call)
        let plan = try control.plan(call)
        let id = call.path("keyId")
        guard plan.keys[id] != nil else { throw RESTError.notFound("Invalid API Key identifier specified") }
        guard plan.plan.quota != nil else { throw RESTError.badRequest("Usage Plan \(plan.id) has no quota.") }
        var remaining: Int?
        try remainingPatches.apply(patches, to: &remaining)
        let today = DayRange(startDay: call.now.seconds / 86_400, count: 1)
        if let remaining {
            await control.keys?.setRemaining(remaining, ofKey: id, in: plan.plan, now: call.now)
        }
        return .json(.object(try await usage(of: plan, [id], today, control)))
    }

    private static let remainingPatches = PatchTable<Int?>(
        .listed,
        [
            PatchRule("/remaining", [.replace]) { remaining, step throws(ServiceError) in
                let number = try step.integer()
                guard number >= 0 else { throw step.invalidValue }
                remaining = number
            }
        ])
}

/// Whole days in UTC, numbered from 1970-01-01.
struct DayRange: Sendable {
    let days: Range<Int64>

    /// AWS names no bound; its records go back 90 days.
    private static let maximumDays = 366

    init(startDay: Int64, count: Int64) { days = startDay..<startDay + count }

    /// `startDate` and `endDate` of a call, both included.
    init(_ call: Call) throws(ServiceError) {
        guard let start = call.query("startDate").flatMap(Self.day), let end = call.query("endDate").flatMap(Self.day)
        else { throw RESTError.badRequest("Usage dates must be in the format of yyyy-mm-dd") }
        guard start <= end else {
            throw RESTError.badRequest("Invalid date range specified. The start date must not be after the end date.")
        }
        guard end - start < Self.maximumDays else {
            throw RESTError.badRequest("Invalid date range specified. It has more than \(Self.maximumDays) days.")
        }
        days = start..<end + 1
    }

    var startDate: String { Self.text(days.lowerBound) }
    var endDate: String { Self.text(days.upperBound - 1) }

    private static func text(_ day: Int64) -> String {
        String(Timestamp(milliseconds: day * 86_400_000).iso8601.prefix { $0 != "T" })
    }

    private static func day(_ text: String) -> Int64? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].utf8.count == 4, parts.allSatisfy(\.isDigits), let year = Int64(parts[0]),
            let month = Int64(parts[1]), let day = Int64(parts[2])
        else { return nil }
        return Calendar.days(year: year, month: month, day: day)
    }
}
