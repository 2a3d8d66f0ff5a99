import GatewayModel
import JSON
import OpenAPIDocument

/// ImportRestApi, PutRestApi and GetExport: an API as an OpenAPI document.
extension RESTOperations {
    static var documents: [Operation] {
        [
            Operation(
                "ImportRestApi", .apigateway, .post, "/restapis?mode=import", success: 201, importRestApi),
            Operation("PutRestApi", .apigateway, .put, api, putRestApi),
            Operation("GetExport", .apigateway, .get, api + "/stages/{stage_name}/exports/{export_type}", getExport),
        ]
    }

    private static func importRestApi(_ control: ControlPlane, _ call: Call) async throws(ServiceError) -> Reply {
        var api = try RestApiMembers.make(name: "", tags: nil, control, call)
        let imported = try RestDocument(call, apiId: api.id, needsTitle: true)
        try api.put(REST.Resource(id: api.api.rootResourceId, path: "/"))
        if let types = call.query("endpointConfigurationTypes") {
            let names = types.split(separator: ",").map(String.init)
            guard names.allSatisfy(RestApiRules.endpointTypes.contains) else {
                throw RESTError.badRequest("Invalid EndpointTypes specified. Valid options are REGIONAL,EDGE,PRIVATE")
            }
            api.api.endpointConfiguration = try RestApiRules.endpoint(
                types: names, ipAddressType: nil, vpcEndpointIds: nil)
        }
        let warnings = try imported.apply(to: &api, isOverwriting: true, call)
        try await control.createRESTAPI(api)
        var shown = api.api.shown(call)
        shown.warnings = warnings.isEmpty ? nil : warnings
        return try .json(shown)
    }

    private static func getExport(_ control: ControlPlane, _ call: Call) throws(ServiceError) -> Reply {
        try RestExports.reply(control.world, call)
    }

    private static func putRestApi(_ control: ControlPlane, _ call: Call) async throws(ServiceError) -> Reply {
        let mode = call.query("mode") ?? "merge"
        guard mode == "merge" || mode == "overwrite" else {
            throw RESTError.badRequest("Invalid mode specified. Valid options are merge,overwrite")
        }
        // Recorded: the document is read before the API is looked up.
        let imported = try RestDocument(call, apiId: call.path("restapi_id"), needsTitle: false)
        return try await control.changeRESTAPI(call.path("restapi_id"), unknown: RESTError.noAPI(call)) {
            api throws(ServiceError) in
            let warnings = try imported.apply(to: &api, isOverwriting: mode == "overwrite", call)
            var shown = api.api.shown(call)
            shown.tags = shown.tags ?? [:]
            shown.warnings = warnings.isEmpty ? nil : warnings
            return try .json(shown)
        }
    }
}

/// The document of a call, read.
private struct RestDocument {
    private let document: ImportedRestAPI
    private let failsOnWarnings: Bool

    init(_ call: Call, apiId: String, needsTitle: Bool) throws(ServiceError) {
        guard let text = String(validating: call.body, as: UTF8.self) else {
            throw RESTError.badRequest(RestImport.invalid)
        }
        guard let basePath = BasePath(rawValue: call.query("basepath")?.lowercased() ?? "ignore") else {
            throw RESTError.badRequest("Invalid basepath specified. Must be one of [ignore, prepend, split]")
        }
        failsOnWarnings = call.query("failonwarnings")?.lowercased() == "true"
        do {
            var read = try RestImport.read(
                text, apiId: apiId, basePath: basePath, needsTitle: needsTitle, account: call.account)
            if call.query("ignore") == "documentation" {
                read.documentationParts = []
                read.documentationVersion = nil
            }
            document = read
        } catch { throw RESTError.badRequest(error.message) }
    }

    /// Answers the warnings.
    func apply(to api: inout RESTAPI, isOverwriting: Bool, _ call: Call) throws(ServiceError) -> [String] {
        guard document.warnings.isEmpty || !failsOnWarnings else {
            throw RESTError.badRequest(
                "Warnings found during import:\n\t" + document.warnings.joined(separator: "\n\t"))
        }
        var importing = RestImporting(document: document, isOverwriting: isOverwriting, call: call)
        try importing.apply(to: &api)
        guard importing.errors.isEmpty else {
            throw RESTError.badRequest("Errors found during import:\n\t" + importing.errors.joined(separator: "\n\t"))
        }
        return document.warnings
    }
}
