import JSON

/// The members of a request's body, read by name, with the faults of the service's own reader. A null member is an absent
/// one; one that nobody asks for is ignored, as the service does.
struct RestMembers {
    private let object: JSONObject
    /// Tags of AWS's own that the call may set.
    private(set) var systemTags: [String: String]?

    init(_ object: JSONObject) { self.object = object }
    init(_ call: Call) throws(ServiceError) {
        self.init(try call.object())
        systemTags = call.systemTags
    }

    var names: [String] { object.keys }

    func has(_ name: String) -> Bool { value(name) != nil }

    func value(_ name: String) -> JSONValue? {
        guard let value = object[name], !value.isNull else { return nil }
        return value
    }

    func string(_ name: String) throws(ServiceError) -> String? { try value(name).map(Self.string) }
    func bool(_ name: String) throws(ServiceError) -> Bool? { try read(name, "Boolean", \.bool) }
    func integer(_ name: String) throws(ServiceError) -> Int? { try read(name, "Integer", \.integer) }
    func double(_ name: String) throws(ServiceError) -> Double? { try read(name, "Double", \.double) }
    func members(_ name: String) throws(ServiceError) -> RestMembers? {
        try read(name, "Map", \.object).map(RestMembers.init)
    }

    func strings(_ name: String) throws(ServiceError) -> [String]? {
        guard let array = try read(name, "List", \.array) else { return nil }
        var strings: [String] = []
        for value in array { strings.append(try Self.string(value)) }
        return strings
    }

    func objects(_ name: String) throws(ServiceError) -> [RestMembers]? {
        guard let array = try read(name, "List", \.array) else { return nil }
        var objects: [RestMembers] = []
        for value in array {
            guard let object = value.object else { throw Self.wrongKind(value, "Map") }
            objects.append(RestMembers(object))
        }
        return objects
    }

    func map(_ name: String) throws(ServiceError) -> OrderedMap<String>? {
        try entries(name) { value throws(ServiceError) in try Self.string(value) }
    }

    /// A null value stays one.
    func optionalMap(_ name: String) throws(ServiceError) -> OrderedMap<String?>? {
        try entries(name) { value throws(ServiceError) in value.isNull ? nil : try Self.string(value) }
    }

    func boolMap(_ name: String) throws(ServiceError) -> OrderedMap<Bool>? {
        try entries(name) { value throws(ServiceError) in
            guard let bool = value.bool else { throw Self.wrongKind(value, "Boolean") }
            return bool
        }
    }

    func listMap(_ name: String) throws(ServiceError) -> OrderedMap<[String]>? {
        try entries(name) { value throws(ServiceError) in
            guard let array = value.array else { throw Self.wrongKind(value, "List") }
            var strings: [String] = []
            for element in array { strings.append(try Self.string(element)) }
            return strings
        }
    }

    private func entries<Value>(
        _ name: String, _ read: (JSONValue) throws(ServiceError) -> Value
    ) throws(ServiceError) -> OrderedMap<Value>? {
        guard let object = try self.read(name, "Map", \.object) else { return nil }
        try RESTQuotas.checkEntries(object.count, name)
        var map: OrderedMap<Value> = [:]
        for (key, value) in object { map[key] = .some(try read(value)) }
        return map
    }

    private func read<Value>(
        _ name: String, _ wanted: String, _ kind: (JSONValue) -> Value?
    ) throws(ServiceError) -> Value? {
        guard let value = value(name) else { return nil }
        guard let read = kind(value) else { throw Self.wrongKind(value, wanted) }
        return read
    }

    private static func string(_ value: JSONValue) throws(ServiceError) -> String {
        guard let string = value.string else { throw wrongKind(value, "String") }
        return string
    }

    /// Recorded for booleans and numbers in the place of strings; the other classes follow from these.
    private static func wrongKind(_ value: JSONValue, _ wanted: String) -> ServiceError {
        let found =
            switch value {
            case .bool: "java.lang.Boolean"
            case .number: "com.amazon.coral.value.json.numbers.TruncatingBigNumber"
            case .string: "java.lang.String"
            case .array: "java.util.ArrayList"
            case .object: "java.util.HashMap"
            case .null: "null"
            }
        return .serialization("class \(found) can not be converted to an \(wanted)")
    }
}
