import EntityStore
import JSON
import Sealing
import Testing

@testable import Stacks

@Suite("Records of stacks")
struct StackStoreTests {
    private let store = MemoryStore()
    private let sealing = SealingKey()
    private var stacks: StackStore { StackStore(store, sealing: sealing) }

    private func record() -> StackRecord {
        var record = StackRecord(name: "s", stackId: "id", status: .createComplete, creationTime: "now")
        record.resources = [key]
        return record
    }

    private var key: StackResource {
        StackResource(
            logicalId: "Key", type: "AWS::IAM::AccessKey", physicalId: "AKIA",
            attributes: ["SecretAccessKey": "s3cr3t"], properties: ["UserName": "u"], codeDigest: nil,
            deletionPolicy: .delete, updateReplacePolicy: .delete)
    }

    private var documents: [String] {
        get async throws {
            try await store.load(["stack"]).roots.flatMap(\.entities).map {
                String(decoding: $0.document, as: UTF8.self)
            }
        }
    }

    @Test("and their steps are sealed")
    func sealed() async throws {
        let step = StackStep(kind: .create, resource: key, preparation: nil, before: nil)
        try await stacks.save(record(), steps: [step])
        try await stacks.save([(1, step)], of: "s")
        #expect(try await documents.count == 3)
        #expect(try await documents.allSatisfy { !$0.contains("s3cr3t") && !$0.contains("SecretAccessKey") })
        let (loaded, steps) = try #require(try await stacks.load().first)
        #expect(loaded.resources[0].attributes == ["SecretAccessKey": "s3cr3t"])
        #expect(steps.count == 2 && steps[1].resource.logicalId == "Key")
    }

    @Test("tell that what is under way was stopped, until it is over")
    func stopped() async throws {
        var record = record()
        record.pending = StackOperation(kind: .update, template: "", settings: StackSettings(), isRepeatable: true)
        try await stacks.save(record, steps: [])
        #expect(try await stacks.load().first?.record.pending?.isStopped == nil)
        try await stacks.saveStop(of: "s")
        #expect(try await stacks.load().first?.record.pending?.isStopped == true)
        try await stacks.save(record, steps: [])
        #expect(try await stacks.load().first?.record.pending?.isStopped == nil)
        // It was over, and the stack gone, before that could be written down.
        try await stacks.remove("s")
        try await stacks.saveStop(of: "s")
        #expect(try await stacks.load().isEmpty)
    }

    @Test("cannot be opened with another key, nor in another's place")
    func otherKey() async throws {
        try await stacks.save(record(), steps: [])
        await #expect(throws: StoreError.self) { try await StackStore(store, sealing: SealingKey()).load() }
        let box = try #require(try await store.load(["stack"]).roots.first?.entities.first)
        let moved = Entity.ID(root: RootID("stack", "t"), kind: "stack", key: "t")
        try await store.commit([.deleteRoot(box.id.root), .save(Entity(id: moved, document: box.document))])
        await #expect(throws: StoreError.self) { try await stacks.load() }
    }

    @Test("of earlier releases are read as they are, and sealed")
    func plain() async throws {
        let id = Entity.ID(root: RootID("stack", "s"), kind: "stack", key: "s")
        let document = try JSONValue(encoding: record()).bytes
        try await store.commit([.save(Entity(id: id, document: document))])
        #expect(try await stacks.load().first?.record.resources.count == 1)
        try await stacks.sealOld()
        #expect(try await documents.allSatisfy { !$0.contains("s3cr3t") })
        #expect(try await stacks.load().first?.record.resources.count == 1)
    }
}
