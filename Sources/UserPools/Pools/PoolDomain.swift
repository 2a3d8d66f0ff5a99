/// Which names pools may be reached by.
enum PoolDomain {
    /// Source: Developer Guide, configuring a user pool domain.
    private static let reservedWords = ["aws", "amazon", "cognito"]
    /// Names that lead to this server, or to AWS, whatever pools there are: its operations are called by them.
    private static let othersNames = [
        "localhost", "localhost.localstack.cloud", "amazonaws.com", "amazonaws.com.cn", "amazoncognito.com",
    ]

    /// The part of a name below AWS's own domain.
    static func checkPrefix(_ name: String) throws(PoolError) {
        guard !name.contains(".") else { throw .invalid("Invalid request provided: \(name)") }
        for word in reservedWords where name.contains(word) {
            throw .invalid("Domain cannot contain reserved word: \(word)")
        }
    }

    static func checkOwn(_ name: String) throws(PoolError) {
        guard isOwn(name) else { throw .invalid("Custom domain is not a valid subdomain: \(name)") }
    }

    /// Whether a pool may have that name for itself: that of a host, which is no address and no name of somebody else.
    static func isOwn(_ name: String) -> Bool {
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        // The last one of an address is a number, and no top-level domain is one.
        let isAddress = labels.last.map { $0.utf8.allSatisfy(\.isDigit) } ?? true
        guard labels.count >= 2, labels.allSatisfy(isLabel), !isAddress
        else { return false }
        return !othersNames.contains { name == $0 || name.hasSuffix(".\($0)") }
    }

    private static func isLabel(_ label: Substring) -> Bool {
        (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
    }
}

extension PoolError {
    package static func domainOfThisServer(_ name: String) -> PoolError {
        invalid("\(name) leads to this server itself, so no pool can have it.")
    }
}
