extension Lambda {
    /// The resource policy of a function or of one of its qualifiers, as AddPermission builds it.
    package struct ResourcePolicy: Codable, Sendable, Equatable {
        package var statements: [Statement]

        package init(statements: [Statement] = []) { self.statements = statements }
    }

    /// One permission: whom it lets do what, and where the call has to come from.
    package struct Statement: Codable, Sendable, Equatable {
        package var sid: String
        /// A service (`apigateway.amazonaws.com`), an account's ARN, the id of a user or role (its ARN where nobody had it
        /// when the permission was added), or `*`.
        package var principal: String
        /// `lambda:InvokeFunction`, `lambda:*`, …
        package var action: String
        /// The function's ARN, with the qualifier that the permission was added to.
        package var resource: String
        package var sourceArn: String?
        package var sourceAccount: String?
        package var principalOrgID: String?
        package var functionUrlAuthType: String?
        package var eventSourceToken: String?
        package var invokedViaFunctionUrl: Bool?

        package init(sid: String, principal: String, action: String, resource: String) {
            self.sid = sid
            self.principal = principal
            self.action = action
            self.resource = resource
        }
    }
}

extension Lambda.ResourcePolicy {
    /// Whether the service may invoke, calling on behalf of `sourceArn` in `sourceAccount`.
    ///
    /// A service principal of AWS belongs to no organisation and sends no function URL or event source token, so
    /// statements that ask for one of these never let it in.
    package func allowsInvoke(byService service: String, sourceArn: String, sourceAccount: String) -> Bool {
        statements.contains { statement in
            guard statement.principal == service || statement.principal == "*",
                ARNPattern.matches(statement.action, "lambda:InvokeFunction"),
                statement.principalOrgID == nil, statement.functionUrlAuthType == nil,
                statement.eventSourceToken == nil, statement.invokedViaFunctionUrl != true
            else { return false }
            if let account = statement.sourceAccount, account != sourceAccount { return false }
            if let pattern = statement.sourceArn { return ARNPattern.arnLike(pattern, sourceArn) }
            return true
        }
    }
}

/// Wildcards as IAM has them: `*` any run of characters, `?` any one.
package enum ARNPattern {
    /// ArnLike: each of the first five colon-separated parts is matched by itself, the rest as a whole.
    package static func arnLike(_ pattern: String, _ arn: String) -> Bool {
        let patterns = pattern.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        let parts = arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard patterns.count == 6, parts.count == 6 else { return false }
        return zip(patterns, parts).allSatisfy { matches($0, $1) }
    }

    /// Greedy matching with one point of return: linear in practice, never exponential.
    package static func matches(_ pattern: some StringProtocol, _ text: some StringProtocol) -> Bool {
        let pattern = Array(pattern.utf8)
        let text = Array(text.utf8)
        var at = 0
        var position = 0
        var star: (pattern: Int, text: Int)?
        while position < text.count {
            if at < pattern.count, pattern[at] == UInt8(ascii: "*") {
                star = (at, position)
                at += 1
            } else if at < pattern.count, pattern[at] == text[position] || pattern[at] == UInt8(ascii: "?") {
                at += 1
                position += 1
            } else if let (starAt, starText) = star {
                at = starAt + 1
                position = starText + 1
                star = (starAt, starText + 1)
            } else {
                return false
            }
        }
        while at < pattern.count, pattern[at] == UInt8(ascii: "*") { at += 1 }
        return at == pattern.count
    }
}
