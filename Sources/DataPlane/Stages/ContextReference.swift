import NIOCore

/// What `$context.NAME` stands for: a variable of the gateway's own, or something that the authorizer has said.
enum ContextReference: Sendable, Equatable {
    case variable(ContextVariable)
    /// A key of a function authorizer's context, or `claims.NAME` of a token. `otherwise` is the gateway's own variable of
    /// that name: what the authorizer says comes first.
    case authorizer([UInt8], otherwise: ContextVariable?)

    /// - Parameter variables: those of the kind of API, by name.
    init?(_ name: some StringProtocol, _ variables: [String: ContextVariable]) {
        let known = variables[String(name)]
        if name.hasPrefix(Self.prefix), name.utf8.count > Self.prefix.utf8.count {
            self = .authorizer(Array(name.utf8.dropFirst(Self.prefix.utf8.count)), otherwise: known)
        } else if let known {
            self = .variable(known)
        } else {
            return nil
        }
    }

    private static let prefix = "authorizer."

    /// See `ContextVariable.isSafe`. What an authorizer says never is.
    var isSafe: Bool { if case .variable(let variable) = self { variable.isSafe } else { false } }

    /// Appends the value; false when it has none.
    func write(_ x: Exchange, _ figures: CallFigures, to buffer: inout ByteBuffer) -> Bool {
        switch self {
        case .variable(let variable): variable.write(x, figures, to: &buffer)
        case .authorizer(let name, let otherwise):
            x.writeAuthorizerValue(name, to: &buffer) || otherwise?.write(x, figures, to: &buffer) == true
        }
    }
}
