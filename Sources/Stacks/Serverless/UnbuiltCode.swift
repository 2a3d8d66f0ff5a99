/// Code that has to be built and was not: the function would be made, and fail with every call.
enum UnbuiltCode {
    private static let advice =
        "; the function is not built. Build it first: with `sam build`, and use .aws-sam/build/template.yaml"

    /// Adds a problem when the function's code lacks what its runtime starts.
    ///
    /// A runtime of one's own starts `bootstrap`, always. Of other runtimes the file of the handler is looked for only
    /// where the template says that the code is to be built: else it may come with a dependency.
    static func check(
        _ properties: TemplateMap, of resource: TemplateResource, in template: LiveTemplate, problems: inout Problems
    ) {
        guard let code = properties["Code"], let path = LambdaCode.localPath(properties),
            let runtime = text(properties["Runtime"], template)
        else { return }
        let (what, files): (String, [String])
        if runtime.hasPrefix("provided") {
            // A layer may bring it.
            guard properties["Layers"]?.list?.isEmpty ?? true else { return }
            (what, files) = ("no bootstrap, which the runtime \(runtime) starts", ["bootstrap"])
        } else if resource.buildMethod != nil, let handler = text(properties["Handler"], template),
            let candidates = self.files(of: handler, runtime: runtime)
        {
            (what, files) = ("no \(candidates[0]), which the handler \(handler) names", candidates)
        } else {
            return
        }
        let found = files.map { template.source.files.holds($0, inCode: path) }
        guard found.allSatisfy({ $0 == false }) else { return }
        problems.add(
            "in \(path) there is \(what)\(advice)", line: code.line, path: "\(resource.path).Properties")
    }

    /// Adds a problem when a layer that is to be built holds what it is built from where only its results may be.
    static func check(
        layer content: TemplateValue, of resource: TemplateResource, in template: LiveTemplate, problems: inout Problems
    ) {
        guard let method = resource.buildMethod, content.map?["S3Bucket"]?.string == LocalCode.bucket,
            let path = content.map?["S3Key"]?.string
        else { return }
        let sources = [("python", "requirements.txt"), ("nodejs", "package.json"), ("makefile", "Makefile")]
        guard let source = sources.first(where: { method.hasPrefix($0.0) })?.1,
            template.source.files.holds(source, inCode: path) == true
        else { return }
        problems.add(
            "in \(path) there is a \(source), from which the layer is still to be built. Build it first: with "
                + "`sam build`, and use .aws-sam/build/template.yaml", line: content.line,
            path: "\(resource.path).Properties")
    }

    private static func text(_ value: TemplateValue?, _ template: LiveTemplate) -> String? {
        value.flatMap { try? template.resolver.resolve($0) }?.text
    }

    /// Where the runtimes look for the module of a handler; nil when there is nothing to be said.
    private static func files(of handler: String, runtime: String) -> [String]? {
        let parts = handler.split(separator: "/", omittingEmptySubsequences: false)
        guard let name = parts.last else { return nil }
        let folder = parts.dropLast().map { $0 + "/" }.joined()
        if runtime.hasPrefix("nodejs") {
            guard let dot = name.firstIndex(of: ".") else { return nil }
            return [".js", ".mjs", ".cjs"].map { "\(folder)\(name[..<dot])\($0)" }
        }
        guard runtime.hasPrefix("python"), let dot = name.lastIndex(of: ".") else { return nil }
        let module = folder + name[..<dot].replacing(".", with: "/")
        return ["\(module).py", "\(module)/__init__.py"]
    }
}
