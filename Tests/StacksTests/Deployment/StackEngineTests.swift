import ControlPlane
import GatewayModel
import JSON
import Testing

@testable import Stacks

@Suite struct StackEngineTests {
    @Test func aStackIsMade() async throws {
        let world = try World()
        let result = try await world.deploy(EditedStack.before)
        #expect(result.record.status == .createComplete)
        #expect(result.changes.allSatisfy { $0.action == .create } && result.changes.count == 21)
        #expect(result.deployment.outputs.first?.value.contains(".execute-api.us-east-1.") == true)
        #expect(try await world.record?.resources.count == 21)
        #expect(world.events.first == "shop CREATE_IN_PROGRESS" && world.events.last == "shop CREATE_COMPLETE")
    }

    @Test func aRoleTrustsAUserOfItsStack() async throws {
        let world = try World()
        let result = try await world.deploy(
            """
            Resources:
              Role:
                Type: AWS::IAM::Role
                Properties:
                  AssumeRolePolicyDocument:
                    Version: "2012-10-17"
                    Statement: {Effect: Allow, Principal: {AWS: !GetAtt User.Arn}, Action: sts:AssumeRole}
              User:
                Type: AWS::IAM::User
            """)
        #expect(result.record.status == .createComplete)
        #expect(result.record.resources.map(\.logicalId) == ["User", "Role"])
    }

    @Test func nothingIsCalledWhenNothingChanged() async throws {
        let world = try World()
        try await world.deploy(EditedStack.before)
        world.forgetCalls()
        let result = try await world.deploy(EditedStack.before)
        #expect(world.changingCalls.isEmpty)
        #expect(result.changes.isEmpty && result.changedRoutes == 0 && result.changedFunctions == 0)
    }

