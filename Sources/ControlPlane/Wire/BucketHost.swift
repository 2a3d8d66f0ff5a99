/// The names of hosts under which S3 is called. Source: S3 User Guide, VirtualHosting.
package enum BucketHost {
    /// As signatures and hosts name it.
    package static let service = "s3"
    private static let suffixes = [".amazonaws.com", ".amazonaws.com.cn", ".localhost.localstack.cloud"]
    private static let ownSuffix = ".localhost"

    /// The bucket that a host names: `BUCKET.s3.us-east-1.amazonaws.com`, `BUCKET.s3.localhost`, and `BUCKET.localhost`, which
    /// is what clients make of an endpoint at `localhost`.
    package static func bucket(of host: String) -> String? {
        let name = host.prefix { $0 != ":" }.lowercased()
        let suffix = (suffixes + [ownSuffix]).first(where: name.hasSuffix)
        guard let suffix else { return nil }
        let labels = name.dropLast(suffix.utf8.count).split(separator: ".")
        if let place = labels.lastIndex(where: { $0 == service || $0.hasPrefix("\(service)-") }) {
            return place == 0 ? nil : labels[..<place].joined(separator: ".")
        }
        return suffix == ownSuffix && !labels.isEmpty ? labels.joined(separator: ".") : nil
    }
}
