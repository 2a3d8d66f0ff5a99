import GatewayModel
import JSON
import TestFixtures
import Testing

@testable import ControlPlane
@testable import FunctionPackages

/// A draft answers as the control plane would, and leaves it as it is.
@Suite struct DraftTests {
    private func call(
        _ plane: ControlPlane, _ method: String, _ path: String, _ body: JSONValue? = nil
    ) async -> Answer {
        Answer(await plane.respond(to: WireRequest(method: method, path: path, body: body?.bytes ?? [])))
    }

    @Test func functionsStayAsTheyAre() async throws {
        let lambda = LambdaPlane()
        await lambda.create("kept")
        await lambda.create("changed")
        let packages = lambda.packages(of: "kept") + lambda.packages(of: "changed")
        let draft = lambda.plane.draft { _ in }
        let code: JSONValue = ["ZipFile": .string(Base64.encode(Zip(Zip.File("other.py", "x = 1")).bytes))]
        let function: JSONValue = [
            "FunctionName": "made", "Runtime": "python3.12", "Handler": "a.b", "Role": .string(LambdaPlane.role),
            "Code": code,
        ]
        #expect(await call(draft, "POST", "/2015-03-31/functions", function).status == 201)
        #expect(await call(draft, "POST", "/2015-03-31/functions", function).errorType == "ResourceConflictException")
        #expect(await call(draft, "PUT", "/2015-03-31/functions/changed/code", code).status == 200)
        #expect(await call(draft, "DELETE", "/2015-03-31/functions/kept").status == 204)
        #expect(await call(draft, "GET", "/2015-03-31/functions/kept").status == 404)

        #expect(await lambda.get("made").status == 404)
        #expect(await lambda.get("kept").status == 200)
        #expect(lambda.packages(of: "made").isEmpty)
        #expect(lambda.packages(of: "kept") + lambda.packages(of: "changed") == packages)
        let restarted = try await lambda.restarted()
        #expect(await restarted.get("kept").status == 200)
        #expect(
            await restarted.get("changed").string("Configuration.CodeSha256")
                == (await lambda.get("changed")).string("Configuration.CodeSha256"))
    }

    @Test func stagesAreCompiledAndNotServed() async throws {
        let lambda = LambdaPlane()
        let draft = lambda.plane.draft { stages throws(TrafficError) in
            if !stages.isEmpty { throw TrafficError("no stage is good enough") }
        }
        let api = await call(draft, "POST", "/v2/apis", ["name": "a", "protocolType": "HTTP"])
        #expect(api.status == 201)
        let path = "/v2/apis/\(api["apiId"]?.string ?? "")"
        #expect(await call(draft, "POST", "\(path)/routes", ["routeKey": "GET /a"]).status == 201)
        let stage = await call(draft, "POST", "\(path)/stages", ["stageName": "s", "autoDeploy": true])
        #expect(stage.message == "no stage is good enough")
        #expect(await lambda.call("GET", path).status == 404)
    }
}
