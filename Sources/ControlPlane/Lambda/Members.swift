import JSON

/// The members of a request, read one by one; null counts as absent, a value of the wrong kind is AWS's
/// SerializationException.
struct Members {
    let object: JSONObject
    /// Where the object stands in the body, for messages.
    private let place: String

    init(_ object: JSONObject, at place: String = "") {
        self.object = object
        self.place = place
    }

    func string(_ name: String) throws(ServiceError) -> String? { try read(name, "string", \.string) }
    func integer(_ name: String) throws(ServiceError) -> Int? { try read(name, "integer", \.integer) }
    func bool(_ name: String) throws(ServiceError) -> Bool? { try read(name, "boolean", \.bool) }

    func members(_ name: String) throws(ServiceError) -> Members? {
        try read(name, "object", \.object).map { Members($0, at: place + name + ".") }
    }

    func strings(_ name: String) throws(ServiceError) -> [String]? {
        guard let array = try read(name, "list", \.array) else { return nil }
        var strings: [String] = []
        for value in array {
            guard let string = value.string else { throw mismatch(name, "strings", value) }
            strings.append(string)
        }
        return strings
    }

    func stringMap(_ name: String) throws(ServiceError) -> OrderedMap<String>? {
        guard let object = try read(name, "object", \.object) else { return nil }
        var map: OrderedMap<String> = [:]
        for (key, value) in object {
            guard let string = value.string else { throw mismatch("\(name).\(key)", "string", value) }
            map[key] = string
        }
        return map
    }

    func numberMap(_ name: String) throws(ServiceError) -> OrderedMap<Double>? {
        guard let object = try read(name, "object", \.object) else { return nil }
        var map: OrderedMap<Double> = [:]
        for (key, value) in object {
            guard let number = value.double else { throw mismatch("\(name).\(key)", "number", value) }
            map[key] = number
        }
        return map
    }

    private func read<Value>(
        _ name: String, _ wanted: String, _ kind: (JSONValue) -> Value?
    ) throws(ServiceError) -> Value? {
        guard let value = object[name], !value.isNull else { return nil }
        guard let read = kind(value) else { throw mismatch(name, wanted, value) }
        return read
    }

    private func mismatch(_ name: String, _ wanted: String, _ found: JSONValue) -> ServiceError {
        .serialization("\(place)\(name): expected \(wanted), found \(found.kind)")
    }
}
