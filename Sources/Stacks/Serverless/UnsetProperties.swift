/// Nulls in the properties of SAM's resources.
///
/// The translator takes some for nothing and hands the others on, which CloudFormation then refuses: `null` has no place
/// in a template. Source: aws-sam-translator 1.110.0, tried with each property.
extension TemplateMap {
    /// Properties that may be null in an event.
    private static let ofEvents: Set<String> = [
        "Auth", "PayloadFormatVersion", "RequestModel", "RequestParameters", "ResponseTransferMode", "Stage",
        "TimeoutInMillis",
    ]

    /// The properties of a resource of SAM without those that are null for nothing.
    func withoutUnset(of type: String) -> TemplateMap {
        var properties = withoutNulls
        switch type {
        case ServerlessFunction.type:
            properties.change("Events") { $0.mapValues { $0.changing("Properties", \.withoutUnsetOfEvent) } }
            properties.change("Tags") { tags in
                // A tag without a value has an empty one.
                tags.mapValues { $0.isNull ? .string("", line: $0.line) : $0 }
            }
        case ServerlessApi.type:
            properties.change("Auth", \.withoutUnsetOfAuth)
            properties.change("Cors", \.withoutNulls)
            properties.change("DefinitionBody", \.withoutUnsetOfDocument)
        case ServerlessHttpApi.type:
            properties.change("CorsConfiguration", \.withoutNulls)
            properties.change("DefinitionBody", \.withoutUnsetOfDocument)
        case ServerlessWebSocketApi.type:
            properties.change("Routes") { $0.mapValues(\.withoutUnsetOfRoute) }
        default: break
        }
        return properties
    }

    /// An InvokeRole that is nothing is none, where one that is not said is the caller's.
    private var withoutUnsetOfAuth: TemplateMap {
        var auth = self
        if let role = auth["InvokeRole"], role.isNull { auth["InvokeRole"] = .string("NONE", line: role.line) }
        return auth.withoutNulls
    }

    var withoutNulls: TemplateMap { TemplateMap(entries.filter { !$0.value.isNull }) }

    /// An event with neither a path nor a method is that of the default route.
    private var withoutUnsetOfEvent: TemplateMap {
        let isDefault = ["Path", "Method"].allSatisfy { self[$0]?.isNull ?? true }
        var event = self
        event.change("Auth", \.withoutUnsetOfAuth)
        return TemplateMap(
            event.entries.filter { entry in
                let isTaken = Self.ofEvents.contains(entry.key) || isDefault && ["Path", "Method"].contains(entry.key)
                return !(entry.value.isNull && isTaken)
            })
    }

    /// Paths and operations with nothing under them are there; all else that is null is not.
    private var withoutUnsetOfDocument: TemplateMap {
        var document = self
        document.change("paths") { paths in
            paths.mapValues { path in
                let operations = path.isNull ? TemplateMap() : path.map
                guard let operations else { return path }
                return .map(
                    operations.mapValues { $0.isNull ? .map(TemplateMap(), line: $0.line) : $0 }, line: path.line)
            }
        }
        return TemplateValue.map(document, line: 0).withoutNullMembers.map ?? document
    }

    func mapValues(_ change: (TemplateValue) -> TemplateValue) -> TemplateMap {
        TemplateMap(entries.map { Entry(key: $0.key, line: $0.line, value: change($0.value)) })
    }

    private mutating func change(_ name: String, _ change: (TemplateMap) -> TemplateMap) {
        guard let value = self[name], let map = value.map, !Intrinsic.isCall(value) else { return }
        self[name] = .map(change(map), line: value.line)
    }
}

extension TemplateValue {
    /// A route whose function is nothing has none.
    fileprivate var withoutUnsetOfRoute: TemplateValue {
        guard let map, !Intrinsic.isCall(self) else { return self }
        return .map(
            TemplateMap(map.entries.filter { !$0.value.isNull || $0.key == "FunctionArn" }), line: line)
    }

    fileprivate func changing(_ name: String, _ change: (TemplateMap) -> TemplateMap) -> TemplateValue {
        guard var map, let value = map[name], let inner = value.map else { return self }
        map[name] = .map(change(inner), line: value.line)
        return .map(map, line: line)
    }

    /// Without the members of maps that are null, at any depth; the depth is bounded where the template is read.
    fileprivate var withoutNullMembers: TemplateValue {
        switch content {
        case .null, .bool, .number, .string: return self
        case .list(let items): return .list(items.map(\.withoutNullMembers), line: line)
        case .map(let map):
            let entries = map.withoutNulls.map { entry in
                TemplateMap.Entry(key: entry.key, line: entry.line, value: entry.value.withoutNullMembers)
            }
            return .map(TemplateMap(entries), line: line)
        }
    }
}
