extension Renderer {
    /// The text of a value as Java's `toString` gives it; null has none on AWS.
    mutating func text(of value: Value) throws(TemplateError) -> String {
        switch value {
        case .string(let text): return text
        case .null: return ""
        case .integer(let number): return String(number)
        case .long(let number): return String(number)
        case .boolean(let value): return value ? "true" : "false"
        default:
            let mark = output.count
            if case .block(let block) = value { _ = try render(block: block) } else { try append(value) }
            return takeText(from: mark)
        }
    }

    /// Appends the text of `value`.
    mutating func append(_ value: Value, depth: Int = 0) throws(TemplateError) {
        guard depth < TemplateLimits.valueDepth else { throw error("values are nested too deep to be printed") }
        try charge(1)
        switch value {
        case .null: if depth > 0 { output.append(contentsOf: "null".utf8) }
        case .boolean(let value): output.append(contentsOf: (value ? "true" : "false").utf8)
        case .integer(let number): append(whole: Int64(number))
        case .long(let number): append(whole: number)
        case .double(let number): JavaNumber.append(number, to: &output)
        case .decimal(let number): output.append(contentsOf: number.text.utf8)
        case .string(let text): output.append(contentsOf: text.utf8)
        case .list(let list): try append(list: list, depth: depth)
        case .map(let map): try append(map: map, depth: depth)
        case .entry(let entry):
            try append(heap.key(ofEntry: entry), depth: depth + 1)
            output.append(UInt8(ascii: "="))
            try append(heap.value(ofEntry: entry), depth: depth + 1)
        case .block(let block): _ = try render(block: block)
        case .object(let object): try append(object, depth: depth)
        }
        try checkOutput()
    }

    private mutating func append(list: Int32, depth: Int) throws(TemplateError) {
        switch heap.lists[Int(list)].kind {
        case .json: return try appendJSON(.list(list), escapesSlash: true, depth: depth)
        // Java prints an array's class and place in memory: nothing that a template could rely on.
        case .array: return output.append(contentsOf: "[Ljava.lang.String;@0".utf8)
        case .plain, .view: break
        }
        output.append(UInt8(ascii: "["))
        // A block among the elements may change the list while it is printed.
        var position = 0
        while position < heap.lists[Int(list)].elements.count {
            if position > 0 { output.append(contentsOf: ", ".utf8) }
            let element = heap.lists[Int(list)].elements[position]
            position += 1
            if case .list(list) = element {
                output.append(contentsOf: "(this Collection)".utf8)
            } else {
                try append(element, depth: depth + 1)
            }
        }
        output.append(UInt8(ascii: "]"))
    }

    private mutating func append(map: Int32, depth: Int) throws(TemplateError) {
        if heap.maps[Int(map)].kind == .silent { return }
        output.append(UInt8(ascii: "{"))
        var position = 0
        while position < heap.maps[Int(map)].count {
            if position > 0 { output.append(contentsOf: ", ".utf8) }
            output.append(contentsOf: heap.maps[Int(map)].members[position].key.text.utf8)
            output.append(UInt8(ascii: "="))
            let value = heap.maps[Int(map)].members[position].value
            position += 1
            if case .map(map) = value {
                output.append(contentsOf: "(this Map)".utf8)
            } else {
                try append(value, depth: depth + 1)
            }
        }
        output.append(UInt8(ascii: "}"))
    }

    private mutating func append(_ object: Value.Object, depth: Int) throws(TemplateError) {
        switch object {
        case .javaClass(let name): output.append(contentsOf: "class \(name.rawValue)".utf8)
        case .stageVariables: try append(try map(of: object), depth: depth)
        case .foreach: output.append(contentsOf: "{}".utf8)
        // On AWS the parts of $context print nothing; of $input and $util nothing useful is known.
        case .context, .input, .util: break
        }
    }

    private mutating func append(whole number: Int64) {
        if number >= 0, number < 10 {
            output.append(UInt8(ascii: "0") + UInt8(number))
        } else {
            output.append(contentsOf: String(number).utf8)
        }
    }

    // MARK: - JSON

