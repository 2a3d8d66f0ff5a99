import JSON
import Testing

@Suite("Maps in the order of their keys")
struct OrderedMapTests {
    @Test("of any size keep it, whatever is set again and removed", arguments: [5, 12, 13, 14, 1_000])
    func order(count: Int) {
        var map = OrderedMap((0..<count).map { ("k\($0)", $0) })
        map["k1"] = -1
        map["k0"] = nil
        map["k3"] = nil
        map["k0"] = 0
        map["none"] = nil
        let wanted = [1, 2] + Array(4..<count) + [0]
        #expect(map.keys == wanted.map { "k\($0)" })
        #expect(map.map(\.value) == wanted.map { $0 == 1 ? -1 : $0 })
        #expect(wanted.allSatisfy { map["k\($0)"] == ($0 == 1 ? -1 : $0) })
        #expect(map["k3"] == nil)
        #expect(map.count == count - 1)
    }
}
