/// The functions at the end of JSONPaths.
extension Renderer {
    mutating func apply(
        _ function: JSONPath.Function, _ parameters: [JSONPath.Parameter], to value: Value, _ walk: PathWalk
    ) throws(TemplateError) -> Value {
        let values = try evaluated(parameters, for: value, walk)
        try charge(members(of: value).count)
        switch function {
        case .length, .size: return length(of: values.first ?? value)
        case .min, .max, .avg, .sum, .stddev: return .double(try aggregate(function, value, values))
        case .keys:
            guard case .map(let map) = value else { return .null }
            return heap.list(heap.maps[Int(map)].members.map(\.key.value), .view)
        case .concat:
            var text = ""
            for part in operands(value, values) {
                switch part {
                case .string(let string): text += string
                case .integer, .long, .double, .decimal: text += try self.text(of: part)
                default: break
                }
            }
            try charge(text.utf8.count / 8)
            return .string(text)
        case .append:
            guard case .list(let list) = value else { return value }
            heap.lists[Int(list)].elements.append(contentsOf: values)
            heap.lists[Int(list)].version &+= 1
            return value
        case .first: return try element(0, of: value)
        case .last: return try element(-1, of: value)
        case .index:
            guard let index = values.first?.intValue else { throw error("JSONPath: index() needs a number") }
            return try element(Int(index), of: value)
        }
    }

    private mutating func evaluated(
        _ parameters: [JSONPath.Parameter], for value: Value, _ walk: PathWalk
    ) throws(TemplateError) -> [Value] {
        var values: [Value] = []
        for parameter in parameters {
            switch parameter {
            case .path(let path):
                values.append(try evaluate(path, from: walk.root, root: walk.root, depth: walk.depth + 1) ?? .null)
            case .json(let text):
                try charge(20 + text.count)
                guard let value = try readJSON(text) else {
                    throw error("JSONPath: a parameter of a function is no JSON")
                }
                values.append(value)
            }
        }
        return values
    }

    private func length(of value: Value) -> Value {
        switch value {
        case .list(let list): .integer(Int32(heap.lists[Int(list)].elements.count))
        case .map(let map): .integer(Int32(heap.maps[Int(map)].count))
        default: .null
        }
    }

    private func elements(_ value: Value) -> [Value] {
        if case .list(let list) = value { heap.lists[Int(list)].elements } else { [] }
    }

    /// The elements of a list, and of the parameters those that are lists too.
    private func operands(_ value: Value, _ parameters: [Value]) -> [Value] {
        var operands = elements(value)
        for parameter in parameters {
            if case .list = parameter { operands += elements(parameter) } else { operands.append(parameter) }
        }
        return operands
    }

    private mutating func aggregate(
        _ function: JSONPath.Function, _ value: Value, _ parameters: [Value]
    ) throws(TemplateError) -> Double {
        let numbers = operands(value, parameters).compactMap(\.doubleValue)
        guard !numbers.isEmpty else { throw error("JSONPath: \(function.rawValue)() needs numbers") }
        let count = Double(numbers.count)
        let sum = numbers.reduce(0, +)
        switch function {
        case .min: return numbers.min() ?? 0
        case .max: return numbers.max() ?? 0
        case .avg: return sum / count
        case .stddev:
            let squares = numbers.reduce(0) { $0 + $1 * $1 }
            return (squares / count - sum * sum / count / count).squareRoot()
        default: return sum
        }
    }

    private mutating func element(_ index: Int, of value: Value) throws(TemplateError) -> Value {
        let elements = elements(value)
        let position = index < 0 ? elements.count + index : index
        guard elements.indices.contains(position) else {
            throw error("JSONPath: there is no element \(index)")
        }
        return elements[position]
    }
}
