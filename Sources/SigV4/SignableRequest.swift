internal import GatewayModel

/// A request as signatures see it: bytes as they came, in one piece.
package struct SignableRequest: Sendable {
    /// Where in the bytes a field is.
    package struct Field: Sendable {
        /// In small letters.
        package let name: Range<Int>
        package let value: Range<Int>

        package init(name: Range<Int>, value: Range<Int>) {
            self.name = name
            self.value = value
        }
    }

    let bytes: [UInt8]
    let method: Range<Int>
    /// As it stands in the request line, with its escapes.
    let path: Range<Int>
    /// As it stands in the request line, without the question mark.
    let query: Range<Int>
    /// In the order in which they came.
    let fields: [Field]

    /// - Parameters:
    ///   - bytes: the head, with the names of fields in small letters.
    ///   - path: with its escapes.
    ///   - query: without the question mark.
    package init(bytes: [UInt8], method: Range<Int>, path: Range<Int>, query: Range<Int>, fields: [Field]) {
        self.bytes = bytes
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
        for field in fields where isNamed("authorization", field) {
            let text = String(decoding: bytes[field.value], as: UTF8.self)
            for range in text.ranges(of: "Credential=") { take(text[range.upperBound...]) }
        }
        for (name, value) in parameters {
            let name = PercentEncoding.decode(String(decoding: name, as: UTF8.self))
            guard name == "X-Amz-Credential" else { continue }
            if let value = PercentEncoding.decode(String(decoding: value, as: UTF8.self)) { take(value) }
        }
        return keys
    }

    /// Names of fields that begin so.
    package func fieldNames(prefix: String) -> [String] {
        fields.map { bytes[$0.name] }.filter { $0.starts(with: prefix.utf8) }.map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    func isNamed(_ name: StaticString, _ field: Field) -> Bool { bytes[field.name] == name }

    /// The value of the first field of that name.
    func value(_ name: StaticString) -> ArraySlice<UInt8>? {
        for field in fields where isNamed(name, field) { return bytes[field.value] }
        return nil
    }

    func count(_ name: StaticString) -> Int { fields.count { isNamed(name, $0) } }

    /// Names and values of the query, as they were sent.
    var parameters: [(name: ArraySlice<UInt8>, value: ArraySlice<UInt8>)] {
        bytes[query].split(separator: UInt8(ascii: "&")).map { part in
            guard let equals = part.firstIndex(of: UInt8(ascii: "=")) else { return (part, []) }
            return (part[..<equals], part[part.index(after: equals)...])
        }
    }
}

extension ArraySlice<UInt8> {
    static func == (left: Self, right: StaticString) -> Bool {
        left.count == right.utf8CodeUnitCount
            && left.withUnsafeBytes { left in
                left.elementsEqual(UnsafeRawBufferPointer(start: right.utf8Start, count: right.utf8CodeUnitCount))
            }
    }

    static func != (left: Self, right: StaticString) -> Bool { !(left == right) }
}
