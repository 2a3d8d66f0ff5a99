/// The keys of whoever signs.
package struct SigningCredentials: Sendable, Equatable {
    package let accessKeyId: String
    package let secretAccessKey: String
    /// Of temporary credentials.
    package let sessionToken: String?

    package init(accessKeyId: String, secretAccessKey: String, sessionToken: String? = nil) {
        self.accessKeyId = accessKeyId
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
    }
}
