import HashTreeCollections
import JSON
import Shapes

/// The filter of ListUsers: `email = "ada@example.com"`, `given_name ^= "A"`.
struct UserFilter {
    private let attribute: String
    private let value: String
    private let isPrefix: Bool

    /// Source: Developer Guide, searching for users.
    private static let attributes: Set<String> = [
        "username", "email", "phone_number", "name", "given_name", "family_name", "preferred_username",
        "cognito:user_status", "status", "sub",
    ]

    init?(_ text: String?) throws(PoolError) {
        guard let text, !text.isEmpty else { return nil }
        let wrong = PoolError.invalid("Error while parsing filter")
        guard let equals = text.firstIndex(of: "=") else { throw wrong }
        var name = text[..<equals]
        isPrefix = name.last == "^"
        if isPrefix { name = name.dropLast() }
        attribute = String(name.filter { $0 != " " && $0 != "\"" })
        let rest = text[text.index(after: equals)...].drop { $0 == " " }
        guard rest.first == "\"", Self.attributes.contains(attribute) else { throw wrong }
        var value = ""
        var isEscaped = false
        var end: Substring.Index?
        for index in rest.indices.dropFirst() {
            let letter = rest[index]
            if isEscaped {
                value.append(letter)
                isEscaped = false
            } else if letter == "\\" {
                isEscaped = true
            } else if letter == "\"" {
                end = index
                break
            } else {
                value.append(letter)
            }
        }
        guard let end, rest[rest.index(after: end)...].allSatisfy({ $0 == " " }) else { throw wrong }
        self.value = value
    }

    func matches(_ user: PoolUser, _ pool: UserPool) -> Bool {
        let found: String? =
            switch attribute {
            case "username": user.username
            case "sub": user.sub
            case "cognito:user_status": user.status.rawValue
            case "status": user.isEnabled ? "Enabled" : "Disabled"
            default: user.attributes[attribute]
            }
        guard var found else { return false }
        var value = value
        // Addresses are found however they are written, and so is the user status (Developer Guide).
        if attribute != "username" && attribute != "sub" || !pool.isCaseSensitive {
            found = found.lowercased()
            value = value.lowercased()
        }
        return isPrefix ? found.hasPrefix(value) : found == value
    }
}

extension PoolOperation {
    static let listUsers: [PoolOperation] = [
        PoolOperation(
            "ListUsers",
            [
                .need("UserPoolId", .poolId), .may("AttributesToGet", .list(.attributeName)),
                .may("Limit", .integer(0...60)), .may("PaginationToken", .anyText), .may("Filter", .text(0...256)),
            ]
        ) { pools, input throws(PoolError) in
            let content = try pools.content(input.needed("UserPoolId"))
            let names = input.texts("AttributesToGet").map(Set.init)
            for name in names ?? [] where !content.pool.schema.contains(where: { $0.name == name }) {
                throw .invalid("One or more requested attributes do not exist.")
            }
            let filter = try UserFilter(input.text("Filter"))
            let found = content.users.values.filter { filter?.matches($0, content.pool) ?? true }
            let page = try Page(
                found.sorted { ($0.created, $0.sub) < ($1.created, $1.sub) }, input, limit: "Limit",
                token: "PaginationToken", by: \.sub)
            var answer: JSONObject = [
                "Users": .array(
                    page.items.map { user in
                        var description = user.description(only: names)
                        // The sub comes only where it is asked for.
                        if let names, !names.contains("sub") {
                            description["Attributes"] = .array(
                                (description["Attributes"]?.array ?? []).filter { $0["Name"] != "sub" })
                        }
                        return .object(description)
                    })
            ]
            answer["PaginationToken"] = page.next
            return answer
        }
    ]
}
