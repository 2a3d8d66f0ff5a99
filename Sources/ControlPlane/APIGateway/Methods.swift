import GatewayModel
import JSON

/// The operations on Method.
extension RESTOperations {
    static let method = api + "/resources/{resource_id}/methods/{http_method}"

    static var methods: [Operation] {
        [
            changing("PutMethod", .put, method, success: 201, unknown: RESTError.noResource, checking: checkModel) {
                api, call throws(ServiceError) in
                var resource = try api.find(REST.Resource.self, call)
                let method = try MethodRules.make(try RestMembers(call), in: api, call)
                guard resource.resourceMethods?[method.httpMethod] == nil else {
                    throw RESTError.conflict("Method already exists for this resource")
                }
                resource.resourceMethods = resource.resourceMethods ?? [:]
                resource.resourceMethods?[method.httpMethod] = method
                try api.put(resource)
                return try .json(method)
            },
            reading("GetMethod", method, unknown: RESTError.noResource) { api, call throws(ServiceError) in
                try .json(try api.method(call))
            },
            patchingMethod("UpdateMethod", method) { method, api, patches, call throws(ServiceError) in
                let before = method
                try MethodPatches.table.apply(patches, to: &method)
                try MethodRules.check(&method, changed: before, in: api)
                return try .json(method)
            },
            changing("DeleteMethod", .delete, method, success: 204, unknown: RESTError.noResource) {
                api, call throws(ServiceError) in
                var resource = try api.find(REST.Resource.self, call)
                guard resource.resourceMethods?[call.path("http_method")] != nil else { throw RESTError.noMethod }
                resource.resourceMethods?[call.path("http_method")] = nil
                if resource.resourceMethods?.isEmpty == true { resource.resourceMethods = nil }
                try api.put(resource)
                return .empty
            },
        ]
    }

    private static func checkModel(_ constraints: inout Constraints, _ call: Call) throws(ServiceError) {
        constraints.present(try RestMembers(call).string("authorizationType"), "putMethodInput.authorizationType")
    }
}

/// Operations on something inside a method.
extension RESTOperations {
    typealias MethodChange = @Sendable (inout REST.Method, RESTAPI, Call) throws(ServiceError) -> Reply
    typealias MethodPatch =
        @Sendable (inout REST.Method, RESTAPI, [PatchOperation], Call) throws(ServiceError) -> Reply

    static func readingMethod(
        _ name: String, _ path: String, checking check: @escaping Check = { _, _ in },
        _ read: @escaping @Sendable (REST.Method, Call) throws(ServiceError) -> Reply
    ) -> Operation {
        reading(name, path, unknown: RESTError.noResource, checking: check) { api, call throws(ServiceError) in
            try read(try api.method(call), call)
        }
    }

    /// - Parameter missing: what is answered when the method is not there.
    static func changingMethod(
        _ name: String, _ verb: Operation.Method, _ path: String, success: Int,
        missing: ServiceError = RESTError.noMethod, checking check: @escaping Check = { _, _ in },
        _ make: @escaping MethodChange
    ) -> Operation {
        changing(name, verb, path, success: success, unknown: RESTError.noResource, checking: check) {
            api, call throws(ServiceError) in
            try api.changeMethod(call, missing) { method, api throws(ServiceError) in try make(&method, api, call) }
        }
    }

    static func patchingMethod(
        _ name: String, _ path: String, success: Int = 200, checking check: @escaping Check = { _, _ in },
        _ make: @escaping MethodPatch
    ) -> Operation {
        patching(name, path, success: success, unknown: RESTError.noResource, checking: check) {
            api, patches, call throws(ServiceError) in
            try api.changeMethod(call, RESTError.noMethod) { method, api throws(ServiceError) in
                try make(&method, api, patches, call)
            }
        }
    }

    /// A status code in the path.
    static func checkStatusCode(_ constraints: inout Constraints, _ call: Call) {
        constraints.pattern(call.path("status_code"), "statusCode", #"[1-5]\d\d"#) { code in
            code.utf8.count == 3 && code.isDigits && ("1"..."5").contains(code.prefix(1))
        }
    }
}

extension RESTAPI {
    /// The method that a call's path names.
    func method(_ call: Call) throws(ServiceError) -> REST.Method {
        let resource = try find(REST.Resource.self, call)
        guard let method = resource.resourceMethods?[call.path("http_method")] else { throw RESTError.noMethod }
        return method
    }

    fileprivate mutating func changeMethod(
        _ call: Call, _ missing: ServiceError,
        _ make: (inout REST.Method, RESTAPI) throws(ServiceError) -> Reply
    ) throws(ServiceError) -> Reply {
        var resource = try find(REST.Resource.self, call)
        let verb = call.path("http_method")
        guard var method = resource.resourceMethods?[verb] else { throw missing }
        let reply = try make(&method, self)
        resource.resourceMethods?[verb] = method
        try put(resource)
        return reply
    }
}
