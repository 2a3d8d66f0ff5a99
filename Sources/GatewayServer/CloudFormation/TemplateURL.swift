import ControlPlane
import GatewayModel

/// Where a template lies in S3. Other places are never asked.
struct TemplateURL: Sendable, Equatable {
    let bucket: String
    let key: String
    let version: String?

    static let longest = 5_120

    /// nil where the URL leads to no bucket of this server's: it is S3's own, or that of our listener, by path or by host.
    ///
    /// - Parameter host: by which the caller reaches us, with its port; nil: by any port of this machine.
    init?(_ url: String, host: String?) {
        guard let separator = url.firstRange(of: "://"),
            ["http", "https"].contains(url[..<separator.lowerBound].lowercased())
        else { return nil }
        let rest = url[separator.upperBound...].prefix { $0 != "#" }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let target = rest[authority.endIndex...]
        let path = target.prefix { $0 != "?" }
        let query = target[path.endIndex...].dropFirst()
        guard !authority.contains("@"), let decoded = PercentEncoding.decode(String(path)) else { return nil }
        let name = authority.lowercased()
        let place = String(decoded.dropFirst())
        if let bucket = BucketHost.bucket(of: name) {
            (self.bucket, key) = (bucket, place)
        } else if name == host?.lowercased() || Self.isOwn(name, host) || Self.isEndpoint(name) {
            bucket = String(place.prefix { $0 != "/" })
            key = String(place.dropFirst(bucket.count + 1))
        } else {
            return nil
        }
        version = PercentEncoding.query(String(query))?.first { $0.name == "versionId" }?.value
        guard !bucket.isEmpty, !key.isEmpty else { return nil }
    }

    /// Names of this machine, at the port by which the caller has come.
    private static func isOwn(_ name: String, _ host: String?) -> Bool {
        let own = ["localhost", "127.0.0.1", "[::1]"]
        guard let host else { return own.contains { name == $0 || name.hasPrefix("\($0):") } }
        let port = host.split(separator: ":").dropFirst().last.map { ":\($0)" } ?? ""
        return own.contains { name == $0 + port }
    }

    /// `s3.amazonaws.com`, `s3.eu-west-1.amazonaws.com`, `s3-eu-west-1.amazonaws.com`.
    private static func isEndpoint(_ name: String) -> Bool {
        let labels = name.split(separator: ":")[0].split(separator: ".")
        let host = name.split(separator: ":")[0]
        guard host.hasSuffix(".amazonaws.com") || host.hasSuffix(".amazonaws.com.cn"), let first = labels.first else {
            return false
        }
        return (first == "s3" || first.hasPrefix("s3-") && !first.hasPrefix("s3-website")) && labels.count <= 5
    }
}
