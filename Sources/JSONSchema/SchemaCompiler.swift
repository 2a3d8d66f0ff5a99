internal import BoundedRegex
internal import JSON

/// Why a schema is none, or refers to nothing.
package struct SchemaError: Error, Hashable, CustomStringConvertible {
    package let reason: String

    init(_ reason: String) { self.reason = reason }

    package var description: String { reason }
}

/// Writes the program of a schema and of all that it refers to. What is to be compiled waits in a list, so that neither
/// deep nor circular schemas nest calls.
struct SchemaCompiler {
    private var program = SchemaProgram()
    private var library: SchemaLibrary
    private var numbers: [SchemaPlace: Int32] = [:]
    /// The numbers of schemas where a circle may close.
    private var looping: Set<Int32> = []
    private var waiting: [(number: Int32, place: SchemaPlace, schema: JSONObject)] = []

    static func compile(
        _ schema: JSONValue, models: @escaping (String) -> JSONValue?
    ) throws(SchemaError) -> SchemaProgram {
        var compiler = SchemaCompiler(library: SchemaLibrary(schema, models: models))
        _ = try compiler.number(of: SchemaPlace(document: "", pointer: []), schema)
        while let next = compiler.waiting.popLast() {
            compiler.program.nodes[Int(next.number)] = try compiler.node(next.schema, at: next.place)
        }
        for number in compiler.looping { compiler.program.nodes[Int(number)].mayLoop = true }
        return compiler.program
    }

    private init(library: SchemaLibrary) { self.library = library }

    /// The number of the schema at a place, references followed.
    private mutating func number(
        of place: SchemaPlace, _ schema: JSONValue, mayLoop: Bool = false
    ) throws(SchemaError) -> Int32 {
        let (target, resolved) = try library.follow(schema, at: place)
        guard let object = resolved.object else {
            throw SchemaError("JSON value is not a JSON Schema (expected an object)")
        }
        let isReference = target != place
        let number: Int32
        if let known = numbers[target] {
            number = known
        } else {
            number = Int32(program.nodes.count)
            numbers[target] = number
            program.nodes.append(SchemaProgram.Node())
            waiting.append((number, target, object))
        }
        if mayLoop, isReference { looping.insert(number) }
        return number
    }

    private mutating func node(_ schema: JSONObject, at place: SchemaPlace) throws(SchemaError) -> SchemaProgram.Node {
        var node = SchemaProgram.Node()
        if let type = schema["type"] { node.types = try types(type) }
        node.numeric = try numericRules(schema)
        node.string = try stringRules(schema, &node)
        node.array = try arrayRules(schema, at: place)
        node.object = try objectRules(schema, at: place)
        node.enumeration = try enumRules(schema)
        node.combination = try combinations(schema, at: place)
        return node
    }

    private func types(_ value: JSONValue) throws(SchemaError) -> SchemaProgram.Types {
        var types: SchemaProgram.Types = []
        for name in value.string.map({ [$0] }) ?? value.array?.compactMap(\.string) ?? [] {
            guard let type = SchemaProgram.Types.names.first(where: { $0.0 == name })?.1 else {
                throw SchemaError("\"\(name)\" is not a valid primitive type")
            }
            types.insert(type)
        }
        if types.contains(.number) { types.insert(.integer) }
        return types
    }

    // MARK: Numbers and strings

    private mutating func numericRules(_ schema: JSONObject) throws(SchemaError) -> Int32 {
        var rules = SchemaProgram.NumericRules()
        rules.minimum = bound(schema["minimum"], isExclusive: schema["exclusiveMinimum"]?.bool == true)
        rules.maximum = bound(schema["maximum"], isExclusive: schema["exclusiveMaximum"]?.bool == true)
        rules.multipleOf = bound(schema["multipleOf"])
        if let divisor = rules.multipleOf, !divisor.decimal.isPositive {
            throw SchemaError("divisor must be strictly greater than zero")
        }
        guard rules.minimum != nil || rules.maximum != nil || rules.multipleOf != nil else { return SchemaProgram.none }
        program.numerics.append(rules)
        return Int32(program.numerics.count - 1)
    }

