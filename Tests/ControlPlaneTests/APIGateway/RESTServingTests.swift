import EntityStore
import GatewayModel
import JSON
import Testing

@testable import ControlPlane

@Suite struct RESTServingTests {
    let rest = RESTPlane()

    @Test func aStageServesWhatWasDeployedUntilItIsDeployedAgain() async throws {
        let ids = try await rest.makeAPI()
        await rest.makeMethod(of: ids)
        await rest.deploy(ids.api, "prod")
        await rest.makeMethod("POST", of: ids)
        let verbs = { rest.served(ids.api, "prod")?.rest?.deployment.resources[ids.root]?.resourceMethods?.keys }
        #expect(verbs() == ["GET"])
        await rest.deploy(ids.api, "prod")
        #expect(verbs() == ["GET", "POST"])
    }

    @Test func settingsServeWithoutADeployment() async throws {
        let ids = try await rest.makeAPI()
        await rest.makeMethod(of: ids)
        await rest.deploy(ids.api, "prod")
        await rest.patch(
            "/restapis/\(ids.api)/stages/prod", ["op": "replace", "path": "/variables/a", "value": "1"],
            ["op": "replace", "path": "/*/*/throttling/rateLimit", "value": "7.5"],
            ["op": "replace", "path": "/cacheClusterEnabled", "value": "true"])
        let served = try #require(rest.served(ids.api, "prod"))
        #expect(served.variables == ["a": "1"])
        #expect(served.rest?.methodSettings["*/*"]?.throttlingRateLimit == 7.5)
        #expect(served.rest?.cacheClusterSize == "0.5")
    }

    @Test func aCanaryServesBesideItsStage() async throws {
        let ids = try await rest.makeAPI()
        await rest.makeMethod(of: ids)
        let base = await rest.deploy(ids.api, "prod")["id"]?.string
        await rest.makeMethod("POST", of: ids)
        await rest.deploy(ids.api, "prod", ["canarySettings": ["percentTraffic": .number("12.5")]])
        let content = try #require(rest.served(ids.api, "prod")?.rest)
        #expect(content.deploymentId == base)
        #expect(content.deployment.resources[ids.root]?.resourceMethods?.keys == ["GET"])
        #expect(content.canary?.deployment.resources[ids.root]?.resourceMethods?.keys == ["GET", "POST"])
        #expect(content.canary?.settings.percentTraffic == 12.5)
    }

    @Test func theEndpointIsDisabledByADeployment() async throws {
        let ids = try await rest.makeAPI(["disableExecuteApiEndpoint": true])
        await rest.makeMethod(of: ids)
        await rest.deploy(ids.api, "prod")
        #expect(rest.served(ids.api, "prod")?.isEndpointDisabled == true)
        await rest.patch(
            "/restapis/\(ids.api)", ["op": "replace", "path": "/disableExecuteApiEndpoint", "value": "false"])
        #expect(rest.served(ids.api, "prod")?.isEndpointDisabled == true)
        await rest.deploy(ids.api, "prod")
        #expect(rest.served(ids.api, "prod")?.isEndpointDisabled == false)
    }

    @Test func aPolicyIsServedWithTheDeployment() async throws {
        let statement = #"{"Effect":"Allow","Principal":"*","Action":"execute-api:Invoke","Resource":"execute-api:/*"}"#
        let ids = try await rest.makeAPI(["policy": .string("{\"Statement\":[\(statement)]}")])
        await rest.makeMethod(of: ids)
        await rest.deploy(ids.api, "prod")
        let served = rest.served(ids.api, "prod")?.rest?.deployment
        #expect(served?.hasPolicy == true)
        #expect(served?.policy?.contains(#":\#(ids.api)/*""#) == true)
        await rest.patch("/restapis/\(ids.api)", ["op": "replace", "path": "/policy", "value": ""])
        #expect(rest.served(ids.api, "prod")?.rest?.deployment.policy != nil)
        await rest.deploy(ids.api, "prod")
        #expect(rest.served(ids.api, "prod")?.rest?.deployment.hasPolicy == false)
    }

    @Test func whatIsDeletedIsNotServed() async throws {
        let ids = try await rest.makeAPI()
        await rest.makeMethod(of: ids)
        await rest.deploy(ids.api, "one")
        await rest.deploy(ids.api, "two")
        #expect(await rest.call("DELETE", "/restapis/\(ids.api)/stages/one").status == 202)
        #expect(rest.served(ids.api, "one") == nil)
        #expect(await rest.call("DELETE", "/restapis/\(ids.api)").status == 202)
        #expect(rest.plane.traffic.served.isEmpty)
    }

