import FunctionPackages
import GatewayModel

extension ControlPlane {
    /// Lets the host start what a function is to become, when calls are coming in or it `isNeeded`: code that does not
    /// start is not put into use. What was started is taken up with the next publishing of the same revision.
    func rehearse(_ function: LambdaFunction, isNeeded: Bool) async throws(ServiceError) {
        do throws(InitError) {
            try await functionHost.rehearse(definition(of: function), isNeeded: isNeeded)
        } catch {
            throw .invalidParameter(failure(error, source: function.head.code.localFolder))
        }
    }

    private func failure(_ error: InitError, source: String?) -> String {
        let text = "The new code does not start: \(error.errorType): \(snapshots.namingSources(in: error.errorMessage))"
        guard let source else { return text }
        let trace = error.trace.map(snapshots.namingSources)
        return SourceLocation(trace: trace, in: source).map { "\($0.file):\($0.line): \(text)" } ?? text
    }
}

/// The line that an error comes from, as far as the trace leads through the function's own code.
struct SourceLocation: Equatable {
    let file: String
    let line: Int

    /// Python tells the innermost frame last, Node.js first.
    init?(trace: [String], in source: String) {
        var found: SourceLocation?
        for text in trace.flatMap({ $0.split(whereSeparator: \.isNewline) }) {
            guard let place = SourceLocation(text, in: source) else { continue }
            found = place
            if !text.contains("File \"") { break }
        }
        guard let found else { return nil }
        self = found
    }

    /// `File "/src/app.py", line 3`, `at handler (/src/app.js:3:7)`, `file:///src/app.mjs:3`.
    private init?(_ text: Substring, in source: String) {
        guard let start = text.firstRange(of: source + "/") else { return nil }
        let rest = text[start.lowerBound...]
        let end: Substring.Index
        if let quote = rest.firstIndex(of: "\"") {
            end = quote
        } else {
            guard let colon = rest.firstIndex(of: ":") else { return nil }
            end = colon
        }
        let digits = rest[end...].drop { !$0.isNumber }.prefix { $0.isASCII && $0.isNumber }
        guard let line = Int(digits) else { return nil }
        file = String(rest[..<end])
        self.line = line
    }
}