    private func bound(_ value: JSONValue?, isExclusive: Bool = false) -> SchemaProgram.Bound? {
        guard case .number(let text) = value else { return nil }
        let integer = value?.integer
        return SchemaProgram.Bound(
            decimal: Decimal(text), short: ShortDecimal(text), text: integer.map { String($0) } ?? text,
            isExclusive: isExclusive)
    }

    private mutating func stringRules(
        _ schema: JSONObject, _ node: inout SchemaProgram.Node
    ) throws(SchemaError) -> Int32 {
        var rules = SchemaProgram.StringRules()
        rules.minimumLength = schema["minLength"]?.integer ?? 0
        rules.maximumLength = schema["maxLength"]?.integer ?? .max
        if let text = schema["pattern"]?.string { rules.pattern = try pattern(text) }
        if let name = schema["format"]?.string {
            rules.format = Format(rawValue: name)
            if rules.format == nil {
                node.unknownFormat = Int32(program.unknownFormats.count)
                program.unknownFormats.append(name)
            }
        }
        guard rules.minimumLength > 0 || rules.maximumLength < .max || rules.pattern != nil || rules.format != nil
        else {
            return SchemaProgram.none
        }
        program.strings.append(rules)
        return Int32(program.strings.count - 1)
    }

    private func pattern(_ text: String) throws(SchemaError) -> Pattern {
        do throws(PatternError) { return try Pattern(text, dialect: .ecma) } catch {
            throw SchemaError("string \"\(text)\" is not a valid ECMA 262 regular expression")
        }
    }

    // MARK: Arrays and objects

    private mutating func arrayRules(_ schema: JSONObject, at place: SchemaPlace) throws(SchemaError) -> Int32 {
        var rules = SchemaProgram.ArrayRules()
        rules.minimumItems = schema["minItems"]?.integer ?? 0
        rules.maximumItems = schema["maxItems"]?.integer ?? .max
        rules.isUnique = schema["uniqueItems"]?.bool == true
        if let items = schema["items"]?.array {
            for (position, item) in items.enumerated() {
                rules.first.append(try number(of: place.child("items", String(position)), item))
            }
            if let additional = schema["additionalItems"], additional.object != nil {
                rules.items = try number(of: place.child("additionalItems"), additional)
            }
            rules.isClosed = schema["additionalItems"]?.bool == false
        } else if let items = schema["items"] {
            rules.items = try number(of: place.child("items"), items)
        }
        guard
            rules.minimumItems > 0 || rules.maximumItems < .max || rules.isUnique || rules.items != SchemaProgram.none
                || !rules.first.isEmpty || rules.isClosed
        else { return SchemaProgram.none }
        program.arrays.append(rules)
        return Int32(program.arrays.count - 1)
    }

    private mutating func objectRules(_ schema: JSONObject, at place: SchemaPlace) throws(SchemaError) -> Int32 {
        var rules = SchemaProgram.ObjectRules()
        rules.minimumProperties = schema["minProperties"]?.integer ?? 0
        rules.maximumProperties = schema["maxProperties"]?.integer ?? .max
        for (name, property) in schema["properties"]?.object?.members ?? [] {
            rules.names.setSchema(try number(of: place.child("properties", name), property), of: name)
            rules.hasChildren = true
        }
        for (text, property) in schema["patternProperties"]?.object?.members ?? [] {
            let number = try number(of: place.child("patternProperties", text), property)
            rules.patterns.append(SchemaProgram.PatternProperty(pattern: try pattern(text), schema: number))
            rules.hasChildren = true
        }
        if let additional = schema["additionalProperties"], additional.object != nil {
            rules.additional = try number(of: place.child("additionalProperties"), additional)
            rules.hasChildren = true
        }
        rules.isClosed = schema["additionalProperties"]?.bool == false
        let required = schema["required"]?.array?.compactMap(\.string) ?? []
        rules.required = required.sorted(by: SchemaOrder.precedes).map { rules.names.number(of: $0) }
        rules.dependencies = try dependencies(schema, at: place, &rules.names)
        if rules.required.allSatisfy({ $0 < 64 }) {
            for name in rules.required { rules.requiredBits |= 1 << UInt64(name) }
        }
        guard
            rules.minimumProperties > 0 || rules.maximumProperties < .max || rules.hasChildren || rules.asksForNames
        else { return SchemaProgram.none }
        program.objects.append(rules)
        return Int32(program.objects.count - 1)
    }

