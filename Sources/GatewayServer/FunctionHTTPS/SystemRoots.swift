import GatewayModel

/// The certificates of authorities that this machine trusts, as one file.
enum SystemRoots {
    /// Where systems have it: Debian and Alpine, Red Hat and Amazon Linux, SUSE, macOS.
    static let places = [
        "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem",
    ]
    /// Mozilla's list is 220 KB.
    private static let limit = 16 << 20

    /// PEM; nil where there is none.
    static func read(_ places: [String] = places) -> [UInt8]? {
        for place in places {
            guard let bytes = try? FileText.bytes(of: place, upTo: limit + 1), bytes.count <= limit, !bytes.isEmpty
            else { continue }
            return bytes
        }
        return nil
    }
}
