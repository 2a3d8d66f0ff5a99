import GatewayModel
import JSON

/// `{{resolve:service:…}}` in a property: a value that is looked up when a resource is made or updated, and stands
/// neither in the template nor in what is recorded of the stack.
///
/// Source: CloudFormation User Guide, dynamic-references.
enum DynamicReference: Hashable {
    case parameter(name: String, version: String?)
    case secret(id: String, key: String?, stage: String?, version: String?)

    private static let opening = "{{resolve:"
    private static let closing = "}}"

    /// A piece of a text.
    enum Piece {
        case text(String)
        case reference(DynamicReference, text: String)
        /// What begins as a reference and is none that can be resolved, with the reason.
        case refused(String)
    }

    /// Whether there is one in the text; most have no brace at all.
    static func stands(in text: String) -> Bool {
        var rest = text.utf8[...]
        while let brace = rest.firstIndex(of: UInt8(ascii: "{")) {
            rest = rest[brace...]
            if rest.starts(with: opening.utf8) { return true }
            rest = rest.dropFirst()
        }
        return false
    }

    static func pieces(of text: String) -> [Piece] {
        var pieces: [Piece] = []
        var rest = text[...]
        while let start = rest.firstRange(of: opening) {
            if start.lowerBound != rest.startIndex { pieces.append(.text(String(rest[..<start.lowerBound]))) }
            guard let end = rest[start.upperBound...].firstRange(of: closing) else {
                return pieces + [.refused("the dynamic reference has no end: }} is missing")]
            }
            let whole = rest[start.lowerBound..<end.upperBound]
            pieces.append(read(String(rest[start.upperBound..<end.lowerBound]), of: String(whole)))
            rest = rest[end.upperBound...]
        }
        return rest.isEmpty ? pieces : pieces + [.text(String(rest))]
    }

    /// - Parameter text: what stands between `{{resolve:` and the braces.
    private static func read(_ text: String, of whole: String) -> Piece {
        var parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        let service = parts.removeFirst()
        switch service {
        case "ssm":
            guard (1...2).contains(parts.count), !parts[0].isEmpty else { break }
            return .reference(.parameter(name: parts[0], version: parts.count == 2 ? parts[1] : nil), text: whole)
        case "ssm-secure":
            // AWS takes it in properties of some ten types, none of which is served.
            return .refused("SSM Secure reference is not supported here; use secretsmanager instead")
        case "secretsmanager":
            // An ARN has colons of its own.
            let idParts = parts.first == "arn" ? 7 : 1
            guard parts.count >= idParts, !parts[0].isEmpty else { break }
            let id = parts[..<idParts].joined(separator: ":")
            let rest = parts[idParts...].map { $0.isEmpty ? nil : $0 }
            guard rest.count <= 4, rest.first.map({ $0 == nil || $0 == "SecretString" }) ?? true else { break }
            func member(_ place: Int) -> String? { rest.count > place ? rest[rest.startIndex + place] : nil }
            guard member(2) == nil || member(3) == nil else { break }
            return .reference(
                .secret(id: id, key: member(1), stage: member(2), version: member(3)), text: whole)
        default: break
        }
        return .refused(
            "the dynamic reference is malformed: it has the form {{resolve:ssm:name:version}} or "
                + "{{resolve:secretsmanager:id:SecretString:key:stage:version}}")
    }
}

/// Properties with values of the account in the place of references. Each is looked up once.
struct DynamicValues: Sendable {
    private(set) var properties = TemplateMap()
    private let calls: ManagementCalls
    private var known: [DynamicReference: String] = [:]
    /// A stack within the stack looks its secrets up itself: its parameters are told to everybody.
    private let keepsSecrets: Bool

    /// - Parameter type: of the resource that has the properties.
    init(_ properties: TemplateMap, of type: String, _ calls: ManagementCalls) async throws(ResourceFailure) {
        self.calls = calls
        keepsSecrets = type == ResourceType.cloudFormationStack.name
        self.properties = try await map(properties)
    }

