import JSON

/// UpdateTimeToLive.
struct UpdateTimeToLive: TableWrite {
    private let name: String
    private let attribute: String
    private let isEnabled: Bool

    init(_ request: RequestMembers) throws(TableError) {
        name = try request.tableName()
        let specification = try request.members("TimeToLiveSpecification")
        let attribute = try specification?.string("AttributeName")
        let isEnabled = try specification?.boolean("Enabled")
        var constraints = Constraints()
        if specification == nil { constraints.violate("timeToLiveSpecification", value: nil, "not be null") }
        if specification != nil, attribute == nil {
            constraints.violate("timeToLiveSpecification.attributeName", value: nil, "not be null")
        }
        if specification != nil, isEnabled == nil {
            constraints.violate("timeToLiveSpecification.enabled", value: nil, "not be null")
        }
        constraints.length("TimeToLiveSpecification.attributeName", attribute, 1...255)
        try constraints.check()
        self.attribute = attribute ?? ""
        self.isEnabled = isEnabled ?? false
    }

    func run(in transaction: WriteTransaction) throws(TableError) -> [UInt8] {
        let table = try transaction.describedTable(name)
        var record = table.description
        switch (isEnabled, record.timeToLive) {
        case (true, let current?) where current == attribute: throw .validation("TimeToLive is already enabled")
        case (true, let current?):
            throw .validation("TimeToLive is active on a different AttributeName: current AttributeName is \(current)")
        case (false, nil): throw .validation("TimeToLive is already disabled")
        case (false, let current?) where current != attribute:
            throw .validation("TimeToLive is active on a different AttributeName: current AttributeName is \(current)")
        default: break
        }
        record.timeToLive = isEnabled ? attribute : nil
        _ = try transaction.replace(table, with: record)
        let specification: JSONValue = ["Enabled": .bool(isEnabled), "AttributeName": .string(attribute)]
        return JSONValue.object(["TimeToLiveSpecification": specification]).bytes
    }
}

/// DescribeTimeToLive.
struct DescribeTimeToLive: TableRead {
    private let name: String

    init(_ request: RequestMembers) throws(TableError) { name = try request.tableName() }

    func run(on reader: TableReader) throws(TableError) -> [UInt8] {
        let table = try reader.describedTable(name)
        var description: JSONObject = ["TimeToLiveStatus": table.expiry == nil ? "DISABLED" : "ENABLED"]
        description["AttributeName"] = table.expiry.map { .string($0) }
        return JSONValue.object(["TimeToLiveDescription": .object(description)]).bytes
    }
}
