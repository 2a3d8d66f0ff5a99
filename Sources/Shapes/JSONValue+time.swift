package import JSON

extension JSONValue {
    /// A moment in seconds with three decimals, as JSON protocols write it.
    package static func time(_ milliseconds: Int64) -> JSONValue {
        let thousandths = String(milliseconds % 1000)
        return .number(
            "\(milliseconds / 1000)." + String(repeating: "0", count: 3 - thousandths.utf8.count) + thousandths)
    }
}
