extension Parser {
    /// Everything that a backslash before it turns into text.
    static let directives: Set<String> = [
        "set", "if", "elseif", "else", "end", "foreach", "define", "stop", "break",
        "include", "parse", "macro", "evaluate", "literal",
    ]

    /// The directives of Velocity that API Gateway does not run. What AWS does with them is not known in full; a template
    /// that has one fails here as it is said to fail there.
    private static let refused: Set<String> = ["include", "parse", "macro", "evaluate", "literal"]

    struct Word {
        var name: Range<Int>
        var end: Int
    }

    /// The word behind `#`, in braces or not; nil where there is none.
    func directiveWord(_ hash: Int) -> Word? {
        let isBraced = byte(hash + 1) == UInt8(ascii: "{")
        let start = hash + (isBraced ? 2 : 1)
        guard let first = byte(start), isLetter(first) || first == UInt8(ascii: "_") || (!isBraced && first == at)
        else {
            return nil
        }
        var end = start
        while let byte = byte(end), isWord(byte) { end += 1 }
        if !isBraced { return Word(name: start..<end, end: end) }
        return byte(end) == UInt8(ascii: "}") ? Word(name: start..<end, end: end + 1) : nil
    }

    /// Whether `#set(` stands at `offset`; only spaces may stand before the parenthesis.
    func opensSet(_ offset: Int) -> Bool {
        guard byte(offset) == UInt8(ascii: "#") else { return false }
        var next: Int
        if matches("#set", at: offset) {
            next = offset + 4
        } else if matches("#{set}", at: offset) {
            next = offset + 6
        } else {
            return false
        }
        while byte(next) == UInt8(ascii: " ") { next += 1 }
        return byte(next) == UInt8(ascii: "(")
    }

    mutating func directive(_ word: Word, at start: Int, _ closing: Closing) throws(TemplateError) -> Closed? {
        let name = text(word.name)
        position = word.end
        switch name {
        case "if": try ifDirective(at: start)
        case "elseif":
            guard case .branch = closing else { throw error("#elseif without #if", at: start) }
            return .elseIf(at: start)
        case "else":
            guard case .branch = closing else { throw error("#else without #if", at: start) }
            swallowLineEnd()
            return .otherwise(at: start)
        case "end":
            if case .endOfText = closing { throw error("#end without a directive", at: start) }
            swallowLineEnd()
            return .end
        case "foreach": try foreach(at: start)
        case "define": try define(at: start)
        case "stop":
            _ = try optionalArguments()
            builder.emit(.stop, at: start)
        case "break": try breakDirective(at: start)
        default:
            if Self.refused.contains(name) {
                throw error("#\(name) is not there in mapping templates", at: start)
            }
            try unknownDirective(name, at: start)
        }
        return nil
    }

    // MARK: - #set

    /// `#set( $x = … )`, from its `#`.
    mutating func set() throws(TemplateError) {
        let start = position
        while byte(position) != UInt8(ascii: "(") { position += 1 }
        position += 1
        skipSpace()
        let target = position
        guard let reference = try reference() else {
            throw error("#set needs a reference on its left side", at: target)
        }
        skipSpace()
        guard byte(position) == UInt8(ascii: "="), byte(position + 1) != UInt8(ascii: "=") else {
            throw error("#set needs '=' behind the reference", at: position)
        }
        position += 1
        let value = try expression()
        try closeDirective()
        let read = builder.program.references[Int(reference)]
        if read.stepCount > 0 {
            builder.emit(.assign(reference: reference, value: value), at: start)
            return
        }
        builder.emit(.set(slot: targetSlot(reference), value: value), at: start)
    }

    /// The variable that #set and #define write. Velocity 1.7 takes its name from the text behind the first character:
    /// of `${x}` and `$!x` that is not `x`, and no reference can name it.
    private mutating func targetSlot(_ reference: Int32) -> Int32 {
        let read = builder.program.references[Int(reference)]
        let first = bytes[Int(read.offset) + 1]
        let slot = isLetter(first) || first == UInt8(ascii: "_") ? read.slot : builder.slot("{")
        builder.assign(slot)
        return slot
    }

    /// The parenthesis that ends a directive, and the end of the line if nothing else follows.
    private mutating func closeDirective() throws(TemplateError) {
        skipSpace()
        guard byte(position) == UInt8(ascii: ")") else { throw error("')' is missing", at: position) }
        position += 1
        swallowLineEnd()
    }

    // MARK: - #if

    private mutating func condition(_ name: String) throws(TemplateError) -> Int32 {
        skipSpace()
        guard byte(position) == UInt8(ascii: "(") else { throw error("#\(name) needs a '('", at: position) }
        position += 1
        let condition = try expression()
        try closeDirective()
        return condition
    }

