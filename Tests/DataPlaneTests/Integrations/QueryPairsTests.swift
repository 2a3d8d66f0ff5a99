import Testing

@testable import DataPlane

@Suite("Queries are cut into decoded pairs")
struct QueryPairsTests {
    @Test(
        "in the order in which they were sent",
        arguments: [
            ("", []),
            ("a=1", ["a=1"]),
            ("a=1&b=2&a=3", ["a=1", "b=2", "a=3"]),
            ("a", ["a="]),
            ("a=", ["a="]),
            ("=1", ["=1"]),
            ("=", ["="]),
            ("a=b=c", ["a=b=c"]),
            ("&&a=1&&", ["a=1"]),
            ("a+b=c+d", ["a b=c d"]),
            ("a%2Bb=%26%3D", ["a+b=&="]),
            ("a=1;b=2", ["a=1;b=2"]),
            ("%zz=%", ["%zz=%"]),
        ])
    func pairs(query: String, pairs: [String]) {
        let found = Array(query.utf8).withUnsafeBytes { bytes in
            QueryPairs(bytes).map {
                String(decoding: $0.name, as: UTF8.self) + "=" + String(decoding: $0.value, as: UTF8.self)
            }
        }
        #expect(found == pairs)
    }
}
