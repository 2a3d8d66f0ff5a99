import JSON

/// WarmThroughput of a table or index: what was asked for, and else what it has by itself. Nothing here depends on it.
struct WarmThroughput {
    enum Unit: String, CaseIterable {
        case read = "ReadUnitsPerSecond"
        case write = "WriteUnitsPerSecond"

        var provisionedName: String { self == .read ? "ReadCapacityUnits" : "WriteCapacityUnits" }
    }

    let asked: [Unit: Int]
    let provisioned: TableRecord.Throughput
    let isOnDemand: Bool

    /// Source: "On-demand capacity mode", initial throughput.
    private static let onDemandReads = 12_000
    private static let onDemandWrites = 4_000

    func initial(_ unit: Unit) -> Int {
        switch unit {
        case .read: isOnDemand ? Self.onDemandReads : provisioned.ReadCapacityUnits
        case .write: isOnDemand ? Self.onDemandWrites : provisioned.WriteCapacityUnits
        }
    }

    func value(_ unit: Unit) -> Int { asked[unit] ?? initial(unit) }

    func json(status: String) -> JSONValue {
        var json = JSONObject()
        for unit in Unit.allCases { json[unit.rawValue] = .number(value(unit)) }
        json["Status"] = .string(status)
        return .object(json)
    }
}

extension TableRecord {
    /// - Parameter index: nil for the table's own.
    func warm(_ index: Index?) -> WarmThroughput {
        let text = (index?.kept ?? kept)["WarmThroughput"] ?? "{}"
        let members = try? JSONValue(parsing: text)
        var asked: [WarmThroughput.Unit: Int] = [:]
        for unit in WarmThroughput.Unit.allCases { asked[unit] = members?[unit.rawValue]?.integer }
        return WarmThroughput(
            asked: asked, provisioned: index?.throughput ?? throughput, isOnDemand: billingMode == .payPerRequest)
    }
}
