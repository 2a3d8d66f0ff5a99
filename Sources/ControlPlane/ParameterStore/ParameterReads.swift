import GatewayModel
import JSON
import Shapes

extension ParameterStore {
    static var reads: [String: TargetOperation] {
        [
            "GetParameter": TargetOperation([.need("Name", .parameterName), .may("WithDecryption", .boolean)]) {
                control, call throws(ServiceError) in
                let world = control.world
                let reference = try ParameterName(call.input.needed("Name"), world, call.account)
                if let secret = SecretReference(reference) { return ["Parameter": try secret.parameter(control, call)] }
                return ["Parameter": try value(try world.parameter(reference), reference, control, call)]
            },
            "GetParameters": TargetOperation([.need("Names", .parameterNames), .may("WithDecryption", .boolean)]) {
                control, call throws(ServiceError) in
                let world = control.world
                var found: [JSONValue] = []
                var invalid: [JSONValue] = []
                for name in Set(call.input.texts("Names") ?? []).sorted() {
                    let reference = try ParameterName(name, world, call.account)
                    if let secret = SecretReference(reference) {
                        do throws(ServiceError) { found.append(try secret.parameter(control, call)) } catch {
                            guard error.code == "ParameterNotFound" else { throw error }
                            invalid.append(.string(name))
                        }
                        continue
                    }
                    guard let version = try? world.parameter(reference) else {
                        invalid.append(.string(name))
                        continue
                    }
                    found.append(try value(version, reference, control, call))
                }
                return ["Parameters": .array(found), "InvalidParameters": .array(invalid)]
            },
            "GetParametersByPath": TargetOperation([
                .need("Path", .parameterName), .may("Recursive", .boolean), .may("WithDecryption", .boolean),
                .may("ParameterFilters", ParameterFilter.shape),
                .may("MaxResults", .integer(1...ParameterQuotas.valuePage)), .may("NextToken", .text()),
            ]) { control, call throws(ServiceError) in
                let path = call.input.needed("Path")
                try ParameterName.checkPath(path)
                guard !ParameterName.isOfAWS(path + "/") else {
                    throw .validation("Gatehouse has none of the parameters that AWS publishes under /aws.")
                }
                let filters = try ParameterFilter.all(call.input, byPath: true)
                let isRecursive = call.input.flag("Recursive") == true
                let found = control.world.allParameters.filter { parameter in
                    ParameterName.lies(parameter.name, under: path, isRecursive: isRecursive)
                        && filters.allSatisfy { $0.matches(parameter) }
                }
                let page = try page(of: found, call, most: ParameterQuotas.valuePage)
                var values: [JSONValue] = []
                for parameter in page.elements {
                    values.append(try value((parameter, parameter.latest), nil, control, call))
                }
                return answer(values, page.next)
            },
            "GetParameterHistory": TargetOperation([
                .need("Name", .parameterName), .may("WithDecryption", .boolean),
                .may("MaxResults", .integer(1...ParameterQuotas.describedPage)), .may("NextToken", .text()),
            ]) { control, call throws(ServiceError) in
                let world = control.world
                let reference = try ParameterName(call.input.needed("Name"), world, call.account)
                let parameter = try world.parameter(reference).parameter
                let page = try TargetPage(
                    parameter.versions, call.input, most: ParameterQuotas.describedPage,
                    invalidToken: ParameterError.invalidToken, key: { String($0.number) },
                    isBehind: { $0.number > Int($1) ?? 0 })
                var versions: [JSONValue] = []
                for version in page.elements {
                    var object = parameter.description(of: version)
                    object["Value"] = .string(try shown(version, of: parameter, control, call))
                    object["Labels"] = .array(version.labels.map { .string($0) })
                    versions.append(.object(object))
                }
                return answer(versions, page.next)
            },
        ]
    }

    static var lists: [String: TargetOperation] {
        [
            "DescribeParameters": TargetOperation([
                .may("Filters", ParameterFilter.olderShape), .may("ParameterFilters", ParameterFilter.shape),
                .may("MaxResults", .integer(1...ParameterQuotas.describedPage)), .may("NextToken", .text()),
                .may("Shared", .boolean),
            ]) { control, call throws(ServiceError) in
                guard call.input.flag("Shared") != true else {
                    throw .validation("Gatehouse has one account: no parameters are shared with it.")
                }
                let filters = try ParameterFilter.all(call.input, byPath: false)
                let found = control.world.allParameters.filter { parameter in
                    filters.allSatisfy { $0.matches(parameter) }
                }
                let page = try page(of: found, call, most: ParameterQuotas.describedPage)
                return answer(
                    page.elements.map { parameter in
                        var object = parameter.description(of: parameter.latest)
                        object["ARN"] = .string(parameter.arn(call.account))
                        return .object(object)
                    }, page.next)
            }
        ]
    }

    private static func page(
        of parameters: [Parameter], _ call: TargetCall, most: Int
    ) throws(ServiceError) -> TargetPage<Parameter> {
        try TargetPage(
            parameters, call.input, most: most, invalidToken: ParameterError.invalidToken, key: \.name,
            isBehind: { $0.name > $1 })
    }

    private static func answer(_ parameters: [JSONValue], _ next: JSONValue?) -> JSONObject {
        var answer: JSONObject = ["Parameters": .array(parameters)]
        if let next { answer["NextToken"] = next }
        return answer
    }

    private static func value(
        _ found: (parameter: Parameter, version: Parameter.Version), _ reference: ParameterName?,
        _ control: ControlPlane, _ call: TargetCall
    ) throws(ServiceError) -> JSONValue {
        let (parameter, version) = found
        var object: JSONObject = [
            "Name": .string(reference?.asked ?? parameter.name), "Type": .string(version.type.rawValue),
            "Value": .string(try shown(version, of: parameter, control, call)), "Version": .number(version.number),
        ]
        if let selector = reference?.selector { object["Selector"] = .string(":" + selector) }
        object["LastModifiedDate"] = .time(version.modified)
        object["ARN"] = .string(parameter.arn(call.account))
        object["DataType"] = "text"
        return .object(object)
    }

    /// A SecureString is told only to who asks for it; others see it sealed.
    private static func shown(
        _ version: Parameter.Version, of parameter: Parameter, _ control: ControlPlane, _ call: TargetCall
    ) throws(ServiceError) -> String {
        guard call.input.flag("WithDecryption") == true else { return version.value }
        return try parameter.plainValue(of: version, control)
    }
}

extension Parameter {
    /// What is told of a version beside its value.
    fileprivate func description(of version: Version) -> JSONObject {
        var object: JSONObject = [
            "Name": .string(name), "Type": .string(version.type.rawValue),
            "LastModifiedDate": .time(version.modified), "LastModifiedUser": .string(version.modifiedBy),
            "Version": .number(version.number), "Tier": .string(version.tier.rawValue), "Policies": [],
            "DataType": "text",
        ]
        if version.type == .secure { object["KeyId"] = .string(ParameterStore.ownKey) }
        if let text = version.description { object["Description"] = .string(text) }
        if let pattern = version.allowedPattern { object["AllowedPattern"] = .string(pattern) }
        return object
    }
}
