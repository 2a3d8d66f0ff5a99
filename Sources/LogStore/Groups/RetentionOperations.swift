import JSON
import Shapes

extension LogOperation {
    static var retention: [LogOperation] {
        [
            LogOperation(
                "PutRetentionPolicy",
                [
                    .need("logGroupName", .groupName), .need("retentionInDays", .integer(Int.min...Int.max)),
                ]
            ) { store, input throws(LogError) in
                let days = input.integer("retentionInDays") ?? 0
                guard retentionDays.contains(days) else {
                    let list = retentionDays.map(String.init).joined(separator: ", ")
                    throw .constraint(String(days), at: "retentionInDays", "satisfy enum value set: [\(list)]")
                }
                let answer = try await store.set("retention", days, input)
                store.tidySoon()
                return answer
            },
            LogOperation("DeleteRetentionPolicy", [.need("logGroupName", .groupName)]) {
                store, input throws(LogError) in
                try await store.set("retention", nil as Int?, input)
            },
        ]
    }

    /// Source: API Reference, PutRetentionPolicy.
    private static let retentionDays = [
        1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
    ]
}
