extension REST {
    /// Words on one part of an API. Source: botocore `DocumentationPart` shape.
    package struct DocumentationPart: KeyedPart {
        package var id: String
        package var location: DocumentationPartLocation
        /// JSON text.
        package var properties: String

        package var key: String { id }

        package init(id: String, location: DocumentationPartLocation, properties: String) {
            self.id = id
            self.location = location
            self.properties = properties
        }
    }

    package struct DocumentationPartLocation: Codable, Sendable, Hashable {
        package var method: String?
        package var name: String?
        package var path: String?
        package var statusCode: String?
        package var type: String

        /// Of all types but these it is a path that is documented: recorded, the root where nothing else is said.
        private static let pathless: Set = ["API", "AUTHORIZER", "MODEL"]

        package init(type: String, path: String?) {
            self.type = type
            self.path = path ?? (Self.pathless.contains(type) ? nil : "/")
        }
    }

    /// A frozen copy of the documentation parts. Source: botocore `DocumentationVersion` shape.
    package struct DocumentationVersion: KeyedPart {
        package var createdDate: Int
        package var description: String?
        package var version: String

        package var key: String { version }

        package init(version: String, createdDate: Int) {
            self.createdDate = createdDate
            self.version = version
        }
    }
}
