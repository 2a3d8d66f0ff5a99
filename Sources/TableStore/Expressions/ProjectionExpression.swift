/// A ProjectionExpression: which attributes, or parts of them, an answer has. Keys are not added.
struct ProjectionExpression: Sendable {
    let paths: [DocumentPath]
    private let tree: PathTree

    init(_ text: String, scope: inout ExpressionScope) throws(TableError) {
        var parser = try ExpressionParser(text, kind: .projection)
        var written = [try parser.path()]
        while parser.take(",") { written.append(try parser.path()) }
        try parser.expectEnd()
        for path in written { try path.checkWords(.projection) }
        var paths: [DocumentPath] = []
        for path in written { paths.append(try scope.resolve(path, .projection)) }
        try self.init(paths)
    }

    /// For paths that did not come as an expression: AttributesToGet.
    init(_ paths: [DocumentPath]) throws(TableError) {
        try paths.checkApart(.projection)
        self.paths = paths
        tree = PathTree(paths)
    }

    func project(_ item: Item) -> Item { tree.selection(from: item) }
}
