package import JSON

extension REST {
    /// A resource: one path template, and its methods by their verbs. Source: botocore `Resource` shape.
    package struct Resource: KeyedPart {
        package var id: String
        /// Nil for the root.
        package var parentId: String?
        /// The whole template: `/pets/{id}`.
        package var path: String
        /// The last segment: `pets`, `{id}`, `{proxy+}`; nil for the root.
        package var pathPart: String?
        /// By verb, `ANY` included.
        package var resourceMethods: OrderedMap<Method>?

        package var key: String { id }

        package init(id: String, path: String, parentId: String? = nil, pathPart: String? = nil) {
            self.id = id
            self.parentId = parentId
            self.path = path
            self.pathPart = pathPart
        }
    }
}
