import HashTreeCollections
import JSON
import Shapes

extension PoolOperation {
    private static let groupMembers: [Shape.Member] = [.need("GroupName", .groupName), .need("UserPoolId", .poolId)]
    private static let groupSettings: [Shape.Member] = [
        .may("Description", .text(0...2048)), .may("RoleArn", .arn), .may("Precedence", .integer(0...Int(Int32.max))),
    ]
    /// AWS's quotas. Source: Developer Guide, quotas.
    private static let (groupLimit, groupsOfUser) = (10_000, 100)

    static let groups: [PoolOperation] = [
        PoolOperation("CreateGroup", groupMembers + groupSettings) { pools, input throws(PoolError) in
            let now = pools.now
            let group = try await pools.change { state, steps throws(PoolError) in
                let content = try state.content(input.needed("UserPoolId"))
                let name = input.needed("GroupName")
                guard content.groups[name] == nil else {
                    throw PoolError("GroupExistsException", "A group with the name \(name) already exists.")
                }
                guard content.groups.count < groupLimit else {
                    throw .limit("A user pool can have \(groupLimit) groups at most.")
                }
                var group = PoolGroup(poolId: content.pool.id, name: name, created: now, modified: now)
                group.take(input)
                steps.append(.group(group))
                return group
            }
            return ["Group": group.description]
        },
        PoolOperation("GetGroup", groupMembers) { pools, input throws(PoolError) in
            ["Group": try pools.content(input.needed("UserPoolId")).group(input).description]
        },
        PoolOperation("UpdateGroup", groupMembers + groupSettings) { pools, input throws(PoolError) in
            let now = pools.now
            let group = try await pools.change { state, steps throws(PoolError) in
                var group = try state.content(input.needed("UserPoolId")).group(input)
                group.take(input)
                group.modified = now
                steps.append(.group(group))
                return group
            }
            return ["Group": group.description]
        },
        PoolOperation("DeleteGroup", groupMembers) { pools, input throws(PoolError) in
            try await pools.change { state, steps throws(PoolError) in
                let content = try state.content(input.needed("UserPoolId"))
                let group = try content.group(input)
                // A new group of that name begins without users.
                for user in content.users.values where user.groups.contains(group.name) {
                    var changed = user
                    changed.groups.removeAll { $0 == group.name }
                    steps.append(.user(changed, pool: content.pool.id))
                }
                steps.append(.removeGroup(group))
            }
            return [:]
        },
        PoolOperation(
            "ListGroups",
            [.need("UserPoolId", .poolId), .may("Limit", .integer(0...60)), .may("NextToken", .anyText)]
        ) { pools, input throws(PoolError) in
            let content = try pools.content(input.needed("UserPoolId"))
            return try listed(content.groups.values.sorted { $0.name < $1.name }, input)
        },
        PoolOperation("AdminAddUserToGroup", userMembers + [.need("GroupName", .groupName)]) {
            pools, input throws(PoolError) in
            try await pools.change { state, steps throws(PoolError) in
                let content = try state.content(input.needed("UserPoolId"))
                guard var user = content.user(input.needed("Username")) else { throw PoolError.noUser }
                let group = try content.group(input)
                guard !user.groups.contains(group.name) else { return }
                guard user.groups.count < groupsOfUser else {
                    throw .limit("A user can be in \(groupsOfUser) groups at most.")
                }
                user.groups.append(group.name)
                steps.append(.user(user, pool: content.pool.id))
            }
            return [:]
        },
        PoolOperation("AdminRemoveUserFromGroup", userMembers + [.need("GroupName", .groupName)]) {
            pools, input throws(PoolError) in
            try await pools.change { state, steps throws(PoolError) in
                let content = try state.content(input.needed("UserPoolId"))
                guard var user = content.user(input.needed("Username")) else { throw PoolError.noUser }
                let group = try content.group(input)
                user.groups.removeAll { $0 == group.name }
                steps.append(.user(user, pool: content.pool.id))
            }
            return [:]
        },
        PoolOperation(
            "AdminListGroupsForUser", userMembers + [.may("Limit", .integer(0...60)), .may("NextToken", .anyText)]
        ) { pools, input throws(PoolError) in
            let content = try pools.content(input.needed("UserPoolId"))
            guard let user = content.user(input.needed("Username")) else { throw PoolError.noUser }
            return try listed(user.groups.sorted().compactMap { content.groups[$0] }, input)
        },
        PoolOperation(
            "ListUsersInGroup", groupMembers + [.may("Limit", .integer(0...60)), .may("NextToken", .anyText)]
        ) { pools, input throws(PoolError) in
            let content = try pools.content(input.needed("UserPoolId"))
            let group = try content.group(input)
            let users = content.users.values.filter { $0.groups.contains(group.name) }.sorted { $0.sub < $1.sub }
            let page = try Page(users, input, limit: "Limit", by: \.sub)
            var answer: JSONObject = ["Users": .array(page.items.map { .object($0.description()) })]
            answer["NextToken"] = page.next
            return answer
        },
    ]

    private static func listed(_ groups: [PoolGroup], _ input: Input) throws(PoolError) -> JSONObject {
        let page = try Page(groups, input, limit: "Limit", by: \.name)
        var answer: JSONObject = ["Groups": .array(page.items.map(\.description))]
        answer["NextToken"] = page.next
        return answer
    }
}

extension PoolGroup {
    /// Takes the settings that a call names.
    fileprivate mutating func take(_ input: Input) {
        text = input.text("Description") ?? text
        roleArn = input.text("RoleArn") ?? roleArn
        precedence = input.integer("Precedence") ?? precedence
    }
}

extension PoolContent {
    fileprivate func group(_ input: Input) throws(PoolError) -> PoolGroup {
        guard let group = groups[input.needed("GroupName")] else { throw .missing("Group not found.") }
        return group
    }
}
