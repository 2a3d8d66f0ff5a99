package import JSON

/// What a member of an operation's input may be. Values are checked before an operation sees them, all at once, with
/// AWS's words.
package indirect enum Shape: Sendable {
    case text(ClosedRange<Int>? = nil, TextRule? = nil)
    /// A password, a code or another secret, which no message shows.
    case secret(ClosedRange<Int>, TextRule? = nil)
    case integer(ClosedRange<Int>)
    case boolean
    case choice([String])
    case list(Shape, ClosedRange<Int>? = nil)
    /// Of texts to texts.
    case map
    case structure([Member])

    package struct Member: Sendable {
        package let name: String
        let shape: Shape
        let isRequired: Bool

        package static func need(_ name: String, _ shape: Shape) -> Member {
            Member(name: name, shape: shape, isRequired: true)
        }

        package static func may(_ name: String, _ shape: Shape) -> Member {
            Member(name: name, shape: shape, isRequired: false)
        }
    }

    /// Of text, in the words of the model.
    package struct TextRule: Sendable {
        let pattern: String
        let matches: @Sendable (String) -> Bool

        package init(_ pattern: String, _ matches: @escaping @Sendable (String) -> Bool) {
            self.pattern = pattern
            self.matches = matches
        }
    }

    /// What clients tell of themselves for analytics and threat protection, which are not served.
    private static let passedOver: Set<String> = ["AnalyticsMetadata", "ContextData", "UserContextData"]

    /// Checks the members of an input. Members that are not known are refused: what AWS has and Gatehouse has not must not
    /// seem to have been done.
    package static func check(_ members: [Member], _ object: JSONObject) throws(ShapeFault) {
        var faults: [String] = []
        try check(members, object, "", &faults)
        guard !faults.isEmpty else { return }
        throw .invalid(
            "\(faults.count) validation error\(faults.count == 1 ? "" : "s") detected: "
                + faults.joined(separator: "; "))
    }

    private static func check(
        _ members: [Member], _ object: JSONObject, _ path: String, _ faults: inout [String]
    ) throws(ShapeFault) {
        for (name, value) in object where !value.isNull && !passedOver.contains(name) {
            guard members.contains(where: { $0.name == name }) else {
                throw .unserved("Gatehouse does not serve the member \(path)\(name.prefix(128)).")
            }
        }
        for member in members {
            let place = path + member.name.prefix(1).lowercased() + member.name.dropFirst()
            guard let value = object[member.name], !value.isNull else {
                if member.isRequired {
                    faults.append("Value null at '\(place)' failed to satisfy constraint: Member must not be null")
                }
                continue
            }
            try member.shape.check(value, place, &faults)
        }
    }

    private func check(_ value: JSONValue, _ place: String, _ faults: inout [String]) throws(ShapeFault) {
        func fault(_ constraint: String, shown: String?) {
            // What a caller sent is told back no longer than a name is.
            let shown = shown.map { " '\($0.prefix(256))'" } ?? ""
            faults.append("Value\(shown) at '\(place)' failed to satisfy constraint: Member must \(constraint)")
        }
        func checkText(_ text: String, _ range: ClosedRange<Int>?, _ rule: TextRule?, isShown: Bool) {
            let shown = isShown ? text : nil
            if let range {
                let count = text.unicodeScalars.count
                if count < range.lowerBound {
                    fault("have length greater than or equal to \(range.lowerBound)", shown: shown)
                }
                if count > range.upperBound {
                    return fault("have length less than or equal to \(range.upperBound)", shown: shown)
                }
            }
            if let rule, !rule.matches(text) {
                fault("satisfy regular expression pattern: \(rule.pattern)", shown: shown)
            }
        }
        switch self {
        case .text(let range, let rule):
            checkText(try Self.string(value), range, rule, isShown: true)
        case .secret(let range, let rule):
            checkText(try Self.string(value), range, rule, isShown: false)
        case .integer(let range):
            guard let number = value.integer else { throw Self.wrong(value, "an Integer") }
            if number < range.lowerBound {
                fault("have value greater than or equal to \(range.lowerBound)", shown: String(number))
            }
            if number > range.upperBound {
                fault("have value less than or equal to \(range.upperBound)", shown: String(number))
            }
        case .boolean: guard value.bool != nil else { throw Self.wrong(value, "a Boolean") }
        case .choice(let choices):
            let text = try Self.string(value)
            if !choices.contains(text) {
                fault("satisfy enum value set: [\(choices.joined(separator: ", "))]", shown: text)
            }
        case .list(let shape, let range):
            guard let elements = value.array else { throw Self.wrong(value, "a List") }
            if let range {
                if elements.count < range.lowerBound {
                    fault("have length greater than or equal to \(range.lowerBound)", shown: nil)
                }
                if elements.count > range.upperBound {
                    return fault("have length less than or equal to \(range.upperBound)", shown: nil)
                }
            }
            for (position, element) in elements.enumerated() where faults.count < Self.faultLimit {
                try shape.check(element, "\(place).\(position + 1).member", &faults)
            }
        case .map:
            guard let object = value.object else { throw Self.wrong(value, "a Map") }
            for member in object.members where !member.value.isNull { _ = try Self.string(member.value) }
        case .structure(let members):
            guard let object = value.object else { throw Self.wrong(value, "a Structure") }
            try Self.check(members, object, place + ".", &faults)
        }
    }

    /// More are not told: a list may be long.
    private static let faultLimit = 10

    private static func string(_ value: JSONValue) throws(ShapeFault) -> String {
        guard let text = value.string else { throw wrong(value, "a String") }
        return text
    }

    private static func wrong(_ value: JSONValue, _ wanted: String) -> ShapeFault {
        .serialization("A \(value.kind) can not be converted to \(wanted)")
    }
}
