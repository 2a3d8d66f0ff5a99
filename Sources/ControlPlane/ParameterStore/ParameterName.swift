import GatewayModel

/// A parameter as calls name it: by its name or its ARN, and with `:3` or `:label` which version of it.
struct ParameterName {
    /// The parameter's own, where it is there.
    let name: String
    /// A version's number or label, without the colon.
    let selector: String?
    /// As it was called by; of an ARN the parameter's own name.
    let asked: String

    /// - Parameter world: a name of one level is the same with a slash before it and without, in AWS too (recorded), and the
    ///   parameter has that by which it was made. An ARN does not say which.
    init(_ text: String, _ world: World, _ account: AccountIdentity) throws(ServiceError) {
        if text.hasPrefix("arn:") {
            let prefix = Self.arn("", account)
            guard text.hasPrefix(prefix) else {
                throw .validation(
                    "The parameter \(text) belongs to another account or region: Gatehouse has those of "
                        + "\(account.accountId) in \(account.region) only.")
            }
            let parts = Self.parts(String(text.dropFirst(prefix.count)))
            name = Self.own(parts.name.contains("/") ? "/" + parts.name : parts.name, world)
            (asked, selector) = (name, parts.selector)
            return
        }
        (asked, selector) = Self.parts(text)
        name = Self.own(asked, world)
    }

    /// The name that the parameter has.
    private static func own(_ name: String, _ world: World) -> String {
        guard !name.dropFirst().contains("/"), world[Parameter.self, name] == nil else { return name }
        let other = name.hasPrefix("/") ? String(name.dropFirst()) : "/" + name
        return world[Parameter.self, other] == nil ? name : other
    }

    private static func parts(_ text: String) -> (name: String, selector: String?) {
        guard let colon = text.firstIndex(of: ":") else { return (text, nil) }
        return (String(text[..<colon]), String(text[text.index(after: colon)...]))
    }

    /// `arn:aws:ssm:…:parameter/name`, whether the name begins with a slash or not.
    static func arn(_ name: String, _ account: AccountIdentity) -> String {
        "arn:\(account.partition):ssm:\(account.region):\(account.accountId):parameter"
            + (name.hasPrefix("/") ? name : "/" + name)
    }

    /// Whether it is one of those that AWS publishes for everybody, such as the ids of images.
    static func isOfAWS(_ name: String) -> Bool { name.lowercased().hasPrefix("/aws/") }

    /// Whether it can be given to a new parameter. Source: Systems Manager User Guide, sysman-parameter-name-constraints.
    static func check(_ name: String, _ account: AccountIdentity) throws(ServiceError) {
        let lower = name.lowercased()
        if lower.hasPrefix("/aws"), name.dropFirst().contains("/") {
            throw ServiceError("AccessDeniedException", status: 400, "No access to reserved parameter name: \(name).")
        }
        let hasReservedPrefix = ["aws", "ssm", "/aws", "/ssm"].contains { lower.hasPrefix($0) }
        guard !hasReservedPrefix else { throw malformed(name) }
        try checkForm(name)
        guard !name.contains("/") || name.hasPrefix("/") else {
            throw .validation("Parameter name must be a fully qualified name.")
        }
        guard arn(name, account).utf8.count <= ParameterQuotas.name else {
            throw .validation(
                "Parameter name must be no longer than \(ParameterQuotas.name) characters, its ARN included.")
        }
        guard name.split(separator: "/").count <= ParameterQuotas.levels else {
            throw ServiceError(
                "HierarchyLevelLimitExceededException", status: 400,
                "Parameter name can have a hierarchy of at most \(ParameterQuotas.levels) levels.")
        }
    }

    /// Whether any parameter could have it.
    private static func checkForm(_ name: String) throws(ServiceError) {
        guard name.isWord(and: "./"), !name.contains("//"), name.last != "/" else { throw malformed(name) }
    }

    /// Whether a parameter can be asked for by it: a path begins with a slash.
    func check() throws(ServiceError) {
        try Self.checkForm(name)
        guard !name.contains("/") || name.hasPrefix("/") else { throw Self.malformed(name) }
    }

    private static func malformed(_ name: String) -> ServiceError {
        .validation(
            name.dropFirst().contains("/")
                ? "Parameter name: can't be prefixed with \"ssm\" (case-insensitive). If formed as a path, it can "
                    + "consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of "
                    + "letters, numbers and the following 3 symbols .-_"
                : "Parameter name: can't be prefixed with \"aws\" or \"ssm\" (case-insensitive). "
                    + "It can be formed as a mix of letters, numbers and the following 3 symbols .-_")
    }

    /// Whether it can be a path to look under, which begins with a slash.
    static func checkPath(_ path: String) throws(ServiceError) {
        let isReserved = ["/aws", "/ssm"].contains { path.lowercased().hasPrefix($0) } && !isOfAWS(path + "/")
        guard path.hasPrefix("/"), !path.contains("//"), path.isWord(and: "./"), !isReserved else {
            throw .validation(
                "The parameter doesn't meet the parameter name requirements. The parameter name must begin with a "
                    + "forward slash \"/\". It can't be prefixed with \"aws\" or \"ssm\" (case-insensitive). It must "
                    + "use only letters, numbers, or the following symbols: . (period), - (hyphen), _ (underscore). "
                    + "Special characters are not allowed. All sub-paths, if specified, must use the forward slash "
                    + "symbol \"/\". Valid example: /get/parameters2-/by1./path0_.")
        }
    }

    /// Whether a name lies under a path, at any depth or directly.
    static func lies(_ name: String, under path: String, isRecursive: Bool) -> Bool {
        let folder = path.hasSuffix("/") ? path : path + "/"
        let name = name.hasPrefix("/") ? name : "/" + name
        guard name.hasPrefix(folder), name.utf8.count > folder.utf8.count else { return false }
        return isRecursive || !name.dropFirst(folder.count).contains("/")
    }
}

extension World {
    /// The version of a parameter that a call names.
    func parameter(
        _ reference: ParameterName
    ) throws(ServiceError) -> (parameter: Parameter, version: Parameter.Version) {
        try reference.check()
        guard let parameter = self[Parameter.self, reference.name] else {
            throw ParameterError.notFound(reference.name)
        }
        guard let selector = reference.selector else { return (parameter, parameter.latest) }
        if let number = Int(selector) {
            guard let version = parameter.versions.first(where: { $0.number == number }) else {
                throw ParameterError.noVersion(number, of: parameter.name)
            }
            return (parameter, version)
        }
        guard let version = parameter.versions.first(where: { $0.labels.contains(selector) }) else {
            throw ParameterError.noLabel(selector, of: parameter.name)
        }
        return (parameter, version)
    }

    /// In the order of their names.
    var allParameters: [Parameter] { parameters.map(\.value.root).sorted { $0.name < $1.name } }
}
