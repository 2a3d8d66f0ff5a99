package import JSON

/// The members of a call, checked.
package struct Input: Sendable {
    package let members: JSONObject
    /// Tags of AWS's own that the call may set; nil of every call but those of stacks.
    package var systemTags: [String: String]?

    package init(members: JSONObject) { self.members = members }

    /// The members in a call's body; none in an empty one.
    package init(parsing body: [UInt8]) throws(ShapeFault) {
        // What is no JSON is not shown: it may hold a secret.
        guard let members = (try? JSONValue(parsing: body.isEmpty ? Array("{}".utf8) : body))?.object else {
            throw .serialization("The body is no JSON object.")
        }
        self.init(members: members)
    }

    /// The members in a call's body, held against an operation's.
    package init(parsing body: [UInt8], _ shape: [Shape.Member]) throws(ShapeFault) {
        try self.init(parsing: body)
        try Shape.check(shape, members)
    }

    package subscript(name: String) -> JSONValue? {
        guard let value = members[name], !value.isNull else { return nil }
        return value
    }

    package func text(_ name: String) -> String? { self[name]?.string }
    /// A required one.
    package func needed(_ name: String) -> String { text(name) ?? "" }
    package func integer(_ name: String) -> Int? { self[name]?.integer }
    package func flag(_ name: String) -> Bool? { self[name]?.bool }
    package func object(_ name: String) -> JSONObject? { self[name]?.object }
    package func texts(_ name: String) -> [String]? { self[name]?.array?.compactMap(\.string) }

    /// A map of texts.
    package func map(_ name: String) -> OrderedMap<String> {
        OrderedMap((object(name) ?? [:]).members.compactMap { key, value in value.string.map { (key, $0) } })
    }

    /// Those members that are there, in this order.
    package func only(_ names: [String]) -> JSONObject {
        JSONObject(names.compactMap { name in self[name].map { (name, $0) } })
    }
}
