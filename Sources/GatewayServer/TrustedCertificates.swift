package import NIOSSL

/// Certificates of authorities that the operator names.
package enum TrustedCertificates {
    /// All authorities of a system have a few hundred kilobytes.
    private static let byteLimit = 16 << 20

    /// What verifies servers: by the system's authorities and those of a file.
    package static func context(_ file: String?) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        if let file { configuration.additionalTrustRoots = [try read(file)] }
        return try NIOSSLContext(configuration: configuration)
    }

    private static func read(_ file: String) throws -> NIOSSLAdditionalTrustRoots {
        let text: [UInt8]
        do { text = try FileText.bytes(of: file, upTo: byteLimit) } catch {
            throw StartError("The certificates in \(file) cannot be read: \(error).")
        }
        do { return .certificates(try NIOSSLCertificate.fromPEMBytes(text)) } catch {
            throw StartError("The certificates in \(file) cannot be read: it has none that is PEM.")
        }
    }
}
