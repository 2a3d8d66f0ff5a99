import GatewayModel
import JSON
import Shapes

extension ParameterStore {
    static var deletions: [String: TargetOperation] {
        [
            "DeleteParameter": TargetOperation([.need("Name", .parameterName)]) { control, call throws(ServiceError) in
                let parameter = try ParameterName(call.input.needed("Name"), control.world, call.account)
                guard try await control.delete(parameter) else { throw ParameterError.notFound(parameter.name) }
                return [:]
            },
            "DeleteParameters": TargetOperation([.need("Names", .parameterNames)]) {
                control, call throws(ServiceError) in
                var deleted: [JSONValue] = []
                var invalid: [JSONValue] = []
                for text in Set(call.input.texts("Names") ?? []).sorted() {
                    if try await control.delete(ParameterName(text, control.world, call.account)) {
                        deleted.append(.string(text))
                    } else {
                        invalid.append(.string(text))
                    }
                }
                return ["DeletedParameters": .array(deleted), "InvalidParameters": .array(invalid)]
            },
        ]
    }

    static var labels: [String: TargetOperation] {
        [
            "LabelParameterVersion": TargetOperation([
                .need("Name", .parameterName), .may("ParameterVersion", .integer(1...Int.max)),
                .need("Labels", .list(.text(1...100), 1...ParameterQuotas.labels)),
            ]) { control, call throws(ServiceError) in
                let name = try ParameterName(call.input.needed("Name"), control.world, call.account).name
                let labels = call.input.texts("Labels") ?? []
                let good = labels.filter(Self.isLabel)
                let number = try await control.changeParameter(name) { parameter throws(ServiceError) in
                    let number = call.input.integer("ParameterVersion") ?? parameter.latest.number
                    try parameter.move(good, to: number)
                    return number
                }
                let invalid = labels.filter { !Self.isLabel($0) }.map { JSONValue.string($0) }
                return ["InvalidLabels": .array(invalid), "ParameterVersion": .number(number)]
            },
            "UnlabelParameterVersion": TargetOperation([
                .need("Name", .parameterName), .need("ParameterVersion", .integer(1...Int.max)),
                .need("Labels", .list(.text(1...100), 1...ParameterQuotas.labels)),
            ]) { control, call throws(ServiceError) in
                let name = try ParameterName(call.input.needed("Name"), control.world, call.account).name
                let labels = call.input.texts("Labels") ?? []
                let removed = try await control.changeParameter(name) { parameter throws(ServiceError) in
                    let place = try parameter.place(of: call.input.integer("ParameterVersion") ?? 0)
                    let removed = labels.filter(parameter.versions[place].labels.contains)
                    parameter.versions[place].labels.removeAll(where: removed.contains)
                    return removed
                }
                let invalid = labels.filter { !removed.contains($0) }.map { JSONValue.string($0) }
                return [
                    "RemovedLabels": .array(removed.map { .string($0) }), "InvalidLabels": .array(invalid),
                ]
            },
        ]
    }

    /// Source: Systems Manager User Guide, sysman-paramstore-labels.
    private static func isLabel(_ label: String) -> Bool {
        let lower = label.lowercased()
        return label.isWord(and: ".") && !label.prefix(1).isDigits && !lower.hasPrefix("aws")
            && !lower.hasPrefix("ssm")
    }

    static var tags: [String: TargetOperation] {
        let resource: [Shape.Member] = [
            .need(
                "ResourceType",
                .choice([
                    "Document", "ManagedInstance", "MaintenanceWindow", "Parameter", "PatchBaseline", "OpsItem",
                    "OpsMetadata", "Automation", "Association", "CloudConnector",
                ])), .need("ResourceId", .text()),
        ]
        return [
            "AddTagsToResource": TargetOperation(resource + [.need("Tags", .awsTags)]) {
                control, call throws(ServiceError) in
                try await control.changeParameter(try taggedName(control, call)) { parameter throws(ServiceError) in
                    let old = parameter.tags
                    for (key, value) in call.tags { parameter.tags[key] = value }
                    try ParameterError.check(tags: parameter.tags, over: old, call)
                }
                return [:]
            },
            "RemoveTagsFromResource": TargetOperation(resource + [.need("TagKeys", .list(.text(1...128)))]) {
                control, call throws(ServiceError) in
                try await control.changeParameter(try taggedName(control, call)) { parameter throws(ServiceError) in
                    let old = parameter.tags
                    for key in call.input.texts("TagKeys") ?? [] { parameter.tags[key] = nil }
                    try ParameterError.check(tags: parameter.tags, over: old, call)
                }
                return [:]
            },
            "ListTagsForResource": TargetOperation(resource) { control, call throws(ServiceError) in
                let name = try taggedName(control, call)
                return ["TagList": control.world[Parameter.self, name]?.tags.tagList ?? []]
            },
        ]
    }

    /// The parameter whose tags a call is about, which is there.
    private static func taggedName(_ control: ControlPlane, _ call: TargetCall) throws(ServiceError) -> String {
        let type = call.input.needed("ResourceType")
        guard type == "Parameter" else {
            throw ServiceError(
                "InvalidResourceType", status: 400,
                "Gatehouse has parameters only: there is nothing of the type \(type) to tag.")
        }
        let name = try ParameterName(call.input.needed("ResourceId"), control.world, call.account).name
        guard control.world[Parameter.self, name] != nil else {
            throw ServiceError(
                "InvalidResourceId", status: 400,
                "The resource ID is not valid. Verify that you entered the correct ID and try again.")
        }
        return name
    }
}

extension Parameter {
    fileprivate func place(of number: Int) throws(ServiceError) -> Int {
        guard let place = versions.firstIndex(where: { $0.number == number }) else {
            throw ParameterError.noVersion(number, of: name)
        }
        return place
    }

    /// A label is one version's only.
    fileprivate mutating func move(_ labels: [String], to number: Int) throws(ServiceError) {
        let target = try place(of: number)
        for place in versions.indices where place != target { versions[place].labels.removeAll(where: labels.contains) }
        for label in labels where !versions[target].labels.contains(label) { versions[target].labels.append(label) }
        guard versions[target].labels.count <= ParameterQuotas.labels else {
            throw ServiceError(
                "ParameterVersionLabelLimitExceeded", status: 400,
                "A parameter version can have maximum \(ParameterQuotas.labels) labels. Move one or more labels to "
                    + "another version and try again.")
        }
    }
}

extension ControlPlane {
    /// Whether it was there. One of its versions cannot be deleted, and is none that is there.
    fileprivate func delete(_ parameter: ParameterName) async throws(ServiceError) -> Bool {
        guard parameter.selector == nil else { return false }
        return try await change(
            Parameter.self, parameter.name,
            { change throws(ServiceError) in
                let wasThere = change.root != nil
                change.root = nil
                return wasThere
            })
    }
}
