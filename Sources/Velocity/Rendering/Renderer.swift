internal import BoundedRegex
internal import JSON

/// One rendering of a template.
///
/// Instructions are run one behind the other; only expressions, blocks and strings with references recurse, to a bounded
/// depth. Every list and map lives in `heap` until the rendering ends.
struct Renderer: ~Copyable {
    /// Not its program, which is many arrays: each would be held and let go.
    let template: Template
    let source: any TemplateSource
    let observer: (any TemplateObserver)?
    let outputLimit: Int

    var output: [UInt8]
    var slots: [Value]
    var heap = Heap()
    var loops: [RunningLoop] = []
    /// The innermost loop that the routine being run may leave.
    var loopFloor = 0
    var stepsLeft: Int
    var routineDepth = 0
    var blockDepths: [Int32]
    var isStopped = false
    /// Where the template is, for errors.
    var offset: Int32 = 0

    var document = Document.unread
    /// Paths of parts of `$context` that the program does not name.
    var dynamicPaths: [String] = []
    /// `$context.requestOverride` and `.responseOverride`, once the template asks for them.
    var overrideMaps: (request: Value, response: Value)?
    let overrides: ContextOverrides
    var patterns: [String: Pattern] = [:]
    /// `$stageVariables` as a map, once something asks for more than one variable.
    var stageVariableMap: Value?

    enum Document {
        case unread
        case json(Value)
        /// The body is no JSON: only `$` means something, and is the text.
        case text(String)
    }

    init(
        template: Template, source: any TemplateSource, overrides: ContextOverrides, output: [UInt8],
        limits: TemplateLimits, observer: (any TemplateObserver)?
    ) {
        self.template = template
        self.source = source
        self.overrides = overrides
        self.observer = observer
        self.output = output
        outputLimit = output.count + limits.outputBytes
        stepsLeft = limits.steps
        slots = [Value](repeating: .null, count: template.program.slots.count)
        blockDepths = [Int32](repeating: 0, count: template.program.blocks.count)
        slots[0] = .object(.input)
        slots[1] = .object(.context(-1))
        slots[2] = .object(.stageVariables)
        slots[3] = .object(.util)
    }

    mutating func run() throws(TemplateError) { try run(from: template.program.entry) }

    /// Runs the routine at `start` to its end.
    mutating func run(from start: Int) throws(TemplateError) {
        guard routineDepth < TemplateLimits.routineDepth else {
            throw error("blocks and strings within one another are more than \(TemplateLimits.routineDepth) deep")
        }
        routineDepth += 1
        let outerFloor = loopFloor
        loopFloor = loops.count
        defer {
            routineDepth -= 1
            loopFloor = outerFloor
        }
        let bytes = template.program.bytes
        var next = start
        while true {
            try charge(1)
            let instruction = template.program.code[next]
            offset = template.program.codeOffsets[next]
            next += 1
            switch instruction {
            case .text(let start, let count):
                bytes.withUnsafeBufferPointer { bytes in
                    output.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[Int(start)..<Int(start + count)]))
                }
                try checkOutput()
            case .print(let reference):
                try print(reference)
            case .printEscaped(let reference, let backslashes):
                try printEscaped(reference, Int(backslashes))
            case .set(let slot, let value):
                let value = try evaluate(value)
                // As in Velocity 1.7, nothing is assigned when there is nothing.
                if !value.isNull { slots[Int(slot)] = value }
            case .assign(let reference, let value):
                let value = try evaluate(value)
                if !value.isNull { try assign(value, to: reference) }
            case .branch(let condition, let otherwise):
                let isTaken = try isTrue(condition)
                observer?.branch(isTaken ? .ifTaken : .ifNotTaken, at: Int(template.program.codeOffsets[next - 1]))
                if !isTaken { next = Int(otherwise) }
            case .otherwise:
                observer?.branch(.otherwise, at: Int(offset))
            case .jump(let target): next = Int(target)
            case .loop(let loop, let end):
                if !(try enterLoop(template.program.loops[Int(loop)])) { next = Int(end) }
            case .next(let body):
                if try advanceLoop() { next = Int(body) } else { leaveLoop() }
            case .leaveLoop(let target):
                leaveLoop()
                next = Int(target)
            case .define(let slot, let block): slots[Int(slot)] = .block(block)
            case .stop: isStopped = true
            case .leaveRoutine, .end: return leaveLoops()
            }
            // Only the template's own end and #stop end more than they stand in.
            if isStopped { return leaveLoops() }
        }
    }

    private mutating func leaveLoops() {
        while loops.count > loopFloor { leaveLoop() }
    }

    // MARK: - Limits and errors

    /// Counts work: one for an instruction, more for what handles many bytes or elements.
    mutating func charge(_ steps: Int) throws(TemplateError) {
        stepsLeft -= steps
        if stepsLeft < 0 { throw error("the template takes too many steps") }
    }

    // Mutating, as other small functions here, because a read of the whole rendering is a copy of it to the compiler.
    mutating func checkOutput() throws(TemplateError) {
        if output.count > outputLimit { throw error("the output is larger than \(outputLimit) bytes") }
    }

    func error(_ message: String) -> TemplateError { template.program.error(message, at: Int(offset)) }

    // MARK: - Blocks and strings

    /// Renders the block, unless it is being rendered by itself already.
    mutating func render(block: Int32) throws(TemplateError) -> Bool {
        guard blockDepths[Int(block)] < TemplateLimits.blockDepth else { return false }
        blockDepths[Int(block)] += 1
        try run(from: Int(template.program.blocks[Int(block)]))
        blockDepths[Int(block)] -= 1
        return true
    }

    /// The text that the routine at `start` renders.
    mutating func text(routine start: Int32) throws(TemplateError) -> String {
        let mark = output.count
        let outerOffset = offset
        try run(from: Int(start))
        offset = outerOffset
        return takeText(from: mark)
    }

    /// The output from `mark` on, taken away again.
    mutating func takeText(from mark: Int) -> String {
        let text = String(decoding: output[mark...], as: UTF8.self)
        output.removeLast(output.count - mark)
        return text
    }
}
