/// A path into JSON as Jayway's JsonPath reads it, compiled once.
struct JSONPath: Sendable {
    var steps: [Step]

    enum Step: Sendable {
        case member(Key)
        /// `['a','b']`: at the end a map of those members, before it each of them in turn.
        case members([Key])
        case element(Int)
        case elements([Int])
        case slice(from: Int?, to: Int?)
        case wildcard
        /// `..`: whatever follows, at every depth.
        case scan
        case filter(Filter)
        case function(Function, [Parameter])
    }

    enum Function: String, Sendable {
        case length, size, min, max, avg, stddev, sum, keys, concat, append, first, last, index
    }

    enum Parameter: Sendable {
        case path(JSONPath)
        /// The text of a JSON value.
        case json([UInt8])
    }

    indirect enum Filter: Sendable {
        case all([Filter])
        case any([Filter])
        case not(Filter)
        case exists(JSONPath, fromRoot: Bool, wanted: Bool)
        case comparison(Operand, Comparison, Operand)
    }

    enum Operand: Sendable {
        case path(JSONPath, fromRoot: Bool)
        case constant(Constant)
        case pattern(String, flags: String)
    }

    enum Constant: Sendable {
        case null
        case boolean(Bool)
        case number(Value)
        case string(String)
        /// A list or a map, by its text.
        case json([UInt8])
    }

    enum Comparison: String, Sendable {
        case greaterOrEqual = ">="
        case lessOrEqual = "<="
        case equal = "=="
        case sameEqual = "==="
        case notEqual = "!="
        case notSameEqual = "!=="
        case less = "<"
        case greater = ">"
        case matches = "=~"
        case notIn = "NIN"
        case `in` = "IN"
        case contains = "CONTAINS"
        case all = "ALL"
        case size = "SIZE"
        case empty = "EMPTY"
        case subsetOf = "SUBSETOF"
        case anyOf = "ANYOF"
        case noneOf = "NONEOF"
    }

    /// The path of `$` itself.
    var isRoot: Bool { steps.isEmpty }

    /// Whether it leads to one value at most: all other paths give a list.
    var isDefinite: Bool { steps.indices.allSatisfy(isDefinite) }

    func isDefinite(_ position: Int) -> Bool {
        switch steps[position] {
        case .member, .element, .function: true
        case .members: position == steps.count - 1
        case .elements(let indices): indices.count == 1
        case .slice, .wildcard, .scan, .filter: false
        }
    }

    /// Reads a path; `a.b` is taken for `$.a.b`.
    init(_ text: String) throws(JSONPathError) {
        var parser = JSONPathParser(text)
        self = try parser.parse()
    }

    init(steps: [Step]) { self.steps = steps }
}

/// Why a text is no JSONPath.
struct JSONPathError: Error {
    let message: String

    init(_ reason: String, in path: some StringProtocol) { message = "JSONPath \"\(path.prefix(80))\": \(reason)" }
}
