/// A template tried out: what it rendered and how it came to that.
package struct TemplateEvaluation: Sendable {
    /// What was rendered, on an error up to that.
    package let output: String
    package let error: TemplateError?
    /// Constant JSONPaths that would fail wherever rendering came to them.
    package let invalidPaths: [TemplateError]
    package let trace: [TemplateTraceEvent]
    package let overrides: ContextOverrides

    /// Parses and renders `template`; `overrides` is what an earlier template of the same request left.
    package init(
        _ template: String, for request: TemplateRequest, overrides: ContextOverrides = ContextOverrides(),
        limits: TemplateLimits = .standard
    ) {
        var output: [UInt8] = []
        var written = overrides
        let tracer = TemplateTracer()
        var paths: [TemplateError] = []
        var failure: TemplateError?
        var parsed: Template?
        do throws(TemplateError) {
            let template = try Template(template)
            parsed = template
            paths = template.invalidPaths
            try template.render(request, overrides: &written, into: &output, limits: limits, observer: tracer)
        } catch {
            failure = error
        }
        self.output = String(decoding: output, as: UTF8.self)
        error = failure
        invalidPaths = paths
        trace = parsed.map(tracer.trace) ?? []
        self.overrides = written
    }
}

/// One thing that happened while a template was rendered.
package enum TemplateTraceEvent: Hashable, Sendable, CustomStringConvertible {
    case undefined(String, TemplatePosition)
    case branch(TemplateBranch, TemplatePosition)
    case loop(count: Int, run: Int, TemplatePosition)
    /// So many events came that the rest was not written down.
    case truncated

    package var description: String {
        switch self {
        case .undefined(let reference, let position): "\(position): \(reference) has no value"
        case .branch(let branch, let position): "\(position): \(branch.rawValue)"
        case .loop(let count, let run, let position) where run < count:
            "\(position): #foreach over \(count) elements, of which AWS runs through \(run)"
        case .loop(let count, _, let position): "\(position): #foreach over \(count) elements"
        case .truncated: "further events are left out"
        }
    }
}

/// Writes down what an observer is told.
final class TemplateTracer: TemplateObserver {
    private enum Event {
        case undefined(String)
        case branch(TemplateBranch)
        case loop(count: Int, run: Int)
    }

    private var events: [(event: Event, offset: Int)] = []
    private var isTruncated = false
    private static let maximumEvents = 10_000

    private func add(_ event: Event, _ offset: Int) {
        if events.count < Self.maximumEvents { events.append((event, offset)) } else { isTruncated = true }
    }

    func undefined(_ reference: String, at offset: Int) { add(.undefined(reference), offset) }
    func branch(_ branch: TemplateBranch, at offset: Int) { add(.branch(branch), offset) }
    func loop(count: Int, run: Int, at offset: Int) { add(.loop(count: count, run: run), offset) }

    func trace(of template: Template) -> [TemplateTraceEvent] {
        var trace: [TemplateTraceEvent] = zip(events, template.positions(of: events.map(\.offset))).map {
            switch $0.event {
            case .undefined(let reference): .undefined(reference, $1)
            case .branch(let branch): .branch(branch, $1)
            case .loop(let count, let run): .loop(count: count, run: run, $1)
            }
        }
        if isTruncated { trace.append(.truncated) }
        return trace
    }
}
