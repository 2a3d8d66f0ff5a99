import ControlPlane
import Foundation
import GatewayModel
import JSON
import Testing

@testable import Stacks

@Suite struct StackDeployTests {
    private func deploy(
        _ template: String, parameters: [(name: String, value: String)] = [],
        _ management: RecordedManagement = RecordedManagement()
    ) async throws -> (deployment: StackDeployment, management: RecordedManagement) {
        (try await deploy(try plan(template, parameters: parameters), management), management)
    }

    private func deploy(_ plan: StackPlan, _ management: RecordedManagement) async throws -> StackDeployment {
        let engine = StackEngine(
            management: management, code: FilesAsCode(DiskFiles()), now: { Timestamp(milliseconds: 0) })
        do { return try await engine.deploy(plan, over: nil).deployment } catch { throw error.error }
    }

    private static let shop = """
        Transform: AWS::Serverless-2016-10-31
        Parameters:
          Level: {Type: Number, Default: 3}
        Globals:
          Function:
            Runtime: python3.12
        Resources:
          Api:
            Type: AWS::Serverless::HttpApi
            Properties:
              StageName: prod
              Tags: {team: shop}
              StageVariables: {level: !Ref Level}
              AccessLogSettings: {DestinationArn: "arn:aws:logs:::x", Format: $context.requestId}
          Hello:
            Type: AWS::Serverless::Function
            Properties:
              Handler: app.handler
              CodeUri: /tmp
              MemorySize: !Ref Level
              Timeout: "7"
              Description: says hello
              Architectures: [arm64]
              ReservedConcurrentExecutions: 2
              Tracing: Active
              Tags: {team: shop}
              Environment: {Variables: {LEVEL: 3, DEBUG: true, NONE: !Ref AWS::NoValue}}
              Events:
                List: {Type: HttpApi, Properties: {ApiId: !Ref Api, Path: /products, Method: get}}
                Any: {Type: HttpApi, Properties: {ApiId: !Ref Api, Path: "/products/{id}", Method: ANY}}
                Rest: {Type: HttpApi}
        Outputs:
          Url:
            Description: Where it answers
            Value: !Sub "https://${Api}.execute-api.${AWS::Region}.amazonaws.com/prod"
          Arn: {Value: !GetAtt Hello.Arn}
          Level: {Value: !Ref Level}
        """

