internal import GatewayModel

/// A request as signatures see it: bytes as they came.
package struct SignableRequest: Sendable {
    package let method: [UInt8]
    /// As it stands in the request line, with its escapes.
    package let path: [UInt8]
    /// As it stands in the request line, without the question mark.
    package let query: [UInt8]
    /// Names in small letters, in the order in which they came.
    package let fields: [(name: [UInt8], value: [UInt8])]

    package init(method: [UInt8], path: [UInt8], query: [UInt8], fields: [(name: [UInt8], value: [UInt8])]) {
        self.method = method
        self.path = path
        self.query = query
        self.fields = fields
    }

    /// Of all credentials that it names, wherever.
    package var namedKeys: [String] {
        var keys: [String] = []
        func take(_ credential: some StringProtocol) {
            let key = credential.prefix { $0 != "/" && $0 != "," && $0 != " " }
            if !key.isEmpty { keys.append(String(key)) }
        }
        for value in values("authorization") {
            let text = String(decoding: value, as: UTF8.self)
            for range in text.ranges(of: "Credential=") { take(text[range.upperBound...]) }
        }
        for (name, value) in parameters {
            let name = PercentEncoding.decode(String(decoding: name, as: UTF8.self))
            guard name == "X-Amz-Credential" else { continue }
            if let value = PercentEncoding.decode(String(decoding: value, as: UTF8.self)) { take(value) }
        }
        return keys
    }

    func values(_ name: String) -> [[UInt8]] { fields.filter { $0.name.elementsEqual(name.utf8) }.map(\.value) }

    /// The text of a field that may come once only; nil when it is not there.
    func text(_ name: String) -> String? {
        fields.first { $0.name.elementsEqual(name.utf8) }.map { String(decoding: $0.value, as: UTF8.self) }
    }

    /// Names and values of the query, as they were sent.
    var parameters: [(name: ArraySlice<UInt8>, value: ArraySlice<UInt8>)] {
        query.split(separator: UInt8(ascii: "&")).map { part in
            guard let equals = part.firstIndex(of: UInt8(ascii: "=")) else { return (part, []) }
            return (part[..<equals], part[part.index(after: equals)...])
        }
    }
}
