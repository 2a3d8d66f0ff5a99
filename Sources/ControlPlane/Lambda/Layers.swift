import FunctionPackages
import GatewayModel
import JSON

extension LambdaOperations {
    private static let layer = "/2018-10-31/layers/{LayerName}/versions"
    static let layerVersion = layer + "/{VersionNumber}"

    static var layers: [Operation] {
        [
            Operation("PublishLayerVersion", .lambda, .post, layer, success: 201, publishLayerVersion),
            // GetLayerVersionByArn has the same path.
            Operation("ListLayers", .lambda, .get, "/2018-10-31/layers", listLayers),
            Operation("ListLayerVersions", .lambda, .get, layer, listLayerVersions),
            Operation("GetLayerVersion", .lambda, .get, layerVersion, getLayerVersion),
            Operation("DeleteLayerVersion", .lambda, .delete, layerVersion, success: 204, deleteLayerVersion),
        ]
    }
}

/// Making and removing.
extension LambdaOperations {
    private static func publishLayerVersion(
        _ control: ControlPlane, _ call: Call
    ) async throws(ServiceError) -> Reply {
        let members = Members(try call.object())
        let input = try NewLayerVersion(members)
        var constraints = Constraints()
        input.check(&constraints)
        let name = try LayerName.named(in: call, constraints)
        let home = LambdaLayer.home(of: name)
        let code = try FunctionCode(input.content ?? Members([:]), call, verb: "publishing")
        let (layer, version) = try await control.withPackage(
            of: code, for: home, runtime: nil
        ) { package throws(ServiceError) in
            try await control.changeLayer(name) {
                change throws(ServiceError) -> (LambdaLayer, LambdaLayer.Version)? in
                guard control.isKept(package, for: home) else { return nil }
                var layer = change.root ?? LambdaLayer(name: name)
                let version = input.version(layer.nextVersion, package, at: call.now)
                layer.nextVersion += 1
                layer.versions.append(version)
                change.root = layer
                return (layer, version)
            }
        }
        return .json(version.document(of: layer, call, withContent: control.packages))
    }

    /// A version that is not there is as good as deleted (recorded). Functions keep what they have.
    private static func deleteLayerVersion(
        _ control: ControlPlane, _ call: Call
    ) async throws(ServiceError) -> Reply {
        let (name, number) = try LayerName.version(in: call)
        guard control.world[LambdaLayer.self, name]?[number] != nil else { return .empty }
        try await control.changeLayer(name) { change throws(ServiceError) in
            guard let position = change.root?.versions.firstIndex(where: { $0.number == number }) else { return }
            change.root?.versions[position].isDeleted = true
            change.root?.versions[position].policy = nil
        }
        try await control.dropDeletedLayerVersions(of: [name])
        return .empty
    }
}

/// Reading.
extension LambdaOperations {
    private static func getLayerVersion(_ control: ControlPlane, _ call: Call) throws(ServiceError) -> Reply {
        let (name, number) = try LayerName.version(in: call)
        return try answer(name, number, control, call)
    }

    private static func answer(
        _ name: String, _ number: Int, _ control: ControlPlane, _ call: Call
    ) throws(ServiceError) -> Reply {
        guard let layer = control.world[LambdaLayer.self, name], let version = layer[number], !version.isDeleted else {
            throw .resourceNotFound("The resource you requested does not exist.")
        }
        return .json(version.document(of: layer, call, withContent: control.packages))
    }

    private static func listLayers(_ control: ControlPlane, _ call: Call) throws(ServiceError) -> Reply {
        if call.query("find") == "LayerVersion" || call.query("Arn") != nil {
            var constraints = Constraints()
            let text = call.query("Arn")
            constraints.present(text, "arn")
            constraints.pattern(text, "arn", LayerName.versionPattern, LayerName.isVersionARN)
            try constraints.check()
            guard let arn = text.flatMap(LayerName.ARN.init), let number = arn.version else {
                throw .resourceNotFound("The resource you requested does not exist.")
            }
            try arn.checkPlace(call.account)
            return try answer(arn.name, number, control, call)
        }
        let filter = LayerFilter(call)
        let page = try FunctionPage(call, filter.constraints, limit: LayerFilter.maximumItems)
        let layers = control.world.layers.compactMap { name, entry in
            entry.root.visible.last(where: filter.matches).map { version -> (key: String, value: JSONValue) in
                let latest = version.document(of: entry.root, call)
                let arn = JSONValue.string(entry.root.arn(in: call.account))
                return (name, ["LayerName": .string(name), "LayerArn": arn, "LatestMatchingVersion": latest])
            }
        }
        return try page.reply("Layers", layers)
    }

