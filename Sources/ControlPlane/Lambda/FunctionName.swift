import GatewayModel

/// A function as calls name it: a name, a partial ARN (`123456789012:function:name`) or a full ARN, each with or without
/// a qualifier (a version, an alias or `$LATEST`).
struct FunctionName: Sendable, Equatable {
    let name: String
    var qualifier: String?
    let region: String?
    let account: String?

    /// Which of the model's two patterns and lengths an operation has.
    enum Form: Sendable {
        /// Shape `FunctionName`.
        case plain
        /// Shape `NamespacedFunctionName`.
        case namespaced

        var maximumLength: Int { self == .plain ? 140 : 256 }

        /// As AWS prints it. Recorded in November 2025; the prefix `eusc-` is newer than botocore's copy.
        var pattern: String {
            let prefix =
                #"(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?"#
                + #"(\d{12}:)?(function:)?"#
            return switch self {
            case .plain: prefix + #"([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?"#
            case .namespaced: prefix + #"([a-zA-Z0-9-_\.]+)(:(\$LATEST(\.PUBLISHED)?|[a-zA-Z0-9-_]+))?"#
            }
        }
    }

    /// Nil when the text does not have the form's pattern.
    init?(parsing text: String, _ form: Form = .namespaced) {
        var parts = text.split(separator: ":", omittingEmptySubsequences: false)[...]
        if parts.count > 3, parts[0] == "arn", Self.isPartition(parts[1]), parts[2] == "lambda" {
            parts = parts.dropFirst(3)
        }
        // Each optional part is only taken when something follows it: `arn:…:function` names a function `function`.
        func take(_ isWanted: (Substring) -> Bool) -> String? {
            guard parts.count > 1, let first = parts.first, isWanted(first) else { return nil }
            parts = parts.dropFirst()
            return String(first)
        }
        region = take(Self.isRegion)
        account = take(\.isAccountId)
        _ = take { $0 == "function" }
        guard let name = parts.popFirst(), name.isWord(and: form == .plain ? "" : "."), parts.count <= 1 else {
            return nil
        }
        self.name = String(name)
        qualifier = parts.first.map(String.init)
        if let qualifier, !Self.isQualifierOfName(qualifier, form) { return nil }
    }

    private static func isPartition(_ text: Substring) -> Bool {
        text.isEmpty || text.hasPrefix("aws") && text.utf8.dropFirst(3).allSatisfy { isLetter($0) || $0 == dash }
    }

    /// `(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}`
    private static func isRegion(_ text: Substring) -> Bool {
        var parts = text.split(separator: "-", omittingEmptySubsequences: false)[...]
        if parts.first == "eusc" { parts = parts.dropFirst() }
        guard let country = parts.popFirst(), country.utf8.count == 2, isLowercase(country) else { return false }
        if parts.count == 3, let part = parts.first {
            guard part == "gov" || part.hasPrefix("iso") && part.utf8.count <= 4 && isLowercase(part) else {
                return false
            }
            parts = parts.dropFirst()
        }
        guard parts.count == 2, let place = parts.first, let number = parts.last else { return false }
        return isLowercase(place) && number.utf8.count == 1 && number.isDigits
    }

    private static func isQualifierOfName(_ text: String, _ form: Form) -> Bool {
        text == "$LATEST" || text.isWord() || form == .namespaced && text == "$LATEST.PUBLISHED"
    }

    private static func isLowercase(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "z") }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z")
    }

    private static let dash = UInt8(ascii: "-")
}

/// What a qualifier looks like tells what it means; whether there is such a thing is another question.
enum Qualifier {
    static let latest = "$LATEST"

    static func isVersion(_ text: String) -> Bool { text.isDigits }

    /// `(?!^[0-9]+$)([a-zA-Z0-9-_]+)`
    static func isAlias(_ text: String) -> Bool { text.isWord() && !text.isDigits }

    static let aliasPattern = "(?!^[0-9]+$)([a-zA-Z0-9-_]+)"
    static let versionPattern = #"(\$LATEST(\.PUBLISHED)?|[0-9]+)"#
}

extension Constraints {
    mutating func functionName(_ text: String, _ form: FunctionName.Form) {
        length(text, "functionName", 1...form.maximumLength)
        pattern(text, "functionName", form.pattern) { FunctionName(parsing: $0, form) != nil }
    }

    mutating func qualifier(_ text: String?) {
        length(text, "qualifier", 1...128)
        pattern(text, "qualifier", #"\$(LATEST(\.PUBLISHED)?)|[a-zA-Z0-9-_$]+"#) { $0.isWord(and: "$") }
    }
}

extension Call {
    /// The function that the path names, with `Qualifier` of the query; `constraints` holds what else the operation
    /// checks, so that all violations are told at once.
    func functionName(
        _ form: FunctionName.Form, in account: AccountIdentity, _ constraints: Constraints = Constraints()
    ) throws(ServiceError) -> FunctionName {
        let text = path("FunctionName")
        let qualifier = query("Qualifier")
        var constraints = constraints
        constraints.functionName(text, form)
        constraints.qualifier(qualifier)
        try constraints.check()
        guard var function = FunctionName(parsing: text, form) else { throw .functionNotFound(text) }
        try function.checkPlace(account)
        if let qualifier {
            guard function.qualifier == nil || function.qualifier == qualifier else {
                throw .invalidParameter(
                    "The derived qualifier from the function name does not match the specified qualifier.")
            }
            function.qualifier = qualifier
        }
        return function
    }

    /// The function of an operation that versions and aliases do not have. `allowsLatest`: whether `$LATEST` may be
    /// written out.
    func unqualifiedFunctionName(
        in account: AccountIdentity, _ constraints: Constraints = Constraints(), allowsLatest: Bool = true
    ) throws(ServiceError) -> FunctionName {
        let function = try functionName(.plain, in: account, constraints)
        guard function.qualifier == nil || allowsLatest && function.qualifier == Qualifier.latest else {
            throw .invalidParameter(
                "This operation is permitted on Lambda functions only. Aliases and versions do not support this "
                    + "operation. Please specify either a function name or an unqualified function ARN.")
        }
        return function
    }
}

extension FunctionName {
    /// An ARN of another region or account names nothing that could be reached here.
    func checkPlace(_ identity: AccountIdentity) throws(ServiceError) {
        if let region, region != identity.region {
            throw .resourceNotFound(
                "Functions from '\(region)' are not reachable in this region ('\(identity.region)')")
        }
        if let account, account != identity.accountId {
            throw .accessDenied(
                "The function belongs to the account \(account); this Gatehouse serves \(identity.accountId).")
        }
    }
}
