/// Where a request carries its token.
package enum IdentitySource: Sendable, Equatable {
    /// By its name in lower case.
    case header(String)
    case query(String)

    /// `$request.header.Authorization`, `$request.querystring.token`; nil for every other text.
    package init?(_ text: String) {
        func name(after prefix: String) -> String? {
            text.hasPrefix(prefix) && text.utf8.count > prefix.utf8.count
                ? String(text.dropFirst(prefix.count)) : nil
        }
        if let name = name(after: "$request.header.") {
            self = .header(name.lowercased())
        } else if let name = name(after: "$request.querystring.") {
            self = .query(name)
        } else {
            return nil
        }
    }
}