    /// The secrets that were looked up.
    var secrets: Set<String> {
        Set(
            known.compactMap { reference, value in
                guard case .secret = reference else { return nil }
                return value
            })
    }

    /// The failure of a call with these properties: services quote what they refuse, and events tell it.
    func hide(in failure: ResourceFailure) -> ResourceFailure {
        ResourceFailure(message: HiddenTexts(secrets).hide(in: failure.message), line: failure.line)
    }

    private mutating func map(_ map: TemplateMap) async throws(ResourceFailure) -> TemplateMap {
        var entries: [TemplateMap.Entry] = []
        for entry in map {
            entries.append(
                TemplateMap.Entry(key: entry.key, line: entry.line, value: try await value(entry.value)))
        }
        return TemplateMap(entries)
    }

    private mutating func value(_ value: TemplateValue) async throws(ResourceFailure) -> TemplateValue {
        switch value.content {
        case .string(let text):
            guard DynamicReference.stands(in: text) else { return value }
            return .string(try await self.text(text, line: value.line), line: value.line)
        case .map(let map): return .map(try await self.map(map), line: value.line)
        case .list(let list):
            var items: [TemplateValue] = []
            for item in list { items.append(try await self.value(item)) }
            return .list(items, line: value.line)
        case .null, .bool, .number: return value
        }
    }

    private mutating func text(_ text: String, line: Int) async throws(ResourceFailure) -> String {
        var result = ""
        for piece in DynamicReference.pieces(of: text) {
            switch piece {
            case .text(let text): result += text
            case .refused(let reason): throw ResourceFailure(message: reason, line: line == 0 ? nil : line)
            case .reference(.secret, let text) where keepsSecrets: result += text
            case .reference(let reference, _):
                let value: String
                if let earlier = known[reference] {
                    value = earlier
                } else {
                    value = try await lookUp(reference)
                    known[reference] = value
                }
                result += value
            }
        }
        return result
    }

    /// No message shows a value.
    private func lookUp(_ reference: DynamicReference) async throws(ResourceFailure) -> String {
        switch reference {
        case .parameter(let name, let version):
            let answer = try await call(
                ManagementCalls.parameterStore, "GetParameter",
                ["Name": .string(version.map { "\(name):\($0)" } ?? name)])
            guard answer["Parameter"]?["Type"]?.string != "SecureString" else {
                throw ResourceFailure(
                    message: "{{resolve:ssm:\(name)}} names a SecureString, which dynamic references of ssm do not take"
                )
            }
            return try (answer["Parameter"]?["Value"]).textOfReference(name)
        case .secret(let id, let key, let stage, let version):
            var members: JSONObject = ["SecretId": .string(id)]
            if let stage { members["VersionStage"] = .string(stage) }
            if let version { members["VersionId"] = .string(version) }
            let answer = try await call(ManagementCalls.secretsManager, "GetSecretValue", members)
            let text = try answer["SecretString"].textOfReference(id)
            guard let key else { return text }
            guard let member = (try? JSONValue(parsing: text))?[key] else {
                throw ResourceFailure(message: "Could not find a value associated with JSONKey in SecretString (\(id))")
            }
            return member.string ?? member.text
        }
    }

    private func call(
        _ target: String, _ operation: String, _ members: JSONObject
    ) async throws(ResourceFailure) -> JSONValue {
        do { return try await calls.targeted(target, operation, members) } catch {
            throw ResourceFailure(message: error.message)
        }
    }
}

extension JSONValue? {
    /// The text that takes a reference's place.
    fileprivate func textOfReference(_ name: String) throws(ResourceFailure) -> String {
        guard let text = self?.string else {
            throw ResourceFailure(message: "\(name) has no text to put in the place of a dynamic reference")
        }
        return text
    }
}
