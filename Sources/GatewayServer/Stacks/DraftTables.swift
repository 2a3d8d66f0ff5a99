import ControlPlane
import GatewayModel
import JSON
import TableStore

/// The tables of a server, and those that a stack would make.
///
/// Requests that change something are checked as far as that can be done without the tables, and change nothing. What a
/// table refuses for what it is, such as another type for an attribute, only its change tells.
actor DraftTables {
    private let tables: TableEndpoint
    private let account: AccountIdentity
    /// What DescribeTable says of those that would be made, by name.
    private var made: [String: JSONObject] = [:]

    init(tables: TableEndpoint, account: AccountIdentity) {
        self.tables = tables
        self.account = account
    }

    func answer(_ operation: String, _ body: [UInt8]) async -> WireResponse {
        if let refusal = TableStore.refusal(of: operation, body) { return WireResponse(refusal) }
        let request = (try? JSONValue(parsing: body)) ?? .null
        let name = request["TableName"]?.string ?? ""
        switch operation {
        case "CreateTable": return await create(name, request)
        case "DescribeTable" where made[name] != nil: return success(["Table": .object(made[name] ?? [:])])
        case "DescribeTimeToLive" where made[name] != nil:
            return success(["TimeToLiveDescription": ["TimeToLiveStatus": "DISABLED"]])
        case _ where operation.hasPrefix("Describe"): return WireResponse(await tables.answer(operation, body))
        default: return success([:])
        }
    }

    private func create(_ name: String, _ request: JSONValue) async -> WireResponse {
        let named = JSONValue.object(["TableName": .string(name)]).bytes
        guard made[name] == nil, await tables.answer("DescribeTable", named).status != 200 else {
            let refusal: JSONValue = [
                "__type": "com.amazonaws.dynamodb.v20120810#ResourceInUseException",
                "message": .string("Table already exists: \(name)"),
            ]
            return WireResponse(status: 400, headers: [], body: refusal.bytes)
        }
        var table = request.object ?? [:]
        table["TableArn"] = .string(account.tableARN(name))
        made[name] = table
        return success(["TableDescription": .object(table)])
    }

    private func success(_ body: JSONObject) -> WireResponse {
        WireResponse(status: 200, headers: [], body: JSONValue.object(body).bytes)
    }
}
