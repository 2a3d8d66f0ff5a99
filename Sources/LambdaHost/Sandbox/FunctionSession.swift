/// Gives environments what their functions' roles may be called by.
package protocol FunctionSessionSource: Sendable {
    /// Credentials for one environment; nil when there can be none.
    ///
    /// - Parameter roleId: `AROA…`.
    func beginSession(of functionName: String, roleId: String) -> FunctionSession?
}

/// The credentials of one environment.
package struct FunctionSession: Sendable {
    package let accessKeyId: String
    package let secretAccessKey: String
    package let token: String
    /// They are good until the last one lets go of it.
    private let life: any AnyObject & Sendable

    package init(accessKeyId: String, secretAccessKey: String, token: String, life: any AnyObject & Sendable) {
        self.accessKeyId = accessKeyId
        self.secretAccessKey = secretAccessKey
        self.token = token
        self.life = life
    }
}
