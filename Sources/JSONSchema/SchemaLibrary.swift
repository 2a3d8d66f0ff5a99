internal import JSON

/// Where a schema stands: a document and the way into it.
struct SchemaPlace: Hashable {
    /// Empty for the schema itself, else the URI by which it was referred to.
    var document: String
    var pointer: [String]

    func child(_ steps: String...) -> SchemaPlace { SchemaPlace(document: document, pointer: pointer + steps) }
}

/// The documents that schemas refer to: themselves, the API's other models, and the draft's own schema.
struct SchemaLibrary {
    private let models: (String) -> JSONValue?
    private var documents: [String: JSONValue]
    /// Where schemas stand that have an `id`, by their absolute URI.
    private var identified: [String: SchemaPlace] = [:]
    /// The URI that relative references at a place are relative to, where it is not the document's.
    private var bases: [SchemaPlace: String] = [:]
    /// Where references lead in the end: a long chain is followed once.
    private var followed: [SchemaPlace: (SchemaPlace, JSONValue)] = [:]

    init(_ schema: JSONValue, models: @escaping (String) -> JSONValue?) {
        self.models = models
        documents = ["": schema]
        index(schema, at: SchemaPlace(document: "", pointer: []), base: "")
    }

    /// Follows references until there is none. What stands beside a `$ref` does not count.
    mutating func follow(
        _ schema: JSONValue, at place: SchemaPlace
    ) throws(SchemaError) -> (SchemaPlace, JSONValue) {
        var target = (place, schema)
        var visited: Set<SchemaPlace> = []
        while let reference = target.1["$ref"]?.string {
            if let known = followed[target.0] {
                target = known
                break
            }
            guard visited.insert(target.0).inserted else {
                throw SchemaError("JSON Reference \"\(reference)\" loops on itself")
            }
            target = try resolve(reference, from: target.0)
        }
        for place in visited { followed[place] = target }
        return target
    }

    private mutating func resolve(
        _ reference: String, from place: SchemaPlace
    ) throws(SchemaError) -> (SchemaPlace, JSONValue) {
        let parts = reference.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        let uri = Self.resolve(String(parts[0]), against: base(of: place))
        let fragment = parts.count > 1 ? String(parts[1]) : ""
        let start = parts[0].isEmpty ? SchemaPlace(document: place.document, pointer: []) : try document(uri)
        guard
            let steps = Self.steps(ofPointer: fragment),
            let found = value(at: start.pointer + steps, in: start.document)
        else { throw SchemaError("JSON Reference \"\(reference)\" cannot be resolved") }
        return (SchemaPlace(document: start.document, pointer: start.pointer + steps), found)
    }

    private mutating func document(_ uri: String) throws(SchemaError) -> SchemaPlace {
        if let place = identified[uri] { return place }
        if documents[uri] == nil {
            let found: JSONValue?
            if uri == MetaSchema.uri {
                found = MetaSchema.schema
            } else {
                found = ModelReference(uri).flatMap { models($0.name) }
            }
            guard let found else { throw SchemaError("JSON Reference \"\(uri)\" cannot be resolved") }
            documents[uri] = found
            index(found, at: SchemaPlace(document: uri, pointer: []), base: uri)
        }
        return SchemaPlace(document: uri, pointer: [])
    }

    private func base(of place: SchemaPlace) -> String {
        if bases.isEmpty { return place.document }
        var place = place
        while true {
            if let base = bases[place] { return base }
            if place.pointer.isEmpty { return place.document }
            place.pointer.removeLast()
        }
    }

    private func value(at pointer: [String], in document: String) -> JSONValue? {
        var value = documents[document]
        for step in pointer {
            if let array = value?.array {
                guard let index = Int(step), array.indices.contains(index) else { return nil }
                value = array[index]
            } else {
                value = value?[step]
            }
        }
        return value
    }

    /// Notes the `id`s of a document, which only tests and tools use: AWS refuses models that have one.
    private mutating func index(_ schema: JSONValue, at place: SchemaPlace, base: String) {
        var waiting = [(schema, place, base)]
        while let (value, place, outer) = waiting.popLast() {
            guard let object = value.object else { continue }
            var base = outer
            if let id = object["id"]?.string, object["$ref"] == nil {
                base = Self.resolve(id, against: outer)
                let uri = base.hasSuffix("#") ? String(base.dropLast()) : base
                identified[uri] = place
                bases[place] = uri
            }
            for (steps, child) in SchemaKeywords.children(of: object) {
                waiting.append((child, SchemaPlace(document: place.document, pointer: place.pointer + steps), base))
            }
        }
    }

    /// RFC 3986, as far as schemas use it.
    private static func resolve(_ reference: String, against base: String) -> String {
        if reference.isEmpty { return base }
        if let colon = reference.firstIndex(of: ":"), reference[..<colon].allSatisfy({ $0.isLetter || $0.isNumber }) {
            return reference
        }
        let withoutFragment = base.prefix { $0 != "#" }
        if reference.hasPrefix("#") { return withoutFragment + reference }
        guard let slash = withoutFragment.lastIndex(of: "/") else { return reference }
        return withoutFragment[...slash] + reference
    }

    /// The steps of a JSON Pointer that stands in a URI's fragment.
    private static func steps(ofPointer fragment: String) -> [String]? {
        if fragment.isEmpty { return [] }
        guard fragment.hasPrefix("/"), let decoded = percentDecoded(fragment) else { return nil }
        return decoded.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map { step in
            step.split(separator: "~1", omittingEmptySubsequences: false)
                .map { $0.split(separator: "~0", omittingEmptySubsequences: false).joined(separator: "~") }
                .joined(separator: "/")
        }
    }

    private static func percentDecoded(_ text: String) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}

/// `https://apigateway.amazonaws.com/restapis/{api}/models/{name}`: how one model refers to another.
package struct ModelReference: Hashable {
    package let api: String
    package let name: String

    /// Nil for any other text. A fragment may follow.
    package init?(_ text: String) {
        guard text.hasPrefix(Self.prefix) else { return nil }
        let address = text.dropFirst(Self.prefix.count).prefix { $0 != "#" }
        let steps = address.split(separator: "/", omittingEmptySubsequences: false)
        guard steps.count == 3, steps[1] == "models", !steps[0].isEmpty, !steps[2].isEmpty else { return nil }
        api = String(steps[0])
        name = String(steps[2])
    }

    private static let prefix = "https://apigateway.amazonaws.com/restapis/"
}
