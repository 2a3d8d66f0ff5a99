extension Renderer {
    /// The value of a reference; null where any of its steps leads nowhere.
    mutating func value(of number: Int32) throws(TemplateError) -> Value {
        let reference = template.program.references[Int(number)]
        offset = reference.offset
        var value: Value
        switch reference.shortcut {
        case .none: value = slots[Int(reference.slot)]
        case .context(let path): value = contextValue(path)
        case .stageVariable(let name):
            value = source.templateStageVariable(template.program.names[Int(name)].text).map { .string($0) } ?? .null
        case .parameter(let name): value = .string(parameter(template.program.names[Int(name)].text))
        case .body: value = .string(bodyText())
        case .json(let path): value = .string(try json(template.program.paths[Int(path)]))
        case .path(let path): value = try self.path(template.program.paths[Int(path)]) ?? .null
        case .loopCount: value = loops.last.map { .integer(Int32($0.index + 1)) } ?? .null
        case .loopHasNext: value = loops.last.map { .boolean($0.hasNext) } ?? .null
        }
        var step = reference.firstStep + reference.shortcutSteps
        let end = reference.firstStep + reference.stepCount
        while step < end {
            if value.isNull { return .null }
            value = try apply(template.program.steps[Int(step)], to: value)
            step += 1
        }
        return value
    }

    private mutating func apply(_ step: Step, to value: Value) throws(TemplateError) -> Value {
        switch step {
        case .property(let name): return try property(template.program.names[Int(name)], of: value)
        case .index(let expression): return try element(try evaluate(expression), of: value)
        case .method(let method, let name, let first, let count):
            try charge(2)
            // Java works out every argument, used or not.
            let a = count > 0 ? try evaluate(template.program.operands[Int(first)]) : .null
            let b = count > 1 ? try evaluate(template.program.operands[Int(first) + 1]) : .null
            for further in 2..<max(2, Int(count)) { _ = try evaluate(template.program.operands[Int(first) + further]) }
            guard let method else { return try getter(template.program.names[Int(name)].text, Int(count), of: value) }
            return try call(method, Arguments(count: Int(count), a: a, b: b), on: value)
        }
    }

    /// No method takes more than two.
    struct Arguments: ~Copyable {
        let count: Int
        let a: Value
        let b: Value
    }

    // MARK: - Properties and elements

    /// `$value.name`: the getter of that name, else the map's member, else `isName()`.
    mutating func property(_ name: Key, of value: Value) throws(TemplateError) -> Value {
        if name.text == "class" { return .object(.javaClass(javaClass(of: value))) }
        switch value {
        case .map(let map): return heap.maps[Int(map)][name] ?? .null
        case .object(let object): return try property(name, of: object)
        case .entry(let entry):
            if name.text == "key" { return heap.key(ofEntry: entry) }
            if name.text == "value" { return heap.value(ofEntry: entry) }
            return .null
        case .string(let text):
            return name.text == "empty" ? .boolean(text.isEmpty) : .null
        case .list(let list):
            return name.text == "empty" ? .boolean(heap.lists[Int(list)].elements.isEmpty) : .null
        default: return .null
        }
    }

    /// `getName()` or `isName()` where a template writes the getter of a property out; null for all else.
    private mutating func getter(_ method: String, _ count: Int, of value: Value) throws(TemplateError) -> Value {
        let prefix = method.hasPrefix("get") ? 3 : method.hasPrefix("is") ? 2 : nil
        guard count == 0, let prefix, let first = method.dropFirst(prefix).first else { return .null }
        let name = first.lowercased() + method.dropFirst(prefix + 1)
        // Of what holds members by name, only the class has a getter.
        switch value {
        case .entry, .object(.foreach), .object(.javaClass): return try property(Key(name), of: value)
        default: return name == "class" ? try property(Key(name), of: value) : .null
        }
    }

    /// `$value[index]`, which is `get(index)`; a negative number counts from the end.
    mutating func element(_ index: Value, of value: Value) throws(TemplateError) -> Value {
        switch value {
        case .list(let list):
            guard let index = index.index else { return .null }
            let elements = heap.lists[Int(list)].elements
            if heap.lists[Int(list)].kind == .view { return .null }
            let position = index < 0 ? elements.count + index : index
            guard elements.indices.contains(position) else {
                throw error("index \(index) is out of bounds for length \(elements.count)")
            }
            return elements[position]
        case .map(let map): return heap.maps[Int(map)][try key(index)] ?? .null
        case .object(let object): return try property(try key(index), of: object)
        default:
            if let index = index.index, index < 0 { throw error("a negative index needs a list") }
            return .null
        }
    }

    // MARK: - Printing

    mutating func print(_ number: Int32) throws(TemplateError) {
        let reference = template.program.references[Int(number)]
        if reference.shortcutSteps == reference.stepCount, reference.stepCount > 0 {
            // What is only printed need not become a value first.
            offset = reference.offset
            switch reference.shortcut {
            case .json(let path):
                try printJSON(template.program.paths[Int(path)])
                return
            case .body:
                output.append(contentsOf: bodyBytes())
                return try checkOutput()
            case .parameter(let name):
                source.printTemplateParameter(template.program.names[Int(name)].text, to: &output)
                return try checkOutput()
            case .context(let path):
                let path = contextPath(path)
                if !source.printTemplateContext(path, to: &output) {
                    observer?.undefined(text(of: reference), at: Int(reference.offset))
                }
                return try checkOutput()
            default: break
            }
        }
        let value = try value(of: number)
        switch value {
        case .string(let text): output.append(contentsOf: text.utf8)
        case .null: observer?.undefined(text(of: reference), at: Int(reference.offset))
        case .block(let block): _ = try render(block: block)
        default: try append(value)
        }
        try checkOutput()
    }

    /// `\$x` prints `$x`, but `\$x` if there is no such value; `\\$x` prints a backslash and the value.
    mutating func printEscaped(_ number: Int32, _ backslashes: Int) throws(TemplateError) {
        let reference = template.program.references[Int(number)]
        output.append(contentsOf: repeatElement(UInt8(ascii: "\\"), count: backslashes / 2))
        if backslashes.isMultiple(of: 2) { return try print(number) }
        if try value(of: number).isNull { output.append(UInt8(ascii: "\\")) }
        let start = Int(reference.offset)
        output.append(contentsOf: template.program.bytes[start..<(start + Int(reference.count))])
        try checkOutput()
    }

    func text(of reference: Reference) -> String {
        let start = Int(reference.offset)
        return String(decoding: template.program.bytes[start..<(start + Int(reference.count))], as: UTF8.self)
    }

    // MARK: - Assigning

    /// `#set($a.b = value)`, `#set($a["b"] = value)`: nothing happens where the way leads nowhere.
    mutating func assign(_ value: Value, to number: Int32) throws(TemplateError) {
        let reference = template.program.references[Int(number)]
        offset = reference.offset
        var target = slots[Int(reference.slot)]
        let last = reference.firstStep + reference.stepCount - 1
        for step in reference.firstStep..<last {
            if target.isNull { break }
            target = try apply(template.program.steps[Int(step)], to: target)
        }
        switch template.program.steps[Int(last)] {
        case .property(let name): try put(value, at: template.program.names[Int(name)], of: target, reference)
        case .index(let expression):
            let index = try evaluate(expression)
            if case .list(let list) = target {
                guard let index = index.index else { return }
                let count = heap.lists[Int(list)].elements.count
                let position = index < 0 ? count + index : index
                guard position >= 0, position < count else {
                    throw error("index \(index) is out of bounds for length \(count)")
                }
                heap.lists[Int(list)].elements[position] = value
            } else {
                try put(value, at: try key(index), of: target, reference)
            }
        case .method: throw error("#set cannot assign to the result of a method")
        }
    }

    private mutating func put(
        _ value: Value, at key: Key, of target: Value, _ reference: Reference
    ) throws(TemplateError) {
        switch target {
        case .map(let map): heap.maps[Int(map)].put(value, at: key)
        case .object(.context), .object(.stageVariables):
            // AWS documents the overrides as the only parts that can be written.
            throw error("only $context.requestOverride and $context.responseOverride can be written")
        case .null: observer?.undefined(text(of: reference), at: Int(reference.offset))
        default: break
        }
    }
}
