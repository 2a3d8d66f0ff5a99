import BoundedRegex
import GatewayModel
import JSON
import Shapes

extension ParameterStore {
    static var puts: [String: TargetOperation] {
        [
            "PutParameter": TargetOperation([
                .need("Name", .parameterName), .need("Value", .secret(1...ParameterQuotas.advancedValue)),
                .may("Type", .choice(Parameter.Kind.allCases.map(\.rawValue))), .may("Description", .text(0...1_024)),
                .may("KeyId", .text(1...256)), .may("Overwrite", .boolean), .may("AllowedPattern", .text(0...1_024)),
                .may("Tags", .awsTags), .may("Tier", .choice(["Standard", "Advanced", "Intelligent-Tiering"])),
                .may("DataType", .text(0...128)),
            ]) { control, call throws(ServiceError) in
                let put = try ParameterPut(call, control.world)
                let version = try await control.change(
                    Parameter.self, put.name,
                    { change throws(ServiceError) in
                        let known = change.root
                        if known == nil { try control.world.checkCount(call.input.text("Tier")) }
                        let parameter = try put.made(of: known, control)
                        change.root = parameter
                        return parameter.latest
                    })
                return ["Version": .number(version.number), "Tier": .string(version.tier.rawValue)]
            }
        ]
    }
}

/// What PutParameter is given, checked as far as that can be done without the parameter that there is.
private struct ParameterPut {
    let name: String
    private let call: TargetCall

    init(_ call: TargetCall, _ world: World) throws(ServiceError) {
        self.call = call
        let input = call.input
        let reference = try ParameterName(input.needed("Name"), world, call.account)
        name = reference.name
        guard reference.selector == nil else {
            throw .validation("Parameter name: a name that is put says nothing of a version or label.")
        }
        try ParameterName.check(name, call.account)
        if input.flag("Overwrite") == true, !call.tags.isEmpty {
            throw .validation(
                "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please "
                    + "remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource "
                    + "or RemoveTagsFromResource.")
        }
        guard ["text", ""].contains(input.text("DataType") ?? "text") else {
            throw .validation(
                "Gatehouse serves the data type 'text' only: images and integrations of AWS are not here to check.")
        }
        try ParameterError.check(tags: call.tags, call)
    }

    /// The parameter with one more version. What a call does not say of a pattern or a description stays.
    func made(of known: Parameter?, _ control: ControlPlane) throws(ServiceError) -> Parameter {
        let input = call.input
        if known != nil, input.flag("Overwrite") != true {
            throw ServiceError(
                "ParameterAlreadyExists", status: 400,
                "The parameter already exists. To overwrite this value, set the overwrite option in the request to "
                    + "true.")
        }
        let last = known?.latest
        guard let type = input.text("Type").flatMap(Parameter.Kind.init) ?? last?.type else {
            throw .validation("A parameter type is required when you create a parameter.")
        }
        let value = input.needed("Value")
        let pattern = input.text("AllowedPattern") ?? last?.allowedPattern ?? ""
        try check(value, pattern)
        try checkKey(type)
        let tier = try tier(of: value, last?.tier)
        let number = (last?.number ?? 0) + 1
        let stored =
            type == .secure ? try control.seal(Array(value.utf8), Parameter.purpose, "\(name) \(number)") : value
        let version = Parameter.Version(
            number: number, type: type, value: stored, description: input.text("Description") ?? last?.description,
            allowedPattern: pattern.isEmpty ? nil : pattern, tier: tier, modified: call.now.milliseconds,
            modifiedBy: call.callerARN)
        guard var parameter = known else { return Parameter(name: name, tags: call.tags, versions: [version]) }
        parameter.versions.append(version)
        try parameter.dropOldest()
        return parameter
    }

    private func check(_ value: String, _ pattern: String) throws(ServiceError) {
        guard !pattern.isEmpty else { return }
        let compiled: Pattern
        do { compiled = try Pattern(pattern, dialect: .java) } catch {
            throw ServiceError(
                "InvalidAllowedPatternException", status: 400,
                "The request doesn't meet the regular expression requirement: \(error).")
        }
        guard (try? compiled.matchesWhole(value)) == true else {
            throw ServiceError(
                "ParameterPatternMismatchException", status: 400,
                "Parameter value, cannot be validated against allowedPattern: \(pattern)")
        }
    }

    private func checkKey(_ type: Parameter.Kind) throws(ServiceError) {
        guard let key = call.input.text("KeyId") else { return }
        guard type == .secure else { throw .validation("KeyId is required for SecureString type parameter only.") }
        guard key == ParameterStore.ownKey else {
            throw ServiceError(
                "InvalidKeyId", status: 400,
                "Gatehouse has no keys of KMS: a SecureString is sealed with the server's own key. Leave KeyId out, or "
                    + "name \(ParameterStore.ownKey).")
        }
    }

    /// An advanced parameter stays one.
    private func tier(of value: String, _ last: Parameter.Tier?) throws(ServiceError) -> Parameter.Tier {
        let asked = call.input.text("Tier")
        guard last != .advanced else {
            if asked == "Standard" {
                throw .validation(
                    "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the "
                        + "advanced-parameter tier to the standard-parameter tier. If necessary, you can delete the "
                        + "advanced parameter and recreate it as a standard parameter.")
            }
            return .advanced
        }
        if asked == "Advanced" { return .advanced }
        if value.utf8.count <= ParameterQuotas.standardValue { return .standard }
        if asked == "Intelligent-Tiering" { return .advanced }
        throw .validation(
            "Standard tier parameters support a maximum parameter value of \(ParameterQuotas.standardValue) characters."
                + " To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier. For "
                + "more information, see https://docs.aws.amazon.com/systems-manager/latest/userguide/"
                + "parameter-store-advanced-parameters.html")
    }
}

extension Parameter {
    /// A version too many takes the place of the oldest one, unless that has a label.
    fileprivate mutating func dropOldest() throws(ServiceError) {
        guard versions.count > ParameterQuotas.versions else { return }
        guard versions[0].labels.isEmpty else {
            throw ServiceError(
                "ParameterMaxVersionLimitExceeded", status: 400,
                "You attempted to create a new version of \(name) by calling the PutParameter API with the overwrite "
                    + "flag. Version \(versions[0].number), the oldest version, can't be deleted because it has a "
                    + "label associated with it. Move the label to another version of the parameter, and try again.")
        }
        versions.removeFirst()
    }
}

extension World {
    fileprivate func checkCount(_ tier: String?) throws(ServiceError) {
        let quota = tier == "Advanced" ? ParameterQuotas.advanced : ParameterQuotas.standard
        guard parameters.count < quota else {
            throw ServiceError(
                "ParameterLimitExceeded", status: 400,
                "You have exceeded the number of parameters for this AWS account (\(quota)). Delete one or more "
                    + "parameters and try again.")
        }
    }
}
