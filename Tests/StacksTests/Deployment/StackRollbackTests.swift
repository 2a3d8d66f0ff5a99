import ControlPlane
import GatewayModel
import JSON
import Testing

@testable import Stacks

/// Deployments that fail, or whose server ends, at each of their steps.
@Suite struct StackRollbackTests {
    @Test(arguments: StackEdit.all)
    func aCreationThatFailsAnywhereLeavesNothing(stack: StackEdit) async throws {
        let whole = try World()
        try await whole.deploy(stack.before)
        for call in whole.changingCalls.indices {
            let world = try World()
            let empty = try await world.described()
            world.refuse(call)
            do {
                try await world.deploy(stack.before)
                Issue.record("call \(call) is refused: \(world.changingCalls[call])")
            } catch let failure as StackFailure {
                #expect(failure.record == nil)
                #expect("\(failure.error)".contains("template.yaml:"))
            }
            #expect(try await world.described() == empty, "\(whole.changingCalls[call])")
            #expect(try await world.store.isEmpty)
        }
    }

    @Test(arguments: StackEdit.all)
    func anUpdateThatFailsAnywhereIsTakenBack(stack: StackEdit) async throws {
        let whole = try World()
        try await whole.deploy(stack.before)
        whole.forgetCalls()
        try await whole.deploy(stack.after)
        for call in whole.changingCalls.indices {
            let world = try World()
            try await world.deploy(stack.before)
            let before = try await world.described()
            world.forgetCalls()
            world.refuse(call)
            do {
                let result = try await world.deploy(stack.after)
                // What is left over goes after the update; it is tried again.
                #expect(result.record.status == .updateComplete, "\(whole.changingCalls[call])")
            } catch let failure as StackFailure {
                #expect(failure.record?.status == .updateRollbackComplete, "\(whole.changingCalls[call]) \(failure)")
                #expect(try await world.described() == before, "\(whole.changingCalls[call])")
            }
            world.refuse(nil)
            try await world.deploy(stack.after)
            world.forgetCalls()
            try await world.deploy(stack.after)
            #expect(world.changingCalls.isEmpty)
        }
    }

    @Test(arguments: StackEdit.all)
    func afterOneThatWasLeftHalfDoneItIsTakenBackToWhatWasWhole(stack: StackEdit) async throws {
        var leaving = DeploymentOptions()
        leaving.failurePolicy = .leave
        let whole = try World()
        try await whole.deploy(stack.before)
        whole.forgetCalls()
        try await whole.deploy(stack.after)
        for call in whole.changingCalls.indices {
            let world = try World()
            try await world.deploy(stack.before)
            let before = try await world.described()
            world.forgetCalls()
            world.refuse(call)
            // What is left over goes after the update, which is whole then.
            guard (try? await world.deploy(stack.after, options: leaving)) == nil else { continue }
            #expect(try await world.record?.status == .updateFailed)
            world.forgetCalls()
            world.refuse(0)
            await #expect(throws: StackFailure.self) { try await world.deploy(stack.after) }
            #expect(try await world.record?.status == .updateRollbackComplete, "\(whole.changingCalls[call])")
            #expect(try await world.described() == before, "\(whole.changingCalls[call])")
        }
    }

    @Test func aCreationThatWasLeftHalfDoneIsTakenBackToNothing() async throws {
        var leaving = DeploymentOptions()
        leaving.failurePolicy = .leave
        var rollingBack = leaving
        rollingBack.failurePolicy = .rollBack
        let world = try World()
        let empty = try await world.described()
        world.refuse(3)
        await #expect(throws: StackFailure.self) { try await world.deploy(EditedStack.before, options: leaving) }
        #expect(try await world.record?.status == .createFailed)
        world.forgetCalls()
        world.refuse(1)
        await #expect(throws: StackFailure.self) { try await world.deploy(EditedStack.before, options: rollingBack) }
        let record = try #require(try await world.record)
        #expect(record.status == .rollbackComplete)
        #expect(record.resources.isEmpty)
        #expect(try await world.described() == empty)
    }

    @Test(arguments: ["AWS::Logs::LogGroup", "AWS::DynamoDB::Table", "AWS::ApiGateway::RestApi", "AWS::IAM::Role"])
    func whatWasRefusedIsNotTakenBack(type: String) async throws {
        let world = try World()
        world.forbid(from: 0)
        let properties = [
            "AWS::DynamoDB::Table": """
            {TableName: t, BillingMode: PAY_PER_REQUEST, KeySchema: [{AttributeName: a, KeyType: HASH}],
             AttributeDefinitions: [{AttributeName: a, AttributeType: S}]}
            """, "AWS::ApiGateway::RestApi": "{Name: n}",
            "AWS::IAM::Role": """
            {AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: [
              {Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: "sts:AssumeRole"}]}}
            """,
        ]
        do {
            try await world.deploy("Resources: {R: {Type: \(type), Properties: \(properties[type] ?? "{}")}}")
            Issue.record("nothing is permitted")
        } catch let failure as StackFailure {
            #expect(failure.record == nil, "\(failure.error)")
            #expect("\(failure.error)".contains("HTTP 403"))
        }
        #expect(world.changingCalls.count == 1)
    }

