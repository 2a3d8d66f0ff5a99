package import GatewayModel

/// The name of a stack.
package enum StackName {
    /// AWS's quota.
    package static let maximumLength = 128
    private static let fallback = "gatehouse"

    package static func isValid(_ name: String) -> Bool {
        guard let first = name.utf8.first, LogicalId.isAlphanumeric(first), first > UInt8(ascii: "9") else {
            return false
        }
        return name.utf8.count <= maximumLength
            && name.utf8.allSatisfy { LogicalId.isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
    }

    /// The folder's name with what a stack's name may not have as hyphens.
    static func from(folder: String) -> String {
        let last = folder.split(separator: "/").last ?? ""
        let name = String(
            last.unicodeScalars.map { scalar in
                scalar.isASCII && LogicalId.isAlphanumeric(UInt8(scalar.value)) ? Character(scalar) : "-"
            })
        return isValid(name) ? name : fallback
    }

    /// The id of a new stack of that name.
    package static func newId(_ name: String, _ account: AccountIdentity) -> String {
        "\(arn(of: name, account))/\(Identifiers.uuid())"
    }

    /// `arn:aws:cloudformation:us-east-1:000000000000:stack/NAME`, with which the ids of all stacks of the name begin.
    package static func arn(of name: String, _ account: AccountIdentity) -> String {
        "arn:\(account.partition):cloudformation:\(account.region):\(account.accountId):stack/\(name)"
    }

    /// The name in an id; what is no id is a name.
    package static func of(_ id: String) -> String {
        let parts = id.split(separator: "/")
        return id.hasPrefix("arn:") && parts.count == 3 ? String(parts[1]) : id
    }
}
