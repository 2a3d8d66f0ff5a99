package import ControlPlane

/// What the deployer needs of the management API: to answer one call. The deployer is inside the process, so no
/// signature is asked for, and code may lie in a local folder (`LocalCode`).
package protocol Management: Sendable {
    func call(_ request: WireRequest) async -> WireResponse

    /// The same resources again: calls are checked and answered as here, and nobody sees what they change.
    func draft() async -> any Management

    /// Where functions answer; nil in a draft, which asks none.
    var responses: (any CustomResponses)? { get }
}

extension Management {
    package var responses: (any CustomResponses)? { nil }
}
