import GatewayModel
import IAMPolicy
import JSON

/// What operations of IAM are given, checked.
extension FormCall {
    /// A name as all of IAM has them.
    ///
    /// - Parameter member: such as `RoleName`.
    func name(_ member: String, upTo length: Int) throws(ServiceError) -> String {
        let value = members.string(member)
        var constraints = Constraints()
        let place = member.prefix(1).lowercased() + member.dropFirst()
        constraints.present(value, place)
        constraints.length(value, place, 1...length)
        try constraints.checkForm()
        guard let value, value.isWord(and: "+=,.@") else {
            throw IAMError.validation(
                "The specified value for \(place) is invalid. It must contain only alphanumeric characters and/or the "
                    + "following: +=,.@_-")
        }
        return value
    }

    /// `/` or `/division/team/`.
    func path(_ member: String = "Path") throws(ServiceError) -> String? {
        guard let path = members.string(member) else { return nil }
        var constraints = Constraints()
        constraints.length(path, "path", 1...512)
        try constraints.checkForm()
        guard path == "/" || path.hasPrefix("/") && path.hasSuffix("/") && path.utf8.count > 2,
            path.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            throw IAMError.validation(
                "The specified value for path is invalid. It must begin and end with / and contain only alphanumeric "
                    + "characters and/or / characters.")
        }
        return path
    }

    func required(_ member: String) throws(ServiceError) -> String {
        let value = members.string(member)
        var constraints = Constraints()
        constraints.present(value, member.prefix(1).lowercased() + member.dropFirst())
        try constraints.checkForm()
        return value ?? ""
    }

    /// At most 1,000 characters of Latin 1.
    func description() throws(ServiceError) -> String? {
        guard let text = members.string("Description") else { return nil }
        var constraints = Constraints()
        constraints.length(text, "description", 0...1000)
        constraints.pattern(
            text, "description", #"[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*"#
        ) { text in
            text.unicodeScalars.allSatisfy {
                [0x09, 0x0A, 0x0D].contains($0.value) || (0x20...0x7E).contains($0.value)
                    || (0xA1...0xFF).contains($0.value)
            }
        }
        try constraints.checkForm()
        return text
    }

    /// A policy's text, which is kept as it is.
    func document(
        _ member: String, _ kind: PolicyDocument.Kind, isManaged: Bool = false
    ) throws(ServiceError) -> String {
        let text = try required(member)
        let place = member.prefix(1).lowercased() + member.dropFirst()
        var constraints = Constraints()
        constraints.length(text, place, 1...131_072)
        constraints.pattern(text, place, #"[\u0009\u000A\u000D\u0020-\u00FF]+"#) { text in
            text.unicodeScalars.allSatisfy {
                [0x09, 0x0A, 0x0D].contains($0.value) || (0x20...0xFF).contains($0.value)
            }
        }
        try constraints.checkForm()
        do throws(PolicyError) {
            guard let value = try? JSONValue(parsing: text) else { throw .noJSON }
            _ = try PolicyDocument(value, kind: kind)
            try KeptPolicy.check(value, kind: kind, isManaged: isManaged)
        } catch {
            throw IAMError.malformedPolicy(error.message)
        }
        if kind == .trust, !TrustPolicy.namesOnlyItsActions(text) {
            throw IAMError.malformedPolicy("AssumeRole policy may only specify STS AssumeRole actions.")
        }
        return text
    }

    /// nil when there are none.
    func tags() throws(ServiceError) -> OrderedMap<String>? {
        var tags: OrderedMap<String> = [:]
        var keys: Set<String> = []
        for tag in members.elements("Tags", with: ["Key", "Value"]) {
            let key = tag.string("Key")
            let value = tag.string("Value")
            var constraints = Constraints()
            constraints.present(key, "tags.1.member.key")
            constraints.present(value, "tags.1.member.value")
            constraints.length(key, "tags.1.member.key", 1...128)
            constraints.length(value, "tags.1.member.value", 0...256)
            try constraints.checkForm()
            guard let key, let value else { continue }
            guard keys.insert(key.lowercased()).inserted else {
                throw IAMError.invalidInput(
                    "Duplicate tag keys found. Please note that Tag keys are case insensitive.")
            }
            tags[key] = value
        }
        try Self.checkCount(tags)
        return tags.isEmpty ? nil : tags
    }

    /// Those of before with those that the call brings. Keys are told apart without case.
    func tags(addedTo old: OrderedMap<String>?) throws(ServiceError) -> OrderedMap<String>? {
        var tags = old ?? [:]
        for (key, value) in try self.tags() ?? [:] {
            for known in tags.keys where known.lowercased() == key.lowercased() && known != key { tags[known] = nil }
            tags[key] = value
        }
        try Self.checkCount(tags)
        return tags.isEmpty ? nil : tags
    }

    func tags(removedFrom old: OrderedMap<String>?) -> OrderedMap<String>? {
        var tags = old ?? [:]
        for key in members.strings("TagKeys") ?? [] { tags[key] = nil }
        return tags.isEmpty ? nil : tags
    }

    private static func checkCount(_ tags: OrderedMap<String>) throws(ServiceError) {
        guard tags.count <= IAMQuotas.tags else {
            throw IAMError.limitExceeded("The number of tags has reached the maximum limit.")
        }
    }

    /// One page of what a list has, which is in the order of `key`; the marker is the last one's.
    func page<Element>(
        _ all: [Element], by key: (Element) -> String
    ) throws(ServiceError) -> (elements: ArraySlice<Element>, marker: String?) {
        let count = try members.integer("MaxItems")
        var constraints = Constraints()
        constraints.range(count, "maxItems", 1...1000)
        try constraints.checkForm()
        var rest = all[...]
        if let marker = members.string("Marker") {
            guard let bytes = Base64.decode(marker) else {
                throw IAMError.validation("Invalid Marker.")
            }
            let last = String(decoding: bytes, as: UTF8.self)
            rest = rest.drop { key($0) <= last }
        }
        let page = rest.prefix(count ?? IAMQuotas.page)
        let marker = page.count < rest.count ? page.last.map { Base64.encode(Array(key($0).utf8)) } : nil
        return (page, marker)
    }

    /// What `page` of a list says, as every list ends.
    func list<Element>(
        _ name: String, _ all: [Element], by key: (Element) -> String,
        _ write: (inout XMLMembers, Element) -> Void
    ) throws(ServiceError) -> XMLMembers {
        let (elements, marker) = try page(all, by: key)
        return XMLMembers { result in
            result.list(name, elements, write)
            result.add("IsTruncated", marker != nil)
            result.add("Marker", marker)
        }
    }
}

