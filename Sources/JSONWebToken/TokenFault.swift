/// Why a token lets nobody in.
package enum TokenFault: Error, Sendable, Equatable {
    /// Not three parts.
    case segments
    /// A part that is no base64url, or no JSON object in which every name stands once.
    case malformed
    /// An `alg` that is not taken, or that the key is not for.
    case algorithm(String)
    /// A header that asks for what is not understood (`crit`), or that changes what is signed (`b64`).
    case unsupportedHeader(String)
    case unknownKey(String?)
    case signature
    case issuer(String?)
    case audience([String])
    case expired(at: Double)
    case noExpiry
    case notYetValid(from: Double)
    case issuedInFuture(at: Double)
    /// A claim that has another form than RFC 7519 gives it, or that a rule wants and is not there.
    case claim(String)
    /// None of the scopes that the route asks for.
    case scope([String])

    /// What the client is told in `error_description`. The first and the audience's are recorded; AWS's words for the
    /// others are not known, and these are in the same tone.
    package var description: String {
        switch self {
        case .segments: "token contains an invalid number of segments"
        case .malformed: "the token is malformed"
        case .algorithm: "the token has an unsupported signing algorithm"
        case .unsupportedHeader: "the token has an unsupported header"
        case .unknownKey: "the token has an unknown key id"
        case .signature: "the token has an invalid signature"
        case .issuer: "the token does not have a valid issuer"
        case .audience: "the token does not have a valid audience"
        case .expired: "the token has expired"
        case .noExpiry: "the token does not have an expiration time"
        case .notYetValid: "the token is not valid yet"
        case .issuedInFuture: "the token was issued in the future"
        case .claim: "the token does not have valid claims"
        case .scope: "the token does not have a valid scope"
        }
    }

    /// What the operator is told: what was compared with what, never the token.
    package var explanation: String {
        switch self {
        case .algorithm(let name): "its alg is \(name)"
        case .unsupportedHeader(let name): "its header has \(name)"
        case .unknownKey(let id): id.map { "its key id \($0) is none of the issuer's" } ?? "it names no key"
        case .issuer(let issuer): issuer.map { "its issuer is \($0)" } ?? "it has no issuer"
        case .audience(let audiences):
            audiences.isEmpty ? "it has no audience" : "its audience is \(audiences.joined(separator: ", "))"
        case .expired(let time): "it ended at \(Int(clamping: time))"
        case .notYetValid(let time): "it begins at \(Int(clamping: time))"
        case .issuedInFuture(let time): "it is of \(Int(clamping: time))"
        case .claim(let name): "its claim \(name) is missing or has another form"
        case .scope(let scopes):
            scopes.isEmpty ? "it has no scope" : "its scopes are \(scopes.joined(separator: " "))"
        case .segments, .malformed, .signature, .noExpiry: description
        }
    }
}

extension Int {
    fileprivate init(clamping number: Double) {
        self = Int(exactly: number.rounded(.down)) ?? (number < 0 ? .min : .max)
    }
}
