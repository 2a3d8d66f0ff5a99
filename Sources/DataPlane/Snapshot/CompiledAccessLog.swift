package import NIOCore

/// Where access log entries go.
package protocol AccessLogDirectory: Sendable {
    /// The sink for a log group's ARN; the same one for the same ARN.
    func sink(for destinationArn: String) -> any AccessLogSink
    /// The sink for an execution log's group; the same one for the same group.
    func sink(forExecutionLog group: String) -> any AccessLogSink
}

/// Takes whole lines, from any event loop, without waiting.
package protocol AccessLogSink: AnyObject, Sendable {
    func append(_ lines: ByteBuffer)
}

/// An access log format, cut into text and variables.
final class CompiledAccessLog: Sendable {
    /// A variable and the text in front of it; the last part may be text alone.
    struct Part: Sendable {
        /// In the log's `text`.
        let text: Range<Int>
        let variable: ContextReference?
    }

    let parts: [Part]
    /// The texts of all parts, one behind the other.
    let text: [UInt8]
    let sink: any AccessLogSink
    /// The calls of a canary are written there too.
    let canarySink: (any AccessLogSink)?
    /// The format is one of XML, as AWS's example is.
    let isXML: Bool
    /// Whether an id has to be looked for in what an origin answers.
    let namesEndpointRequestId: Bool
    let namesTraceId: Bool

    /// `variables` are those of the kind of API, by name; another one has no value, which prints as `-`.
    init(
        format: String, sink: any AccessLogSink, canarySink: (any AccessLogSink)? = nil,
        variables: [String: ContextVariable]
    ) {
        self.sink = sink
        self.canarySink = canarySink
        isXML = format.first { !$0.isWhitespace } == "<"
        var parts: [Part] = []
        var text: [UInt8] = []
        var start = 0
        // One entry is one line, whatever line ends the format has.
        var rest = Substring(format.filter { !$0.isNewline })
        while let found = rest.firstRange(of: "$context.") {
            text.append(contentsOf: rest[..<found.lowerBound].utf8)
            let name = rest[found.upperBound...].prefix {
                $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "." || $0 == "_")
            }
            // A full stop that ends a sentence belongs to the text.
            let trimmed = name.hasSuffix(".") ? name.dropLast() : name
            if let variable = ContextReference(trimmed, variables) {
                parts.append(Part(text: start..<text.count, variable: variable))
                start = text.count
            } else {
                text.append(UInt8(ascii: "-"))
            }
            rest = rest[trimmed.endIndex...]
        }
        text.append(contentsOf: rest.utf8)
        text.append(UInt8(ascii: "\n"))
        parts.append(Part(text: start..<text.count, variable: nil))
        self.parts = parts
        self.text = text
        namesTraceId = parts.contains { $0.variable == .variable(.traceId) }
        namesEndpointRequestId = parts.contains {
            $0.variable == .variable(.integrationRequestId)
        }
    }
}
