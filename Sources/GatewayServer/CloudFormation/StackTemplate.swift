import ControlPlane
import GatewayModel
import Stacks

/// A template as a caller of CloudFormation's API sends it: a text with no files beside it.
struct StackTemplate: Sendable {
    let text: String

    /// AWS quotas: of a template in the call, of one in S3.
    static let bodyBytes = 51_200
    static let bytes = 1_048_576

    init(_ text: String) { self.text = text }

    var source: TemplateSource {
        TemplateSource(file: "Template", folder: "/", bytes: Array(text.utf8), files: NoFiles())
    }

    /// - Parameters:
    ///   - management: what parameters of the template, and what it includes, are looked up in.
    ///   - lookups: what has been looked up before; then nothing is.
    func plan(
        _ stackName: String, given: [String: String], account: AccountIdentity, _ management: any Management,
        _ lookups: TemplateLookups? = nil
    ) async throws(ServiceError) -> (plan: StackPlan, lookups: TemplateLookups) {
        let source = source
        let parameters = given.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
        do throws(TemplateError) {
            let stored: StoredParameters
            if let lookups {
                stored = StoredParameters(lookups)
            } else {
                stored = try await StoredParameters(of: source, given: parameters, management)
            }
            let planned = { (source: TemplateSource) throws(TemplateError) in
                try StackPlan(source, stackName: stackName, parameters: parameters, stored: stored, account: account)
            }
            if let lookups {
                return (try planned(source.including(lookups.objects.mapValues { Array($0.utf8) })), lookups)
            }
            let objects = try await source.includedObjects(management) { source throws(TemplateError) in
                _ = try planned(source)
            }
            return (try planned(source.including(objects)), TemplateLookups(stored, objects: objects))
        } catch { throw .validation(error.cloudFormationMessage) }
    }

    func summary(checksReferences: Bool = false) throws(ServiceError) -> TemplateSummary {
        do throws(TemplateError) { return try TemplateSummary(source, checksReferences: checksReferences) } catch {
            throw .validation(error.cloudFormationMessage)
        }
    }
}

/// Nothing lies beside a template that came in a call: it cannot read this machine.
private struct NoFiles: TemplateFiles {
    func kind(_ path: String) -> TemplateFileKind? { nil }
    func contents(_ path: String, upTo limit: Int) -> [UInt8]? { nil }
    func codeDigest(_ path: String) -> String? { nil }
    func holds(_ file: String, inCode path: String) -> Bool? { nil }
}

extension TemplateError {
    /// As CloudFormation says it: its own sentences as they are, others with the place that they speak of.
    /// Of its own sentences AWS tells one, of the template's form before all. Of what is not served all is told, so that
    /// it can be mended at once.
    var cloudFormationMessage: String {
        let problems = unresolvedTogether
        let first =
            problems.first { $0.message.hasPrefix("Template format error") }
            ?? (problems.allSatisfy(Self.isOwn) ? problems.first : nil)
        if let first { return Self.words(first) }
        return problems.map { problem in
            Self.isOwn(problem) || problem.path.isEmpty
                ? Self.words(problem) : "\(problem.path): \(problem.message)"
        }.joined(separator: "\n")
    }

    /// AWS names all that a block refers to and does not have in one sentence.
    private var unresolvedTogether: [TemplateProblem] {
        let opening = "Unresolved resource dependencies ["
        func split(_ message: String) -> (start: Substring, name: Substring, end: Substring)? {
            guard let open = message.firstRange(of: opening), let close = message.firstIndex(of: "]") else {
                return nil
            }
            return (message[..<open.upperBound], message[open.upperBound..<close], message[close...])
        }
        guard let place = problems.firstIndex(where: { split($0.message) != nil }),
            let first = split(problems[place].message)
        else { return problems }
        var names: [Substring] = []
        var others = problems
        others.removeAll { problem in
            guard let parts = split(problem.message), parts.start == first.start, parts.end == first.end else {
                return false
            }
            if !names.contains(parts.name) { names.append(parts.name) }
            return true
        }
        let whole = TemplateProblem(
            file: problems[place].file, line: problems[place].line, path: problems[place].path,
            message: "\(first.start)\(names.joined(separator: ", "))\(first.end)")
        others.insert(whole, at: min(place, others.count))
        return others
    }

    private static let null = "'null' values are not allowed in templates"

    /// CloudFormation's, where our own say more.
    private static func words(_ problem: TemplateProblem) -> String {
        let message = problem.message
        for language in ["JSON", "YAML"] where message.hasPrefix("\(language) not well-formed") {
            // AWS's reader counts the character that it stumbles on as read.
            let column = message.split(separator: "(column ").last.flatMap { Int($0.dropLast()) }.map { $0 + 1 }
            let place = [problem.line.map { "line \($0)" }, column.map { "column \($0)" }].compactMap { $0 }
                .joined(separator: ", ")
            return "Template format error: \(language) not well-formed.\(place.isEmpty ? "" : " (\(place))")"
        }
        if message == null {
            let pointer = problem.path.replacing("[", with: ".").replacing("]", with: "").replacing(".", with: "/")
            return "[/\(pointer)] \(message)"
        }
        if message.hasPrefix("[/Resources/") { return "Template format error: \(message)" }
        return message == "A template is a map of sections" ? "Template format error: unsupported structure." : message
    }

    private static func isOwn(_ problem: TemplateProblem) -> Bool {
        problem.message == null || own.contains { problem.message.hasPrefix($0) }
    }

    /// What sentences of CloudFormation begin with.
    private static let own = [
        "Template format error", "Template error", "Template validation error", "Parameters: [", "Parameter ",
        "Unable to fetch parameters", "Unresolved resource dependencies", "Circular dependency", "Invalid template",
        "[/Resources/", "No export named", "Export ", "Transform ", "JSON not well-formed", "YAML not well-formed",
        "Key Name of transform",
    ]
}
