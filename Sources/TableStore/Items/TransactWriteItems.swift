import JSON

/// TransactWriteItems: up to a hundred writes and checks, all of them or none.
struct TransactWriteItems: TableWrite {
    private let actions: [any ItemWrite]
    private let token: String?
    /// Of the actions.
    private let digest: [UInt8]
    private let reports: WriteReports

    init(_ request: RequestMembers) throws(TableError) {
        let elements = try request.transactItems()
        var constraints = Constraints()
        token = try request.string("ClientRequestToken")
        constraints.length("ClientRequestToken", token, 1...ItemLimits.clientRequestTokenLength)
        reports = try WriteReports(request, &constraints)
        try constraints.check()
        var actions: [any ItemWrite] = []
        for (position, element) in elements.enumerated() {
            actions.append(
                try Self.action(try RequestMembers(request.body, in: element), "transactItems.\(position + 1).member."))
        }
        self.actions = actions
        digest = RequestDigest.of(request.json("TransactItems") ?? [])
    }

    func run(in transaction: WriteTransaction) throws(TableError) -> [UInt8] {
        if let token, let earlier = try transaction.digest(ofToken: token) {
            guard earlier == digest else { throw Self.otherParameters }
            return try answerAgain(in: transaction)
        }
        let changes = try decide(in: transaction)
        if let token { try transaction.keep(token: token, digest: digest) }
        for change in changes { try change.apply(in: transaction) }
        var body = ResponseBody()
        try reports.write(changes, isTransaction: true, to: &body)
        return body.finished()
    }

    private static func action(_ members: RequestMembers, _ path: String) throws(TableError) -> any ItemWrite {
        let check = try members.members("ConditionCheck")
        let put = try members.members("Put")
        let delete = try members.members("Delete")
        let update = try members.members("Update")
        guard [check, put, delete, update].count(where: { $0 != nil }) == 1 else {
            throw .validation("TransactItems can only contain one of Check, Put, Update or Delete")
        }
        if let put { return try PutItem(action: put, at: path + "put.") }
        if let update { return try UpdateItem(action: update, at: path + "update.") }
        if let delete { return try DeleteItem(action: delete, at: path + "delete.") }
        if let check { return try ConditionCheck(action: check, at: path + "conditionCheck.") }
        throw .validation("TransactItems can only contain one of Check, Put, Update or Delete")
    }

    private static let otherParameters = TableError.modelled(
        "IdempotentParameterMismatchException",
        "The provided request token was used before with other parameters", messageKey: "Message")

    /// What was written stays as it is. Such a call costs what reading the items costs ("TransactWriteItems",
    /// idempotency).
    private func answerAgain(in transaction: WriteTransaction) throws(TableError) -> [UInt8] {
        var body = ResponseBody()
        guard reports.capacity != .none else { return body.finished() }
        var capacities: [ConsumedCapacity] = []
        for action in actions {
            let table = try transaction.table(named: action.tableName)
            let key: ItemKey
            do { key = try action.key(in: table) } catch { throw action.error(of: error) }
            let size = try Item(stored: try transaction.item(table, key))?.size ?? 0
            ConsumedCapacity.update(&capacities, table, isTransaction: true) { consumed in
                consumed.addRead(size: size, isConsistent: true)
            }
        }
        body.member("ConsumedCapacity")
        body.array(capacities) { body, consumed in consumed.write(to: &body, reports.capacity) }
        return body.finished()
    }

    /// Every action sees the items as they were before the transaction; all that fail are told.
    private func decide(in transaction: WriteTransaction) throws(TableError) -> [ItemChange] {
        var targets = TransactionTargets(actions.map(\.tableName))
        try targets.find(in: transaction.table(named:)) { position, table throws(KeyFault) in
            try actions[position].key(in: table)
        }
        var size = 0
        for case let put as PutItem in actions {
            guard put.size <= ItemLimits.itemSize else { throw .itemTooLarge }
            size += put.size
        }
        var changes: [ItemChange] = []
        var reasons: [CancellationReason] = []
        let keys = try targets.keys { actions[$0].error(of: $1) }
        for (action, (target, key)) in zip(actions, zip(targets.found, keys)) {
            do throws(TableError) {
                let change = try action.decide(in: transaction, target.table, key)
                if case .put(let item, _) = change.outcome, !(action is PutItem) { size += item.size }
                changes.append(change)
                reasons.append(.none)
            } catch {
                guard let reason = CancellationReason(error) else { throw error }
                reasons.append(reason)
            }
        }
        try CancellationReason.check(reasons)
        guard size <= ItemLimits.transactionSize else {
            throw .transactionTooLarge
        }
        return changes
    }
}

extension RequestMembers {
    /// The elements of TransactItems, between one and a hundred.
    func transactItems() throws(TableError) -> [Range<Int>] {
        var constraints = Constraints()
        let elements = try elements("TransactItems")
        if let elements {
            // DynamoDB prints the whole list here; its beginning and end say as much.
            if elements.isEmpty {
                constraints.violate("transactItems", value: "[]", "have length greater than or equal to 1")
            } else if elements.count > ItemLimits.transactionActions {
                constraints.violate(
                    "transactItems", value: "[...]",
                    "have length less than or equal to \(ItemLimits.transactionActions)")
            }
        } else {
            constraints.violate("transactItems", value: nil, "not be null")
        }
        try constraints.check()
        return elements ?? []
    }
}

extension TableError {
    static let transactionTooLarge = validation("Transaction request size exceeds the maximum allowed size")
}