    @Test func aFunctionIsMadeWithAllItHas() async throws {
        let (result, management) = try await deploy(Self.shop)
        let arn = "arn:aws:iam::000000000000:role/shop-HelloRole"
        #expect(
            await management.bodies("POST", "/2015-03-31/functions") == [
                [
                    "FunctionName": "shop-Hello", "Role": .string(arn), "Handler": "app.handler",
                    "Runtime": "python3.12", "Description": "says hello", "MemorySize": 3, "Timeout": 7,
                    "Code": ["S3Bucket": "gatehouse.local", "S3Key": "/tmp"],
                    "Environment": ["Variables": ["LEVEL": "3", "DEBUG": "true"]],
                    "TracingConfig": ["Mode": "Active"], "Architectures": ["arm64"],
                    "Tags": [
                        "lambda:createdBy": "SAM", "team": "shop", "aws:cloudformation:logical-id": "Hello",
                        "aws:cloudformation:stack-id": .string(result.stackId),
                        "aws:cloudformation:stack-name": "shop",
                    ],
                ]
            ])
        #expect(
            await management.bodies("PUT", "/2017-10-31/functions/shop-Hello/concurrency") == [
                ["ReservedConcurrentExecutions": 2]
            ])
    }

    @Test func anApiIsImportedAndCalledAsTheStack() async throws {
        let (_, management) = try await deploy(Self.shop)
        let body = try #require(await management.bodies("PUT", "/v2/apis").first?["body"]?.string)
        let document = try JSONValue(parsing: body)
        #expect(document["info"]?["title"] == "shop")
        #expect(
            document["paths"]?["/products"]?["get"]?["x-amazon-apigateway-integration"]?["uri"]
                == .string(
                    "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/"
                        + "arn:aws:lambda:us-east-1:000000000000:function:shop-Hello/invocations"))
    }

    @Test func aStageDeploysByItself() async throws {
        let (_, management) = try await deploy(Self.shop)
        #expect(
            await management.bodies("POST", "/v2/apis/api1/stages") == [
                [
                    "stageName": "prod", "autoDeploy": true, "stageVariables": ["level": "3"],
                    "accessLogSettings": ["destinationArn": "arn:aws:logs:::x", "format": "$context.requestId"],
                    "tags": ["team": "shop", "httpapi:createdBy": "SAM"],
                ]
            ])
    }

    @Test func permissionsNameTheRoute() async throws {
        let (_, management) = try await deploy(Self.shop)
        #expect(
            await management.bodies("POST", "/2015-03-31/functions/shop-Hello/policy").map { $0["SourceArn"] } == [
                "arn:aws:execute-api:us-east-1:000000000000:api1/*/GET/products",
                "arn:aws:execute-api:us-east-1:000000000000:api1/*/*/products/*",
                "arn:aws:execute-api:us-east-1:000000000000:api2/*/*",
            ])
        #expect(
            await management.bodies("POST", "/2015-03-31/functions/shop-Hello/policy").first == [
                "StatementId": "shop-HelloListPermission", "Action": "lambda:InvokeFunction",
                "Principal": "apigateway.amazonaws.com",
                "SourceArn": "arn:aws:execute-api:us-east-1:000000000000:api1/*/GET/products",
            ])
    }

    @Test func theResultTellsWhatThereIs() async throws {
        let (deployment, _) = try await deploy(Self.shop)
        #expect(
            deployment.outputs == [
                .init(
                    name: "Url", value: "https://api1.execute-api.us-east-1.amazonaws.com/prod",
                    description: "Where it answers"),
                .init(
                    name: "Arn", value: "arn:aws:lambda:us-east-1:000000000000:function:shop-Hello", description: nil),
                .init(name: "Level", value: "3", description: nil),
            ])
        #expect(
            deployment.apis == [
                .init(
                    logicalId: "Api", apiId: "api1", stageName: "prod",
                    routes: [
                        .init(method: "GET", path: "/products", functionLogicalId: "Hello"),
                        .init(method: "ANY", path: "/products/{id}", functionLogicalId: "Hello"),
                    ]),
                .init(
                    logicalId: "ServerlessHttpApi", apiId: "api2", stageName: "$default",
                    routes: [.init(method: "ANY", path: "$default", functionLogicalId: "Hello")]),
            ])
        #expect(
            deployment.functions == [
                .init(
                    logicalId: "Hello", functionName: "shop-Hello",
                    functionArn: "arn:aws:lambda:us-east-1:000000000000:function:shop-Hello")
            ])
        #expect(deployment.physicalId(of: "Api") == "api1")
        #expect(deployment.physicalId(of: "ApiprodStage") == "prod")
        #expect(deployment.stackId.hasPrefix("arn:aws:cloudformation:us-east-1:000000000000:stack/shop/"))
    }

    @Test func inlineCodeIsPackedAsAnIndexFile() async throws {
        for (runtime, file) in [("python3.12", "index.py"), ("nodejs22.x", "index.js")] {
            let template = serverless(rest: "Description: x")
                .replacing("Runtime: python3.12", with: "Runtime: \(runtime)")
            let (_, management) = try await deploy(template)
            let sent = await management.bodies("POST", "/2015-03-31/functions").first?["Code"]
            let package = StoredZip.archive(file: file, contents: Array("x = 1".utf8))
            #expect(sent == ["ZipFile": .string(Base64.encode(package))])
        }
    }

    @Test func packagesAreSent() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "package-\(UUID().uuidString).zip")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data("zip".utf8).write(to: file)
        let (_, management) = try await deploy(serverless(function: "      CodeUri: \(file.path)"))
        #expect(await management.bodies("POST", "/2015-03-31/functions").first?["Code"] == ["ZipFile": "emlw"])
    }

    @Test func aNameThatIsTakenIsMadeUnique() async throws {
        let taken = WireResponse(status: 200, body: Array("{}".utf8))
        let management = RecordedManagement(
            refusing: ["GET /2015-03-31/functions/shop-Hello/configuration": taken])
        let (deployment, _) = try await deploy(serverless(), management)
        let name = try #require(deployment.functions.first?.functionName)
        #expect(name.hasPrefix("shop-Hello-") && name.count == "shop-Hello-".count + 6)
    }

    @Test func aNameThatIsGivenIsKept() async throws {
        let template = serverless(function: "      InlineCode: x\n      FunctionName: mine")
        let (deployment, _) = try await deploy(template)
        #expect(deployment.functions.map(\.functionName) == ["mine"])

        let taken = WireResponse(
            status: 409, headers: [("x-amzn-errortype", "ResourceConflictException")],
            body: Array(#"{"Type":"User","Message":"Function already exist: mine"}"#.utf8))
        await #expect {
            _ = try await deploy(template, RecordedManagement(refusing: ["POST /2015-03-31/functions": taken]))
        } throws: {
            "\($0)"
                == "template.yaml:5: Resources.Hello: CreateFunction: ResourceConflictException: Function already exist: mine"
        }
    }

    @Test func longNamesAreCutAndMadeUnique() {
        let name = PhysicalName.make(stackName: "shop", logicalId: String(repeating: "x", count: 100), limit: 64)
        #expect(name.count == 64)
        #expect(PhysicalName.make(stackName: "shop", logicalId: "A", limit: 64) == "shop-A")
    }

    @Test func aRefusalEndsTheDeploymentWithAWSsWords() async throws {
        let refusal = WireResponse(
            status: 400, headers: [("x-amzn-errortype", "BadRequestException")],
            body: Array(#"{"message":"No."}"#.utf8))
        let management = RecordedManagement(refusing: ["PUT /v2/apis": refusal])
        await #expect {
            _ = try await deploy(Self.shop, management)
        } throws: {
            "\($0)" == "template.yaml:8: Resources.Api: ImportApi: BadRequestException: No."
        }
        #expect(await management.bodies("POST", "/v2/apis/api1/stages").isEmpty)
    }

    @Test func valuesThatAreWorkedOutAreChecked() async throws {
        let template = Self.shop.replacing("MemorySize: !Ref Level", with: "MemorySize: !Ref AWS::Region")
        await #expect {
            _ = try await deploy(template)
        } throws: {
            "\($0)" == "template.yaml:20: Resources.Hello: MemorySize must be an integer; it is a string"
        }
    }

    @Test func routesToElsewhereHaveNoFunction() async throws {
        let template = try TemplateSource(
            path: GoldenTests.folder.appending(path: "definition-body.yaml").path)
        let plan = try StackPlan(template, account: AccountIdentity())
        let deployment = try await deploy(plan, RecordedManagement())
        #expect(
            deployment.apis.first { $0.logicalId == "Orders" }?.routes == [
                .init(method: "GET", path: "/orders/{id}", functionLogicalId: nil),
                .init(method: "DELETE", path: "/orders/{id}", functionLogicalId: "Handler"),
            ])
    }

    @Test func routesTellWhatTheirCallersHaveToShow() async throws {
        let template = try TemplateSource(path: GoldenTests.folder.appending(path: "http-auth.yaml").path)
        let deployment = try await deploy(try StackPlan(template, account: AccountIdentity()), RecordedManagement())
        let routes = deployment.apis.first { $0.logicalId == "Api" }?.routes ?? []
        #expect(
            routes.map { "\($0.method) \($0.path) \($0.needs.joined(separator: ","))" } == [
                "GET /default Tokens", "OPTIONS /default ", "GET /open ", "GET /scoped Tokens", "ANY /bare Bare",
                "GET /own Tokens", "GET /signed a signature", "GET /asked Asked", "GET /plain Plain",
            ])
    }
}
