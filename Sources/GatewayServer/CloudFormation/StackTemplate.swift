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

    /// - Parameter management: what parameters of the template are looked up in.
    func plan(
        _ stackName: String, given: [String: String], account: AccountIdentity, _ management: any Management
    ) async throws(ServiceError) -> StackPlan {
        let source = source
        let parameters = given.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
        do throws(TemplateError) {
            let stored = try await StoredParameters(of: source, given: parameters, management)
            let planned = { (source: TemplateSource) throws(TemplateError) in
                try StackPlan(source, stackName: stackName, parameters: parameters, stored: stored, account: account)
            }
            return try planned(
                try await source.includingObjects(management) { source throws(TemplateError) in
                    _ = try planned(source)
                })
        } catch { throw .validation(error.cloudFormationMessage) }
    }

    func summary() throws(ServiceError) -> TemplateSummary {
        do throws(TemplateError) { return try TemplateSummary(source) } catch {
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
    /// Of its own sentences AWS tells one. Of what is not served all is told, so that it can be mended at once.
    var cloudFormationMessage: String {
        if let first = problems.first, problems.allSatisfy(Self.isOwn) { return Self.words(first.message) }
        return problems.map { problem in
            Self.isOwn(problem) || problem.path.isEmpty
                ? Self.words(problem.message) : "\(problem.path): \(problem.message)"
        }.joined(separator: "\n")
    }

    /// CloudFormation's, where our own say more.
    private static func words(_ message: String) -> String {
        if message.hasPrefix("YAML not well-formed") || message.hasPrefix("JSON not well-formed")
            || message.hasPrefix("[/Resources/")
        {
            return "Template format error: \(message)"
        }
        return message == "A template is a map of sections" ? "Template format error: unsupported structure." : message
    }

    private static func isOwn(_ problem: TemplateProblem) -> Bool {
        own.contains { problem.message.hasPrefix($0) }
    }

    /// What sentences of CloudFormation begin with.
    private static let own = [
        "Template format error", "Template error", "Template validation error", "Parameters: [", "Parameter '",
        "Unable to fetch parameters", "Unresolved resource dependencies", "Circular dependency", "Invalid template",
        "[/Resources/", "No export named", "Export ", "Transform ",
    ]
}
