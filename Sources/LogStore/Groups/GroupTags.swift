import GRDB
import JSON
import Shapes

/// Tags of groups, by both generations of operations: `TagLogGroup` with the name, `TagResource` with the ARN.
extension LogOperation {
    static var tags: [LogOperation] {
        [
            LogOperation("TagLogGroup", [.need("logGroupName", .groupName), .need("tags", .map)]) {
                store, input throws(LogError) in
                try await store.tag(try store.groupName(input), input.map("tags"))
            },
            LogOperation("TagResource", [.need("resourceArn", .resourceARN), .need("tags", .map)]) {
                store, input throws(LogError) in
                try await store.tag(try store.taggedGroup(input), input.map("tags"))
            },
            LogOperation(
                "UntagLogGroup",
                [
                    .need("logGroupName", .groupName), .need("tags", .list(.tagKey, 1...LogLimits.tags)),
                ]
            ) { store, input throws(LogError) in
                try await store.untag(try store.groupName(input), input.texts("tags") ?? [])
            },
            LogOperation(
                "UntagResource",
                [
                    .need("resourceArn", .resourceARN), .need("tagKeys", .list(.tagKey, 0...LogLimits.tags)),
                ]
            ) { store, input throws(LogError) in
                try await store.untag(try store.taggedGroup(input), input.texts("tagKeys") ?? [])
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
    static func check(_ tags: OrderedMap<String>) throws(LogError) {
        guard tags.count <= LogLimits.tags else { throw .tooManyTags }
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

    fileprivate func tag(_ name: String, _ more: OrderedMap<String>) async throws(LogError) -> JSONObject {
        guard !more.isEmpty else { throw .constraint("{}", at: "tags", "have length greater than or equal to 1") }
        try Self.check(more)
        return try await changeTags(name) { tags in
            for (key, value) in more.entries { tags[key] = value }
            guard tags.count <= LogLimits.tags else { throw LogError.tooManyTags }
        }
    }

    fileprivate func untag(_ name: String, _ keys: [String]) async throws(LogError) -> JSONObject {
        try await changeTags(name) { tags in
            for key in keys { tags[key] = nil }
        }
    }

    fileprivate func tags(of name: String) async throws(LogError) -> JSONObject {
        ["tags": try await read { db in try LogGroup.needed(name, db).tags.asJSON }]
    }

    private func changeTags(
        _ name: String, _ change: @escaping @Sendable (inout OrderedMap<String>) throws -> Void
    ) async throws(LogError) -> JSONObject {
        try await write { db in
            let group = try LogGroup.needed(name, db)
            var tags = group.tags
            try change(&tags)
            try db.execute(sql: "UPDATE groups SET tags = ? WHERE id = ?", arguments: [tags.asJSON.text, group.id])
        }
        return [:]
    }
}

extension LogError {
    fileprivate static let tooManyTags = LogError(
        "TooManyTagsException", "A resource can have no more than \(LogLimits.tags) tags.")
}
