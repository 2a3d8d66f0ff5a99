/// One thing that is wrong with a template, and where.
package struct TemplateProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// As the caller named it.
    package let file: String
    /// From 1; nil when the problem is no line's (a parameter given that the template does not have).
    package let line: Int?
    /// Such as `Resources.Table.Properties.TableName`; empty for the file as a whole.
    package let path: String
    package let message: String

    package init(file: String, line: Int?, path: String, message: String) {
        self.file = file
        self.line = line
        self.path = path
        self.message = message
    }

    /// `template.yaml:41: Resources.Table: the resource type AWS::DynamoDB::Table is not supported yet`
    package var description: String {
        let place = line.map { "\(file):\($0)" } ?? file
        return path.isEmpty ? "\(place): \(message)" : "\(place): \(path): \(message)"
    }
}

/// Why a template cannot be deployed: every problem found, in the order of lines.
package struct TemplateError: Error, Sendable, CustomStringConvertible {
    package let problems: [TemplateProblem]

    package init(_ problems: [TemplateProblem]) {
        self.problems = problems.enumerated().sorted {
            ($0.element.line ?? 0, $0.offset) < ($1.element.line ?? 0, $1.offset)
        }.map(\.element)
    }

    package var description: String { problems.map(\.description).joined(separator: "\n") }
}

/// Gathers problems, so that all of them are reported together, each once; and what is no problem and yet to be told.
struct Problems {
    let file: String
    private(set) var list: [TemplateProblem] = []
    private(set) var warnings: [TemplateProblem] = []
    private var known: Set<TemplateProblem> = []

    init(file: String) { self.file = file }

    mutating func add(_ message: String, line: Int?, path: String) {
        add(TemplateProblem(file: file, line: line, path: path, message: message))
    }

    mutating func add(_ problem: TemplateProblem) {
        guard list.count < TemplateLimits.problems else { return }
        if known.insert(problem).inserted { list.append(problem) }
    }

    mutating func warn(_ message: String, line: Int?, path: String) {
        warn(TemplateProblem(file: file, line: line, path: path, message: message))
    }

    mutating func warn(_ warning: TemplateProblem) {
        guard warnings.count < TemplateLimits.problems else { return }
        if known.insert(warning).inserted { warnings.append(warning) }
    }
}