    private mutating func ifDirective(at start: Int) throws(TemplateError) {
        var condition = try condition("if")
        var place = start
        var exits: [Int] = []
        while true {
            let branch = builder.emit(.branch(condition: condition, otherwise: 0), at: place)
            _ = builder.label()
            let closed = try block(until: .branch)
            if case .end = closed {
                builder.replace(branch, with: .branch(condition: condition, otherwise: builder.label()))
                break
            }
            exits.append(builder.emit(.jump(0), at: place))
            builder.replace(branch, with: .branch(condition: condition, otherwise: builder.label()))
            if case .elseIf(let at) = closed {
                condition = try self.condition("elseif")
                place = at
            } else if case .otherwise(let at) = closed {
                builder.emit(.otherwise, at: at)
                _ = try block(until: .directive)
                break
            }
        }
        let end = builder.label()
        for exit in exits { builder.replace(exit, with: .jump(end)) }
    }

    // MARK: - #foreach, #define, #break

    private mutating func foreach(at start: Int) throws(TemplateError) {
        guard let arguments = try optionalArguments(), arguments.count == 3,
            case .expression(let element) = arguments[0], case .word = arguments[1],
            case .expression(let list) = arguments[2],
            case .reference(let reference) = builder.program.expressions[Int(element)]
        else { throw error("#foreach needs ($element in $list)", at: start) }
        let slot = builder.program.references[Int(reference)].slot
        builder.assign(slot)
        builder.program.loops.append(Loop(slot: slot, list: list))
        let loop = Int32(builder.program.loops.count - 1)
        let head = builder.emit(.loop(loop, end: 0), at: start)
        let body = builder.label()
        loopExits.append([])
        _ = try block(until: .directive)
        builder.emit(.next(body: body), at: start)
        let end = builder.label()
        builder.replace(head, with: .loop(loop, end: end))
        for exit in loopExits.removeLast() { builder.replace(exit, with: .leaveLoop(end)) }
    }

    private mutating func define(at start: Int) throws(TemplateError) {
        guard let arguments = try optionalArguments(), arguments.count == 1,
            case .expression(let name) = arguments[0],
            case .reference(let reference) = builder.program.expressions[Int(name)]
        else { throw error("#define needs ($name)", at: start) }
        let slot = targetSlot(reference)
        let routine = try routine { parser throws(TemplateError) in _ = try parser.block(until: .directive) }
        builder.program.blocks.append(builder.endRoutine(outer: routine))
        builder.emit(.define(slot: slot, block: Int32(builder.program.blocks.count - 1)), at: start)
    }

    private mutating func breakDirective(at start: Int) throws(TemplateError) {
        if let arguments = try optionalArguments(), !arguments.isEmpty {
            throw error("#break takes no argument in mapping templates", at: start)
        }
        if loopExits.isEmpty {
            builder.emit(.leaveRoutine, at: start)
        } else {
            loopExits[loopExits.count - 1].append(builder.emit(.leaveLoop(0), at: start))
        }
    }

    /// Lets `read` emit into a routine of its own, which the caller places or drops; loops outside do not reach into it.
    mutating func routine(
        _ read: (inout Parser) throws(TemplateError) -> Void
    ) throws(TemplateError) -> ProgramBuilder.Routine {
        let outer = builder.beginRoutine()
        let exits = loopExits
        loopExits = []
        try read(&self)
        loopExits = exits
        return outer
    }

    // MARK: - Other words

    /// `#word` that is no directive: text, but what stands in parentheses behind it must read like arguments.
    private mutating func unknownDirective(_ name: String, at start: Int) throws(TemplateError) {
        if try optionalArguments() != nil, name.hasPrefix("@") {
            throw error("#\(name) is not there in mapping templates", at: start)
        }
        builder.text(start..<position)
    }

    enum Argument {
        case word
        case expression(Int32)
    }

    /// The arguments in parentheses, white space allowed before; nil when there is no parenthesis.
    private mutating func optionalArguments() throws(TemplateError) -> [Argument]? {
        let start = position
        skipSpace()
        guard byte(position) == UInt8(ascii: "(") else {
            position = start
            return nil
        }
        position += 1
        var arguments: [Argument] = []
        while true {
            skipSpace()
            if byte(position) == UInt8(ascii: ",") {
                position += 1
                skipSpace()
            }
            guard let byte = byte(position) else { throw error("')' is missing", at: position) }
            if byte == UInt8(ascii: ")") { break }
            if let word = word(), word.value == nil, word.text != "not", Self.operatorWords[word.text] == nil {
                position = word.end
                arguments.append(.word)
            } else {
                arguments.append(.expression(try operand()))
            }
        }
        try closeDirective()
        return arguments
    }
}
