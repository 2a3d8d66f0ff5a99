import GatewayModel
import JSON
import Testing

@testable import DataPlane

@Suite("A snapshot finds APIs and stages by bytes")
struct SnapshotTests {
    private static let compiler = StageCompiler.standingAlone()

    private static func stage(_ api: String, _ name: String) throws -> CompiledStage {
        try compiler.compile(TestAPI(apiId: api, stage: name).definition, previous: nil)
    }

    private static func snapshot(_ stages: [(String, String)]) throws -> Snapshot {
        Snapshot.empty.next(try stages.map { try stage($0, $1) }, removing: [])
    }

    private static func api(_ snapshot: Snapshot, _ id: String) -> String? {
        Array(id.utf8).withUnsafeBytes { snapshot.api($0) }.map { String(decoding: $0.id, as: UTF8.self) }
    }

    @Test("an API in whatever case its host name was written")
    func apiByHost() throws {
        let snapshot = try Self.snapshot([("abc123", "$default"), ("def456", "dev")])
        #expect(Self.api(snapshot, "abc123") == "abc123")
        #expect(Self.api(snapshot, "ABC123") == "abc123")
        #expect(Self.api(snapshot, "Def456") == "def456")
        #expect(Self.api(snapshot, "abc12") == nil)
        #expect(Self.api(snapshot, "abc1234") == nil)
        #expect(Self.api(snapshot, "") == nil)
        #expect(Self.api(.empty, "abc123") == nil)
    }

    @Test("each of many APIs")
    func many() throws {
        let ids = (0..<500).map { "api\($0)" }
        let snapshot = try Self.snapshot(ids.map { ($0, "$default") })
        for id in ids { #expect(Self.api(snapshot, id) == id) }
        #expect(Self.api(snapshot, "api500") == nil)
    }

    @Test("a named stage by its exact name, the default stage apart from them")
    func stages() throws {
        let snapshot = try Self.snapshot([("abc", "$default"), ("abc", "dev"), ("abc", "dev2"), ("def", "prod")])
        let found = Array("abc".utf8).withUnsafeBytes { snapshot.api($0) }
        let api = try #require(found)
        func stage(_ name: String) -> String? {
            Array(name.utf8).withUnsafeBytes { api.stage($0) }?.key.stageName
        }
        #expect(stage("dev") == "dev")
        #expect(stage("dev2") == "dev2")
        #expect(stage("Dev") == nil)
        #expect(stage("de") == nil)
        #expect(stage("prod") == nil)
        #expect(stage("$default") == nil)
        #expect(api.defaultStage?.key.stageName == "$default")
    }

    @Test("the next one has what changed in place of what was there, and all else as it was")
    func next() throws {
        let first = try Self.snapshot([("abc", "$default"), ("abc", "dev"), ("def", "prod"), ("ghi", "$default")])
        let changed = try Self.stage("abc", "dev")
        let second = first.next(
            [changed, try Self.stage("abc", "new"), try Self.stage("jkl", "x")],
            removing: [StageKey(apiId: "def", stageName: "prod"), StageKey(apiId: "no", stageName: "no")])
        #expect(second.generation == first.generation + 1)
        #expect(second.stage(changed.key) === changed)
        for key in [StageKey(apiId: "abc", stageName: "$default"), StageKey(apiId: "ghi", stageName: "$default")] {
            #expect(second.stage(key) === first.stage(key))
            #expect(second.stage(key) != nil)
        }
        #expect(Self.api(second, "def") == nil)
        #expect(Self.api(second, "jkl") == "jkl")
        #expect(
            Set(second.stages.map { "\($0.key.apiId)/\($0.key.stageName)" }) == [
                "abc/$default", "abc/dev", "abc/new", "ghi/$default", "jkl/x",
            ])
        // The first one is as it was.
        #expect(Self.api(first, "def") == "def")
        #expect(first.stage(changed.key) !== changed)
        #expect(first.stages.count == 4)
    }
}
