/// How a token is signed, by the names of RFC 7518.
///
/// There is none without a signature and none with a shared secret: API Gateway takes neither.
package enum SigningAlgorithm: String, Sendable, CaseIterable, Hashable {
    case rs256 = "RS256"
    case rs384 = "RS384"
    case rs512 = "RS512"
    case es256 = "ES256"
    case es384 = "ES384"
    case es512 = "ES512"

    /// What JWT authorizers of HTTP APIs take.
    package static let rsa: Set<SigningAlgorithm> = [.rs256, .rs384, .rs512]
}
