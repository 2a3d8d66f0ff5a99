/// Whose resources these are: one Gatehouse serves one account in one region.
package struct AccountIdentity: Sendable, Hashable {
    /// Twelve digits.
    package let accountId: String
    package let region: String

    package init(accountId: String = "000000000000", region: String = "us-east-1") {
        self.accountId = accountId
        self.region = region
    }

    /// Of the region: `aws`, `aws-cn` or `aws-us-gov`.
    package var partition: String {
        if region.hasPrefix("cn-") { return "aws-cn" }
        return region.hasPrefix("us-gov-") ? "aws-us-gov" : "aws"
    }

    /// What stands behind the id of an API in the name that AWS gives it.
    package var executeAPIDomain: String {
        "execute-api.\(region).amazonaws.com" + (partition == "aws-cn" ? ".cn" : "")
    }

    package func functionARN(_ name: String, qualifier: String? = nil) -> String {
        "arn:\(partition):lambda:\(region):\(accountId):function:\(name)" + (qualifier.map { ":" + $0 } ?? "")
    }

    /// What API Gateway names as source when it calls something for `path`, such as `apiId/stage/GET/pets`.
    package func executeAPIARN(_ path: String) -> String {
        "arn:\(partition):execute-api:\(region):\(accountId):\(path)"
    }
}
