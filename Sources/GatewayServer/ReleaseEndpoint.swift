import ControlPlane
import GatewayModel
import JSON

/// What of a REST API is not deployed to a stage yet, for `gatehouse diff` and `gatehouse rollback`:
///
///     GET /_gatehouse/restapis/API/stages/STAGE/changes
struct ReleaseEndpoint: Sendable {
    let controlPlane: ControlPlane

    /// nil when the request is none of ours.
    func respond(to request: WireRequest) -> WireResponse? {
        let parts = request.path.split(separator: "/").compactMap { PercentEncoding.decode($0) }
        guard parts.count == 6, parts[0] == "_gatehouse", parts[1] == "restapis", parts[3] == "stages",
            parts[5] == "changes"
        else { return nil }
        do throws(ServiceError) {
            return answer(200, try controlPlane.difference(ofRestApi: parts[2], stage: parts[4]).json)
        } catch {
            return answer(error.status, ["message": .string(error.message)])
        }
    }

    private func answer(_ status: Int, _ body: JSONValue) -> WireResponse {
        WireResponse(
            status: status, headers: [("content-type", "application/json")], body: Array((body.text + "\n").utf8))
    }
}

extension RestDifference {
    fileprivate var json: JSONValue {
        let methods = methods.map { method -> JSONValue in
            [
                "change": .string(method.change.rawValue), "method": .string(method.verb),
                "path": .string(method.path),
            ]
        }
        var members: JSONObject = [
            "apiId": .string(apiId), "apiName": .string(apiName), "deploymentId": .string(deploymentId),
            "methods": .array(methods), "others": .array(others.map(JSONValue.string)),
        ]
        members["formerDeploymentId"] = formerDeploymentId.map(JSONValue.string)
        return .object(members)
    }
}
