extension REST {
    /// A model of bodies. Source: botocore `Model` shape.
    package struct Model: KeyedPart {
        package var contentType: String
        package var description: String?
        package var id: String
        package var name: String
        /// JSON text.
        package var schema: String?

        package var key: String { name }

        package init(id: String, name: String, contentType: String, schema: String? = nil) {
            self.contentType = contentType
            self.id = id
            self.name = name
            self.schema = schema
        }
    }

    /// Source: botocore `RequestValidator` shape.
    package struct RequestValidator: KeyedPart {
        package var id: String
        package var name: String?
        package var validateRequestBody: Bool
        package var validateRequestParameters: Bool

        package var key: String { id }

        package init(id: String, name: String?) {
            self.id = id
            self.name = name
            validateRequestBody = false
            validateRequestParameters = false
        }
    }
}
