internal import CYaml

/// What libyaml's parser meets, one thing after the other: who asks for the next one may stop before the parser goes on.
final class YAMLEvents {
    private let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
    private let input: UnsafeMutableBufferPointer<UInt8>
    /// How many were asked for.
    private(set) var count = 0

    /// - Parameter bytes: UTF-8.
    init(_ bytes: [UInt8]) {
        input = .allocate(capacity: bytes.count)
        _ = input.initialize(from: bytes)
        yaml_parser_initialize(parser)
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, input.baseAddress, input.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
        input.deallocate()
    }

    func next() throws(YAMLError) -> YAMLEvent {
        var event = yaml_event_t()
        count += 1
        guard yaml_parser_parse(parser, &event) == 1 else { throw error }
        defer { yaml_event_delete(&event) }
        return YAMLEvent(event)
    }

    private var error: YAMLError {
        let parser = parser.pointee
        let problem = parser.problem.map { String(cString: $0) } ?? "it cannot be read"
        guard parser.error != YAML_READER_ERROR else {
            let line = input.prefix(parser.problem_offset).count { $0 == 0x0A } + 1
            return YAMLError(syntax: problem, line: line)
        }
        let context = parser.context.map { String(cString: $0) + ", " } ?? ""
        return YAMLError(
            syntax: context + problem, line: Int(parser.problem_mark.line) + 1,
            column: Int(parser.problem_mark.column) + 1)
    }
}

struct YAMLEvent {
    enum Kind {
        case alias(String)
        case scalar(String, isPlain: Bool, YAMLProperties)
        case sequence(YAMLProperties)
        case mapping(YAMLProperties)
        /// Of a sequence, a mapping or the document.
        case end
        case streamEnd
        /// The beginning of the stream or of the document.
        case start
    }

    let kind: Kind
    /// From 1.
    let line: Int
    let column: Int
}

/// What may stand before a value.
struct YAMLProperties {
    let anchor: String?
    let tag: String?
}

extension YAMLEvent {
    fileprivate init(_ event: yaml_event_t) {
        line = Int(event.start_mark.line) + 1
        column = Int(event.start_mark.column) + 1
        switch event.type {
        case YAML_ALIAS_EVENT: kind = .alias(Self.text(event.data.alias.anchor) ?? "")
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let text = String(
                decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
            // A lone `!` makes plain text a string.
            let tag = Self.text(scalar.tag)
            let isPlain = scalar.style == YAML_PLAIN_SCALAR_STYLE && tag != Self.bareTag
            kind = .scalar(text, isPlain: isPlain, Self.properties(scalar.anchor, scalar.tag))
        case YAML_SEQUENCE_START_EVENT:
            let start = event.data.sequence_start
            kind = .sequence(Self.properties(start.anchor, start.tag))
        case YAML_MAPPING_START_EVENT:
            let start = event.data.mapping_start
            kind = .mapping(Self.properties(start.anchor, start.tag))
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT, YAML_DOCUMENT_END_EVENT: kind = .end
        case YAML_STREAM_END_EVENT: kind = .streamEnd
        default: kind = .start
        }
    }

    private static let bareTag = "!"

    private static func properties(
        _ anchor: UnsafeMutablePointer<UInt8>?, _ tag: UnsafeMutablePointer<UInt8>?
    ) -> YAMLProperties {
        let tag = text(tag)
        return YAMLProperties(anchor: text(anchor), tag: tag == bareTag ? nil : tag)
    }

    private static func text(_ pointer: UnsafeMutablePointer<UInt8>?) -> String? {
        pointer.map { String(cString: $0) }
    }
}