    @Test func whatHasBegunToBeTakenBackIsWrittenDown() async throws {
        let world = try World()
        try await world.deploy(EditedStack.before)
        let before = try await world.described()
        world.forgetCalls()
        world.refuse(3)
        // The server ends at the first step backwards.
        world.end(at: 4, isCarriedOut: false)
        await #expect(throws: StackFailure.self) { try await world.deploy(EditedStack.after) }
        world.start()
        #expect(try await world.record?.status == .updateRollbackInProgress)
        world.refuse(nil)
        try await world.recover()
        #expect(try await world.record?.status == .updateRollbackComplete)
        #expect(try await world.described() == before)
    }

    @Test(arguments: StackEdit.all, [true, false])
    func aCreationThatWasCutShortLeavesNothing(stack: StackEdit, isCarriedOut: Bool) async throws {
        let whole = try World()
        try await whole.deploy(stack.before)
        for call in whole.changingCalls.indices {
            let world = try World()
            let empty = try await world.described()
            world.end(at: call, isCarriedOut: isCarriedOut)
            await #expect(throws: StackFailure.self) { try await world.deploy(stack.before) }
            world.start()
            #expect(try await world.record?.status == .createInProgress)
            try await world.recover()
            #expect(try await world.described() == empty, "\(whole.changingCalls[call])")
            #expect(try await world.store.isEmpty)
        }
    }

    @Test(arguments: StackEdit.all, [true, false])
    func anUpdateThatWasCutShortIsTakenBackOrFinished(stack: StackEdit, isCarriedOut: Bool) async throws {
        let whole = try World()
        try await whole.deploy(stack.before)
        whole.forgetCalls()
        try await whole.deploy(stack.after)
        for call in whole.changingCalls.indices {
            let world = try World()
            try await world.deploy(stack.before)
            let before = try await world.described()
            world.forgetCalls()
            world.end(at: call, isCarriedOut: isCarriedOut)
            _ = try? await world.deploy(stack.after)
            world.start()
            let status = try await world.record?.status
            try await world.recover()
            if status == .updateInProgress {
                #expect(try await world.record?.status == .updateRollbackComplete, "\(whole.changingCalls[call])")
                #expect(try await world.described() == before, "\(whole.changingCalls[call])")
            } else {
                #expect(status == .updateCompleteCleanupInProgress)
                #expect(try await world.record?.status == .updateComplete)
                world.forgetCalls()
                try await world.deploy(stack.after)
                #expect(world.changingCalls.isEmpty)
            }
        }
    }

    @Test(arguments: StackEdit.all)
    func aDeletionThatWasCutShortIsFinished(stack: StackEdit) async throws {
        let whole = try World()
        try await whole.deploy(stack.before)
        whole.forgetCalls()
        try await whole.engine().delete(try #require(try await whole.record), account: AccountIdentity())
        for call in whole.changingCalls.indices {
            let world = try World()
            let empty = try await world.described()
            try await world.deploy(stack.before)
            world.forgetCalls()
            world.end(at: call, isCarriedOut: true)
            let record = try #require(try await world.record)
            _ = try? await world.engine().delete(record, account: AccountIdentity())
            world.start()
            try await world.recover()
            // The account stays, with what it was told.
            let isAccount = { (line: String) in line.hasPrefix("account ") }
            let left = try await world.described()
            #expect(left.filter { !isAccount($0) } == empty.filter { !isAccount($0) })
            #expect(left.filter(isAccount).count == 1)
            #expect(try await world.store.isEmpty)
        }
    }

    @Test func whatOthersMadeStays() async throws {
        let world = try World()
        try await world.deploy(EditedStack.before.replacing("named-one", with: "other"))
        let others = try await world.described()
        // The function's name is taken, by another stack for one.
        let engine = world.engine()
        await #expect(throws: StackFailure.self) {
            _ = try await engine.deploy(
                try StackPlan(
                    source(EditedStack.before.replacing("named-one", with: "other")), stackName: "second",
                    account: AccountIdentity()), over: nil)
        }
        #expect(try await world.described() == others)
    }
}