    private static func listLayerVersions(_ control: ControlPlane, _ call: Call) throws(ServiceError) -> Reply {
        let filter = LayerFilter(call)
        let name = try LayerName.named(in: call, filter.constraints)
        let page = try FunctionPage(call, limit: LayerFilter.maximumItems)
        guard let layer = control.world[LambdaLayer.self, name] else {
            return try page.reply("LayerVersions", [(key: String, value: JSONValue)]())
        }
        let versions = layer.visible.filter(filter.matches).map { version -> (key: String, value: JSONValue) in
            // The newest one comes first (recorded).
            let key = String(Int.max - version.number)
            return (key, version.document(of: layer, call))
        }
        return try page.reply("LayerVersions", versions)
    }
}

/// What lists are asked for.
private struct LayerFilter {
    /// Source: botocore, shape `MaxLayerListItems`.
    static let maximumItems = 50

    let runtime: String?
    let architecture: String?
    private(set) var constraints = Constraints()

    init(_ call: Call) {
        runtime = call.query("CompatibleRuntime")
        architecture = call.query("CompatibleArchitecture")
        LambdaRuntimes.check(listedFor: runtime, &constraints)
        constraints.oneOf(architecture, "compatibleArchitecture", ["x86_64", "arm64"])
    }

    func matches(_ version: LambdaLayer.Version) -> Bool {
        (runtime.map { version.compatibleRuntimes?.contains($0) == true } ?? true)
            && (architecture.map { version.compatibleArchitectures?.contains($0) == true } ?? true)
    }
}

/// What PublishLayerVersion is given.
private struct NewLayerVersion {
    let description: String?
    let content: Members?
    let licenseInfo: String?
    let runtimes: [String]?
    let architectures: [String]?

    init(_ members: Members) throws(ServiceError) {
        description = try members.string("Description")
        content = try members.members("Content")
        licenseInfo = try members.string("LicenseInfo")
        runtimes = try members.strings("CompatibleRuntimes")
        architectures = try members.strings("CompatibleArchitectures")
    }

    func check(_ constraints: inout Constraints) {
        constraints.length(description, "description", 0...256)
        constraints.present(content, "content")
        LambdaRuntimes.check(compatible: runtimes, &constraints)
        constraints.length(licenseInfo, "licenseInfo", 0...512)
        guard let architectures else { return }
        let text = "'[\(architectures.joined(separator: ", "))]'"
        if architectures.count > 2 {
            constraints.violation(
                text, at: "compatibleArchitectures", "Member must have length less than or equal to 2")
        } else if !architectures.allSatisfy(["x86_64", "arm64"].contains) {
            constraints.violation(
                text, at: "compatibleArchitectures",
                "Member must satisfy constraint: "
                    + "[Member must satisfy enum value set: [x86_64, arm64], Member must not be null]")
        }
    }

    func version(_ number: Int, _ package: FunctionPackage, at now: Timestamp) -> LambdaLayer.Version {
        LambdaLayer.Version(
            number: number, description: description ?? "", createdDate: now.lambdaLastModified,
            licenseInfo: licenseInfo, compatibleRuntimes: runtimes, compatibleArchitectures: architectures,
            codeSha256: package.codeSha256, codeSize: package.codeSize, code: package.place)
    }
}

extension LambdaLayer.Version {
    /// - Parameter packages: where its content is, if that is to be told; lists do not tell it, nor the layer's ARN.
    fileprivate func document(
        of layer: LambdaLayer, _ call: Call, withContent packages: FunctionPackages? = nil
    ) -> JSONValue {
        let arn = layer.arn(in: call.account)
        var document: JSONObject = [
            "LayerVersionArn": .string("\(arn):\(number)"), "Version": .number(number),
            "Description": .string(description), "CreatedDate": .string(createdDate),
        ]
        document["CompatibleRuntimes"] = compatibleRuntimes.map { .array($0.map(JSONValue.string)) }
        document["CompatibleArchitectures"] = compatibleArchitectures.map { .array($0.map(JSONValue.string)) }
        document["LicenseInfo"] = licenseInfo.map(JSONValue.string)
        if let packages {
            document["LayerArn"] = .string(arn)
            let location = LambdaOperations.location(of: layer.home, codeSha256, code, call, packages)
            document["Content"] = [
                "Location": .string(location), "CodeSha256": .string(codeSha256), "CodeSize": .number(codeSize),
            ]
        }
        return .object(document)
    }
}
