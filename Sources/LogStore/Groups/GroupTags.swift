import GRDB
import GatewayModel
import JSON
import Shapes

/// Tags of groups, by both generations of operations: `TagLogGroup` with the name, `TagResource` with the ARN.
extension LogOperation {
    static var tags: [LogOperation] {
        [
            LogOperation("TagLogGroup", [.need("logGroupName", .groupName), .need("tags", .map)]) {
                store, input throws(LogError) in
                try await store.tag(try store.groupName(input), input)
            },
            LogOperation("TagResource", [.need("resourceArn", .resourceARN), .need("tags", .map)]) {
                store, input throws(LogError) in
                try await store.tag(try store.taggedGroup(input), input)
            },
            LogOperation(
                "UntagLogGroup",
                [
                    .need("logGroupName", .groupName), .need("tags", .list(.tagKey, 1...LogLimits.tags)),
                ]
            ) { store, input throws(LogError) in
                try await store.untag(try store.groupName(input), input.texts("tags") ?? [], input)
            },
            LogOperation(
                "UntagResource",
                [
                    .need("resourceArn", .resourceARN), .need("tagKeys", .list(.tagKey, 0...LogLimits.tags)),
                ]
            ) { store, input throws(LogError) in
                try await store.untag(try store.taggedGroup(input), input.texts("tagKeys") ?? [], input)
            },
            LogOperation("ListTagsLogGroup", [.need("logGroupName", .groupName)]) { store, input throws(LogError) in
                try await store.tags(of: try store.groupName(input))
            },
            LogOperation("ListTagsForResource", [.need("resourceArn", .resourceARN)]) { store, input throws(LogError) in
                try await store.tags(of: try store.taggedGroup(input))
            },
        ]
    }
}

extension LogStore {
    static func check(
        _ tags: OrderedMap<String>, over old: OrderedMap<String> = [:], _ input: Input
    ) throws(LogError) {
        guard SystemTags.othersCount(tags) <= LogLimits.tags else { throw .tooManyTags }
        guard SystemTags.refused(from: old, to: tags, granted: input.systemTags) == nil else {
            throw .invalid(SystemTags.refusal)
        }
        for (key, value) in tags.entries {
            guard (1...LogLimits.tagKeyLength).contains(key.unicodeScalars.count) else {
                throw .constraint(
                    key, at: "tags",
                    "satisfy constraint: [Member must have length less than or equal to 128, Member must have length greater than or equal to 1]"
                )
            }
            guard value.unicodeScalars.count <= LogLimits.tagValueLength else {
                throw .constraint(
                    value, at: "tags", "satisfy constraint: [Member must have length less than or equal to 256]")
            }
        }
    }

    fileprivate func taggedGroup(_ input: Input) throws(LogError) -> String {
        let arn = input.needed("resourceArn")
        let name = names.group(arn)
        // Tags of destinations and of what else has ARNs of this service are those of resources that are not here.
        guard name != arn else { throw LogError("ResourceNotFoundException", "The specified resource does not exist.") }
        return name
    }

    fileprivate func tag(_ name: String, _ input: Input) async throws(LogError) -> JSONObject {
        let more = input.map("tags")
        guard !more.isEmpty else { throw .constraint("{}", at: "tags", "have length greater than or equal to 1") }
        return try await changeTags(name, input) { tags in
            for (key, value) in more.entries { tags[key] = value }
        }
    }

    fileprivate func untag(_ name: String, _ keys: [String], _ input: Input) async throws(LogError) -> JSONObject {
        try await changeTags(name, input) { tags in
            for key in keys { tags[key] = nil }
        }
    }

    fileprivate func tags(of name: String) async throws(LogError) -> JSONObject {
        ["tags": try await read { db in try LogGroup.needed(name, db).tags.asJSON }]
    }

    private func changeTags(
        _ name: String, _ input: Input, _ change: @escaping @Sendable (inout OrderedMap<String>) -> Void
    ) async throws(LogError) -> JSONObject {
        try await write { db in
            let group = try LogGroup.needed(name, db)
            var tags = group.tags
            change(&tags)
            try Self.check(tags, over: group.tags, input)
            try db.execute(sql: "UPDATE groups SET tags = ? WHERE id = ?", arguments: [tags.asJSON.text, group.id])
        }
        return [:]
    }
}

extension LogError {
    fileprivate static let tooManyTags = LogError(
        "TooManyTagsException", "A resource can have no more than \(LogLimits.tags) tags.")
}
