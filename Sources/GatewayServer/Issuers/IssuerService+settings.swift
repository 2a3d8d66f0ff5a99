import GatewayModel
import JSONWebToken
import NIOCore
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
        self.init(
            fetch: IssuerFetch(
                group: group, tls: try TrustedCertificates.context(settings.certificates),
                addresses: IssuerAddresses(allowedHosts: Set(settings.allowedHosts.map { $0.lowercased() })),
                allowsPlain: settings.allowsPlain),
            supplied: supplied, pools: pools)
    }
}
