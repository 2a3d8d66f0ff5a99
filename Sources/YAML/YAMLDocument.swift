/// A YAML document with its aliases and merge keys written out.
package struct YAMLDocument: Sendable {
    /// Nil when there is nothing in the text.
    package let root: YAMLNode?
    /// Keys that a mapping has more than once, each where it stands again: the last value counts.
    package let repeatedKeys: [YAMLRepeatedKey]

    /// - Parameter bytes: UTF-8.
    package init(parsing bytes: [UInt8], limits: YAMLLimits) throws(YAMLError) {
        var composer = YAMLComposer(YAMLEvents(bytes), limits)
        try Self.refuseTagDirectives(bytes)
        root = try composer.document()
        repeatedKeys = composer.repeatedKeys
    }

    /// libyaml compares every `%TAG` line with all before it, and writes its text out before every tag that uses it. It
    /// does so before there is an event to stop at, so the lines are looked for in the text. In a value no line begins so:
    /// values are indented.
    private static func refuseTagDirectives(_ bytes: [UInt8]) throws(YAMLError) {
        let directive = Array("%TAG".utf8)
        var line = 1
        var isLineStart = true
        for (offset, byte) in bytes.enumerated() {
            if isLineStart, byte == directive[0], bytes[offset...].starts(with: directive) {
                throw YAMLError("The directive %TAG is not supported", line: line)
            }
            isLineStart = byte == 0x0A || byte == 0x0D
            if byte == 0x0A { line += 1 }
        }
    }
}

/// A value of a document.
package struct YAMLNode: Sendable {
    package enum Content: Sendable {
        /// `isPlain` says that it is neither quoted nor a block: what it means is told by its text.
        case scalar(String, isPlain: Bool)
        case sequence([YAMLNode])
        case mapping([Entry])
    }

    package struct Entry: Sendable {
        package let key: String
        package let line: Int
        package let value: YAMLNode
    }

    package let content: Content
    /// As it is written out: `!Ref`, `tag:yaml.org,2002:str`.
    package let tag: String?
    /// From 1.
    package let line: Int
    package let column: Int
}

package struct YAMLRepeatedKey: Hashable, Sendable {
    package let key: String
    package let line: Int
}

/// How much of a document is read.
package struct YAMLLimits: Sendable {
    /// Of lists and mappings within each other, aliases written out; a tag that is not YAML's own counts as one.
    let depth: Int
    /// Values, aliases written out.
    let values: Int
    /// Bytes of text that aliases stand for.
    let textBytes: Int
    let aliases: Int

    package init(depth: Int, values: Int, textBytes: Int, aliases: Int) {
        self.depth = depth
        self.values = values
        self.textBytes = textBytes
        self.aliases = aliases
    }
}
