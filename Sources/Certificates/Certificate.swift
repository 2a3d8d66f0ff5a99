internal import Crypto
package import GatewayModel

/// A certificate (RFC 5280) and its key, on P-256.
package struct Certificate: Sendable {
    /// What could not be made, in a sentence.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    package static let year: Int64 = 365 * 86_400

    package let pem: String
    /// PEM.
    package let privateKey: String

    /// One that signs itself.
    package static func selfSigned(
        _ subject: String, from start: Timestamp, seconds: Int64
    ) throws(Failure) -> Certificate {
        let key = P256.Signing.PrivateKey()
        let name = DistinguishedName(commonName: subject)
        let content = CertificateContent(
            subject: name, issuer: name, key: key.publicKey, start: start, seconds: seconds, extensions: [])
        return Certificate(pem: try content.signed(by: key), privateKey: key.pemRepresentation)
    }

    /// One for all names directly below these domains (`*.DOMAIN`), and the certificate of the authority that it is
    /// signed by: whoever trusts that one trusts this one.
    ///
    /// The authority's key is gone when this returns. Nobody can make it sign anything else, and if somebody could, it
    /// would be believed for these domains only (name constraints).
    package static func server(
        below domains: [String], from start: Timestamp, seconds: Int64
    ) throws(Failure) -> (authority: String, server: Certificate) {
        let authority = P256.Signing.PrivateKey()
        let authorityName = DistinguishedName(commonName: "Gatehouse authority \(Identifiers.hex(8))")
        let key = P256.Signing.PrivateKey()
        let root = CertificateContent(
            subject: authorityName, issuer: authorityName, key: authority.publicKey, start: start, seconds: seconds,
            extensions: [
                .authority, .use(.signsCertificates), .servesOnly, .keyIdentifier(authority.publicKey),
                .constrained(to: domains),
            ])
        let content = CertificateContent(
            subject: DistinguishedName(commonName: "APIs"), issuer: authorityName, key: key.publicKey, start: start,
            seconds: seconds,
            extensions: [
                .noAuthority, .use(.signsHandshakes), .servesOnly, .keyIdentifier(key.publicKey),
                .authorityKeyIdentifier(authority.publicKey), .names(domains.map { "*." + $0 }),
            ])
        return (
            authority: try root.signed(by: authority),
            server: Certificate(pem: try content.signed(by: authority), privateKey: key.pemRepresentation)
        )
    }
}

/// A name of X.501, as far as certificates made here have one.
struct DistinguishedName {
    let commonName: String

    private static let organization: UInt8 = 10
    private static let common: UInt8 = 3

    var encoded: [UInt8] {
        DER.sequence([attribute(Self.organization, "Gatehouse"), attribute(Self.common, commonName)])
    }

    /// By the last byte of its identifier in X.520.
    private func attribute(_ id: UInt8, _ text: String) -> [UInt8] {
        let pair = DER.sequence([DER.identifier([0x55, 0x04, id]), DER.tagged(0x0C, Array(text.utf8))])
        return DER.tagged(0x31, pair)
    }
}

/// What a certificate says, not signed yet.
struct CertificateContent {
    let subject: DistinguishedName
    let issuer: DistinguishedName
    let key: P256.Signing.PublicKey
    let start: Timestamp
    let seconds: Int64
    let extensions: [CertificateExtension]

    /// ecdsa-with-SHA256
    private static let algorithm = DER.sequence([
        DER.identifier([0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02])
    ])

    /// PEM.
    func signed(by signer: P256.Signing.PrivateKey) throws(Certificate.Failure) -> String {
        let end = Timestamp(milliseconds: start.milliseconds + seconds * 1000)
        var parts = [
            DER.tagged(0xA0, DER.integer([2])), DER.integer((0..<16).map { _ in UInt8.random(in: .min ... .max) }),
            Self.algorithm, issuer.encoded, DER.sequence([DER.time(start), DER.time(end)]), subject.encoded,
            Array(key.derRepresentation),
        ]
        if !extensions.isEmpty { parts.append(DER.tagged(0xA3, DER.sequence(extensions.map(\.encoded)))) }
        let content = DER.sequence(parts)
        let signature: [UInt8]
        do { signature = Array(try signer.signature(for: content).derRepresentation) } catch {
            throw Certificate.Failure(description: "The certificate could not be signed: \(error)")
        }
        return DER.pem("CERTIFICATE", DER.sequence([content, Self.algorithm, DER.bits(signature)]))
    }
}