    @Test func onlyWhatIsServedIsCompiled() async throws {
        let ids = try await rest.makeAPI()
        await rest.makeMethod(of: ids)
        await rest.deploy(ids.api, "prod")
        let before = rest.plane.traffic.prepared
        await rest.makeMethod("POST", of: ids)
        await rest.patch("/restapis/\(ids.api)/stages/prod", ["op": "replace", "path": "/description", "value": "d"])
        #expect(rest.plane.traffic.prepared == before)
    }

    @Test func functionsKnowTheStagesThatCallThem() async throws {
        let ids = try await rest.makeAPI()
        await rest.makeMethod(of: ids, RESTPlane.lambda("first"))
        await rest.makeMethod("POST", of: ids, RESTPlane.lambda("${stageVariables.name}"))
        await rest.deploy(ids.api, "prod", ["variables": ["name": "second"]])
        let key = StageKey(apiId: ids.api, stageName: "prod")
        let callers = { (name: String) in rest.plane.plane.world.callers.stages(calling: name).contains(key) }
        #expect(callers("first") && callers("second") && !callers("third"))
        await rest.deploy(
            ids.api, "prod", ["canarySettings": ["percentTraffic": 1, "stageVariableOverrides": ["name": "third"]]])
        #expect(callers("first") && callers("second") && callers("third"))
        await rest.patch("/restapis/\(ids.api)/stages/prod", ["op": "remove", "path": "/canarySettings"])
        #expect(callers("second") && !callers("third"))
        _ = await rest.call("DELETE", "/restapis/\(ids.api)")
        #expect(!callers("first"))
    }

    @Test func everythingIsThereAfterARestart() async throws {
        let store = TryingStore()
        let rest = RESTPlane(store: store)
        let ids = try await rest.makeAPI(["tags": ["a": "b"], "binaryMediaTypes": ["image/png"]])
        let api = "/restapis/\(ids.api)"
        await rest.makeMethod(of: ids)
        _ = await rest.call(
            "PUT", "\(api)/resources/\(ids.root)/methods/GET/integration/responses/200",
            ["responseTemplates": ["application/json": nil]])
        _ = await rest.call("POST", "\(api)/models", ["name": "M", "contentType": "application/json", "schema": "{}"])
        _ = await rest.call("POST", "\(api)/requestvalidators", ["name": "v"])
        _ = await rest.call("PUT", "\(api)/gatewayresponses/THROTTLED", ["statusCode": "430"])
        _ = await rest.call(
            "POST", "\(api)/documentation/parts", ["location": ["type": "API"], "properties": "{\"a\":\"b\"}"])
        _ = await rest.call("POST", "\(api)/documentation/versions", ["documentationVersion": "1"])
        await rest.deploy(ids.api, "prod")
        await rest.deploy(ids.api, "prod", ["canarySettings": ["percentTraffic": 50]])
        let key = await rest.call("POST", "/apikeys", ["name": "k", "enabled": true])
        let plan = await rest.call(
            "POST", "/usageplans", ["name": "p", "apiStages": [["apiId": .string(ids.api), "stage": "prod"]]])
        let planId = try #require(plan["id"]?.string)
        _ = await rest.call(
            "POST", "/usageplans/\(planId)/keys", ["keyId": key["id"] ?? nil, "keyType": "API_KEY"])
        _ = await rest.call("POST", "/clientcertificates")
        await rest.patch("/account", ["op": "replace", "path": "/cloudwatchRoleArn", "value": ""])
        let paths = [
            "/restapis", "\(api)/resources", "\(api)/models", "\(api)/requestvalidators", "\(api)/gatewayresponses",
            "\(api)/documentation/parts", "\(api)/documentation/versions", "\(api)/deployments", "\(api)/stages",
            "/apikeys", "/usageplans", "/usageplans/\(planId)/keys", "/clientcertificates", "/account",
        ]
        let again = RESTPlane(store: store)
        try await again.plane.plane.start()
        for path in paths {
            let query = path.hasSuffix("resources") ? "embed=methods" : ""
            let before = await rest.call("GET", path, query: query)
            #expect(before.status == 200)
            #expect(await again.call("GET", path, query: query).text == before.text)
        }
        #expect(again.plane.traffic.served == rest.plane.traffic.served)
    }
}
