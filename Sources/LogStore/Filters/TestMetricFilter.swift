import JSON
import Shapes

extension LogOperation {
    static var filterTests: [LogOperation] {
        [
            LogOperation(
                "TestMetricFilter",
                [
                    .need("filterPattern", .filterPattern),
                    .need("logEventMessages", .list(.secret(1...LogBatch.anyLength), 1...LogLimits.testedMessages)),
                ]
            ) { _, input throws(LogError) in
                let pattern = try FilterPattern(input.needed("filterPattern"))
                var matching = PatternMatching(pattern)
                var matches: [JSONValue] = []
                for (index, message) in (input.texts("logEventMessages") ?? []).enumerated() {
                    let bytes = Array(message.utf8)
                    guard matching.matches(bytes) else { continue }
                    matches.append([
                        "eventNumber": .number(index + 1), "eventMessage": .string(message),
                        "extractedValues": .object(pattern.extracted(bytes)),
                    ])
                }
                return ["matches": .array(matches)]
            }
        ]
    }
}
