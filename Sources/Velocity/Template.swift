/// A mapping template, parsed once and rendered many times.
///
/// The language is that of Apache Velocity 1.7, as API Gateway runs it: see `docs/fidelity.md` for what was chosen where
/// AWS shows nothing.
package final class Template: Sendable {
    let program: Program

    /// Parses `text`; what does not parse is an error with line and column.
    package convenience init(_ text: String) throws(TemplateError) { try self.init(bytes: Array(text.utf8)) }

    package init(bytes: [UInt8]) throws(TemplateError) {
        var parser = try Parser(bytes)
        program = try parser.parse()
    }

    /// The paths below `$context` that the text names, in the order of `ContextPath.number`.
    package var contextPaths: [String] { program.contextPaths }

    /// Constant JSONPaths that are no JSONPaths: they fail when, and only when, rendering reaches them.
    package var invalidPaths: [TemplateError] {
        program.invalidPaths.map { program.error($0.message, at: Int($0.offset)) }
    }

    /// The lines and columns of what an observer was told.
    package func positions(of offsets: [Int]) -> [TemplatePosition] { program.positions(of: offsets) }

    /// Appends the rendered text to `output`; on an error, `output` holds what had been rendered before it.
    ///
    /// `overrides` is what templates wrote into `$context.requestOverride` and `$context.responseOverride`: the value
    /// left by a request template is handed to the response template.
    package func render(
        _ source: any TemplateSource, overrides: inout ContextOverrides, into output: inout [UInt8],
        limits: TemplateLimits = .standard, observer: (any TemplateObserver)? = nil
    ) throws(TemplateError) {
        // Most templates are mostly text.
        output.reserveCapacity(output.count + program.textCount + 256)
        var renderer = Renderer(
            template: self, source: source, overrides: overrides, output: output, limits: limits, observer: observer)
        output = []
        defer { output = renderer.output }
        try renderer.run()
        overrides = try renderer.writtenOverrides()
    }
}
