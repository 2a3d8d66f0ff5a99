import GatewayModel
import JSON

/// Lists in pages: `MaxItems` and `Marker` in the query, `NextMarker` in the answer.
struct FunctionPage {
    private let after: String?
    private let count: Int

    /// Source: API reference of ListFunctions, "returns a maximum of 50 items in each response, even if you set the
    /// number higher".
    private static let maximumCount = 50

    init(_ call: Call, _ constraints: Constraints = Constraints(), limit: Int = 10_000) throws(ServiceError) {
        var constraints = constraints
        let text = call.query("MaxItems")
        let wanted = text.flatMap(Int.init)
        if let text, wanted == nil { throw .serialization("MaxItems: '\(text)' is not a number") }
        constraints.range(wanted, "maxItems", 1...limit)
        try constraints.check()
        count = min(wanted ?? Self.maximumCount, Self.maximumCount)
        guard let marker = call.query("Marker"), !marker.isEmpty else {
            after = nil
            return
        }
        guard let key = Base64.decode(marker).flatMap({ String(validating: $0, as: UTF8.self) }) else {
            throw .invalidParameter("The marker '\(marker)' is not one that a list has answered.")
        }
        after = key
    }

    /// A marker is the key of the last item shown, so what is made or deleted between two pages shifts nothing.
    func reply(
        _ name: String, _ items: [(key: String, value: some Encodable)]
    ) throws(ServiceError) -> Reply {
        let sorted = items.sorted { $0.key < $1.key }
        let rest = sorted.drop { item in after.map { item.key <= $0 } ?? false }
        let shown = rest.prefix(count)
        var values: [JSONValue] = []
        for item in shown { values.append(try JSONValue.of(item.value)) }
        var answer: JSONObject = [:]
        if rest.count > shown.count, let last = shown.last {
            answer["NextMarker"] = .string(Base64.encode(Array(last.key.utf8)))
        }
        answer[name] = .array(values)
        return .json(.object(answer))
    }
}

extension LambdaFunction {
    /// `$LATEST` and the published versions as lists show them, with keys that sort by number.
    var listedVersions: [(key: String, value: FunctionConfiguration)] {
        let latest = (key: "", value: head.configuration.qualified(Qualifier.latest).listed)
        return [latest]
            + versions.map { version in
                let number = version.configuration.Version
                let key = String(repeating: "0", count: max(0, 12 - number.utf8.count)) + number
                return (key, version.configuration.qualified(number).listed)
            }
    }
}
