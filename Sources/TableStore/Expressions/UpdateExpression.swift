/// One change of an update expression.
enum UpdateAction: Sendable {
    case set(DocumentPath, UpdateValue)
    case remove(DocumentPath)
    case add(DocumentPath, AttributeValue)
    case delete(DocumentPath, AttributeValue)

    var path: DocumentPath {
        switch self {
        case .set(let path, _), .remove(let path), .add(let path, _), .delete(let path, _): path
        }
    }
}

/// An UpdateExpression: parsed once for a request, applied to the item that is there when it is its turn.
struct UpdateExpression: Sendable {
    let actions: [UpdateAction]
    /// What is said of an operand or attribute of the wrong type.
    let typeFault: TableError

    init(_ text: String, scope: inout ExpressionScope) throws(TableError) {
        var parser = try ExpressionParser(text, kind: .update)
        let written = try parser.update()
        guard !parser.hasRedundantParentheses else {
            throw ExpressionKind.update.fault("The expression has redundant parentheses;")
        }
        self.init(try UpdateResolver().actions(written, &scope), typeFault: UpdateFault.wrongType)
    }

    /// For changes that did not come as an expression: AttributeUpdates.
    init(_ actions: [UpdateAction], typeFault: TableError) {
        self.actions = actions
        self.typeFault = typeFault
    }

    /// The paths that are written to.
    var targets: [DocumentPath] { actions.map(\.path) }

    /// What the touched paths hold, before the update for `UPDATED_OLD` and after it for `UPDATED_NEW`. Where an element
    /// of a list was removed, that is the one that moved into its place.
    func touched(of item: Item) -> Item { PathTree(targets).selection(from: item) }

    /// Whether the update makes an item where there is none: what only removes does not.
    var makesItem: Bool {
        actions.isEmpty
            || actions.contains { action in
                switch action {
                case .set, .add: true
                case .remove, .delete: false
                }
            }
    }
}
