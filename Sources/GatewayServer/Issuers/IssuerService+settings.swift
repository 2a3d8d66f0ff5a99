import GatewayModel
import JSONWebToken
import NIOCore
import NIOSSL
import UserPools

extension IssuerService {
    /// With what the operator says of issuers.
    convenience init(_ settings: IssuerSettings, pools: UserPools? = nil, group: any EventLoopGroup) throws {
        var supplied: [String: KeySet] = [:]
        for (issuer, file) in settings.keyFiles {
            let text: [UInt8]
            do { text = try FileText.bytes(of: file, upTo: KeySet.byteLimit + 1) } catch {
                throw StartError("The keys in \(file) cannot be read (--issuer): \(error).")
            }
            guard let keys = KeySet(text), !keys.isEmpty else {
                throw StartError(
                    "\(file) is no set of keys (--issuer): {\"keys\": […]} with RSA or elliptic keys that sign, of at most "
                        + "\(KeySet.byteLimit) bytes.")
            }
            supplied[issuer] = keys
        }
        var tls = TLSConfiguration.makeClientConfiguration()
        if let file = settings.certificates { tls.additionalTrustRoots = [try TrustedCertificates.read(file)] }
        self.init(
            fetch: IssuerFetch(
                group: group, tls: try NIOSSLContext(configuration: tls),
                addresses: IssuerAddresses(allowedHosts: Set(settings.allowedHosts.map { $0.lowercased() })),
                allowsPlain: settings.allowsPlain),
            supplied: supplied, pools: pools)
    }
}

/// Certificates of authorities that the operator names.
enum TrustedCertificates {
    /// All authorities of a system have a few hundred kilobytes.
    private static let byteLimit = 16 << 20

    static func read(_ file: String) throws -> NIOSSLAdditionalTrustRoots {
        let text: [UInt8]
        do { text = try FileText.bytes(of: file, upTo: byteLimit) } catch {
            throw StartError("The certificates in \(file) cannot be read: \(error).")
        }
        do { return .certificates(try NIOSSLCertificate.fromPEMBytes(text)) } catch {
            throw StartError("The certificates in \(file) cannot be read: it has none that is PEM.")
        }
    }
}
