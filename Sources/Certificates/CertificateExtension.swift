import Crypto

/// What a certificate may be used for, and by whom (RFC 5280 section 4.2). All that strict readers ask for is there
/// (Python 3.13 verifies with `X509_V_FLAG_X509_STRICT`).
struct CertificateExtension {
    enum KeyUse {
        case signsCertificates
        case signsHandshakes
    }

    /// The last byte of its identifier below `id-ce` (2.5.29).
    private let id: UInt8
    private let isCritical: Bool
    private let value: [UInt8]

    var encoded: [UInt8] {
        DER.sequence([
            DER.identifier([0x55, 0x1D, id]), isCritical ? DER.yes : [], DER.octets(value),
        ])
    }

    /// It signs certificates, and none of those signs others.
    static let authority = Self(id: 19, isCritical: true, value: DER.sequence([DER.yes, DER.integer([0])]))
    static let noAuthority = Self(id: 19, isCritical: true, value: DER.sequence([]))

    static func use(_ use: KeyUse) -> Self {
        let bits =
            switch use {
            case .signsCertificates: DER.bits([0x04], unused: 2)
            case .signsHandshakes: DER.bits([0x80], unused: 7)
            }
        return Self(id: 15, isCritical: true, value: bits)
    }

    /// id-kp-serverAuth
    static let servesOnly = Self(
        id: 37, isCritical: false,
        value: DER.sequence([DER.identifier([0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01])]))

    static func names(_ names: [String]) -> Self {
        Self(id: 17, isCritical: false, value: DER.sequence(names.map(dnsName)))
    }

    /// Good for names in these domains, and for no others.
    static func constrained(to domains: [String]) -> Self {
        let permitted = DER.tagged(0xA0, domains.flatMap { DER.sequence([dnsName($0)]) })
        return Self(id: 30, isCritical: true, value: DER.sequence([permitted]))
    }

    static func keyIdentifier(_ key: P256.Signing.PublicKey) -> Self {
        Self(id: 14, isCritical: false, value: DER.octets(identifier(of: key)))
    }

    static func authorityKeyIdentifier(_ key: P256.Signing.PublicKey) -> Self {
        Self(id: 35, isCritical: false, value: DER.sequence([DER.tagged(0x80, identifier(of: key))]))
    }

    /// RFC 7093 section 2: the first 160 bits of the key's digest.
    private static func identifier(of key: P256.Signing.PublicKey) -> [UInt8] {
        Array(SHA256.hash(data: key.x963Representation).prefix(20))
    }

    private static func dnsName(_ name: String) -> [UInt8] { DER.tagged(0x82, Array(name.utf8)) }
}
