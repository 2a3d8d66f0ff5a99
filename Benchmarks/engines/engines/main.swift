import JSON
import JSONSchema
import Velocity

/// Reads lines of JSON and answers each with the nanoseconds that one run takes, the best of ten rounds:
///
///     {"schema": {…}, "body": "…", "repeat": 1000}         and whether the body is valid
///     {"template": "…", "request": {…}, "repeat": 1000}    and what the template renders
while let line = readLine() {
    let task = try JSONValue(parsing: line)
    print(JSONValue.object(try task["schema"].map { try validation($0, task) } ?? rendering(task)).text)
}

func validation(_ schema: JSONValue, _ task: JSONValue) throws -> JSONObject {
    let model = try ModelSchema(schema) { _ in nil }
    let body = Array((task["body"]?.string ?? "").utf8)
    var isValid = true
    let nanoseconds = best(of: task["repeat"]?.integer ?? 1) { isValid = model.fault(of: body) == nil }
    return ["nanoseconds": .number(nanoseconds), "valid": .bool(isValid)]
}

func rendering(_ task: JSONValue) throws -> JSONObject {
    let template = try Template(task["template"]?.string ?? "")
    let request = try TemplateRequest(task["request"] ?? [:])
    var output: [UInt8] = []
    var failure: (any Error)?
    let nanoseconds = best(of: task["repeat"]?.integer ?? 1) {
        do {
            var overrides = ContextOverrides()
            output.removeAll(keepingCapacity: true)
            try template.render(request, overrides: &overrides, into: &output)
        } catch { failure = error }
    }
    if let failure { return ["error": .string("\(failure)")] }
    return ["nanoseconds": .number(nanoseconds), "output": .string(String(decoding: output, as: UTF8.self))]
}

func best(of count: Int, _ run: () -> Void) -> Int {
    let clock = ContinuousClock()
    return (0..<10).map { _ in
        let took = clock.measure { for _ in 0..<count { run() } }.components
        return Int(took.seconds * 1_000_000_000 + took.attoseconds / 1_000_000_000) / count
    }.min() ?? 0
}
