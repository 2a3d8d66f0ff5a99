import GatewayModel
import JSON
import Shapes

extension SecretsManager {
    static var lists: [String: TargetOperation] {
        [
            "ListSecrets": TargetOperation([
                .may("IncludePlannedDeletion", .boolean), .may("Filters", SecretFilter.shape),
                .may("SortOrder", .choice(["asc", "desc"])),
                .may("SortBy", .choice(["created-date", "last-accessed-date", "last-changed-date", "name"])),
                .may("MaxResults", .integer(1...SecretQuotas.page)), .may("NextToken", .text(1...4_096)),
            ]) { control, call throws(ServiceError) in
                let order = try SecretOrder(call.input)
                let filters = (call.input["Filters"]?.array ?? []).map(SecretFilter.init)
                let withDeleted = call.input.flag("IncludePlannedDeletion") == true
                let found = control.world.secrets.map(\.value.root).filter { secret in
                    !secret.isGone(at: call.now) && (withDeleted || secret.facts.deletion == nil)
                        && filters.allSatisfy { $0.matches(secret) }
                }
                let page = try TargetPage(
                    found.sorted { order.isBehind($1, order.key($0)) }, call.input, most: SecretQuotas.page,
                    invalidToken: SecretError.invalidToken, key: order.key, isBehind: order.isBehind)
                var answer: JSONObject = [
                    "SecretList": .array(
                        page.elements.map { secret in
                            var object = secret.description(stages: "SecretVersionsToStages", call.account)
                            if let deletion = secret.facts.deletion { object["DeletedDate"] = .time(deletion.asked) }
                            return .object(object)
                        })
                ]
                if let next = page.next { answer["NextToken"] = next }
                return answer
            }
        ]
    }
}

/// By what secrets are listed.
private struct SecretOrder {
    private let member: String
    private let descends: Bool

    init(_ input: Input) throws(ServiceError) {
        member = input.text("SortBy") ?? "created-date"
        descends = input.text("SortOrder") == "desc"
        guard member != "last-accessed-date" else {
            throw SecretError.parameter("Gatehouse does not note when secrets are read, and cannot sort by it.")
        }
    }

    /// Texts that sort as what they stand for; the name makes them one secret's only.
    func key(_ secret: Secret) -> String {
        switch member {
        case "name": secret.name
        case "last-changed-date": Self.digits(secret.facts.changed) + secret.name
        default: Self.digits(secret.facts.created) + secret.name
        }
    }

    func isBehind(_ secret: Secret, _ last: String) -> Bool { descends ? key(secret) < last : key(secret) > last }

    private static func digits(_ number: Int64) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, 19 - text.utf8.count)) + text
    }
}

/// What ListSecrets chooses by. Source: API Reference, Filter.
struct SecretFilter {
    private let key: String
    private let values: [String]

    static let shape = Shape.list(
        .structure([
            .need(
                "Key",
                .choice([
                    "description", "name", "tag-key", "tag-value", "primary-region", "owning-service", "all",
                ])),
            .need(
                "Values",
                .list(
                    .text(
                        0...512,
                        Shape.TextRule("^\\!?[a-zA-Z0-9 :_@\\/\\+\\=\\.\\-\\!]*$") { text in
                            text.isEmpty || text.isWord(and: " :@/+=.!")
                        }), 1...10)),
        ]), 0...10)

    init(_ value: JSONValue) {
        key = value["Key"]?.string ?? ""
        values = (value["Values"]?.array ?? []).compactMap(\.string)
    }

    /// Values are alternatives; one with an exclamation mark in front must not match.
    func matches(_ secret: Secret) -> Bool {
        let excluded = values.filter { $0.hasPrefix("!") }.map { String($0.dropFirst()) }
        let wanted = values.filter { !$0.hasPrefix("!") }
        guard !excluded.contains(where: { matches($0, secret) }) else { return false }
        return wanted.isEmpty || wanted.contains { matches($0, secret) }
    }

    private func matches(_ value: String, _ secret: Secret) -> Bool {
        let tags = secret.facts.tags
        switch key {
        case "name": return secret.name.hasPrefix(value)
        case "description": return Self.haveWord(value, [secret.facts.description ?? ""])
        case "tag-key": return tags.keys.contains { $0.hasPrefix(value) }
        case "tag-value": return tags.entries.contains { $0.value.hasPrefix(value) }
        case "all":
            let texts = [secret.name, secret.facts.description ?? ""] + tags.keys + tags.entries.map(\.value)
            return value.split(separator: " ").allSatisfy { Self.haveWord(String($0), texts) }
        // No secret here is another service's, or comes from another region.
        default: return false
        }
    }

    /// Whether a word of the texts begins with the value, in upper or lower case.
    private static func haveWord(_ value: String, _ texts: [String]) -> Bool {
        let value = value.lowercased()
        return texts.contains { text in
            let text = text.lowercased()
            return text.hasPrefix(value)
                || text.indices.contains { place in
                    let next = text.index(after: place)
                    return !text[place].isLetter && !text[place].isNumber && text[next...].hasPrefix(value)
                }
        }
    }
}
