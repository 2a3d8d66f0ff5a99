import JSON
import Testing

@testable import ControlPlane

@Suite struct PatchTableTests {
    struct Thing: Equatable {
        var name: String?
        var list: [String]?
        var map: OrderedMap<String>?
        var isOn = false
    }

    private static let rules: [PatchRule<Thing>] = [
        .text("/name", \.name), .list("/list/<entry>", \.list), .bool("/isOn", \.isOn),
        .entries("/map/<key>", \.map, missing: RESTError.noParameter) { $0.value ?? "" },
    ]

    private func patched(
        _ thing: Thing = Thing(), _ operations: PatchOperation..., faults: PatchTable<Thing>.Faults = .plain
    ) throws -> Thing {
        var thing = thing
        try PatchTable(faults, Self.rules).apply(operations, to: &thing)
        return thing
    }

    @Test func segmentsAreUnescapedOnceAndInOrder() throws {
        #expect(PatchPath("/a~1b/~01/c").segments == ["a/b", "~1", "c"])
        #expect(PatchPath("/list/<entry>").match(PatchPath("/list/a~1b")) == ["a/b"])
        #expect(PatchPath("/list/<entry>").match(PatchPath("/list/a/b")) == nil)
        #expect(PatchPath("/list/<entry>").match(PatchPath("/list/")) == nil)
        #expect(PatchPath("/name").match(PatchPath("name")) == nil)
    }

    @Test func aMapGoesWithItsLastEntry() throws {
        let one = try patched(Thing(), PatchOperation(.add, "/map/a~1b", "1"))
        #expect(one.map == ["a/b": "1"])
        #expect(try patched(one, PatchOperation(.remove, "/map/a~1b")).map == nil)
    }

    @Test func aReplacedEntryGoesToTheEnd() throws {
        let two = try patched(Thing(), PatchOperation(.add, "/list/a"), PatchOperation(.add, "/list/b"))
        #expect(try patched(two, PatchOperation(.replace, "/list/a", "c")).list == ["b", "c"])
    }

    @Test func allOrNothing() {
        var thing = Thing()
        #expect(throws: ServiceError.self) {
            try PatchTable(.plain, Self.rules).apply(
                [PatchOperation(.replace, "/name", "x"), PatchOperation(.replace, "/nothing", "x")], to: &thing)
        }
        #expect(thing == Thing())
    }

    @Test(
        arguments: [
            (
                PatchTable<Thing>.Faults.plain, PatchOperation(.add, "/name"),
                "Invalid patch operation specified. Must be one of: [replace]"
            ),
            (.plain, PatchOperation(.move, "/x"), "Invalid patch path /x"),
            (.plain, PatchOperation(.replace, nil), "Invalid patch path null"),
            (.pathOnly, PatchOperation(.add, "/name"), "Invalid patch path /name"),
            (
                .listed, PatchOperation(.test, "/name"),
                "Invalid patch path  '/name' specified for op 'test'. Please choose supported operations"
            ),
            (
                .listed, PatchOperation(.add, "/name"),
                "Invalid patch path  '/name' specified for op 'add'. Must be one of: [/list/<entry>, /map/<key>]"
            ),
        ])
    func faults(faults: PatchTable<Thing>.Faults, operation: PatchOperation, message: String) {
        #expect(throws: RESTError.badRequest(message)) { try patched(Thing(), operation, faults: faults) }
    }
}
