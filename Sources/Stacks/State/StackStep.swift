/// A step of a deployment that has begun, written down before it is taken so that it can be taken back.
package struct StackStep: Codable, Sendable {
    enum Kind: String, Codable {
        case create
        case update
    }

    let kind: Kind
    /// With the properties that it is to have; with its physical id once it is known to exist.
    var resource: StackResource
    /// What was settled before it was made.
    let preparation: ResourcePreparation?
    /// For an update: the resource as it was.
    let before: StackResource?
    var isDone = false
}

extension StackStep {
    package var logicalId: String { resource.logicalId }

    /// Whether a function has to be asked for it to be taken back.
    package var asksFunction: Bool { ResourceType.asksFunction(resource.type) }
}
