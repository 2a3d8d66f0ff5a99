package import NIOCore

/// Where access log entries go.
package protocol AccessLogDirectory: Sendable {
    /// The sink for a log group's ARN; the same one for the same ARN.
    func sink(for destinationArn: String) -> any AccessLogSink
}

/// Takes whole lines, from any event loop, without waiting.
package protocol AccessLogSink: AnyObject, Sendable {
    func append(_ lines: ByteBuffer)
}

/// An access log format, cut into text and variables.
final class CompiledAccessLog: Sendable {
    enum Part: Sendable {
        case text([UInt8])
        case variable(ContextVariable)
    }

    let parts: [Part]
    let sink: any AccessLogSink
    /// Whether an id has to be looked for in what an origin answers.
    let namesEndpointRequestId: Bool

    init(format: String, sink: any AccessLogSink) {
        self.sink = sink
        var parts: [Part] = []
        var text: [UInt8] = []
        // One entry is one line, whatever line ends the format has.
        var rest = Substring(format.filter { !$0.isNewline })
        while let start = rest.firstRange(of: "$context.") {
            text.append(contentsOf: rest[..<start.lowerBound].utf8)
            let name = rest[start.upperBound...].prefix {
                $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "." || $0 == "_")
            }
            // A full stop that ends a sentence belongs to the text.
            let trimmed = name.hasSuffix(".") ? name.dropLast() : name
            if !text.isEmpty { parts.append(.text(text)) }
            text = []
            parts.append(.variable(ContextVariable(String(trimmed))))
            rest = rest[trimmed.endIndex...]
        }
        text.append(contentsOf: rest.utf8)
        if !text.isEmpty { parts.append(.text(text)) }
        self.parts = parts
        namesEndpointRequestId = parts.contains {
            if case .variable(let variable) = $0 {
                variable == .awsEndpointRequestId || variable == .integrationRequestId
            } else {
                false
            }
        }
    }
}