    /// Those that ask for names first, then those that ask for a schema, sorted: the order of the library that AWS runs.
    private mutating func dependencies(
        _ schema: JSONObject, at place: SchemaPlace, _ names: inout NameTable
    ) throws(SchemaError) -> [SchemaProgram.Dependency] {
        var onNames: [SchemaProgram.Dependency] = []
        var onSchemas: [SchemaProgram.Dependency] = []
        let members = schema["dependencies"]?.object?.members ?? []
        for (name, value) in members.sorted(by: { SchemaOrder.precedes($0.key, $1.key) }) {
            var dependency = SchemaProgram.Dependency(name: names.number(of: name))
            if let needed = value.array {
                let sorted = needed.compactMap(\.string).sorted(by: SchemaOrder.precedes)
                dependency.names = sorted.map { names.number(of: $0) }
                onNames.append(dependency)
            } else {
                dependency.schema = try number(of: place.child("dependencies", name), value, mayLoop: true)
                onSchemas.append(dependency)
            }
        }
        return onNames + onSchemas
    }

    // MARK: Values and combinations

    private mutating func enumRules(_ schema: JSONObject) throws(SchemaError) -> Int32 {
        guard let values = schema["enum"]?.array else { return SchemaProgram.none }
        let bytes = JSONValue.array(values).bytes
        let tape: Tape
        do throws(JSONError) { tape = try Tape(bytes.span) } catch { throw SchemaError("enum: \(error)") }
        var starts: [Int] = []
        var index = 1
        for _ in values {
            starts.append(index)
            index = Int(tape.tokens[index].next)
        }
        program.enums.append(SchemaProgram.EnumRules(bytes: bytes, tape: tape, values: starts))
        return Int32(program.enums.count - 1)
    }

    private mutating func combinations(_ schema: JSONObject, at place: SchemaPlace) throws(SchemaError) -> Int32 {
        var rules = SchemaProgram.Combinations()
        rules.allOf = try schemas("allOf", schema, at: place)
        rules.anyOf = try schemas("anyOf", schema, at: place)
        rules.oneOf = try schemas("oneOf", schema, at: place)
        if let not = schema["not"] { rules.not = try number(of: place.child("not"), not, mayLoop: true) }
        guard !rules.allOf.isEmpty || !rules.anyOf.isEmpty || !rules.oneOf.isEmpty || rules.not != SchemaProgram.none
        else {
            return SchemaProgram.none
        }
        program.combinations.append(rules)
        return Int32(program.combinations.count - 1)
    }

    private mutating func schemas(
        _ keyword: String, _ schema: JSONObject, at place: SchemaPlace
    ) throws(SchemaError) -> [Int32] {
        var result: [Int32] = []
        for (position, branch) in (schema[keyword]?.array ?? []).enumerated() {
            result.append(try number(of: place.child(keyword, String(position)), branch, mayLoop: true))
        }
        return result
    }
}

enum SchemaOrder {
    /// Java's order of strings: by UTF-16 unit.
    static func precedes(_ left: String, _ right: String) -> Bool {
        left.utf16.lexicographicallyPrecedes(right.utf16)
    }
}
