import GatewayModel
import HashTreeCollections
import JSON

/// ImportApiKeys: a table of comma-separated values with a heading. Source: docs/api-key-file-format.
enum ApiKeyImport {
    @Sendable static func perform(_ control: ControlPlane, _ call: Call) async throws(ServiceError) -> Reply {
        guard call.query("format") == "csv" else {
            throw RESTError.badRequest("Invalid format specified. Valid options are csv")
        }
        guard call.body.count <= RESTQuotas.importBytes, let text = String(validating: call.body, as: UTF8.self) else {
            throw RESTError.badRequest("Unable to read the imported API keys.")
        }
        let rows = try rows(of: text)
        let failsOnWarnings = call.query("failonwarnings")?.lowercased() == "true"
        var warnings: [String] = []
        for row in rows {
            for plan in row.plans where control.world[UsagePlan.self, plan] == nil {
                warnings.append("Invalid Usage Plan ID specified: \(plan)")
            }
        }
        guard warnings.isEmpty || !failsOnWarnings else {
            throw RESTError.badRequest(warnings.joined(separator: "; "))
        }
        var known: [String: String] = [:]
        for (id, key) in control.world.apiKeys {
            if let value = key.root.document.value { known[value] = id }
        }
        var ids: [JSONValue] = []
        for row in rows {
            let id = try await put(row, over: known[row.key], control, call)
            known[row.key] = id
            for plan in row.plans {
                guard let known = control.world[UsagePlan.self, plan], known.keys[id] == nil else { continue }
                try await control.addKey(id, to: plan)
            }
            ids.append(.string(id))
        }
        return .json(["ids": .array(ids), "warnings": .array(warnings.map { .string($0) })])
    }

    /// A key with the value is changed, else one is made.
    private static func put(
        _ row: Row, over known: String?, _ control: ControlPlane, _ call: Call
    ) async throws(ServiceError) -> String {
        guard let known else {
            var key = REST.ApiKey(
                id: try control.freshId(of: REST.ApiKey.self, length: 10, call, tags: nil), value: row.key,
                createdDate: Int(call.now.seconds))
            (key.name, key.description, key.enabled) = (row.name, row.description, row.isEnabled)
            try await control.createApiKey(key, call)
            return key.id
        }
        _ = try await control.changeDocument(REST.ApiKey.self, known) { key in
            (key.name, key.description, key.enabled) = (row.name, row.description, row.isEnabled)
            key.lastUpdatedDate = Int(call.now.seconds)
        }
        return known
    }

    private struct Row {
        var name: String?
        var key = ""
        var description: String?
        var isEnabled = true
        var plans: [String] = []
    }

    private static func rows(of text: String) throws(ServiceError) -> [Row] {
        // Spreadsheets put a byte order mark in front.
        var lines = CSV.rows(of: text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text)
        guard !lines.isEmpty else { throw RESTError.badRequest("The imported file has no heading.") }
        let columns = lines.removeFirst().map { $0.lowercased() }
        guard columns.contains("name"), columns.contains("key") else {
            throw RESTError.badRequest("The imported file must have the columns Name and Key.")
        }
        guard lines.count <= RESTQuotas.apiKeys else {
            throw RESTError.limitExceeded("At most \(RESTQuotas.apiKeys) keys can be imported.")
        }
        var rows: [Row] = []
        for fields in lines {
            var row = Row()
            for (column, field) in zip(columns, fields) {
                switch column {
                case "name": row.name = try ApiKeyRules.name(field)
                case "key":
                    guard !field.isEmpty else {
                        throw RESTError.badRequest("The imported file has a row without a Key.")
                    }
                    row.key = try ApiKeyRules.value(field)
                case "description": row.description = try ApiKeyRules.description(field)
                case "enabled": row.isEnabled = field.isEmpty || field.lowercased() == "true"
                case "usageplanids": row.plans = field.split(separator: ",").map { $0.filter { $0 != " " } }
                default: break
                }
            }
            guard !row.key.isEmpty else { throw RESTError.badRequest("The imported file has a row without a Key.") }
            rows.append(row)
        }
        return rows
    }
}

/// Comma-separated values (RFC 4180).
enum CSV {
    /// The rows that are not empty.
    static func rows(of text: String) -> [[String]] {
        var rows: [[String]] = []
        var row: [String] = []
        var field = ""
        var isQuoted = false
        var scalars = text.unicodeScalars[...]
        func isEmpty(_ row: [String]) -> Bool { row.allSatisfy(\.isEmpty) }
        while let scalar = scalars.popFirst() {
            switch scalar {
            case "\"" where isQuoted && scalars.first == "\"":
                scalars.removeFirst()
                field.unicodeScalars.append(scalar)
            case "\"": isQuoted.toggle()
            case "," where !isQuoted:
                row.append(field)
                field = ""
            case "\r" where !isQuoted: continue
            case "\n" where !isQuoted:
                row.append(field)
                if !isEmpty(row) { rows.append(row) }
                (row, field) = ([], "")
            default: field.unicodeScalars.append(scalar)
            }
        }
        row.append(field)
        if !isEmpty(row) { rows.append(row) }
        return rows
    }
}
