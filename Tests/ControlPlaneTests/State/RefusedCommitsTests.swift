import EntityStore
import GatewayModel
import JSON
import TestFixtures
import Testing

@testable import ControlPlane
@testable import FunctionPackages

/// Whichever commit the store refuses: the call says so, nothing has changed anywhere, and the same call works after.
@Suite struct RefusedCommitsTests {
    private struct Step {
        let method: String
        let path: String
        var query = ""
        var body: JSONValue?
    }

    /// `{api}` and the like stand for ids that answers before have given.
    private static let steps: [Step] = [
        Step(
            method: "POST", path: "/2015-03-31/functions",
            body: [
                "FunctionName": "hello", "Runtime": "python3.12", "Handler": "handler.handler",
                "Role": .string(LambdaPlane.role), "Code": ["ZipFile": .string(Base64.encode(Zip.oneFile))],
            ]),
        Step(method: "POST", path: "/v2/apis", body: ["name": "a", "protocolType": "HTTP"]),
        Step(
            method: "POST", path: "/v2/apis/{apiId}/integrations",
            body: [
                "integrationType": "AWS_PROXY", "payloadFormatVersion": "2.0",
                "integrationUri": "arn:aws:lambda:eu-central-1:123456789012:function:hello",
            ]),
        Step(method: "POST", path: "/v2/apis/{apiId}/stages", body: ["stageName": "live", "autoDeploy": true]),
        Step(
            method: "POST", path: "/v2/apis/{apiId}/routes",
            body: ["routeKey": "GET /a", "target": "integrations/{integrationId}"]),
        Step(method: "PATCH", path: "/v2/apis/{apiId}/routes/{routeId}", body: ["routeKey": "GET /b/{x}"]),
        Step(method: "POST", path: "/v2/apis/{apiId}/stages", body: ["stageName": "dev"]),
        Step(method: "POST", path: "/v2/apis/{apiId}/deployments", body: ["stageName": "dev"]),
        Step(
            method: "POST", path: "/2015-03-31/functions/hello/policy",
            body: [
                "StatementId": "s", "Action": "lambda:InvokeFunction", "Principal": "apigateway.amazonaws.com",
            ]),
        Step(method: "POST", path: "/2015-03-31/functions/hello/versions", body: [:]),
        Step(
            method: "POST", path: "/2015-03-31/functions/hello/aliases",
            body: ["Name": "live", "FunctionVersion": "1"]),
        Step(
            method: "PUT", path: "/2015-03-31/functions/hello/code",
            body: ["ZipFile": .string(Base64.encode(Zip(Zip.File("other.py", "x = 1")).bytes))]),
        Step(method: "PUT", path: "/2015-03-31/functions/hello/configuration", body: ["Timeout": 9]),
        Step(
            method: "PUT", path: "/2017-10-31/functions/hello/concurrency",
            body: ["ReservedConcurrentExecutions": 3]),
        Step(method: "DELETE", path: "/2015-03-31/functions/hello/aliases/live"),
        Step(method: "DELETE", path: "/2015-03-31/functions/hello/policy/s"),
        Step(method: "PATCH", path: "/v2/apis/{apiId}", body: ["name": "b"]),
        Step(method: "DELETE", path: "/v2/apis/{apiId}/stages/dev"),
        Step(method: "DELETE", path: "/2015-03-31/functions/hello"),
        Step(method: "DELETE", path: "/v2/apis/{apiId}"),
    ]

    @Test(arguments: steps.indices)
    func aRefusedCommitChangesNothing(refused: Int) async throws {
        let plane = LambdaPlane()
        plane.store.refuse(refused)
        var ids: [String: String] = [:]
        for (number, step) in Self.steps.enumerated() {
            let path = ids.reduce(step.path) { $0.replacing("{\($1.key)}", with: $1.value) }
            let text = step.body.map { body in
                ids.reduce(body.text) { $0.replacing("{\($1.key)}", with: $1.value) }
            }
            let body = text.map { Array($0.utf8) } ?? []
            if number == refused {
                let before = await State(plane)
                let answer = await plane.call(step.method, path, query: step.query, payload: body)
                #expect(answer.errorType == "InternalFailure")
                #expect(answer.message?.contains("refused by the test") == true)
                #expect(await State(plane) == before)
            }
            let answer = await plane.call(step.method, path, query: step.query, payload: body)
            #expect((200..<300).contains(answer.status), "\(step.method) \(path): \(answer.text)")
            for name in ["apiId", "integrationId", "routeId"] { ids[name] = answer[name]?.string ?? ids[name] }
        }
        // Every step but the refused one was stored with one commit.
        #expect(plane.store.commits == Self.steps.count + 1)
        #expect(await plane.store.entities.isEmpty)
        #expect(plane.traffic.served.isEmpty)
    }

    /// Everything that anybody could see.
    private struct State: Equatable {
        let answers: [String]
        let entities: [Entity]
        let served: [StageKey: [String]]
        let published: Int
        let packages: [String]

        init(_ plane: LambdaPlane) async {
            var answers: [String] = []
            let apis = await plane.call("GET", "/v2/apis")
            var paths = ["/2015-03-31/functions/hello"]
            paths += ["/versions", "/aliases", "/policy"].map { "/2015-03-31/functions/hello" + $0 }
            for api in apis["items"]?.array ?? [] {
                let path = "/v2/apis/" + (api["apiId"]?.string ?? "")
                paths += ["", "/routes", "/integrations", "/stages", "/deployments"].map { path + $0 }
            }
            for path in paths { answers.append(await plane.call("GET", path).text) }
            self.answers = answers + [apis.text]
            entities = await plane.store.entities
            served = plane.traffic.served.compactMapValues { $0.http?.routes.map(\.routeKey) }
            published = await plane.host.published.count
            plane.plane.snapshots.folders.settle()
            packages = plane.packages()
        }
    }
}
