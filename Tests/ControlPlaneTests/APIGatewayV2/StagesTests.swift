import EntityStore
import GatewayModel
import JSON
import Testing

@testable import ControlPlane

@Suite struct StagesTests {
    let plane = APIPlane()

    @Test func aFreshStageReadsBackItsDefaultsAndServesNothing() async throws {
        let ids = try await plane.makeAPI()
        await plane.makeRoute("GET /a", in: ids)
        let answer = await plane.makeStage("dev", in: ids.api, autoDeploy: false)
        #expect(answer.status == 201)
        #expect(
            answer.text == """
                {"createdDate":"2020-04-08T00:08:44Z","defaultRouteSettings":{"detailedMetricsEnabled":false},\
                "lastUpdatedDate":"2020-04-08T00:08:44Z","routeSettings":{},"stageName":"dev","stageVariables":{},\
                "tags":{}}
                """)
        #expect(plane.traffic.served.isEmpty)
    }

    @Test func aStageWithAutoDeployServesEveryChange() async throws {
        let ids = try await plane.makeAPI()
        await plane.makeRoute("GET /a", in: ids)
        let stage = await plane.makeStage(in: ids.api)
        let first = try #require(stage["deploymentId"]?.string)
        #expect(
            stage["lastDeploymentStatusMessage"]?.string
                == "Successfully deployed stage with deployment ID '\(first)'")
        await plane.makeRoute("GET /b", in: ids)
        #expect(plane.servedKeys(ids.api) == ["GET /a", "GET /b"])
        let path = "/v2/apis/\(ids.api)/stages/$default"
        #expect(await plane.call("GET", path)["deploymentId"]?.string != first)
    }

    @Test func aStageOfAnAPIWithoutRoutesSaysSoAndWaits() async throws {
        let ids = try await plane.makeAPI()
        let stage = await plane.makeStage(in: ids.api)
        #expect(stage.status == 201)
        #expect(stage["deploymentId"] == nil)
        #expect(
            stage["lastDeploymentStatusMessage"]
                == "Deployment attempt failed: Unable to deploy API because no routes exist in this API")
        await plane.makeRoute("GET /a", in: ids)
        #expect(plane.servedKeys(ids.api) == ["GET /a"])
    }

    @Test func switchedOffItKeepsWhatWasDeployed() async throws {
        let ids = try await plane.makeAPI()
        await plane.makeRoute("GET /a", in: ids)
        await plane.makeStage(in: ids.api)
        let path = "/v2/apis/\(ids.api)/stages/$default"
        let stage = await plane.call("PATCH", path, ["autoDeploy": false])
        #expect(stage.status == 200)
        #expect(stage["autoDeploy"] == nil)
        await plane.makeRoute("GET /b", in: ids)
        #expect(plane.servedKeys(ids.api) == ["GET /a"])
        #expect(await plane.call("PATCH", path, ["autoDeploy": true])["autoDeploy"] == true)
        #expect(plane.servedKeys(ids.api) == ["GET /a", "GET /b"])
    }

    @Test func settingsServeWithoutADeployment() async throws {
        let ids = try await plane.makeAPI()
        await plane.makeRoute("GET /a", in: ids)
        await plane.makeStage("dev", in: ids.api, autoDeploy: false)
        _ = await plane.call("POST", "/v2/apis/\(ids.api)/deployments", ["stageName": "dev"])
        _ = await plane.call("PATCH", "/v2/apis/\(ids.api)/stages/dev", ["stageVariables": ["a": "1"]])
        let served = plane.traffic.served[StageKey(apiId: ids.api, stageName: "dev")]
        #expect(served?.variables == ["a": "1"])
    }

    @Test(
        "Only what is served is compiled again.",
        arguments: [
            (["description": "d"], 0), (["stageVariables": ["a": "1"]], 1),
            (
                [
                    "accessLogSettings": [
                        "destinationArn": "arn:aws:logs:us-east-1:000000000000:log-group:a",
                        "format": "$context.requestId",
                    ]
                ], 1
            ),
        ] as [(JSONValue, Int)])
    func servedSettings(change: JSONValue, compiled: Int) async throws {
        let ids = try await plane.makeAPI()
        await plane.makeRoute("GET /a", in: ids)
        await plane.makeStage("dev", in: ids.api)
        let before = plane.traffic.prepared
        #expect(await plane.call("PATCH", "/v2/apis/\(ids.api)/stages/dev", change).status == 200)
        #expect(plane.traffic.prepared == before + compiled)
    }

    @Test(
        arguments: [
            (["stageName": "a b"], 400, "Stage name only allows a-zA-Z0-9_- or $default"),
            (["stageName": ""], 400, "Stage name only allows a-zA-Z0-9_- or $default"),
            ([:], 400, "Stage name only allows a-zA-Z0-9_- or $default"),
            (["stageName": "taken"], 409, "Stage already exists"),
            (
                ["stageName": "s", "stageVariables": ["a-b": "1"]], 400,
                "Invalid stage variable name: a-b.  Please use names with only word characters."
            ),
            (
                ["stageName": "s", "stageVariables": ["a": "{}"]], 400,
                "Invalid stage variable value: {}.  Please use values with alphanumeric characters and the symbols "
                    + "' ', -', '.', '_', ':', '/', '?', '&', '=', and ','."
            ),
            (
                ["stageName": "s", "routeSettings": ["GET /no": ["detailedMetricsEnabled": true]]], 404,
                "Unable to find Route by key GET /no within the provided RouteSettings"
            ),
            (
                ["stageName": "s", "defaultRouteSettings": ["throttlingBurstLimit": -1]], 400,
                "ThrottlingBurstLimit must be greater than or equal to 0"
            ),
            (
                ["stageName": "s", "routeSettings": ["GET /a": ["throttlingRateLimit": .number("-1.5")]]], 400,
                "ThrottlingRateLimit must be greater than or equal to 0"
            ),
            (
                ["stageName": "s", "defaultRouteSettings": ["loggingLevel": "OFF"]], 400,
                "Execution logs are not supported on protocolType HTTP"
            ),
            (
                ["stageName": "s", "clientCertificateId": "abc"], 400,
                "The member clientCertificateId is only supported for WebSocket APIs."
            ),
            (["stageName": "s", "deploymentId": "zzzzzz"], 400, "Invalid deployment identifier specified zzzzzz"),
            (
                ["stageName": "s", "autoDeploy": true, "deploymentId": "zzzzzz"], 400,
                "DeploymentId can't be updated if autoDeploy is enabled"
            ),
            (
                ["stageName": "s", "accessLogSettings": ["format": "$context.requestId"]], 400,
                "Exactly one of [destinationArn, format] must be specified."
            ),
        ] as [(JSONValue, Int, String)])
    func aBadStageIsRefused(body: JSONValue, status: Int, message: String) async throws {
        let ids = try await plane.makeAPI()
        await plane.makeRoute("GET /a", in: ids)
        await plane.makeStage("taken", in: ids.api, autoDeploy: false)
        let answer = await plane.call("POST", "/v2/apis/\(ids.api)/stages", body)
        #expect(answer.status == status)
        #expect(answer.message == message)
        #expect(await plane.call("GET", "/v2/apis/\(ids.api)/stages").items.count == 1)
    }

    @Test func variablesAreMergedAndEmptyOnesDeleted() async throws {
        let (api, _) = try await plane.makeAPI()
        await plane.makeStage("s", in: api, autoDeploy: false, ["stageVariables": ["a": "1", "b": "2"]])
        let answer = await plane.call(
            "PATCH", "/v2/apis/\(api)/stages/s", ["stageVariables": ["a": "", "c": "https://x.example/?a=b&c=d#e"]])
        #expect(answer["stageVariables"] == ["b": "2", "c": "https://x.example/?a=b&c=d#e"])
    }

    @Test func routeSettingsAreMergedAndDeletedByKey() async throws {
        let ids = try await plane.makeAPI()
        await plane.makeRoute("GET /a", in: ids)
        await plane.makeRoute("GET /b", in: ids)
        let metrics: JSONValue = ["detailedMetricsEnabled": true]
        await plane.makeStage("s", in: ids.api, autoDeploy: false, ["routeSettings": ["GET /a": metrics]])
        let path = "/v2/apis/\(ids.api)/stages/s"
        let answer = await plane.call("PATCH", path, ["routeSettings": ["GET /b": metrics]])
        #expect(answer["routeSettings"] == ["GET /a": metrics, "GET /b": metrics])
        #expect(await plane.call("DELETE", path + "/routesettings/GET%20%2Fa").status == 204)
        #expect(await plane.call("GET", path)["routeSettings"] == ["GET /b": metrics])
        #expect(await plane.call("DELETE", path + "/routesettings/GET%20%2Fa").status == 404)
    }

    @Test func accessLogSettingsAreKeptMergedAndDeleted() async throws {
        let (api, _) = try await plane.makeAPI()
        let settings: JSONValue = [
            "destinationArn": "arn:aws:logs:us-east-1:123456789012:log-group:/aws/api:*",
            "format": "$context.requestId",
        ]
        await plane.makeStage("s", in: api, autoDeploy: false, ["accessLogSettings": settings])
        let path = "/v2/apis/\(api)/stages/s"
        let answer = await plane.call(
            "PATCH", path, ["accessLogSettings": ["format": "$context.extendedRequestId"]])
        #expect(
            answer["accessLogSettings"] == [
                "destinationArn": "arn:aws:logs:us-east-1:123456789012:log-group:/aws/api",
                "format": "$context.extendedRequestId",
            ])
        #expect(await plane.call("DELETE", path + "/accesslogsettings").status == 204)
        #expect(await plane.call("GET", path)["accessLogSettings"] == nil)
    }

    @Test(
        arguments: [
            ("arn:aws:logs:us-east-1:1:log-group:a", "$context.stage"),
            ("arn:aws:firehose:us-east-1:1:deliverystream/amazon-apigateway-x", "$context.requestId"),
            ("/aws/api", "$context.requestId"),
            ("arn:aws:logs:us-east-1:1:log-group:a b", "$context.requestId"),
        ])
    func badAccessLogSettingsAreRefused(destination: String, format: String) {
        let members = RequestMembers(["destinationArn": .string(destination), "format": .string(format)])
        #expect(throws: ServiceError.self) { try AccessLogRules.read(members, changing: nil) }
    }

    @Test func aDeletedStageIsNoLongerServed() async throws {
        let ids = try await plane.makeAPI()
        await plane.makeRoute("GET /a", in: ids)
        await plane.makeStage("dev", in: ids.api)
        #expect(await plane.call("DELETE", "/v2/apis/\(ids.api)/stages/dev").status == 204)
        #expect(plane.traffic.served.isEmpty)
        #expect(await plane.call("GET", "/v2/apis/\(ids.api)/deployments").items.isEmpty)
        #expect(
            await plane.call("GET", "/v2/apis/\(ids.api)/stages/dev").message == "Invalid stage identifier specified")
    }
}

