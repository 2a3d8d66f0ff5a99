/// What a deployment does, or would do, to a resource.
package struct ResourceChange: Sendable, Hashable {
    package enum Action: Sendable, Hashable {
        case create
        /// The resource stays; these properties differ.
        case update([String])
        /// A new resource takes its place; these properties differ.
        case replace([String])
        case delete
    }

    package let logicalId: String
    package let type: String
    package let action: Action
}
