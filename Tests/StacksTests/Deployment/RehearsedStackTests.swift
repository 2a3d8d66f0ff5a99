import GatewayModel
import JSON
import Testing

@testable import Stacks

/// What a deployment would be refused for is found before anything is made, and all of it together.
@Suite struct RehearsedStackTests {
    private func function(_ properties: String) -> String {
        "{Role: 'arn:aws:iam::000000000000:role/r', Runtime: python3.12, Handler: i.h, Code: {ZipFile: x}, \(properties)}"
    }

    /// What `diff` and a deployment say: the same, and neither does anything.
    private func problems(_ template: String, in world: World? = nil) async throws -> [String] {
        let world = try world ?? World()
        let plan = try plan(template)
        let record = try await world.record
        let known = try await world.described()
        world.forgetCalls()
        var found: [[String]] = []
        do throws(TemplateError) { _ = try await world.engine().changes(plan, over: record) } catch {
            found.append(error.problems.map(\.description))
        }
        do throws(StackFailure) { _ = try await world.engine().deploy(plan, over: record) } catch {
            found.append(error.error.problems.map(\.description))
        }
        #expect(found.count == 2 && found.first == found.last)
        #expect(world.changingCalls.isEmpty && world.events.isEmpty)
        #expect(try await world.described() == known)
        return found.first ?? []
    }

    @Test func everyRefusedResourceIsNamed() async throws {
        let template = """
            Resources:
              A: {Type: AWS::Lambda::Function, Properties: \(function("").replacing("python3.12", with: "nonsense"))}
              B: {Type: AWS::Lambda::Function, Properties: \(function("").replacing("python3.12", with: "java21"))}
              C: {Type: AWS::Lambda::Function, Properties: \(function("Architectures: [x86_64, arm64]"))}
              D: {Type: AWS::Lambda::Function, Properties: \(function("EphemeralStorage: {Size: 100}"))}
              E: {Type: AWS::Lambda::Function, Properties: {Role: 2, Runtime: python3.12, Handler: i.h, Code: {ZipFile: x}}}
              F:
                Type: AWS::Lambda::Function
                Properties: \(function("").replacing("{ZipFile: x}", with: "{S3Bucket: b, S3Key: k}"))
              G: {Type: AWS::Lambda::Permission, Properties: {Action: x, Principal: y, FunctionName: !Ref A}}
            """
        let found = try await problems(template)
        let expected = [
            "2: Resources.A: CreateFunction: InvalidParameterValueException: Value nonsense at 'runtime' failed",
            "3: Resources.B: CreateFunction: InvalidParameterValueException: Gatehouse does not run the runtime java21",
            "4: Resources.C: CreateFunction: ValidationException: 1 validation error detected: Value '[x86_64, arm64]'",
            "5: Resources.D: CreateFunction: ValidationException: 1 validation error detected: Value '100'",
            "6: Resources.E: CreateFunction: ValidationException: 1 validation error detected: Value '2' at 'role'",
            "7: Resources.F: CreateFunction: InvalidParameterValueException: S3Bucket: Gatehouse does not read code",
        ]
        #expect(found.count == expected.count)
        for (problem, start) in zip(found, expected) { #expect(problem.hasPrefix("template.yaml:\(start)")) }
    }

    @Test(arguments: [
        (
            "security: [{key: []}]",
            "{type: http_proxy, httpMethod: GET, payloadFormatVersion: '1.0', uri: 'http://a/'}",
            "ImportApi"
        ),
        (
            "tags: []",
            "{type: aws_proxy, integrationSubtype: SQS-SendMessage, payloadFormatVersion: '1.0'}", "ImportApi"
        ),
    ])
    func documentsAreLookedInto(member: String, integration: String, operation: String) async throws {
        let template = """
            Resources:
              Api:
                Type: AWS::ApiGatewayV2::Api
                Properties:
                  Body:
                    openapi: 3.0.1
                    info: {title: x, version: "1"}
                    \(member)
                    paths: {/a: {get: {x-amazon-apigateway-integration: \(integration)}}}
              Stage: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Api, StageName: $default, AutoDeploy: true}}
            """
        let found = try await problems(template)
        #expect(found.count == 1)
        #expect(found[0].hasPrefix("template.yaml:2: Resources.Api: \(operation): BadRequestException"))
    }

    @Test func updatesAndReplacementsAreTriedToo() async throws {
        let world = try World()
        try await world.deploy(EditedStack.before)
        let template = EditedStack.after
            .replacing("MemorySize: 512", with: "MemorySize: 1")
            .replacing("RouteKey: GET /two", with: "RouteKey: two")
        let found = try await problems(template, in: world)
        #expect(found.count == 2)
        #expect(found[0].contains("Resources.Hello: UpdateFunctionConfiguration: ValidationException"))
        #expect(found[1].contains("Resources.Route: UpdateRoute: BadRequestException"))
    }

    @Test func namesThatAreTakenAreFound() async throws {
        let world = try World()
        try await world.deploy(EditedStack.before)
        let other = try StackPlan(
            source(
                "Resources:\n  F: {Type: AWS::Lambda::Function, Properties: \(function("FunctionName: named-one"))}"),
            stackName: "other", account: AccountIdentity())
        await #expect {
            _ = try await world.engine().changes(other, over: nil)
        } throws: { error in
            "\(error)".contains(
                "Resources.F: CreateFunction: ResourceConflictException: Function already exist: named-one")
        }
        let table = EditedStack.before.replacing(
            "TimeToLiveSpecification", with: "TableName: shop-Table\n      TimeToLiveSpecification")
        let renamed = try StackPlan(source(table), stackName: "other", account: AccountIdentity())
        await #expect {
            _ = try await world.engine().changes(renamed, over: nil)
        } throws: { error in
            "\(error)".contains("Resources.Table: CreateTable: ResourceInUseException")
        }
    }

    @Test func outputsAreWorkedOut() async throws {
        let template = """
            Resources:
              Logs: {Type: AWS::Logs::LogGroup}
            Outputs:
              A: {Value: !Select [3, !Split [',', a]]}
            """
        #expect(
            try await problems(template) == [
                "template.yaml:4: Outputs.A: Template error: Fn::Select cannot select nonexistent value at index 3"
            ])
    }
}