@Suite struct DeploymentsTests {
    let plane = APIPlane()

    @Test func aDeploymentServesACopyThatLaterChangesDoNotTouch() async throws {
        let ids = try await plane.makeAPI()
        await plane.makeRoute("GET /a", in: ids)
        await plane.makeStage("dev", in: ids.api, autoDeploy: false)
        let made = await plane.call(
            "POST", "/v2/apis/\(ids.api)/deployments", ["stageName": "dev", "description": "d"])
        let id = try #require(made["deploymentId"]?.string)
        #expect(
            made.text == """
                {"autoDeployed":false,"createdDate":"2020-04-08T00:08:44Z","deploymentId":"\(id)",\
                "deploymentStatus":"DEPLOYED","description":"d"}
                """)
        await plane.makeRoute("GET /b", in: ids)
        _ = await plane.call("PATCH", "/v2/apis/\(ids.api)", ["corsConfiguration": ["allowOrigins": ["*"]]])
        let served = plane.traffic.served[StageKey(apiId: ids.api, stageName: "dev")]
        #expect(served?.http?.routes.map(\.routeKey) == ["GET /a"])
        #expect(served?.http?.corsConfiguration == nil)
    }

    @Test func aStageCanGoBackToAnEarlierDeployment() async throws {
        let ids = try await plane.makeAPI()
        let deployments = "/v2/apis/\(ids.api)/deployments"
        await plane.makeRoute("GET /a", in: ids)
        await plane.makeStage("dev", in: ids.api, autoDeploy: false)
        let first = try #require(await plane.call("POST", deployments, ["stageName": "dev"])["deploymentId"])
        await plane.makeRoute("GET /b", in: ids)
        _ = await plane.call("POST", deployments, ["stageName": "dev"])
        #expect(plane.servedKeys(ids.api, "dev") == ["GET /a", "GET /b"])
        #expect(await plane.call("PATCH", "/v2/apis/\(ids.api)/stages/dev", ["deploymentId": first]).status == 200)
        #expect(plane.servedKeys(ids.api, "dev") == ["GET /a"])
    }

    @Test func anAPIWithoutRoutesCannotBeDeployed() async throws {
        let (api, _) = try await plane.makeAPI()
        let answer = await plane.call("POST", "/v2/apis/\(api)/deployments", [:])
        #expect(answer.message == "Unable to deploy API because no routes exist in this API")
    }

    @Test func aStageMustExistToBeDeployedTo() async throws {
        let ids = try await plane.makeAPI()
        await plane.makeRoute("GET /a", in: ids)
        let answer = await plane.call("POST", "/v2/apis/\(ids.api)/deployments", ["stageName": "$default"])
        #expect(
            answer.message
                == "Stage $default does not exist. StageName specified on a CreateDeployment request must exist so "
                + "the stage can be updated with the new deployment.")
    }

    @Test func aDeploymentInUseIsNotDeleted() async throws {
        let ids = try await plane.makeAPI()
        let deployments = "/v2/apis/\(ids.api)/deployments"
        await plane.makeRoute("GET /a", in: ids)
        await plane.makeStage("dev", in: ids.api, autoDeploy: false)
        let used = try #require(await plane.call("POST", deployments, ["stageName": "dev"])["deploymentId"]?.string)
        let answer = await plane.call("DELETE", "\(deployments)/\(used)")
        #expect(answer.message == "Active stages pointing to this deployment must be moved or deleted")
        let free = try #require(await plane.call("POST", deployments, [:])["deploymentId"]?.string)
        #expect(await plane.call("DELETE", "\(deployments)/\(free)").status == 204)
        #expect(await plane.call("GET", "\(deployments)/\(free)").code == "NotFoundException")
    }

    @Test func onlyAutomaticDeploymentsThatAStageServesAreKept() async throws {
        let ids = try await plane.makeAPI()
        await plane.makeRoute("GET /a", in: ids)
        await plane.makeStage(in: ids.api)
        for number in 0..<3 { await plane.makeRoute("GET /\(number)", in: ids) }
        let listed = await plane.call("GET", "/v2/apis/\(ids.api)/deployments").items
        #expect(listed.map { $0["autoDeployed"] } == [true])
        #expect(
            listed.first?["description"]
                == "Automatic deployment triggered by changes to the Api configuration")
        #expect(await !plane.store.entities.contains { $0.id.kind == "v2.deploymentContent" })
    }

    @Test func aDescriptionCanBeChanged() async throws {
        let ids = try await plane.makeAPI()
        await plane.makeRoute("GET /a", in: ids)
        let deployments = "/v2/apis/\(ids.api)/deployments"
        let id = try #require(await plane.call("POST", deployments, [:])["deploymentId"]?.string)
        let answer = await plane.call("PATCH", "\(deployments)/\(id)", ["description": "after"])
        #expect(answer.status == 201)
        #expect(answer["description"] == "after")
    }
}
