import GatewayModel
import JSON

/// Policies of AWS's own, as far as public templates name them.
///
/// `AWSManagedPolicies.json` has what they say, one a line. ReadOnlyAccess names some 1,500 actions there: here those of
/// services that functions and APIs have to do with.
enum AWSManagedPolicies {
    struct Policy: Sendable {
        let name: String
        let path: String
        let version: String
        let created: String
        let updated: String
        let document: String

        /// The same in every account.
        var id: String {
            "ANPA"
                + String(
                    name.utf8.reduce(into: UInt64(14_695_981_039_346_656_037)) { hash, byte in
                        hash = (hash ^ UInt64(byte)) &* 1_099_511_628_211
                    }, radix: 32, uppercase: true
                ).suffix(12) + "AWSMP"
        }

        func arn(_ account: AccountIdentity) -> String { "arn:\(account.partition):iam::aws:policy\(path)\(name)" }
    }

    static let list: [Policy] = {
        guard let value = try? JSONValue(parsing: PackageResources.AWSManagedPolicies_json), let all = value.array
        else { return [] }
        return all.compactMap { policy in
            guard let name = policy["name"]?.string, let path = policy["path"]?.string,
                let version = policy["version"]?.string, let created = policy["created"]?.string,
                let updated = policy["updated"]?.string, let document = policy["document"]
            else { return nil }
            return Policy(
                name: name, path: path, version: version, created: created, updated: updated,
                document: String(decoding: document.bytes, as: UTF8.self))
        }
    }()

    private static let byPlace = Dictionary(list.map { ($0.path + $0.name, $0) }) { first, _ in first }

    /// Of any partition.
    static func named(_ arn: String) -> Policy? {
        guard let name = PolicyName(arn), name.isOfAWS else { return nil }
        return byPlace[name.path + name.name]
    }
}
