/// Who may call: what SAM's `Auth` adds to the document. A method's `security` names an authorizer and the API key.
extension RestApiDefinition {
    private static let security = "security"
    private static let authorizer = "x-amazon-apigateway-authorizer"
    static let iam = "AWS_IAM"
    private static let key = "api_key"
    /// Marks a method that lifts what the API asks for.
    private static let keyLifted = "api_key_false"
    private static let authorizerLifted = "NONE"

    private mutating func define(_ name: String, _ definition: KeyValuePairs<String, TemplateValue>) {
        document.edit(Self.securityDefinitions, line: line) { definitions in
            if definitions[name] == nil { definitions[name] = .map(definition, line: line) }
        }
    }

    mutating func defineKey() {
        let text = { [line] (text: String) in TemplateValue.string(text, line: line) }
        define(Self.key, ["type": text("apiKey"), "name": text("x-api-key"), "in": text("header")])
    }

    private mutating func defineIAM() {
        let text = { [line] (text: String) in TemplateValue.string(text, line: line) }
        define(
            Self.iam,
            [
                "x-amazon-apigateway-authtype": text("awsSigv4"), "type": text("apiKey"),
                "name": text("Authorization"), "in": text("header"),
            ])
    }

    mutating func setAuthorizer(_ name: String, _ definition: TemplateValue) {
        document.edit(Self.securityDefinitions, line: line) { $0[name] = definition }
    }

    /// What an event asks for.
    mutating func secure(_ event: ApiEvent, authorizer: String?, scopes: TemplateValue?, needsKey: Bool?) {
        let line = event.line
        let empty = TemplateValue.list([], line: line)
        if let authorizer, hasIntegration(event.path, event.method) {
            editMethod(event.path, event.method) {
                $0.append(.map([authorizer: scopes ?? empty], line: line), to: Self.security)
            }
            let first = paths[event.path]?.map?[event.method]?.map?[Self.security]?.list?.first
            if first?.map?[Self.iam] != nil { defineIAM() }
        }
        if let needsKey, hasIntegration(event.path, event.method) {
            if needsKey { defineKey() }
            editMethod(event.path, event.method) {
                $0.append(.map([needsKey ? Self.key : Self.keyLifted: empty], line: line), to: Self.security)
            }
        }
    }

    /// What methods that name no authorizer need.
    mutating func setDefaultAuthorizer(
        _ name: String, among names: Set<String>, scopes: TemplateValue, includingPreflights: Bool
    ) {
        var needsIAM = false
        let line = line
        editMethods { method, definition in
            guard includingPreflights || method != "options" else { return }
            let existing = definition[Self.security]?.list ?? []
            let isAuthorizer = { (entry: TemplateValue) in entry.map?.contains { names.contains($0.key) } ?? false }
            var others = existing.filter { !isAuthorizer($0) }
            var authorizers = existing.filter(isAuthorizer)
            if let lifted = others.firstIndex(where: { $0.map?[Self.authorizerLifted] != nil }) {
                others.remove(at: lifted)
                authorizers = []
            } else if authorizers.isEmpty {
                authorizers = [.map([name: scopes], line: line)]
            }
            let security = others + authorizers
            guard let first = security.first else { return }
            definition[Self.security] = .list(security, line: line)
            if first.map?[Self.iam] != nil { needsIAM = true }
        }
        if needsIAM { defineIAM() }
    }

    /// Methods that say nothing else need an API key.
    mutating func setKeyRequired(includingPreflights: Bool) {
        let line = line
        editMethods { method, definition in
            let existing = definition[Self.security]?.list ?? []
            let isOfKeys = { (entry: TemplateValue) in
                entry.map?.contains { $0.key == Self.key || $0.key == Self.keyLifted } ?? false
            }
            var security = existing.filter { !isOfKeys($0) }
            if method != "options" || includingPreflights {
                // As SAM has it, a method that lifts the key loses the mark and what else it says of keys.
                if !existing.contains(where: { $0.map?[Self.keyLifted] != nil }) {
                    security.append(.map([Self.key: .list([], line: line)], line: line))
                }
            }
            if TemplateValue.list(security, line: line).json != TemplateValue.list(existing, line: line).json {
                definition[Self.security] = .list(security, line: line)
            }
        }
    }
}
