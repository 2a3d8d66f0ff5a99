/// User pools, as management requests name them.
extension ServiceFront {
    /// What X-Amz-Target of an operation on user pools begins with; the operation follows.
    package static let userPoolTarget = "AWSCognitoIdentityProviderService."
    package static let userPoolWire = WireProtocol.json(version: "1.1")
    /// The longest call is a pool with its message templates of 20,000 characters each.
    package static let userPoolBytes = 1_048_576

    static func userPools(_ operation: String) -> Found {
        Found(.userPools(operation: operation), userPoolWire, userPoolBytes)
    }
}
