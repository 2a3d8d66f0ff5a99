/// What Query and Scan ask in common: where to read, how far, and what to give back.
struct PageRequest {
    let tableName: String
    let indexName: String?
    let limit: Int?
    let startKey: Item?
    let select: Select?
    let isConsistent: Bool
    let capacity: ReturnConsumedCapacity
    private(set) var filter: ConditionExpression?
    private(set) var projection: ProjectionExpression?
    /// As messages name the member that the projection came in.
    private let projectionMember: StaticString

    init(_ request: RequestMembers, _ constraints: inout Constraints, layer: WireLayer) throws(TableError) {
        tableName = try request.tableName()
        indexName = try request.string("IndexName")
        constraints.length("IndexName", indexName, ItemLimits.indexNameLength)
        if let indexName, !indexName.utf8.allSatisfy(RequestMembers.isNameByte) {
            constraints.violate(
                "indexName", value: indexName, "satisfy regular expression pattern: [a-zA-Z0-9_.-]+")
        }
        limit = try request.integer("Limit")
        projectionMember = request.range("AttributesToGet") == nil ? "ProjectionExpression" : "AttributesToGet"
        let chosen: Select = try constraints.choice("Select", of: request, absent: .allAttributes)
        select = request.range("Select") == nil ? nil : chosen
        capacity = try constraints.choice("ReturnConsumedCapacity", of: request, absent: .none)
        isConsistent = try request.boolean("ConsistentRead") ?? false
        startKey = try request.range("ExclusiveStartKey").map { range throws(TableError) in
            try Item(parsing: request.body, at: range, layer: layer)
        }
    }

    /// Takes over the expressions that both operations have, and checks that they fit to Select.
    mutating func parse(_ expressions: inout RequestExpressions) throws(TableError) {
        filter = try expressions.filter()
        projection = try expressions.projection()
        try expressions.finish()
    }

    /// What Select and the projection say about each other.
    func checkSelect() throws(TableError) {
        if select == .allProjectedAttributes, indexName == nil {
            throw .validation("ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName")
        }
        switch select {
        case .specificAttributes? where projection == nil:
            throw .validation(
                "Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES")
        case .count? where projection != nil:
            throw .validation("Cannot specify the \(projectionMember) when choosing to get only the Count")
        case .allAttributes? where projection != nil, .allProjectedAttributes? where projection != nil:
            throw .validation(
                "Cannot specify the \(projectionMember) when choosing to get \(select?.rawValue ?? "")")
        default: break
        }
    }
}
