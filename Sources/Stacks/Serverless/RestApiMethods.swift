/// Brings the events of functions into the REST APIs that they name.
struct RestApiMethods {
    private let positions: [String: Int]

    /// All paths come first: policies list the methods of a path.
    init(_ apis: inout [ServerlessApi], of functions: [ServerlessFunction]) {
        positions = Dictionary(
            apis.enumerated().map { ($0.element.logicalId, $0.offset) }, uniquingKeysWith: { first, _ in first })
        for event in functions.flatMap(\.events.rest) {
            if let position = positions[event.apiId] { apis[position].addPath(of: event) }
        }
    }

    /// Adds the function's methods; the permissions they need come back.
    func connect(
        _ function: ServerlessFunction, as target: EventTarget, to apis: inout [ServerlessApi],
        in template: LiveTemplate, _ problems: inout Problems
    ) -> [PlainResource] {
        var permissions: [PlainResource] = []
        for event in function.events.rest {
            var stage = ServerlessApi.extraStage
            if let position = positions[event.apiId] {
                apis[position].add(event, of: function, target: target, problems: &problems)
                stage = apis[position].permissionSuffix
            } else if !template.resources.contains(where: {
                $0.logicalId == event.apiId && $0.type == ResourceType.apiGatewayRestApi.name
            }) {
                problems.add(ApiEvent.invalidApiId, line: event.line, path: event.place)
                continue
            }
            permissions.append(
                event.permission(for: function, target: target, stage: stage, partition: template.partition))
        }
        return permissions
    }
}

extension ServerlessTransform {
    func addImplicitApi(
        to apis: inout [ServerlessApi], _ functions: [ServerlessFunction], _ globals: ServerlessGlobals,
        in template: LiveTemplate, problems: inout Problems
    ) {
        let implicit = functions.filter { $0.events.rest.contains { $0.apiId == ApiEvent.implicitApi } }
        guard !implicit.isEmpty else { return }
        // The translator puts its own in the place of one that the template has, which would be gone without a word.
        if let own = apis.first(where: { $0.logicalId == ApiEvent.implicitApi }) {
            problems.add(
                "\(ApiEvent.implicitApi) is the API of events without RestApiId; another name keeps this one apart",
                line: own.line, path: own.path)
            return
        }
        apis.append(ServerlessApi(implicitFor: implicit, globals: globals, in: template, problems: &problems))
    }
}
