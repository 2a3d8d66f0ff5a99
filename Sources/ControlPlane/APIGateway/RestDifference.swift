package import GatewayModel
import JSON

/// What calls would meet otherwise if an API were deployed to a stage as it is now, in terms of its methods.
package struct RestDifference: Sendable, Equatable {
    package enum Change: String, Sendable {
        case added, changed, removed
    }

    package struct Method: Sendable, Equatable {
        package let change: Change
        /// Such as `GET`, or `ANY`.
        package let verb: String
        package let path: String
    }

    package let apiId: String
    package let apiName: String
    package let deploymentId: String
    /// The last deployment that was made before that one.
    package let formerDeploymentId: String?
    /// In the order of their paths.
    package let methods: [Method]
    /// What else is another, such as `the gateway response UNAUTHORIZED`.
    package let others: [String]

    init(_ api: RESTAPI, _ stage: REST.Stage, deployed: REST.DeploymentContent) {
        apiId = api.id
        apiName = api.api.name
        deploymentId = stage.deploymentId
        let inOrder = Array(api.deployments.enumerated()).sorted {
            ($0.element.createdDate, $0.offset) < ($1.element.createdDate, $1.offset)
        }.map(\.element.id)
        let canary = stage.canarySettings?.deploymentId
        formerDeploymentId = inOrder.prefix { $0 != stage.deploymentId }.last { $0 != canary }
        let (before, after) = (RestMethods(deployed), RestMethods(api.content))
        methods = Set(before.methods.keys).union(after.methods.keys).sorted().compactMap { place in
            let (old, new) = (before.methods[place], after.methods[place])
            guard old != new else { return nil }
            return Method(
                change: old == nil ? .added : new == nil ? .removed : .changed, verb: place.verb, path: place.path)
        }
        others = Self.others(from: deployed, to: api.content)
    }

    private static func others(from old: REST.DeploymentContent, to new: REST.DeploymentContent) -> [String] {
        var others: [String] = []
        let compare = { (name: String, isSame: Bool) in if !isSame { others.append(name) } }
        compare("the name", old.name == new.name)
        compare("the source of API keys", old.apiKeySource == new.apiKeySource)
        compare("the binary media types", old.binaryMediaTypes == new.binaryMediaTypes)
        compare("whether the endpoint is disabled", old.disableExecuteApiEndpoint == new.disableExecuteApiEndpoint)
        compare("the resource policy", old.hasPolicy == new.hasPolicy && old.policy == new.policy)
        compare("the smallest body that is compressed", old.minimumCompressionSize == new.minimumCompressionSize)
        let types = Set(old.gatewayResponses.map(\.key)).union(new.gatewayResponses.map(\.key)).sorted()
        for type in types {
            compare("the gateway response \(type)", old.gatewayResponses[type] == new.gatewayResponses[type])
        }
        // One that a method names has changed the method; another one may be named by a model.
        let models = Set(old.models.map(\.key)).union(new.models.map(\.key)).sorted()
        for name in models { compare("the model \(name)", old.models[name]?.meaning == new.models[name]?.meaning) }
        return others
    }
}

/// The methods of an API at one moment, with what they name in the place of its ids: a resource that was made anew has
/// another id and means the same.
private struct RestMethods {
    struct Place: Hashable, Comparable {
        let path: String
        let verb: String

        static func < (left: Place, right: Place) -> Bool { (left.path, left.verb) < (right.path, right.verb) }
    }

    struct Meaning: Equatable {
        var method: REST.Method
        var authorizer: REST.Authorizer?
        var validator: REST.RequestValidator?
        var models: [REST.Model?]
    }

    private(set) var methods: [Place: Meaning] = [:]

    init(_ content: REST.DeploymentContent) {
        for resource in content.resources {
            for (verb, method) in resource.resourceMethods ?? [:] {
                var meaning = Meaning(
                    method: method, authorizer: method.authorizerId.flatMap { content.authorizers[$0] },
                    validator: method.requestValidatorId.flatMap { content.requestValidators[$0] },
                    models: (method.requestModels ?? [:]).map { content.models[$0.value]?.meaning })
                meaning.method.authorizerId = nil
                meaning.method.requestValidatorId = nil
                meaning.authorizer?.id = ""
                meaning.validator?.id = ""
                if meaning.method.methodIntegration?.cacheNamespace == resource.id {
                    meaning.method.methodIntegration?.cacheNamespace = nil
                }
                methods[Place(path: resource.path, verb: verb)] = meaning
            }
        }
    }
}

extension REST.Model {
    /// Without the id, which a model that was imported anew does not keep.
    fileprivate var meaning: REST.Model {
        var model = self
        model.id = ""
        return model
    }
}

extension ControlPlane {
    /// - Parameter name: the API's id, or its name where one API alone has it.
    package func difference(
        ofRestApi name: String, stage stageName: String
    ) throws(ServiceError) -> RestDifference {
        let world = world
        var found = world[RESTAPI.self, name]
        if found == nil {
            let named = world.restApis.map(\.value.root).filter { $0.api.name == name }
            guard named.count < 2 else {
                throw RESTError.badRequest("\(named.count) REST APIs are called \(name); name one by its id.")
            }
            found = named.first
        }
        guard let api = found else {
            let isHTTP = world[HTTPAPI.self, name] != nil
            throw RESTError.notFound(
                isHTTP ? "\(name) is an HTTP API; only REST APIs are compared." : "There is no REST API \(name).")
        }
        guard let stage = api.stages[stageName], let content = api.contents[stage.deploymentId] else {
            throw RESTError.notFound("The REST API \(name) has no stage \(stageName).")
        }
        return RestDifference(api, stage, deployed: content)
    }

    /// The method that a request would reach if the API were deployed to its stage as it is now, such as `GET /items`:
    /// nil where the stage's deployment has it too, or there is none.
    package func undeployedMethod(at key: StageKey, verb: String, path: String) -> String? {
        let world = world
        guard let api = world[RESTAPI.self, key.apiId], let stage = api.stages[key.stageName] else { return nil }
        let segments = path.split(separator: "/")
        var best: (rank: [Int], path: String, verb: String)?
        for resource in api.resources {
            let methods = resource.resourceMethods ?? [:]
            guard let method = methods[verb].map({ _ in verb }) ?? methods["ANY"].map({ _ in "ANY" }),
                let rank = resource.rank(matching: segments)
            else { continue }
            if let best, best.rank.lexicographicallyPrecedes(rank) { continue }
            best = (rank, resource.path, method)
        }
        guard let best else { return nil }
        let deployed = api.contents[stage.deploymentId]?.resources.contains { resource in
            resource.path == best.path && resource.resourceMethods?[best.verb] != nil
        }
        return deployed == true ? nil : "\(best.verb) \(best.path)"
    }
}

extension REST.Resource {
    /// How closely the path is matched, segment by segment: literals before variables before a greedy one. Nil when it
    /// is not.
    fileprivate func rank(matching segments: [Substring]) -> [Int]? {
        var rank: [Int] = []
        var rest = segments[...]
        for part in path.split(separator: "/") {
            guard let segment = rest.first else { return nil }
            if part.hasSuffix("+}") { return rank + [2] }
            guard part == segment || part.hasPrefix("{") else { return nil }
            rank.append(part == segment ? 0 : 1)
            rest = rest.dropFirst()
        }
        return rest.isEmpty ? rank : nil
    }
}
