/// An event of type Cognito: triggers of a user pool of the template, which call the function.
struct CognitoEvent {
    private static let rules = PropertyRules(
        type: "the event type Cognito", supported: ["Trigger": .any, "UserPool": .any],
        required: ["Trigger", "UserPool"])

    /// The logical id.
    let pool: String
    let triggers: [String]
    let line: Int
    /// Where the event stands in the template.
    let place: String

    /// Nil when the event has problems.
    init?(_ entry: TemplateMap.Entry, _ properties: TemplateMap, path place: String, problems: inout Problems) {
        let known = problems.list.count
        Self.rules.check(properties, path: place, line: entry.line, problems: &problems)
        line = entry.line
        self.place = place
        let words = properties["Trigger"].map { $0.list ?? [$0] } ?? []
        triggers = words.compactMap(\.string)
        if triggers.count < words.count {
            problems.add(
                "Type of property 'Trigger' is invalid.", line: properties["Trigger"]?.line, path: place)
        }
        for trigger in triggers where !Self.isTrigger(trigger) {
            problems.add("a user pool has no trigger \(trigger)", line: properties["Trigger"]?.line, path: place)
        }
        if let value = properties["UserPool"], case .intrinsic(.ref(let name)) = Intrinsic.read(value) {
            pool = name
        } else {
            pool = ""
        }
        guard problems.list.count == known else { return nil }
    }

    private static func isTrigger(_ name: String) -> Bool {
        guard case .text? = CognitoUserPoolShape.triggers[name] else { return false }
        return name != "KMSKeyID"
    }

    /// Has the pools among the resources call the function. All triggers of a function are permitted by one resource,
    /// which SAM writes for the last pool.
    static func connect(
        _ function: ServerlessFunction, _ target: EventTarget, to resources: inout [PlainResource],
        problems: inout Problems
    ) {
        for event in function.events.cognito {
            let position = resources.firstIndex {
                $0.logicalId == event.pool && $0.type == ResourceType.cognitoUserPool.name
            }
            guard let position else {
                problems.add(
                    "Cognito events must reference a Cognito UserPool in the same template.", line: event.line,
                    path: event.place)
                continue
            }
            resources[position].properties.edit("LambdaConfig", line: event.line) { triggers in
                for trigger in event.triggers {
                    guard triggers[trigger] == nil else {
                        problems.add(
                            "Cognito trigger \"\(trigger)\" defined multiple times.", line: event.line,
                            path: event.place)
                        continue
                    }
                    triggers[trigger] = target.arn(line: event.line)
                }
            }
        }
        if let last = function.events.cognito.last {
            if let other = function.events.cognito.first(where: { $0.pool != last.pool }) {
                problems.warn(
                    "the translator lets \(last.pool) alone call \(function.logicalId); \(other.pool) needs an "
                        + "AWS::Lambda::Permission of its own", line: other.line, path: other.place)
            }
            resources.append(last.permission(for: function, target: target))
        }
    }

    private func permission(for function: ServerlessFunction, target: EventTarget) -> PlainResource {
        var permission = TemplateMap()
        permission["Action"] = .string("lambda:InvokeFunction", line: line)
        permission["FunctionName"] = .ref(target.logicalId, line: line)
        permission["Principal"] = .string("cognito-idp.amazonaws.com", line: line)
        permission["SourceArn"] = .getAtt(pool, "Arn", line: line)
        return PlainResource(
            "\(target.logicalId)CognitoPermission", "AWS::Lambda::Permission", line: line, path: place,
            attributes: function.resource.attributes, properties: permission)
    }
}

extension EventTarget {
    func arn(line: Int) -> TemplateValue {
        isAlias ? .ref(logicalId, line: line) : .getAtt(logicalId, "Arn", line: line)
    }
}
