/// What a template may cost. AWS's quotas where there are any, and bounds of our own where AWS shows none.
package struct TemplateLimits: Sendable {
    /// AWS's quota: a mapping template has at most 300 KB.
    package static let templateBytes = 300 * 1024
    /// AWS's quota: `#foreach` runs at most 1,000 times; further elements are left out without an error.
    package static let iterations = 1000
    /// How deep directives, parentheses, lists and strings within strings may nest in the text.
    static let nesting = 100
    /// Velocity's default of `directive.define.maxdepth`: a block that prints itself stops there.
    static let blockDepth = 2
    /// How many blocks and strings may be rendering at once.
    static let routineDepth = 100
    /// How deep values may nest when they are printed, compared or searched; also ends values that hold themselves.
    static let valueDepth = 300
    /// Elements of a range that is not just run through.
    static let rangeCount = 100_000
    /// Digits of a number beyond 64 bits that may be reckoned with.
    static let digits = 1000

    /// AWS's quota: a payload has at most 10 MB.
    package var outputBytes: Int
    /// Instructions, values made and bytes handled. All of them together take less than half a second.
    package var steps: Int

    package init(outputBytes: Int, steps: Int) {
        self.outputBytes = outputBytes
        self.steps = steps
    }

    package static let standard = TemplateLimits(outputBytes: 10 * 1024 * 1024, steps: 20_000_000)
}
