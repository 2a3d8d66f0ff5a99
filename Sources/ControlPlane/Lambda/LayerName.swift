import GatewayModel

/// A layer as calls name it: by its name or its ARN.
enum LayerName {
    /// As AWS prints it. Recorded in November 2025.
    private static let arnPattern =
        #"arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:layer:"#
    private static let namePattern = "(" + arnPattern + "[a-zA-Z0-9-_]{1,140}|[a-zA-Z0-9-_]{1,140})"
    static let versionPattern =
        "(" + arnPattern + #"[a-zA-Z0-9-_]+:[0-9]+)|(arn:[a-zA-Z0-9-]+:lambda:::awslayer:[a-zA-Z0-9-_]+)"#

    /// Source: botocore, shape `LayerNameOrArn`.
    private static let maximumNameLength = 140
    static let maximumARNLength = 2_048

    /// The ARN of a layer or of a version of one.
    struct ARN: Sendable, Equatable {
        let name: String
        let version: Int?
        let region: String
        let account: String

        init?(_ text: String) {
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 7 || parts.count == 8, parts[0] == "arn",
                parts[1].isEmpty || parts[1].hasPrefix("aws"),
                parts[2] == "lambda", parts[3].isWord(), parts[4].isAccountId, parts[5] == "layer", parts[6].isWord()
            else { return nil }
            name = String(parts[6])
            region = String(parts[3])
            account = String(parts[4])
            guard parts.count == 8 else {
                version = nil
                return
            }
            // The number of a version that is too large to be one is one that is not there.
            guard parts[7].isDigits else { return nil }
            version = Int(parts[7]) ?? .max
        }

        /// What there may be of it here.
        func checkPlace(_ identity: AccountIdentity) throws(ServiceError) {
            guard region == identity.region else {
                throw .invalidParameter(
                    "Layers are not in the same region as the function. "
                        + "Layers are expected to be in region \(identity.region).")
            }
            guard account == identity.accountId else {
                throw .accessDenied(
                    "The layer belongs to the account \(account); this Gatehouse serves \(identity.accountId). "
                        + "Publish it here, and name that version.")
            }
        }
    }

    /// Of a path that names a layer.
    static func named(
        in call: Call, _ constraints: Constraints = Constraints()
    ) throws(ServiceError) -> String {
        let text = call.path("LayerName")
        var constraints = constraints
        let arn = ARN(text)
        constraints.length(text, "layerName", 1...maximumARNLength)
        constraints.pattern(text, "layerName", namePattern) { text in
            let name = arn.flatMap { $0.version == nil ? $0.name : nil } ?? text
            return name.isWord() && name.utf8.count <= maximumNameLength
        }
        try constraints.check()
        try arn?.checkPlace(call.account)
        return arn?.name ?? text
    }

    /// Of a path that names a version of a layer.
    static func version(
        in call: Call, _ constraints: Constraints = Constraints()
    ) throws(ServiceError) -> (name: String, number: Int) {
        guard let number = Int(call.path("VersionNumber")) else {
            throw .serialization("VersionNumber: '\(call.path("VersionNumber"))' is not a number")
        }
        let name = try named(in: call, constraints)
        guard number >= 1 else { throw .invalidParameter("Layer Version Cannot be less than 1") }
        return (name, number)
    }

    /// Whether a text is the ARN of a version, of this account or of another.
    static func isVersionARN(_ text: String) -> Bool {
        text.utf8.count <= maximumARNLength
            && (ARN(text)?.version != nil
                || text.wholeMatch(of: #/arn:[a-zA-Z0-9-]+:lambda:::awslayer:[a-zA-Z0-9_-]+/#) != nil)
    }
}
