import JSON

/// The members of a request's body, read by name. A null member is an absent one; one that nobody asks for is ignored,
/// as the service does.
struct RequestMembers {
    private let object: JSONObject
    /// Where the object stands in the body, for messages.
    private let path: String

    init(_ object: JSONObject, at path: String = "") {
        self.object = object
        self.path = path
    }

    init(_ call: Call) throws(ServiceError) { self.init(try call.object()) }

    var names: [String] { object.keys }

    func has(_ name: String) -> Bool { value(name) != nil }

    /// Said, and said to be nothing.
    func isNull(_ name: String) -> Bool { object[name]?.isNull == true }

    func value(_ name: String) -> JSONValue? {
        guard let value = object[name], !value.isNull else { return nil }
        return value
    }

    func string(_ name: String, upTo length: Int? = nil) throws(ServiceError) -> String? {
        guard let value = value(name) else { return nil }
        guard let string = value.string else { throw wrongKind(name, "a string", value) }
        if let length, string.unicodeScalars.count > length {
            throw V2Error.badRequest("\(path)\(name) must have at most \(length) characters.")
        }
        return string
    }

    func bool(_ name: String) throws(ServiceError) -> Bool? {
        guard let value = value(name) else { return nil }
        guard let bool = value.bool else { throw wrongKind(name, "a boolean", value) }
        return bool
    }

    func integer(_ name: String) throws(ServiceError) -> Int? {
        guard let value = value(name) else { return nil }
        guard let integer = value.integer else { throw wrongKind(name, "an integer", value) }
        return integer
    }

    func double(_ name: String) throws(ServiceError) -> Double? {
        guard let value = value(name) else { return nil }
        guard let double = value.double, double.isFinite else { throw wrongKind(name, "a number", value) }
        return double
    }

    func strings(_ name: String, upTo count: Int) throws(ServiceError) -> [String]? {
        guard let value = value(name) else { return nil }
        guard let array = value.array else { throw wrongKind(name, "a list", value) }
        guard array.count <= count else { throw tooMany(name, count) }
        var strings: [String] = []
        strings.reserveCapacity(array.count)
        for element in array {
            guard let string = element.string else { throw wrongKind(name, "a list of strings", value) }
            strings.append(string)
        }
        return strings
    }

    func object(_ name: String) throws(ServiceError) -> RequestMembers? {
        guard let value = value(name) else { return nil }
        guard let object = value.object else { throw wrongKind(name, "an object", value) }
        return RequestMembers(object, at: "\(path)\(name).")
    }

    /// A map of strings; a null value counts as an empty one.
    func map(_ name: String, upTo count: Int) throws(ServiceError) -> OrderedMap<String>? {
        guard let members = try object(name) else { return nil }
        guard members.object.count <= count else { throw tooMany(name, count) }
        var map: OrderedMap<String> = [:]
        for key in members.names { map[key] = try members.string(key) ?? "" }
        return map
    }

    private func wrongKind(_ name: String, _ wanted: String, _ value: JSONValue) -> ServiceError {
        V2Error.badRequest("Invalid request input: \(path)\(name) must be \(wanted); it is a \(value.kind).")
    }

    private func tooMany(_ name: String, _ count: Int) -> ServiceError {
        V2Error.badRequest("\(path)\(name) must have at most \(count) entries.")
    }
}
