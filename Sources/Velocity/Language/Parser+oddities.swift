/// What Velocity 1.7 makes of text right beside references and directives. Nobody would write it so, but who has it in a
/// template gets on AWS what Velocity gives.
extension Parser {
    /// A `$` that begins no reference, behind `backslashes` backslashes: text.
    mutating func literalDollar(backslashes: Int) throws(TemplateError) {
        let start = position
        // Of several, the last one may yet begin a reference.
        var last = start
        while true {
            let next = byte(last + 1) == UInt8(ascii: "!") ? last + 2 : last + 1
            guard byte(next) == UInt8(ascii: "$") else { break }
            last = next
        }
        let isQuiet = byte(last + 1) == UInt8(ascii: "!")
        position = isQuiet ? last + 2 : last + 1
        builder.text((start - backslashes)..<start)
        // Right before one of Velocity's own directives, or one that is escaped, it is lost.
        if let directive = directiveBehind(position) {
            position = directive
            if opensSet(directive) {
                try set()
                try runts(behind: [])
            }
            return
        }
        builder.text(start..<last)
        if last > start, startsReference(last) {
            position = last
            return
        }
        // Behind it the `!` is lost that no reference follows.
        switch byte(position) {
        case nil:
            guard mayEndOpen else { throw error("'$' ends the template", at: last) }
            builder.text(last..<(last + 1))
        case UInt8(ascii: ".") where isQuiet: break
        case UInt8(ascii: "{"), UInt8(ascii: "["): builder.text(last..<position)
        default: builder.text(last..<(last + 1))
        }
    }

    /// Where the directive begins that swallows a `$` or `#` before it; nil where there is none.
    private func directiveBehind(_ offset: Int) -> Int? {
        if isEscapedDirective(offset) { return offset }
        if let word = directiveWord(offset), ["if", "elseif", "else", "end"].contains(text(word.name)) {
            return offset
        }
        return setBehind(offset)
    }

    /// Whether backslashes stand at `offset` that are a piece of their own to Velocity: two, or one before a directive.
    private func isEscapedDirective(_ offset: Int) -> Bool {
        guard byte(offset) == UInt8(ascii: "\\") else { return false }
        var next = offset
        while byte(next) == UInt8(ascii: "\\") { next += 1 }
        if byte(next) == UInt8(ascii: "$") { return false }
        return next - offset >= 2 || (byte(next) == UInt8(ascii: "#") && directiveWord(next) != nil)
    }

    /// A `#` that begins nothing: text, with a number behind it, which Velocity reads as one piece.
    mutating func literalHash() {
        let start = position
        position += 1
        if isEscapedDirective(position) { return }
        if setBehind(position) != nil { return }
        var next = byte(position) == UInt8(ascii: "-") ? position + 1 : position
        if let digit = byte(next), isDigit(digit) {
            while let byte = byte(next), isDigit(byte) || byte == UInt8(ascii: ".") { next += 1 }
            position = next
        }
        builder.text(start..<position)
    }

    /// What Velocity goes on to read as part of a reference that has ended: a name right behind `)` or `]`, a name in braces
    /// right behind it all. Of a name with properties only the name is printed, of one in braces only the brace.
    mutating func runts(behind steps: ArraySlice<Step>) throws(TemplateError) {
        var isInProperty = endsInProperty(steps)
        while true {
            let start = position
            if isNameStart(start) {
                _ = try identifier()
                builder.text(start..<position)
                isInProperty = endsInProperty(try droppedSteps()[...])
            } else if byte(start) == UInt8(ascii: "{") {
                builder.text(start..<(start + 1))
                position = start + 1
                guard isNameStart(position) else { continue }
                _ = try identifier()
                _ = try droppedSteps()
                guard byte(position) == UInt8(ascii: "}") else {
                    throw error("'}' is missing behind a '{' at a reference", at: start)
                }
                position += 1
                return
            } else if isInProperty, byte(start) == UInt8(ascii: "#"), byte(start + 1) == UInt8(ascii: "#") {
                // Behind a property a comment is not seen.
                builder.text(start..<(start + 2))
                position = start + 2
                return
            } else if byte(start) == UInt8(ascii: "[") {
                throw error("'[' cannot stand here: Velocity reads it as a part of the reference before it", at: start)
            } else if isInProperty, byte(start) == UInt8(ascii: "(") {
                throw error("'(' cannot stand behind an index of a property", at: start)
            } else if let set = setBehind(start) {
                // Behind #set Velocity goes on where it was before it.
                position = set
                try self.set()
            } else {
                return
            }
        }
    }

    private func setBehind(_ offset: Int) -> Int? {
        var next = offset
        while let byte = byte(next), isBlank(byte) { next += 1 }
        return opensSet(next) ? next : nil
    }

    private mutating func droppedSteps() throws(TemplateError) -> [Step] {
        var steps: [Step] = []
        while let step = try step() { steps.append(step) }
        return steps
    }

    /// Whether the last step that is no index is a property.
    private func endsInProperty(_ steps: ArraySlice<Step>) -> Bool {
        for step in steps.reversed() {
            switch step {
            case .property: return true
            case .method: return false
            case .index: continue
            }
        }
        return false
    }
}
