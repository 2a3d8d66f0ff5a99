/// What a template takes in from elsewhere, as it was when it was looked up: a plan that is made of it once more is the
/// same, whatever has come meanwhile.
package struct TemplateLookups: Codable, Sendable {
    /// What stands in the parameter store, by its name.
    package let parameters: [String: String]
    /// The objects in S3 that are included, by their places.
    package let objects: [String: String]

    package init(_ stored: StoredParameters, objects: [String: [UInt8]]) {
        parameters = stored.values ?? [:]
        self.objects = objects.mapValues { String(decoding: $0, as: UTF8.self) }
    }
}
