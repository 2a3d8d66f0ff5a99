/// `$input`
extension Renderer {
    mutating func callInput(_ method: Method, _ arguments: borrowing Arguments) throws(TemplateError) -> Value {
        switch (method, arguments.count) {
        case (.json, 1): return .string(try json(try jsonPath(arguments.a)))
        case (.path, 1): return try path(try jsonPath(arguments.a)) ?? .null
        case (.params, 0): return try parameters()
        case (.params, 1):
            guard let name = arguments.a.string else { return .string("") }
            return .string(parameter(name))
        default: return .null
        }
    }

    /// A path that the template makes while it is rendered.
    private mutating func jsonPath(_ value: Value) throws(TemplateError) -> JSONPath {
        let text = try text(of: value)
        try charge(100 + text.utf8.count * 4)
        do throws(JSONPathError) { return try JSONPath(text) } catch { throw self.error(error.message) }
    }

    // MARK: - Body

    /// AWS gives `{}` for an empty body.
    mutating func bodyBytes() -> [UInt8] {
        let body = source.templateBody
        return body.isEmpty ? Array("{}".utf8) : body
    }

    mutating func bodyText() -> String { String(decoding: bodyBytes(), as: UTF8.self) }

    /// The body as a value, read once: what `path` gives is changed for `json` too.
    private mutating func readDocument() throws(TemplateError) -> Document {
        if case .unread = document {
            let body = bodyBytes()
            try charge(body.count / 4)
            if let value = try readJSON(body) {
                document = .json(value)
            } else {
                document = .text(String(decoding: body, as: UTF8.self))
            }
        }
        return document
    }

    /// The value of a JSON text, and steps for what it takes.
    mutating func readJSON(_ text: [UInt8]) throws(TemplateError) -> Value? {
        let count = heap.lists.count + heap.maps.count
        let value = JSONReader.read(text, into: &heap)
        try charge((heap.lists.count + heap.maps.count - count) * Heap.stepsPerContainer)
        return value
    }

    /// The value at `path`; nil where there is none.
    mutating func path(_ path: JSONPath) throws(TemplateError) -> Value? {
        switch try readDocument() {
        case .json(let root): return try evaluate(path, root: root)
        case .text(let text): return path.isRoot ? .string(text) : nil
        case .unread: return nil
        }
    }

    /// The JSON of the value at `path`; of none, an empty string in quotes.
    mutating func json(_ path: JSONPath) throws(TemplateError) -> String {
        let mark = output.count
        try printJSON(path)
        return takeText(from: mark)
    }

    mutating func printJSON(_ path: JSONPath) throws(TemplateError) {
        try appendJSON(try self.path(path) ?? .string(""), escapesSlash: false)
    }

    // MARK: - Parameters

    /// The parameter from the path, else the query string, else the headers; "" where there is none.
    mutating func parameter(_ name: String) -> String {
        source.templateParameter(name) ?? ""
    }

    private mutating func parameters() throws(TemplateError) -> Value {
        try charge(4 * Heap.stepsPerContainer)
        var all = Heap.Map(room: 3)
        for (place, name) in [
            (TemplateParameterPlace.path, "path"), (.querystring, "querystring"), (.header, "header"),
        ] {
            var parameters = source.templateParameters(in: place)
            var part = Heap.Map(room: parameters.count)
            // Seen so in AWS's logs.
            if place == .header { parameters.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) } }
            try charge(parameters.count * 4)
            for parameter in parameters { part.put(.string(parameter.value), at: Key(parameter.name)) }
            all.put(heap.map(part), at: Key(name))
        }
        return heap.map(all)
    }
}
