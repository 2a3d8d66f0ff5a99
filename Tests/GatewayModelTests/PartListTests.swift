import GatewayModel
import JSON
import Testing

@Suite("Parts are kept in order and found by key")
struct PartListTests {
    private static func part(_ number: Int, _ key: String = "GET /a") -> V2.Route {
        V2.Route(routeId: "r\(number)", routeKey: key)
    }

    private static func list(_ numbers: some Sequence<Int>) -> PartList<V2.Route> { PartList(numbers.map { part($0) }) }

    private static func numbers(_ list: PartList<V2.Route>) -> [Int] { list.compactMap { Int($0.routeId.dropFirst()) } }

    @Test("in the order of their making, whatever comes between", arguments: [0, 1, 63, 64, 65, 1000])
    func order(count: Int) {
        var list = Self.list(0..<count)
        #expect(list.count == count)
        #expect(Self.numbers(list) == Array(0..<count))
        for number in 0..<count { #expect(list["r\(number)"]?.routeId == "r\(number)") }
        #expect(list["r\(count)"] == nil)
        #expect(list[at: count] == nil)
        list.put(Self.part(count))
        if count > 0 { list.put(Self.part(0, "GET /b")) }
        #expect(Self.numbers(list) == Array(0...count))
        #expect(list["r0"]?.routeKey == (count > 0 ? "GET /b" : "GET /a"))
    }

    @Test("a removed part leaves the others where they are")
    func removed() {
        var list = Self.list(0..<100)
        list.remove("r7")
        list.remove("r99")
        list.remove("r100")
        #expect(list.count == 98)
        #expect(Self.numbers(list) == Array(0..<7) + Array(8..<99))
        #expect(list["r7"] == nil)
        #expect(list[at: 7] == nil)
        #expect(list[at: 8]?.routeId == "r8")
        list.put(Self.part(7))
        #expect(Self.numbers(list).last == 7)
        for number in 0..<100 { list.remove("r\(number)") }
        #expect(list.isEmpty)
        #expect(Self.numbers(list) == [])
    }

    @Test("what comes and goes leaves no gaps without end")
    func gaps() {
        var list = Self.list(0..<100)
        for number in 100..<10_000 {
            list.put(Self.part(number))
            list.remove("r\(number)")
        }
        #expect(Self.numbers(list) == Array(0..<100))
        #expect(list.end < 1_000)
    }

    @Test("two lists differ where their parts do")
    func differences() {
        let old = Self.list(0..<200)
        var new = old
        #expect(new.differences(from: old) == [])
        new.put(Self.part(70, "GET /b"))
        new.put(Self.part(200))
        new.remove("r3")
        #expect(new.differences(from: old) == [3, 70, 200])
        #expect(old.differences(from: new) == [3, 70, 200])
        #expect(new != old)
        // Made anew, no piece is shared.
        #expect(Self.list(0..<200).differences(from: old) == [])
        #expect(Self.list(0..<200) == old)
        #expect(Self.list(0..<3).differences(from: []) == [0, 1, 2])
    }

    @Test("a copy is another value")
    func copies() {
        let old = Self.list(0..<100)
        var new = old
        new.put(Self.part(5, "GET /b"))
        new.remove("r6")
        #expect(old["r5"]?.routeKey == "GET /a")
        #expect(old["r6"] != nil)
        #expect(old.count == 100)
    }

    @Test("its document is an array")
    func document() throws {
        let list = Self.list(0..<70)
        let document = try JSONValue(encoding: list)
        #expect(document.array?.count == 70)
        #expect(try document.decode(PartList<V2.Route>.self) == list)
    }
}
