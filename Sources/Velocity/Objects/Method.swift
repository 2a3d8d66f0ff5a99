/// The methods that values and objects have here; any other one leads nowhere, as a name that Java does not know does.
enum Method: String, Sendable {
    // Several kinds of values
    case size, get, isEmpty, contains, indexOf, lastIndexOf, remove, toString, equals, hashCode, compareTo, valueOf,
        clear
    // Strings
    case length, equalsIgnoreCase, startsWith, endsWith, substring, split, replace, replaceAll, replaceFirst, matches
    case trim, toUpperCase, toLowerCase, concat, charAt, compareToIgnoreCase
    // Lists
    case add, addAll, set, subList, containsAll
    // Maps
    case put, putAll, containsKey, containsValue, keySet, values, entrySet, getOrDefault, putIfAbsent
    // Numbers
    case intValue, longValue, doubleValue, parseInt, parseLong, parseDouble
    // $input
    case json, path, params
    // $util
    case escapeJavaScript, parseJson, urlEncode, urlDecode, base64Encode, base64Decode
    // $foreach
    case hasNext
}

extension Renderer {
    mutating func call(_ method: Method, _ arguments: borrowing Arguments, on value: Value) throws(TemplateError)
        -> Value
    {
        switch (method, arguments.count) {
        case (.toString, 0):
            if case .block(let block) = value, blockDepths[Int(block)] >= TemplateLimits.blockDepth { return .null }
            return .string(try text(of: value))
        case (.equals, 1): return .boolean(try areSame(value, arguments.a, depth: 0))
        case (.hashCode, 0): return .integer(try hash(of: value, depth: 0))
        default: break
        }
        switch value {
        case .string(let text): return try call(method, arguments, on: text)
        case .list(let list): return try call(method, arguments, onList: list)
        case .map(let map): return try call(method, arguments, onMap: map)
        case .integer, .long, .double, .decimal, .boolean: return try call(method, arguments, onNumber: value)
        case .object(let object): return try call(method, arguments, on: object)
        case .null, .entry, .block: return .null
        }
    }

    private mutating func call(
        _ method: Method, _ arguments: borrowing Arguments, on object: Value.Object
    ) throws(TemplateError) -> Value {
        switch object {
        case .input: return try callInput(method, arguments)
        case .util: return try callUtil(method, arguments)
        case .context(let part): return try callContext(method, arguments, part)
        case .stageVariables:
            guard case .map(let map) = try map(of: object) else { return .null }
            return try call(method, arguments, onMap: map)
        case .foreach(let level):
            switch (method, arguments.count) {
            case (.hasNext, 0): return foreachProperty("hasNext", of: level)
            default: return .null
            }
        case .javaClass: return .null
        }
    }

    mutating func property(_ name: Key, of object: Value.Object) throws(TemplateError) -> Value {
        switch object {
        case .input: return name.text == "body" ? .string(bodyText()) : .null
        case .util: return .null
        case .stageVariables: return source.templateStageVariable(name.text).map { .string($0) } ?? .null
        case .context(let part): return try contextMember(name.text, of: part)
        case .foreach(let level): return foreachProperty(name.text, of: level)
        case .javaClass(let javaClass):
            switch name.text {
            case "name": return .string(javaClass.rawValue)
            case "simpleName": return .string(javaClass.rawValue.split(separator: ".").last.map(String.init) ?? "")
            default: return .null
            }
        }
    }

    mutating func javaClass(of value: Value) -> Value.JavaClass {
        switch value {
        case .string: .string
        case .boolean: .boolean
        case .integer: .integer
        case .long: .long
        case .double: .double
        case .decimal(let number): number.isWhole ? .bigInteger : .bigDecimal
        case .map, .object(.context), .object(.stageVariables): .linkedHashMap
        case .list(let list):
            switch heap.lists[Int(list)].kind {
            case .json: .jsonArray
            case .plain: .arrayList
            case .array: .stringArray
            case .view: .keySet
            }
        case .null, .entry, .block, .object: .other
        }
    }

    /// Java's `hashCode`.
    private mutating func hash(of value: Value, depth: Int) throws(TemplateError) -> Int32 {
        guard depth < TemplateLimits.valueDepth else { throw error("values are nested too deep to be hashed") }
        try charge(1)
        switch value {
        case .boolean(let value): return value ? 1231 : 1237
        case .integer(let number): return number
        case .long(let number): return Int32(truncatingIfNeeded: number ^ (number >> 32))
        case .double(let number):
            let bits = number.bitPattern
            return Int32(truncatingIfNeeded: bits ^ (bits >> 32))
        case .list(let list):
            var hash: Int32 = 1
            for element in heap.lists[Int(list)].elements {
                hash = hash &* 31 &+ (try self.hash(of: element, depth: depth + 1))
            }
            return hash
        case .map(let map):
            var hash: Int32 = 0
            for position in 0..<heap.maps[Int(map)].count {
                let (key, value) = (
                    heap.maps[Int(map)].members[position].key.value, heap.maps[Int(map)].members[position].value
                )
                hash = hash &+ (try self.hash(of: key, depth: depth + 1) ^ self.hash(of: value, depth: depth + 1))
            }
            return hash
        case .null: return 0
        case .string, .decimal, .entry, .block, .object:
            let text = try text(of: value)
            try charge(text.utf8.count / 8)
            return text.utf16.reduce(0) { $0 &* 31 &+ Int32($1) }
        }
    }

    // MARK: - Numbers

    private mutating func call(
        _ method: Method, _ arguments: borrowing Arguments, onNumber value: Value
    ) throws(TemplateError) -> Value {
        switch (method, arguments.count) {
        case (.intValue, 0): return value.intValue.map { .integer($0) } ?? .null
        case (.longValue, 0): return value.longValue.map { .long($0) } ?? .null
        case (.doubleValue, 0): return value.doubleValue.map { .double($0) } ?? .null
        case (.compareTo, 1):
            guard javaClass(of: value) == javaClass(of: arguments.a), let order = Arithmetic.order(value, arguments.a)
            else { return .null }
            return .integer(Int32(order))
        // Java's classes answer for their static methods through any value of theirs.
        case (.parseInt, 1), (.valueOf, 1), (.parseLong, 1), (.parseDouble, 1), (.toString, 1):
            return try callStatic(method, arguments.a, like: value)
        default: return .null
        }
    }

    private mutating func callStatic(
        _ method: Method, _ argument: Value, like value: Value
    ) throws(TemplateError) -> Value {
        if method == .toString { return argument.isNumber ? .string(try text(of: argument)) : .null }
        guard let text = argument.string else { return method == .valueOf && argument.isNumber ? argument : .null }
        switch (value, method) {
        case (.integer, .parseInt), (.integer, .valueOf):
            guard let number = Int32(text) else { throw notANumber(text) }
            return .integer(number)
        case (.long, .parseLong), (.long, .valueOf):
            guard let number = Int64(text) else { throw notANumber(text) }
            return .long(number)
        case (.double, .parseDouble), (.double, .valueOf):
            let number = JavaNumber.double(String(text.drop(while: \.isWhitespace)))
            if number.isNaN, text != "NaN" { throw notANumber(text) }
            return .double(number)
        case (.boolean, .valueOf): return .boolean(text.lowercased() == "true")
        default: return .null
        }
    }

    private func notANumber(_ text: String) -> TemplateError { error("\"\(text.prefix(40))\" is no number") }
}
