import ControlPlane
import FunctionPackages
import GatewayModel
import JSON
import Stacks

/// A template as a caller sends it, with all that it reads beside it.
struct SentTemplate {
    let plan: StackPlan
    let text: String
    let code: SentCode

    /// Why the body is not what it has to be.
    struct Malformed: Error {
        let message: String
    }

    /// `{"template": {"file", "folder", "text"}, "parameters": {name: text}, "files": {path: base64}, "code": {path:
    /// digest of a package that was sent}, "allowMissing": [type]}`
    ///
    /// - Parameter management: what parameters of the template are looked up in.
    init(
        _ body: [UInt8], stackName: String, account: AccountIdentity, assets: AssetFolder, _ management: any Management
    ) async throws {
        guard let members = (try? JSONValue(parsing: body))?.object, let template = members["template"],
            let text = template["text"]?.string
        else { throw Malformed(message: "The body must be a JSON object with a template that has a text.") }
        let folder = template["folder"]?.string ?? "/"
        guard folder.hasPrefix("/") else { throw Malformed(message: "The template's folder must be absolute.") }
        var files: [String: [UInt8]] = [:]
        for (path, content) in members["files"]?.object ?? [:] {
            guard let bytes = content.string.flatMap(Base64.decode) else {
                throw Malformed(message: "The file \(path) is not in Base64.")
            }
            files[path] = bytes
        }
        var digests: [String: String] = [:]
        for (path, digest) in members["code"]?.object ?? [:] {
            guard let digest = digest.string, AssetFolder.isName(digest), assets.contains(digest) else {
                throw Malformed(message: "The code of \(path) has not been sent.")
            }
            digests[path] = digest
        }
        var parameters: [(name: String, value: String)] = []
        for (name, value) in members["parameters"]?.object ?? [:] {
            guard let value = value.string else { throw Malformed(message: "The parameter \(name) must be a string.") }
            parameters.append((name, value))
        }
        let allowMissing = Set((members["allowMissing"]?.array ?? []).compactMap(\.string))
        let source = TemplateSource(
            file: template["file"]?.string ?? "template", folder: folder, bytes: Array(text.utf8),
            files: SentFiles(files: files, code: digests, assets: assets))
        let stored = try await StoredParameters(of: source, given: parameters, management)
        let whole = try await source.includingObjects(management) { source throws(TemplateError) in
            _ = try StackPlan(
                source, stackName: stackName, parameters: parameters, stored: stored, account: account,
                allowMissing: allowMissing)
        }
        plan = try StackPlan(
            whole, stackName: stackName, parameters: parameters, stored: stored, account: account,
            allowMissing: allowMissing)
        self.text = text
        code = SentCode(digests: digests, assets: assets)
    }
}

/// Files that were sent with a template. Nothing else is there: a template cannot read this machine.
private struct SentFiles: TemplateFiles {
    let files: [String: [UInt8]]
    let code: [String: String]
    let assets: AssetFolder

    func kind(_ path: String) -> TemplateFileKind? {
        if code[path] != nil { return path.hasSuffix(".zip") ? .file(bytes: 0) : .folder }
        return files[path].map { .file(bytes: $0.count) }
    }

    func contents(_ path: String, upTo limit: Int) -> [UInt8]? { files[path].flatMap { $0.count <= limit ? $0 : nil } }

    func codeDigest(_ path: String) -> String? { code[path] }

    func holds(_ file: String, inCode path: String) -> Bool? {
        code[path].flatMap(assets.contents).flatMap { CodePackage.holds(file, in: $0) }
    }
}
