/// Why a signature is not taken, in AWS's words.
///
/// Source: answers of live services; the order of checks as recorded of DynamoDB, whose front API Gateway shares.
package struct SignatureFault: Error, Equatable, Sendable {
    package enum Kind: Sendable {
        case missing, incomplete, invalid, unknownKey, expiredToken
    }

    package let kind: Kind
    package let message: String

    package init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    /// As services of JSON name it.
    package var code: String {
        switch kind {
        case .missing: "MissingAuthenticationTokenException"
        case .incomplete: "IncompleteSignatureException"
        case .invalid: "InvalidSignatureException"
        case .unknownKey: "UnrecognizedClientException"
        case .expiredToken: "ExpiredTokenException"
        }
    }

    /// As services of forms name it.
    package var formCode: String {
        switch kind {
        case .missing: "MissingAuthenticationToken"
        case .incomplete: "IncompleteSignature"
        case .invalid: "SignatureDoesNotMatch"
        case .unknownKey: "InvalidClientTokenId"
        case .expiredToken: "ExpiredToken"
        }
    }

    package static let missing = SignatureFault(.missing, "Missing Authentication Token")
    package static let unknownKey = SignatureFault(
        .unknownKey, "The security token included in the request is invalid.")
    package static let expiredToken = SignatureFault(
        .expiredToken, "The security token included in the request is expired")

    static let twoForms = SignatureFault(
        .invalid, "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.")
    static let mismatchText =
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key "
        + "and signing method. Consult the service documentation for details."
    /// Where the canonical request cannot be told.
    package static let mismatch = SignatureFault(.invalid, mismatchText)
}
