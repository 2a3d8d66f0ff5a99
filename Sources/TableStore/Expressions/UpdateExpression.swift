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

    /// What the touched paths hold, for `UPDATED_OLD`.
    func touched(of item: Item) -> Item { PathTree(targets).selection(from: item) }

    /// What the touched paths hold after the update, for `UPDATED_NEW`: where something was removed from a list there
    /// is now another element, which was not touched.
    func written(to item: Item) -> Item {
        let paths = actions.compactMap { action -> DocumentPath? in
            if case .remove = action { return nil }
            return action.path
        }
        return PathTree(paths).selection(from: item)
    }
}
