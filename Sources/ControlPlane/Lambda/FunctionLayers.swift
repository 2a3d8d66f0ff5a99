import FunctionPackages
import GatewayModel

/// `Layers` of a function's configuration.
extension LambdaFunction {
    /// A version of a layer.
    struct LayerUse: Hashable {
        let name: String
        let version: Int
    }

    /// What any of its versions has, deleted layer versions too.
    var layersInUse: Set<LayerUse> {
        let all = [head.configuration] + versions.map(\.configuration)
        return Set(all.flatMap { $0.Layers ?? [] }.compactMap(LayerUse.init))
    }
}

extension LambdaFunction.LayerUse {
    init?(_ layer: FunctionConfiguration.Layer) {
        guard let arn = LayerName.ARN(layer.Arn), let version = arn.version else { return nil }
        self.init(name: arn.name, version: version)
    }
}

/// Source: Lambda quotas, "Layers per function: 5".
private let maximumLayers = 5

extension LambdaFunction {
    /// Gives `$LATEST` the layers that it is to have from now on; nil leaves it those that it has. What they hold together
    /// with the code is checked in any case.
    ///
    /// - Parameter find: the layer of a name.
    mutating func take(
        layers arns: [String]?, of account: AccountIdentity, in control: ControlPlane, find: (String) -> LambdaLayer?
    ) throws(ServiceError) {
        var (size, layers): (Int, [FunctionConfiguration.Layer]) = (0, [])
        for arn in arns ?? head.configuration.Layers?.map(\.Arn) ?? [] {
            // A version that it keeps may have been deleted since.
            let (layer, version) = try Self.version(arn, mayBeDeleted: arns == nil, of: account, find)
            layers.append(FunctionConfiguration.Layer(Arn: arn, CodeSize: version.codeSize))
            size += version.code.unzippedSize ?? 0
            if arns != nil { try control.checkExtensions(version, of: layer, arn) }
        }
        guard !layers.isEmpty else {
            head.configuration.Layers = nil
            return
        }
        // Both reported of AWS.
        let limit = FunctionPackages.maximumUnzippedSize
        guard size <= limit else {
            throw .invalidParameter("Layers consume more than the available size of \(limit) bytes")
        }
        let total = size + (head.code.unzippedSize ?? 0)
        guard total <= limit else {
            throw .invalidParameter(
                "Function code combined with layers exceeds the maximum allowed size of \(limit) bytes. "
                    + "The actual size is \(total) bytes.")
        }
        head.configuration.Layers = layers
    }

    private static func version(
        _ text: String, mayBeDeleted: Bool, of account: AccountIdentity, _ find: (String) -> LambdaLayer?
    ) throws(ServiceError) -> (LambdaLayer, LambdaLayer.Version) {
        let missing = ServiceError.invalidParameter("Layer version \(text) does not exist.")
        guard let arn = LayerName.ARN(text), let number = arn.version else { throw missing }
        try arn.checkPlace(account)
        guard let layer = find(arn.name), let version = layer[number], mayBeDeleted || !version.isDeleted else {
            throw missing
        }
        return (layer, version)
    }
}

extension ConfigurationInput {
    /// The constraint of the model.
    func checkLayers(_ constraints: inout Constraints) {
        guard let layers, !layers.allSatisfy(LayerName.isVersionARN) else { return }
        constraints.violation(
            "'[\(layers.joined(separator: ", "))]'", at: "layers",
            "Member must satisfy constraint: [Member must have length less than or equal to "
                + "\(LayerName.maximumARNLength), Member must have length greater than or equal to 1, "
                + "Member must satisfy regular expression pattern: \(LayerName.versionPattern), "
                + "Member must not be null]")
    }

    /// What the service checks beyond it, texts as recorded: even the same version twice is "two different versions".
    func checkLayerValues() throws(ServiceError) {
        guard let layers else { return }
        guard layers.count <= maximumLayers else {
            throw .invalidParameter("Cannot reference more than \(maximumLayers) layers.")
        }
        var seen: [String: String] = [:]
        for layer in layers {
            guard let arn = LayerName.ARN(layer) else {
                throw .notOffered("Layers: Gatehouse has no layers of AWS's own, such as \(layer).")
            }
            let ofLayer = "\(arn.region):\(arn.account):\(arn.name)"
            if let other = seen[ofLayer] {
                throw .invalidParameter(
                    "Two different versions of the same layer are not allowed to be referenced in the same function. "
                        + "\(other) and \(layer) are versions of the same layer.")
            }
            seen[ofLayer] = layer
        }
    }
}

extension ControlPlane {
    /// Folders of the layers that a version of a function has, in their order.
    func layers(of configuration: FunctionConfiguration) -> [Lambda.CodeFolder] {
        (configuration.Layers ?? []).compactMap { layer in
            guard let use = LambdaFunction.LayerUse(layer), let known = world[LambdaLayer.self, use.name],
                let version = known[use.version]
            else { return nil }
            return hold(version.code, known.home, version.codeSha256)
        }
    }

    /// AWS starts what lies in `extensions` beside the runtime; here nothing would.
    fileprivate func checkExtensions(
        _ version: LambdaLayer.Version, of layer: LambdaLayer, _ arn: String
    ) throws(ServiceError) {
        let folder = hold(version.code, layer.home, version.codeSha256)
        guard LayerContent.hasExtensions(folder.path) else { return }
        throw .notOffered("Layers: \(arn) brings an extension; Gatehouse does not run extensions.")
    }
}
