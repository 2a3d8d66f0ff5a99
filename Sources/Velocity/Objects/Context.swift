internal import JSON

/// `$context` and `$stageVariables`
extension Renderer {
    // MARK: - $context

    /// The value at a path that has a number.
    mutating func contextValue(_ number: Int32) -> Value {
        let path = contextPath(number)
        switch source.templateContext(path) {
        case .absent: return .null
        case .text(let text): return .string(text)
        case .number(let value): return .long(value)
        case .boolean(let value): return .boolean(value)
        case .part: return .object(.context(number))
        }
    }

    mutating func contextPath(_ number: Int32) -> ContextPath {
        let known = template.program.contextPaths.count
        if Int(number) < known {
            return ContextPath(text: template.program.contextPaths[Int(number)], number: Int(number))
        }
        return ContextPath(text: dynamicPaths[Int(number) - known], number: nil)
    }

    /// The member `name` of the part of `$context` with the number `part`.
    mutating func contextMember(_ name: String, of part: Int32) throws(TemplateError) -> Value {
        try charge(10)
        if part < 0 {
            if name == "requestOverride" { return loadOverrides().request }
            if name == "responseOverride" { return loadOverrides().response }
        }
        let text = part < 0 ? name : "\(contextPath(part).text).\(name)"
        let number: Int32
        if let known = template.program.contextPaths.firstIndex(of: text) {
            number = Int32(known)
        } else {
            number = Int32(template.program.contextPaths.count + dynamicPaths.count)
            dynamicPaths.append(text)
        }
        return contextValue(number)
    }

    mutating func callContext(_ method: Method, _ arguments: borrowing Arguments, _ part: Int32) throws(TemplateError)
        -> Value
    {
        switch (method, arguments.count) {
        case (.get, 1): return try contextMember(try text(of: arguments.a), of: part)
        case (.keySet, 0), (.values, 0), (.entrySet, 0), (.size, 0), (.isEmpty, 0), (.containsKey, 1),
            (.containsValue, 1), (.getOrDefault, 2):
            guard case .map(let map) = try map(of: .context(part)) else { return .null }
            return try call(method, arguments, onMap: map)
        case (.put, 2), (.putAll, 1), (.remove, 1), (.clear, 0), (.putIfAbsent, 2):
            throw error("only $context.requestOverride and $context.responseOverride can be written")
        default: return .null
        }
    }

    /// An object that is a map in Java, as a map: made anew for `$context`, once for `$stageVariables`.
    mutating func map(of object: Value.Object) throws(TemplateError) -> Value {
        switch object {
        case .stageVariables:
            if let stageVariableMap { return stageVariableMap }
            let variables = source.templateStageVariables()
            var map = Heap.Map(room: variables.count)
            for variable in variables { map.put(.string(variable.value), at: Key(variable.name)) }
            let value = heap.map(map)
            stageVariableMap = value
            return value
        case .context(let part):
            var map = Heap.Map(kind: .silent)
            let path = part < 0 ? "" : contextPath(part).text
            for name in source.templateContextNames(below: path) {
                map.put(try contextMember(name, of: part), at: Key(name))
            }
            if part < 0 {
                for name in ["requestOverride", "responseOverride"] {
                    map.put(try contextMember(name, of: part), at: Key(name))
                }
            }
            return heap.map(map)
        case .input, .util, .foreach, .javaClass: return .null
        }
    }

    // MARK: - Overrides

    private mutating func loadOverrides() -> (request: Value, response: Value) {
        if let overrideMaps { return overrideMaps }
        let request = overrideMap(overrides.request, parts: ["path", "header", "querystring"])
        let response = overrideMap(overrides.response, parts: ["header"])
        overrideMaps = (request, response)
        return (request, response)
    }

    /// The parts that are always there first, then what an earlier template wrote.
    private mutating func overrideMap(_ written: JSONObject, parts: [String]) -> Value {
        var map = Heap.Map(kind: .silent)
        for part in parts { map.put(heap.map(Heap.Map(kind: .silent)), at: Key(part)) }
        for member in written.members {
            if case .object(let object) = member.value, case .map(let part)? = map[Key(member.key)] {
                for (key, value) in object {
                    heap.maps[Int(part)].put(JSONReader.value(value, in: &heap), at: Key(key))
                }
            } else {
                map.put(JSONReader.value(member.value, in: &heap), at: Key(member.key))
            }
        }
        return heap.map(map)
    }

    /// What stands in the overrides after rendering.
    mutating func writtenOverrides() throws(TemplateError) -> ContextOverrides {
        guard let overrideMaps else { return overrides }
        return ContextOverrides(
            request: try object(of: overrideMaps.request), response: try object(of: overrideMaps.response))
    }

    private mutating func object(of value: Value) throws(TemplateError) -> JSONObject {
        let mark = output.count
        try appendJSON(value, escapesSlash: false)
        let text = takeText(from: mark)
        guard case .object(var object)? = try? JSONValue(parsing: text) else { return JSONObject() }
        for key in object.keys where object[key]?.object?.isEmpty == true { object[key] = nil }
        return object
    }
}