    /// Appends `value` as json-smart writes it: compact, members in order, numbers as Java prints them.
    ///
    /// The text of a list (`$input.path`) writes `/` as `\/`, as json-smart does by itself; `$input.json` does not, as
    /// Jayway asks json-smart not to.
    mutating func appendJSON(_ value: Value, escapesSlash: Bool, depth: Int = 0) throws(TemplateError) {
        guard depth < TemplateLimits.valueDepth else { throw error("values are nested too deep to be printed") }
        try charge(1)
        switch value {
        case .null: output.append(contentsOf: "null".utf8)
        case .double(let number):
            if number.isInfinite {
                output.append(contentsOf: "null".utf8)
            } else {
                JavaNumber.append(number, to: &output)
            }
        case .boolean, .integer, .long, .decimal: try append(value, depth: depth)
        case .string(let text): JSONText.append(text, escapesSlash: escapesSlash, to: &output)
        case .list(let list):
            output.append(UInt8(ascii: "["))
            var position = 0
            while position < heap.lists[Int(list)].elements.count {
                if position > 0 { output.append(UInt8(ascii: ",")) }
                let element = heap.lists[Int(list)].elements[position]
                position += 1
                try appendJSON(element, escapesSlash: escapesSlash, depth: depth + 1)
            }
            output.append(UInt8(ascii: "]"))
        case .map(let map):
            output.append(UInt8(ascii: "{"))
            var position = 0
            while position < heap.maps[Int(map)].count {
                if position > 0 { output.append(UInt8(ascii: ",")) }
                JSONText.append(heap.maps[Int(map)].members[position].key.text, escapesSlash: escapesSlash, to: &output)
                output.append(UInt8(ascii: ":"))
                let value = heap.maps[Int(map)].members[position].value
                position += 1
                try appendJSON(value, escapesSlash: escapesSlash, depth: depth + 1)
            }
            output.append(UInt8(ascii: "}"))
        case .object(.stageVariables):
            try appendJSON(try map(of: .stageVariables), escapesSlash: escapesSlash, depth: depth + 1)
        case .entry, .block, .object:
            JSONText.append(try text(of: value), escapesSlash: escapesSlash, to: &output)
        }
        try checkOutput()
    }
}

/// Strings in JSON the way json-smart writes them.
enum JSONText {
    static func append(_ text: String, escapesSlash: Bool, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { bytes in
            var copied = 0
            var offset = 0
            while offset < bytes.count {
                let byte = bytes[offset]
                let length: Int
                switch byte {
                case 0..<0x20, UInt8(ascii: "\""), UInt8(ascii: "\\"), 0x7F: length = 1
                case UInt8(ascii: "/") where escapesSlash: length = 1
                // U+0080 to U+009F, and U+2000 to U+20FF.
                case 0xC2 where bytes[offset + 1] < 0xA0: length = 2
                case 0xE2 where bytes[offset + 1] <= 0x83: length = 3
                default:
                    offset += 1
                    continue
                }
                output.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[copied..<offset]))
                escape(UnsafeBufferPointer(rebasing: bytes[offset..<(offset + length)]), to: &output)
                offset += length
                copied = offset
            }
            output.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[copied...]))
        }
        output.append(UInt8(ascii: "\""))
    }

    private static func escape(_ bytes: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\\"))
        switch bytes[0] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): output.append(bytes[0])
        case 0x08: output.append(UInt8(ascii: "b"))
        case 0x09: output.append(UInt8(ascii: "t"))
        case 0x0A: output.append(UInt8(ascii: "n"))
        case 0x0C: output.append(UInt8(ascii: "f"))
        case 0x0D: output.append(UInt8(ascii: "r"))
        default:
            let scalar: UInt32 =
                switch bytes.count {
                case 2: UInt32(bytes[0] & 0x1F) << 6 | UInt32(bytes[1] & 0x3F)
                case 3: UInt32(bytes[0] & 0x0F) << 12 | UInt32(bytes[1] & 0x3F) << 6 | UInt32(bytes[2] & 0x3F)
                default: UInt32(bytes[0])
                }
            appendUnit(UInt16(scalar), to: &output)
        }
    }

    /// `uXXXX` with capital digits.
    static func appendUnit(_ unit: UInt16, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "u"))
        for shift in [12, 8, 4, 0] { output.append(hexDigits[Int(unit >> UInt16(shift)) & 15]) }
    }

    static let hexDigits = Array("0123456789ABCDEF".utf8)
}
