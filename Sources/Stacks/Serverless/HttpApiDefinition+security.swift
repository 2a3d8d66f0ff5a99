/// Who may call: what SAM's `Auth` adds to the document of an HTTP API.
extension HttpApiDefinition {
    private static let security = "security"
    private static let components = "components"
    private static let securitySchemes = "securitySchemes"

    mutating func setSecurityScheme(_ name: String, _ scheme: TemplateValue) {
        document.edit(Self.components, line: line) { components in
            components.edit(Self.securitySchemes, line: scheme.line) { $0[name] = scheme }
        }
    }

    /// What an event asks for, behind what the document asks for already.
    mutating func secure(_ event: HttpApiEvent, authorizer: String, scopes: TemplateValue) {
        guard paths[event.path]?.map?[event.method]?.map?[Self.integration]?.isTruthy == true else { return }
        paths.edit(event.path, line: event.line) { item in
            item.edit(event.method, line: event.line) {
                $0.append(.map([authorizer: scopes], line: event.line), to: Self.security)
            }
        }
    }

    /// Paths that have a method by a name that the translator does not find again.
    var pathsWithoutMethod: [(path: String, method: String)] {
        paths.flatMap { path in
            (path.value.map ?? TemplateMap()).compactMap { method in
                let name = Self.normalized(method.key)
                guard !["options", "parameters"].contains(name), path.value.map?[name] == nil else { return nil }
                return (path.key, name)
            }
        }
    }

    /// What operations need that ask for nothing; preflights stay open.
    mutating func setDefaultAuthorizer(_ name: String, scopes: TemplateValue) {
        for path in paths {
            for method in path.value.map ?? TemplateMap() where Self.normalized(method.key) != "options" {
                guard let operation = method.value.map, operation[Self.integration]?.isTruthy == true,
                    operation[Self.security]?.isTruthy != true
                else { continue }
                paths.edit(path.key, line: path.line) { item in
                    item.edit(method.key, line: method.line) { operation in
                        operation[Self.security] = .list([.map([name: scopes], line: line)], line: line)
                    }
                }
            }
        }
    }
}
