package import JSON

/// Tags of AWS's own, whose keys begin with `aws:`. Stacks put them on what they make; nobody else makes, changes or
/// removes them.
package enum SystemTags {
    package static func isOne(_ key: String) -> Bool { key.lowercased().hasPrefix("aws:") }

    /// How many of the tags count against a quota.
    package static func othersCount(_ tags: OrderedMap<String>) -> Int { tags.count { !isOne($0.key) } }

    /// Whether a map of tags has others.
    package static func hasOthers(_ tags: JSONValue?) -> Bool { tags?.object?.keys.contains { !isOne($0) } ?? false }

    /// A key of AWS's own whose tag a call may not change as it does.
    ///
    /// - Parameter granted: what a stack puts on this resource; nil where callers call.
    package static func refused(
        from old: OrderedMap<String>, to new: OrderedMap<String>, granted: [String: String]?
    ) -> String? {
        for (key, value) in new where isOne(key) && old[key] != value && granted?[key] != value { return key }
        guard granted == nil else { return nil }
        return old.first { isOne($0.key) && new[$0.key] == nil }?.key
    }

    /// AWS's sentence in CloudFormation. What it is in each service is not known of all.
    package static let refusal = "aws: prefixed tag key names are not allowed for external use."
}
