extension Parser {
    /// A `$` in text, behind `backslashes` backslashes: a reference, or just text.
    mutating func referenceStatement(backslashes: Int) throws(TemplateError) {
        let start = position
        guard let reference = try reference() else { return try literalDollar(backslashes: backslashes) }
        if backslashes == 0 {
            builder.emit(.print(reference: reference), at: start)
        } else {
            builder.emit(.printEscaped(reference: reference, backslashes: Int32(backslashes)), at: start)
        }
        let read = builder.program.references[Int(reference)]
        if !read.isFormal { try runts(behind: builder.program.steps.suffix(Int(read.stepCount))) }
    }

    /// Where a reference begins behind the `$` at `offset`: at its name. Nil where there is none.
    private func nameStart(_ offset: Int) -> (name: Int, isFormal: Bool)? {
        guard byte(offset) == UInt8(ascii: "$") else { return nil }
        var next = offset + 1
        if byte(next) == UInt8(ascii: "!") { next += 1 }
        let isFormal = byte(next) == UInt8(ascii: "{")
        if isFormal { next += 1 }
        return isNameStart(next) ? (next, isFormal) : nil
    }

    func startsReference(_ offset: Int) -> Bool { nameStart(offset) != nil }

    func isNameStart(_ offset: Int) -> Bool {
        byte(offset).map { isLetter($0) || $0 == UInt8(ascii: "_") } ?? false
    }

    /// The reference at `position`, which is its `$`; nil, with nothing consumed, when it is none.
    mutating func reference() throws(TemplateError) -> Int32? {
        let start = position
        guard let begin = nameStart(start) else { return nil }
        try enter()
        defer { leave() }
        position = begin.name
        let name = try identifier()
        let slot = builder.slot(name)
        var steps: [Step] = []
        while let step = try step() { steps.append(step) }
        if begin.isFormal {
            guard byte(position) == UInt8(ascii: "}") else { throw error("'}' is missing in ${\(name)}", at: position) }
            position += 1
        }
        let firstStep = builder.program.steps.count
        builder.program.steps.append(contentsOf: steps)
        builder.program.references.append(
            Reference(
                slot: slot, firstStep: Int32(firstStep), stepCount: Int32(steps.count), offset: Int32(start),
                count: Int32(position - start), isFormal: begin.isFormal))
        return Int32(builder.program.references.count - 1)
    }

    /// `.name`, `.name(…)` or `[…]`; nil where the reference ends.
    mutating func step() throws(TemplateError) -> Step? {
        switch byte(position) {
        case UInt8(ascii: "["):
            position += 1
            skipSpace()
            let index = try operand(.index)
            skipSpace()
            guard byte(position) == UInt8(ascii: "]") else { throw error("']' is missing", at: position) }
            position += 1
            return .index(index)
        case UInt8(ascii: "."):
            guard let first = byte(position + 1), isLetter(first) else { return nil }
            position += 1
            let name = try identifier()
            guard byte(position) == UInt8(ascii: "(") else { return .property(name: builder.name(name)) }
            position += 1
            let arguments = try operands(until: UInt8(ascii: ")"))
            let placed = builder.operands(arguments)
            return .method(
                Method(rawValue: name), name: builder.name(name), first: placed.start, count: placed.count)
        default: return nil
        }
    }

    mutating func identifier() throws(TemplateError) -> String {
        let start = position
        while let byte = byte(position), isLetter(byte) || isDigit(byte) || byte == UInt8(ascii: "_") || byte == dash {
            position += 1
        }
        let name = text(start..<position)
        // Velocity reads these as values everywhere.
        if name == "true" || name == "false" { throw error("'\(name)' cannot be a name", at: start) }
        return name
    }

    func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z") }
    func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
    func isWord(_ byte: UInt8) -> Bool { isLetter(byte) || isDigit(byte) || byte == UInt8(ascii: "_") || byte == at }
    var at: UInt8 { UInt8(ascii: "@") }
    private var dash: UInt8 { UInt8(ascii: "-") }
}

// MARK: - Shortcuts

extension Parser {
    /// Finds the references whose first steps mean the same at every rendering, as long as the template does not give
    /// their names other values.
    mutating func nameShortcuts() {
        var contextNumbers: [String: Int32] = [:]
        var pathNumbers: [String: Int32] = [:]
        for number in builder.program.references.indices {
            let reference = builder.program.references[number]
            guard !builder.assigned.contains(reference.slot) else { continue }
            let name = builder.program.slots[Int(reference.slot)]
            if name == "velocityCount" { shorten(number, .loopCount, 0) }
            if name == "velocityHasNext" { shorten(number, .loopHasNext, 0) }
            guard reference.stepCount > 0 else { continue }
            switch name {
            case "context": nameContext(number, &contextNumbers)
            case "stageVariables":
                guard let name = constantName(reference, 0) else { continue }
                shorten(number, .stageVariable(name: name), 1)
            case "input": nameInput(number, &pathNumbers)
            default: break
            }
        }
    }

    private mutating func shorten(_ number: Int, _ shortcut: Shortcut, _ steps: Int32) {
        builder.program.references[number].shortcut = shortcut
        builder.program.references[number].shortcutSteps = steps
    }

    /// The name of a property, `.name` or `['name']`.
    private mutating func constantName(_ reference: Reference, _ step: Int32) -> Int32? {
        switch builder.program.steps[Int(reference.firstStep + step)] {
        case .property(let name): name
        case .index(let expression): builder.constantText(expression).map { builder.name($0) }
        case .method: nil
        }
    }

    private mutating func nameContext(_ number: Int, _ numbers: inout [String: Int32]) {
        let reference = builder.program.references[number]
        var path = ""
        var steps: Int32 = 0
        while steps < reference.stepCount, let name = constantName(reference, steps) {
            let name = builder.program.names[Int(name)].text
            if steps == 0, name == "requestOverride" || name == "responseOverride" { return }
            path += steps == 0 ? name : ".\(name)"
            steps += 1
        }
        guard steps > 0 else { return }
        let known = numbers[path]
        let position = known ?? Int32(builder.program.contextPaths.count)
        if known == nil {
            numbers[path] = position
            builder.program.contextPaths.append(path)
        }
        shorten(number, .context(path: position), steps)
    }

    private mutating func nameInput(_ number: Int, _ numbers: inout [String: Int32]) {
        let reference = builder.program.references[number]
        switch builder.program.steps[Int(reference.firstStep)] {
        case .property(let name) where builder.program.names[Int(name)].text == "body": shorten(number, .body, 1)
        case .method(let method?, _, let first, 1):
            guard let text = builder.constantText(builder.program.operands[Int(first)]) else { return }
            switch method {
            case .params: shorten(number, .parameter(name: builder.name(text)), 1)
            case .json, .path:
                let position: Int32
                if let known = numbers[text] {
                    position = known
                } else {
                    do throws(JSONPathError) {
                        builder.program.paths.append(try JSONPath(text))
                    } catch {
                        // Only rendering fails, and only where it comes to it.
                        builder.program.invalidPaths.append((error.message, reference.offset))
                        return
                    }
                    position = Int32(builder.program.paths.count - 1)
                    numbers[text] = position
                }
                shorten(number, method == .json ? .json(path: position) : .path(path: position), 1)
            default: break
            }
        default: break
        }
    }
}
