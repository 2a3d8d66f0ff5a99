package import JSON

/// What IAM refuses to keep, though it could be read: names that can mean nothing. What is kept already is read as ever, so
/// that no Deny of it is lost.
///
/// Source: IAM User Guide, reference_policies_grammar and reference-arns; messages from public reports.
package enum KeptPolicy {
    /// Of a policy that `PolicyDocument` can read.
    ///
    /// - Parameter isManaged: whether it stands for itself; such a one is of the newer version.
    package static func check(
        _ policy: JSONValue, kind: PolicyDocument.Kind, isManaged: Bool = false
    ) throws(PolicyError) {
        if isManaged, policy["Version"] != "2012-10-17" { throw .olderVersion }
        guard let statements = policy["Statement"] else { return }
        for statement in statements.array ?? [statements] {
            if let sid = statement["Sid"]?.string, !sid.utf8.allSatisfy(isLetterOrDigit) { throw .sid }
            if kind == .identity {
                for element in ["Resource", "NotResource"] {
                    for text in try statement[element]?.policyTexts() ?? [] { try check(resource: text) }
                }
            }
            for element in ["Action", "NotAction"] {
                for text in try statement[element]?.policyTexts() ?? [] { try check(action: text) }
            }
            for (_, compared) in statement["Condition"]?.object?.members ?? [] {
                for key in compared.object?.keys ?? [] where !key.contains(":") { throw .actionWithoutVendor }
            }
        }
    }

    private static func check(action: String) throws(PolicyError) {
        guard action != "*" else { return }
        let parts = action.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let vendor = parts[0].utf8
        guard parts[0] == "*" || !vendor.isEmpty && vendor.allSatisfy({ isLetterOrDigit($0) || ".-".utf8.contains($0) })
        else { throw .vendor(String(parts[0])) }
        guard parts.count == 2, parts[1].utf8.allSatisfy({ isLetterOrDigit($0) || "*?-_.".utf8.contains($0) }) else {
            throw .syntax
        }
    }

    private static func check(resource: String) throws(PolicyError) {
        guard resource != "*" else { return }
        let parts = resource.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count > 1 else { throw .resourceWithoutARN(resource) }
        guard parts[0] == "arn", isPartition(parts[1]) else {
            // As AWS tells it: absent parts are stars, and a word in front of the partition is not shown.
            let rest = (2..<6).map { $0 < parts.count ? String(parts[$0]) : "*" }.joined(separator: ":")
            throw .partition(String(parts[1]), "arn:\(parts[1]):\(rest)")
        }
        guard parts.count > 2, !parts[2].isEmpty, !parts[2].contains("*"), !parts[2].contains("?") else {
            throw .resourceWithoutVendor
        }
        let hasNoRegion = parts.count > 3 && parts[3].isEmpty
        switch parts[2] {
        case "iam" where !hasNoRegion: throw .region("IAM resource \(resource) cannot contain region information.")
        // Access points and their like are in a region, and of an account.
        case "s3" where !hasNoRegion && (parts.count < 6 || parts[4].isEmpty):
            throw .region("Resource \(resource) can not contain region information.")
        default: break
        }
        guard parts.count == 6 || !resource.contains("::") else { throw .legacy }
    }

    private static let partitions: Set<Substring> = [
        "aws", "aws-cn", "aws-us-gov", "aws-eusc", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f",
    ]

    private static func isPartition(_ text: Substring) -> Bool {
        partitions.contains(text) || text.contains("*") || text.contains("?") || text.contains("${")
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
}
