import GatewayModel
import JSON
import Testing

@testable import Stacks

@Suite struct StackTagsTests {
    private func tag(_ key: String, _ value: String) -> StackSettings.Tag { StackSettings.Tag(key: key, value: value) }

    private func properties(_ json: JSONObject) -> TemplateMap { TemplateMap(json: json, line: 1) }

    private func json(_ map: TemplateMap) -> JSONValue { TemplateValue.map(map, line: 1).json }

    @Test func ownTagsStandAboveThoseOfTheStack() throws {
        let tags = [tag("a", "stack"), tag("b", "stack")]
        let list = try #require(TagProperty.of("AWS::DynamoDB::Table"))
        #expect(json(list.adding(tags, to: properties([:])))["Tags"]?.array?.count == 2)
        #expect(
            json(list.adding(tags, to: properties(["Tags": [["Key": "b", "Value": "own"]]]))) == [
                "Tags": [["Key": "b", "Value": "own"], ["Key": "a", "Value": "stack"]]
            ])
        let map = try #require(TagProperty.of("AWS::SSM::Parameter"))
        #expect(json(map.adding(tags, to: properties(["Tags": ["b": "own"]]))) == ["Tags": ["b": "own", "a": "stack"]])
        let pool = try #require(TagProperty.of("AWS::Cognito::UserPool"))
        #expect(json(pool.adding(tags, to: properties([:]))) == ["UserPoolTags": ["a": "stack", "b": "stack"]])
        // What is no list is left for the type to refuse.
        #expect(json(list.adding(tags, to: properties(["Tags": "x"]))) == ["Tags": "x"])
        #expect(TagProperty.of("AWS::Lambda::Permission") == nil)
    }

    /// What a template with Tags says of its type is what the table says.
    @Test func theTableKnowsEveryTypeWithTags() {
        let untagged: Set = ["AWS::CDK::Metadata"]
        for (type, known) in ResourceType.named where !untagged.contains(type) {
            let names = Set(["Tags", "UserPoolTags"].filter { known.rules.supported[$0] != nil })
            #expect(names == Set([TagProperty.of(type)?.name].compactMap(\.self)), "\(type)")
        }
    }

    private let template = """
        Resources:
          Role: {Type: AWS::IAM::Role, Properties: {Tags: [{Key: own, Value: r}], AssumeRolePolicyDocument: \(trust)}}
          Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: api}}
          Group: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: /g}}
          Http: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: http, ProtocolType: HTTP}}
        """
    private static let trust =
        "{Statement: {Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: 'sts:AssumeRole'}}"

    private func deploy(
        _ world: World, _ template: String, _ tags: [StackSettings.Tag]?
    ) async throws -> StackResult {
        var plan = try plan(template)
        plan.tags = tags
        var result = try await world.engine().deploy(plan, over: try await world.record)
        var record = result.record
        if let tags {
            record.settings = record.settings ?? StackSettings()
            record.settings?.tags = tags
            try await world.keep(record)
            result = StackResult(
                record: record, deployment: result.deployment, changes: result.changes,
                changedFunctions: result.changedFunctions, changedRoutes: result.changedRoutes,
                warnings: result.warnings)
        }
        return result
    }

    private func tags(of logicalId: String, _ world: World) async throws -> [String: String] {
        let record = try #require(try await world.record)
        let id = try #require(record.resource(logicalId)?.physicalId)
        let calls = ManagementCalls(management: world)
        let answer =
            switch logicalId {
            case "Api": try await calls.call("GetRestApi", "GET", ["restapis", id])
            case "Http": try await calls.call("GetApi", "GET", ["v2", "apis", id])
            default: try await calls.targeted(ManagementCalls.logs, "ListTagsLogGroup", ["logGroupName": .string(id)])
            }
        return (answer["tags"]?.object ?? [:]).reduce(into: [:]) { $0[$1.key] = $1.value.string }
    }

    private func system(_ logicalId: String, _ world: World) async throws -> [String: String] {
        let stackId = try await world.record?.stackId ?? ""
        return [
            "aws:cloudformation:logical-id": logicalId, "aws:cloudformation:stack-id": stackId,
            "aws:cloudformation:stack-name": "shop",
        ]
    }

    @Test func tagsOfTheStackReachItsResources() async throws {
        let world = try World()
        _ = try await deploy(world, template, [tag("team", "a"), tag("own", "stack")])
        for id in ["Api", "Group"] {
            let expected = try await system(id, world).merging(["team": "a", "own": "stack"]) { $1 }
            #expect(try await tags(of: id, world) == expected)
        }
        // Where it is not confirmed there are none of AWS's own.
        #expect(try await tags(of: "Http", world) == ["team": "a", "own": "stack"])

        world.forgetCalls()
        let same = try await deploy(world, template, [tag("own", "stack"), tag("team", "a")])
        #expect(same.changes.isEmpty && world.changingCalls.isEmpty)

        let result = try await deploy(world, template, [tag("own", "other")])
        #expect(
            Set(result.changes.map { "\($0.logicalId) \($0.action)" })
                == Set(["Role", "Api", "Group", "Http"].map { "\($0) update([\"Tags\"])" }))
        #expect(try await tags(of: "Http", world) == ["own": "other"])
        #expect(try await tags(of: "Api", world) == system("Api", world).merging(["own": "other"]) { $1 })

        // Of the role this tag is its own.
        let last = try await deploy(world, template, [])
        #expect(Set(last.changes.map(\.logicalId)) == ["Api", "Group", "Http"])
        #expect(try await tags(of: "Http", world) == [:])
        #expect(try await tags(of: "Group", world) == system("Group", world))
    }

    /// A stack of an earlier release has given no tags, and is not changed for that alone.
    @Test func earlierStacksGetTagsWhenTheyChange() async throws {
        let world = try World()
        _ = try await deploy(world, template, [tag("team", "a")])
        var record = try #require(try await world.record)
        let calls = ManagementCalls(management: world)
        for place in record.resources.indices { record.resources[place].stackTags = nil }
        try await world.keep(record)
        let group: JSONObject = ["logGroupName": "/g"]
        _ = try await calls.targeted(ManagementCalls.logs, "DeleteLogGroup", group)
        _ = try await calls.targeted(ManagementCalls.logs, "CreateLogGroup", group)

        world.forgetCalls()
        #expect(try await deploy(world, template, nil).changes.isEmpty && world.changingCalls.isEmpty)
        let edited = template.replacing("{LogGroupName: /g}", with: "{LogGroupName: /g, RetentionInDays: 7}")
        #expect(try await deploy(world, edited, nil).changes.count == 1)
        #expect(world.changingCalls == ["PutRetentionPolicy", "TagLogGroup"])
        #expect(try await tags(of: "Group", world) == system("Group", world).merging(["team": "a"]) { $1 })
    }

    @Test func aChangeSetTellsThemAsTags() async throws {
        let world = try World()
        _ = try await deploy(world, template, [tag("team", "a")])
        var plan = try plan(template.replacing("{Name: api}", with: "{Name: other}"))
        plan.tags = [tag("team", "b")]
        let told = try world.engine().told(plan, over: try await world.record)
        let details = Dictionary(
            uniqueKeysWithValues: told.map { change in
                (change.logicalId, (change.details ?? []).map { "\($0.attribute) \($0.name ?? "-") \($0.isStatic)" })
            })
        #expect(
            details == [
                "Role": ["Tags - true"], "Api": ["Properties Name true", "Tags - true"], "Group": ["Tags - true"],
                "Http": ["Tags - true"],
            ])
        #expect(told.allSatisfy { $0.replacement == .no })
    }

    @Test func aFailureTakesTagsBack() async throws {
        let world = try World()
        _ = try await deploy(world, template, [tag("team", "a")])
        world.forgetCalls()
        world.refuse(3)
        var plan = try plan(template)
        plan.tags = [tag("team", "b")]
        let failing = plan
        await #expect(throws: StackFailure.self) {
            try await world.engine().deploy(failing, over: try await world.record)
        }
        world.refuse(nil)
        for id in ["Api", "Group", "Http"] { #expect(try await tags(of: id, world)["team"] == "a") }
    }

    /// A template has none of AWS's own tags.
    @Test func aTemplateCannotSetAWSsOwn() async throws {
        let world = try World()
        let error = await #expect(throws: StackFailure.self) {
            try await deploy(
                world,
                "Resources: {A: {Type: AWS::ApiGateway::RestApi, Properties: {Name: a, Tags: [{Key: 'aws:x', Value: y}]}}}",
                nil)
        }
        #expect(error?.error.problems.first?.message.contains("cannot start with 'aws:'") == true)
    }
}
