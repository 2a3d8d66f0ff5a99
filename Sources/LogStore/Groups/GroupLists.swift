import GRDB
import GatewayModel
import JSON
import Shapes

extension LogOperation {
    static var groupLists: [LogOperation] {
        [
            LogOperation(
                "DescribeLogGroups",
                [
                    .may("accountIdentifiers", .list(.text(12...12), 0...20)), .may("logGroupNamePrefix", .groupName),
                    .may("logGroupNamePattern", .groupNamePattern), .may("nextToken", .logToken),
                    .may("limit", .integer(1...LogLimits.describedPage)), .may("includeLinkedAccounts", .boolean),
                    .may("logGroupClass", .groupClass),
                    .may("logGroupIdentifiers", .list(.groupIdentifier, 1...LogLimits.describedPage)),
                ]
            ) { store, input throws(LogError) in
                try LogStore.checkLengths(input.text("logGroupNamePrefix"))
                let prefix = input.text("logGroupNamePrefix")
                let pattern = input.text("logGroupNamePattern")
                // Recorded.
                guard prefix == nil || pattern == nil else {
                    throw .invalid(
                        "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.")
                }
                let identifiers = input.texts("logGroupIdentifiers")
                guard identifiers == nil || prefix == nil && pattern == nil else {
                    throw .invalid("logGroupIdentifiers cannot be given together with a prefix or a pattern.")
                }
                let page = try await store.groupPage(
                    input, most: LogLimits.describedPage,
                    GroupChoice(
                        prefix: prefix, parts: pattern.map { [GroupChoice.Part(text: $0)] },
                        names: identifiers.map { Set($0.map(store.names.group)) }))
                return page.answer { $0.description(store.names) }
            },
            LogOperation(
                "ListLogGroups",
                [
                    .may("logGroupNamePattern", .text(3...129)), .may("logGroupClass", .groupClass),
                    .may("includeLinkedAccounts", .boolean), .may("accountIdentifiers", .list(.text(12...12), 0...20)),
                    .may("nextToken", .logToken), .may("limit", .integer(1...LogLimits.listedPage)),
                ]
            ) { store, input throws(LogError) in
                // Words between bars; one that begins with ^ is a prefix.
                let parts = input.text("logGroupNamePattern").map { pattern in
                    pattern.split(separator: "|").map { word in
                        GroupChoice.Part(
                            text: word.hasPrefix("^") ? String(word.dropFirst()) : String(word),
                            isPrefix: word.hasPrefix("^"))
                    }
                }
                let page = try await store.groupPage(
                    input, most: LogLimits.describedPage, GroupChoice(prefix: nil, parts: parts, names: nil))
                return page.answer { group in
                    [
                        "logGroupName": .string(group.name), "logGroupArn": .string(store.names.groupARN(group.name)),
                        "logGroupClass": .string(group.groupClass),
                    ]
                }
            },
        ]
    }
}

/// Which groups are listed.
private struct GroupChoice: Sendable {
    struct Part: Sendable {
        let text: String
        var isPrefix = false
    }

    let prefix: String?
    /// One of them has to be in the name.
    let parts: [Part]?
    let names: Set<String>?

    func takes(_ name: String) -> Bool {
        if let names, !names.contains(name) { return false }
        guard let parts else { return true }
        return parts.contains { $0.isPrefix ? name.hasPrefix($0.text) : $0.text.isEmpty || name.contains($0.text) }
    }
}

private struct GroupPage: Sendable {
    var groups: [LogGroup] = []
    var next: String?

    func answer(_ described: (LogGroup) -> JSONValue) -> JSONObject {
        var answer: JSONObject = ["logGroups": .array(groups.map(described))]
        if let next { answer["nextToken"] = .string(next) }
        return answer
    }
}

extension LogStore {
    /// In the order of names. The next page begins behind the last one of this.
    fileprivate func groupPage(
        _ input: Input, most: Int, _ choice: GroupChoice
    ) async throws(LogError) -> GroupPage {
        // There is one account, and nothing is linked to it.
        let accounts = input.texts("accountIdentifiers") ?? []
        guard accounts.isEmpty || accounts.contains(account.accountId) else { return GroupPage() }
        let groupClass = input.text("logGroupClass")
        let limit = input.integer("limit") ?? most
        let last = try PageToken.place(input.text("nextToken"))
        return try await read { db in
            var page = GroupPage()
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    \(LogGroup.selection)
                    WHERE name > ? AND name >= ? AND (? IS NULL OR class = ?) ORDER BY name
                    """, arguments: [last ?? "", choice.prefix ?? "", groupClass, groupClass])
            while let row = try rows.next() {
                let name: String = row["name"]
                if let prefix = choice.prefix, !name.hasPrefix(prefix) { break }
                guard choice.takes(name) else { continue }
                guard page.groups.count < limit else {
                    page.next = page.groups.last.map { PageToken.of($0.name) }
                    break
                }
                page.groups.append(LogGroup(row))
            }
            return page
        }
    }
}
