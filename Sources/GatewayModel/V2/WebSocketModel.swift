extension V2 {
    /// A model of messages of a WebSocket API; routes refer to it by its name. Source: botocore `Model` shape.
    package struct Model: KeyedPart {
        package var contentType: String?
        package var description: String?
        package var modelId: String
        package var name: String
        /// JSON text.
        package var schema: String?

        package init(modelId: String, name: String) {
            self.modelId = modelId
            self.name = name
        }

        package var key: String { modelId }
    }
}