extension Constraints {
    /// As services of forms report it.
    package func checkForm() throws(ServiceError) {
        do throws(ServiceError) { try check() } catch { throw IAMError.validation(error.message) }
    }
}

extension XMLMembers {
    mutating func add(tags: OrderedMap<String>?) {
        guard let tags else { return }
        list("Tags", tags) { tag, entry in
            tag.add("Key", entry.key)
            tag.add("Value", entry.value)
        }
    }

    /// Documents are percent-encoded.
    mutating func add(_ name: String, document: String) { add(name, PercentEncoding.encode(document)) }
}

/// What a role's trust policy may say beyond the grammar.
enum TrustPolicy {
    static func namesOnlyItsActions(_ text: String) -> Bool {
        guard let document = try? JSONValue(parsing: text), let written = document["Statement"] else { return false }
        return (written.array ?? [written]).allSatisfy { statement in
            guard let actions = statement["Action"] else { return true }
            return (actions.array ?? [actions]).allSatisfy { $0.string?.lowercased().hasPrefix("sts:") ?? false }
        }
    }

    /// The ids of the users and roles of this account that the policy names; nil when it names none. All have to be there.
    static func principals(
        of text: String, _ identities: Identities
    ) throws(ServiceError) -> OrderedMap<String>? {
        guard let document = try? JSONValue(parsing: text) else { return nil }
        var ids: OrderedMap<String> = [:]
        for (kind, name) in PolicyDocument.principals(of: document) {
            switch kind {
            case "AWS":
                switch identities.principal(name) {
                case .present(let id): ids[name] = id
                case .absent: throw invalid(kind, name)
                case .elsewhere: continue
                }
            case "Service": guard isService(name) else { throw invalid("SERVICE", name) }
            default: continue
            }
        }
        return ids.isEmpty ? nil : ids
    }

    private static func isService(_ name: String) -> Bool {
        name == "*" || serviceDomains.contains { name.utf8.count > $0.utf8.count && name.hasSuffix($0) }
    }

    /// Of all partitions, and of services that have no domain there.
    private static let serviceDomains = [
        ".amazonaws.com", ".amazonaws.com.cn", ".amazonaws.eu", ".amazon.com", ".aws.internal", ".aws.com", ".api.aws",
        ".c2s.ic.gov", ".sc2s.sgov.gov", ".cloud.adc-e.uk", ".csp.hci.ic.gov",
    ]

    private static func invalid(_ kind: String, _ name: String) -> ServiceError {
        IAMError.malformedPolicy("Invalid principal in policy: \"\(kind)\":\"\(name)\"")
    }
}

extension String {
    /// Characters that count for the size of a policy.
    var policySize: Int { unicodeScalars.count { !$0.properties.isWhitespace } }
}

extension Identifiers {
    private static let idCharacters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)

    /// Such as `AROA` and `count` upper-case letters and digits.
    static func identity(_ prefix: String, _ count: Int = 17) -> String {
        prefix + String(decoding: (0..<count).map { _ in idCharacters[Int.random(in: 0..<32)] }, as: UTF8.self)
    }
}
