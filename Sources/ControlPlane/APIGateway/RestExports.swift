import GatewayModel
import JSON
import OpenAPIDocument

/// GetExport: what a stage serves, as an OpenAPI document.
enum RestExports {
    static func reply(_ world: World, _ call: Call) throws(ServiceError) -> Reply {
        guard let api = world[RESTAPI.self, call.path("restapi_id")] else { throw RESTError.noAPI(call) }
        let stage = try api.find(REST.Stage.self, call)
        guard let content = api.contents[stage.deploymentId] else {
            throw RESTError.badRequest("The stage has no deployment to export.")
        }
        guard let type = RestExport.Specification(rawValue: call.path("export_type")) else {
            throw RESTError.badRequest("Invalid export type specified. Valid options are oas30,swagger")
        }
        let extensions = Set(
            call.query.filter { $0.name == "extensions" }.flatMap { $0.value.split(separator: ",").map(String.init) })
        let known: Set = [
            "apigateway", "authorizers", "documentation", "integrations", "postman", "validators",
        ]
        guard extensions.isSubset(of: known) else { throw RESTError.badRequest("Invalid extensions specified") }
        let parts = stage.documentationVersion.flatMap { api.documentation[$0] } ?? []
        let document = RestExport.document(
            api.api.naming(call.identities), content, stageName: stage.stageName, account: call.account, type,
            extensions: extensions,
            documentation: stage.documentationVersion.map { ($0, parts) })
        let isYAML = call.header("accept")?.lowercased().contains("yaml") == true
        let name = "\(type.rawValue)_\(RestExport.version(of: api.api))"
        return Reply(
            headers: [("content-disposition", "attachment; filename=\"\(name).\(isYAML ? "yaml" : "json")\"")],
            contentType: "application/octet-stream",
            body: Array((isYAML ? DocumentText.yaml : .json).text(of: document).utf8))
    }
}