    @Test func aLogicalIdKeepsItsType() async throws {
        let world = try World()
        try await world.deploy("Resources: {B: {Type: AWS::IAM::User}, A: {Type: AWS::IAM::User}}")
        world.forgetCalls()
        let error = await #expect(throws: StackFailure.self) {
            try await world.deploy(
                "Resources: {B: {Type: AWS::IAM::Group}, A: {Type: AWS::IAM::Group}, C: {Type: AWS::IAM::Group}}")
        }
        #expect(
            error?.error.problems.map(\.message) == [
                "Update of resource type is not permitted. The new template modifies resource type of the following "
                    + "resources: [A, B]"
            ])
        #expect(world.changingCalls.isEmpty && error?.record?.status == .createComplete)
    }

    /// What a custom resource does not echo is masked where it is shown, and handed on as it is.
    @Test func outputsHideWhatAResourceHides() async throws {
        let world = try World()
        var record = StackRecord(name: "shop", stackId: "id", status: .createComplete, creationTime: "")
        record.resources = [
            StackResource(
                logicalId: "R", type: "Custom::R", physicalId: "r", attributes: ["Word": "hush"],
                noEcho: ["Word"], properties: ["ServiceToken": "f"], deletionPolicy: .delete,
                updateReplacePolicy: .delete)
        ]
        let plan = try plan(
            """
            Resources:
              R: {Type: Custom::R, Properties: {ServiceToken: f}}
              S: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: !Sub "${R} ${R.Word}"}}
            Outputs:
              Name: {Value: !Ref R}
              Word: {Value: !Sub "say ${R.Word}"}
              Third: {Value: !Select [2, !Split [h, !GetAtt R.Word]]}
            """)
        var comparison = StackComparison(engine: world.engine(), plan: plan, existing: record)
        let outputs = try comparison.knownOutputs()
        #expect(outputs.map(\.value) == ["r", "say hush", ""])
        #expect(outputs.map(\.shownValue) == ["r", "say ****", "****"])

        comparison.exists(record.resources[0].provisioned)
        let wanted = try comparison.wanted(plan.resources[1]).resource
        #expect(wanted.properties["Value"] == "r hush" && wanted.shown?["Value"] == "r ****")
    }

    @Test func theOrderOfMembersIsNoChange() async throws {
        let world = try World()
        try await world.deploy(EditedStack.before)
        world.forgetCalls()
        try await world.deploy(
            EditedStack.before.replacing(
                "{AllowOrigins: [https://example.com], MaxAge: 10}",
                with: "{MaxAge: 10, AllowOrigins: [https://example.com]}"))
        #expect(world.changingCalls.isEmpty)
    }

    @Test(arguments: [
        ("MemorySize: 256", "MemorySize: 512", ["PUT /2015-03-31/functions/shop-Hello/configuration"]),
        ("return 1", "return 2", ["PUT /2015-03-31/functions/shop-Hello/code"]),
        (
            "ReservedConcurrentExecutions: 2", "ReservedConcurrentExecutions: 3",
            ["PUT /2017-10-31/functions/shop-Hello/concurrency"]
        ),
        ("      ReservedConcurrentExecutions: 2\n", "", ["DELETE /2017-10-31/functions/shop-Hello/concurrency"]),
        ("{Service: lambda.amazonaws.com}", "{Service: edgelambda.amazonaws.com}", ["UpdateAssumeRolePolicy"]),
        ("AttributeName: expires", "AttributeName: until", ["UpdateTimeToLive", "UpdateTimeToLive"]),
        ("IndexName: b,", "IndexName: c,", ["UpdateTable", "UpdateTable"]),
        ("Tags: [{Key: team, Value: shop}]\n", "Tags: [{Key: more, Value: shop}]\n", ["TagResource", "UntagResource"]),
    ])
    func onlyWhatDiffersIsCalled(_ old: String, _ new: String, _ calls: [String]) async throws {
        let world = try World()
        try await world.deploy(EditedStack.before)
        world.forgetCalls()
        let edited = EditedStack.before.replacing(old, with: new)
        #expect(edited != EditedStack.before)
        let result = try await world.deploy(edited)
        #expect(world.changingCalls == calls)
        #expect(result.changes.count == 1)
    }

    @Test func routesThatDifferAreCounted() async throws {
        let world = try World()
        try await world.deploy(EditedStack.before)
        // Of the document one is gone, one is new and one leads elsewhere; the separate route has another key.
        let edited = EditedStack.before.replacing("/gone:", with: "/new:")
            .replacing("http://localhost/a\"", with: "http://localhost/b\"").replacing("GET /one", with: "GET /two")
        #expect(try await world.deploy(edited).changedRoutes == 5)
    }

    @Test func whatReplacesComesBeforeWhatItReplacesGoes() async throws {
        let world = try World()
        try await world.deploy(EditedStack.before)
        world.forgetCalls()
        let result = try await world.deploy(EditedStack.before.replacing("named-one", with: "named-two"))
        #expect(result.changes.first?.action == .replace(["FunctionName"]))
        #expect(world.changingCalls == ["POST /2015-03-31/functions", "DELETE /2015-03-31/functions/named-one"])
        #expect(result.record.status == .updateComplete && result.record.leavings.isEmpty)
    }

    @Test func theSameEndIsReachedFromAnywhere() async throws {
        let (straight, updated) = (try World(), try World())
        try await straight.deploy(EditedStack.after)
        try await updated.deploy(EditedStack.before)
        try await updated.deploy(EditedStack.after)
        let (wanted, reached) = (try await comparable(straight), try await comparable(updated))
        #expect(reached.subtracting(wanted) == [])
        #expect(wanted.subtracting(reached) == [])
    }

    /// Without ids, which each server makes itself, and versions, which count on.
    private func comparable(_ world: World) async throws -> Set<String> {
        let lines = try await world.described()
        let ids = lines.compactMap { line -> Substring? in
            let words = line.split(separator: " ")
            return words[0] == "api" ? words[1] : words[0] == "deployment" ? words.last : nil
        }
        let kept = lines.filter { !$0.hasPrefix("version ") && !$0.hasPrefix("alias ") }
        return Set(
            kept.map { line in
                // A permission that replaces another one of the same function has a statement id of its own.
                ids.reduce(line) { $0.replacing($1, with: "ID") }
                    .replacing(#/shop-Permission-[a-z0-9]{6}/#, with: "shop-Permission")
            })
    }

    @Test func codeThatChangedWhereItLiesIsAChange() async throws {
        let world = try World()
        let template = EditedStack.before.replacing(
            #"{ZipFile: "x = 1"}"#, with: "{S3Bucket: gatehouse.local, S3Key: /code}")
        let zip = StoredZip.archive(file: "index.py", contents: Array("x = 1".utf8))
        try await world.deploy(template, code: Code(digest: "one", zip))
        world.forgetCalls()
        try await world.deploy(template, code: Code(digest: "one", zip))
        #expect(world.changingCalls.isEmpty)
        let result = try await world.deploy(template, code: Code(digest: "two", zip))
        #expect(world.changingCalls == ["PUT /2015-03-31/functions/named-one/code"])
        #expect(result.changes.map(\.action) == [.update(["Code"])] && result.changedFunctions == 1)
    }

    private struct Code: CodeSource {
        let isTried = false
        let digest: String
        let zip: [UInt8]

        init(digest: String, _ zip: [UInt8]) { (self.digest, self.zip) = (digest, zip) }
        func digest(_ path: String) -> String? { digest }
        func code(_ path: String, digest: String?) -> PackagedCode? { .package(zip) }
    }

    @Test func changesAreToldBeforeTheyAreMade() async throws {
        let world = try World()
        let engine = world.engine()
        #expect(try await engine.changes(try plan(EditedStack.before), over: nil).count == 21)
        try await world.deploy(EditedStack.before)
        world.forgetCalls()
        #expect(try await engine.changes(try plan(EditedStack.before), over: try await world.record).isEmpty)
        let changes = try await engine.changes(try plan(EditedStack.after), over: try await world.record)
        #expect(world.changingCalls.isEmpty)
        let byName = Dictionary(uniqueKeysWithValues: changes.map { ($0.logicalId, $0.action) })
        #expect(byName["Named"] == .replace(["FunctionName"]))
        #expect(byName["Quick"] == .update(["Target"]))
        #expect(byName["Version2"] == .create && byName["Version1"] == .delete)
        #expect(byName["Role"] == nil)
    }

    @Test func aStackIsDeleted() async throws {
        let world = try World()
        let empty = try await world.described()
        try await world.deploy(EditedStack.before)
        try await world.engine().delete(try #require(try await world.record), account: AccountIdentity())
        #expect(try await world.described() == empty)
        #expect(try await world.store.isEmpty)
        #expect(world.events.last == "shop DELETE_COMPLETE")
        #expect(world.events.contains("Version1 DELETE_SKIPPED"))
    }

    @Test func whatIsRetainedStays() async throws {
        let world = try World()
        let retained = EditedStack.before.replacing(
            "Type: AWS::DynamoDB::Table\n", with: "Type: AWS::DynamoDB::Table\n    DeletionPolicy: Retain\n")
        try await world.deploy(retained)
        try await world.engine().delete(try #require(try await world.record), account: AccountIdentity())
        #expect(await world.tables.tables.keys.sorted() == ["shop-Table"])
    }

    @Test func whatCannotBeDeletedIsNamed() async throws {
        let world = try World()
        try await world.deploy(
            EditedStack.before.replacing(
                "BillingMode: PAY", with: "DeletionProtectionEnabled: true\n      BillingMode: PAY"))
        await #expect {
            try await world.engine().delete(try #require(try await world.record), account: AccountIdentity())
        } throws: { error in
            "\((error as? StackFailure)?.error as Any)".contains("DeleteTable: ValidationException")
        }
        #expect(try await world.record?.status == .deleteFailed)
        #expect(try await world.record?.resources.map(\.logicalId) == ["Table"])
    }

    @Test func hiddenParametersAreNotRecorded() async throws {
        let world = try World()
        let template = """
            Parameters: {Secret: {Type: String, NoEcho: true}, Plain: {Type: CommaDelimitedList}}
            Resources:
              Logs: {Type: AWS::Logs::LogGroup}
            """
        let plan = try plan(template, parameters: [("Secret", "hush"), ("Plain", "a,b")])
        let result = try await world.engine().deploy(plan, over: nil)
        #expect(result.record.parameters == ["Secret": "****", "Plain": "a,b"])
    }

    @Test func exportsInUseStay() async throws {
        let world = try World()
        let template = EditedStack.before + "\n    Export: {Name: shop-url}\n"
        let exporting = template.replacing(
            "Url: {Value: !GetAtt Imported.ApiEndpoint}", with: "Url:\n    Value: !GetAtt Imported.ApiEndpoint")
        let engine = world.engine(exports: Exports())
        let result = try await engine.deploy(try plan(exporting), over: nil)
        #expect(result.record.outputs.first?.exportName == "shop-url")
        await #expect {
            try await engine.delete(result.record, account: AccountIdentity())
        } throws: { error in
            "\((error as? StackFailure)?.error as Any)".contains(
                "Export shop-url cannot be deleted as it is in use by other")
        }
        await #expect(throws: StackFailure.self) {
            _ = try await engine.deploy(try plan(EditedStack.before), over: result.record)
        }
    }

    private struct Exports: StackExports {
        func value(_ name: String) -> String? { nil }
        func use(_ name: String, by stackName: String) -> String? { nil }
        func exporter(_ name: String) -> String? { nil }
        func claim(_ names: [String], for stackName: String) -> String? { nil }
        func importers(_ name: String) -> [String] { name == "shop-url" ? ["other"] : [] }
    }
}
