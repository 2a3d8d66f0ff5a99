import GatewayModel
import HTTPFront
import Testing

@testable import DataPlane

@Suite("Routes are selected by path and method")
struct RouterTests {
    private struct Match: Equatable {
        var key: String?
        var values: [String] = []
    }

    private static func router(_ keys: [String]) throws -> Router {
        var router = Router()
        for (index, key) in keys.enumerated() { router.add(try #require(RouteKey(key)), index) }
        return router
    }

    private static func match(_ keys: [String], _ method: RequestHead.Method, _ path: String) throws -> Match {
        match(try router(keys), keys, method, path)
    }

    private static func match(
        _ router: Router, _ keys: [String], _ method: RequestHead.Method, _ path: String
    ) -> Match {
        // What a match leaves of an earlier one would show.
        var bindings = [Router.Binding(start: 7, end: 9)]
        let bytes = Array(path.utf8)
        let index = bytes.withUnsafeBytes { router.match($0, method, &bindings) }
        return Match(
            key: index.map { keys[$0] },
            values: index == nil
                ? [] : bindings.map { String(decoding: bytes[Int($0.start)..<Int($0.end)], as: UTF8.self) })
    }

    /// The example of http-api-develop-routes, row by row.
    private static let documented = [
        "GET /pets/dog/1", "GET /pets/dog/{id}", "GET /pets/{proxy+}", "ANY /{proxy+}", "$default",
    ]

    @Test(
        "as the Developer Guide's table has it",
        arguments: [
            (RequestHead.Method.get, "/pets/dog/1", "GET /pets/dog/1"),
            (.get, "/pets/dog/2", "GET /pets/dog/{id}"),
            (.get, "/pets/cat/1", "GET /pets/{proxy+}"),
            (.post, "/test/5", "ANY /{proxy+}"),
        ])
    func developerGuide(method: RequestHead.Method, path: String, key: String) throws {
        #expect(try Self.match(Self.documented, method, path).key == key)
    }

    @Test(
        "every rule of the selection",
        arguments: [
            // Full match: a literal before a variable.
            (["GET /a/{x}", "GET /a/b"], RequestHead.Method.get, "/a/b", "GET /a/b"),
            (["GET /a/{x}", "GET /a/b"], .get, "/a/c", "GET /a/{x}"),
            // A full match before a greedy one, whatever the number of its variables.
            (["GET /a/b/{p+}", "GET /{x}/{y}/{z}"], .get, "/a/b/c", "GET /{x}/{y}/{z}"),
            (["ANY /{p+}", "GET /{x}"], .get, "/a", "GET /{x}"),
            // Among greedy ones the longest prefix, a literal before a variable.
            (["GET /{p+}", "GET /a/{p+}", "GET /a/b/{p+}"], .get, "/a/b/c", "GET /a/b/{p+}"),
            (["GET /{p+}", "GET /a/{p+}", "GET /a/b/{p+}"], .get, "/a/c/b", "GET /a/{p+}"),
            (["GET /{p+}", "GET /a/{p+}", "GET /a/b/{p+}"], .get, "/c", "GET /{p+}"),
            (["GET /{x}/{p+}", "GET /a/{p+}"], .get, "/a/b", "GET /a/{p+}"),
            // The default route takes what is left.
            (["$default", "GET /a"], .get, "/b", "$default"),
            (["$default", "GET /a"], .other, "/a", "$default"),
            // The method itself before ANY, on the same path.
            (["ANY /a", "GET /a"], .get, "/a", "GET /a"),
            (["ANY /a", "GET /a"], .post, "/a", "ANY /a"),
            (["ANY /a", "GET /a"], .other, "/a", "ANY /a"),
            (["ANY /{p+}", "GET /{p+}"], .get, "/x/y", "GET /{p+}"),
            // The more specific path first, even with ANY.
            (["GET /a/{x}", "ANY /a/b"], .get, "/a/b", "ANY /a/b"),
            // A path that exists for other methods only falls through: variable, greedy, default.
            (["GET /a/b", "POST /a/{x}"], .post, "/a/b", "POST /a/{x}"),
            (["GET /pets", "ANY /{p+}"], .post, "/pets", "ANY /{p+}"),
            (["GET /pets", "$default"], .post, "/pets", "$default"),
            (["GET /a/{p+}", "POST /{p+}"], .post, "/a/b", "POST /{p+}"),
            (["GET /a", "HEAD /a"], .head, "/a", "HEAD /a"),
            // Backtracking: a literal that leads nowhere gives way.
            (["GET /a/b/c", "GET /a/{x}/d"], .get, "/a/b/d", "GET /a/{x}/d"),
            (["GET /a/b/c/d", "GET /{x}/b/{y}/e"], .get, "/a/b/c/e", "GET /{x}/b/{y}/e"),
            (["GET /a/b/{p+}", "GET /a/{x}/{y}/z"], .get, "/a/b/c/z", "GET /a/{x}/{y}/z"),
            // The earliest literal from the left.
            (["GET /a/{x}/c", "GET /{y}/b/c"], .get, "/a/b/c", "GET /a/{x}/c"),
            (["GET /a/{x}/c", "GET /a/b/{y}"], .get, "/a/b/c", "GET /a/b/{y}"),
            // The root.
            (["GET /"], .get, "/", "GET /"),
            (["GET /"], .get, "", "GET /"),
            (["ANY /{proxy+}"], .get, "/", "ANY /{proxy+}"),
            (["ANY /{proxy+}", "GET /"], .get, "/", "GET /"),
            (["ANY /{proxy+}"], .get, "", "ANY /{proxy+}"),
            // A trailing slash is one more, empty segment.
            (["GET /a/", "GET /a"], .get, "/a/", "GET /a/"),
            (["GET /a/", "GET /a"], .get, "/a", "GET /a"),
            (["GET /a/{p+}"], .get, "/a/", "GET /a/{p+}"),
            (["GET /{p+}", "GET /a"], .get, "/a/", "GET /{p+}"),
            // Slashes are not collapsed.
            (["GET /a//b", "GET /a/b"], .get, "/a//b", "GET /a//b"),
            (["GET /{p+}", "GET /a/b"], .get, "/a//b", "GET /{p+}"),
            (["GET /{p+}"], .get, "//", "GET /{p+}"),
            // The path was decoded before: what still looks encoded is meant as it stands.
            (["GET /caf%C3%A9"], .get, "/caf%C3%A9", "GET /caf%C3%A9"),
            (["GET /pets"], .get, "/%70ets", nil),
            (["GET /a/b", "GET /{x}"], .get, "/a%2Fb", "GET /{x}"),
            (["GET /pets"], .get, "/pets%", nil),
            // Paths are case-sensitive.
            (["GET /pets"], .get, "/Pets", nil),
            // Nothing matches.
            (["GET /a/{x}"], .get, "/a", nil),
            (["GET /a/{x}"], .get, "/a/", nil),
            (["GET /a/{x}"], .get, "/a/b/c", nil),
            (["GET /parent/{proxy+}"], .get, "/parent", nil),
            (["GET /a"], .post, "/a", nil),
            (["GET /a"], .head, "/a", nil),
            (["GET /ab"], .get, "/a", nil),
            ([], .get, "/", nil),
        ] as [([String], RequestHead.Method, String, String?)])
    func rule(keys: [String], method: RequestHead.Method, path: String, key: String?) throws {
        #expect(try Self.match(keys, method, path).key == key)
        #expect(try Self.match(keys.reversed(), method, path).key == key)
    }

    @Test(
        "every method has its own route",
        arguments: [
            (RequestHead.Method.get, "GET"), (.head, "HEAD"), (.options, "OPTIONS"), (.patch, "PATCH"), (.post, "POST"),
            (.put, "PUT"), (.delete, "DELETE"), (.other, "ANY"),
        ])
    func methods(method: RequestHead.Method, name: String) throws {
        let keys = ["ANY", "DELETE", "PUT", "POST", "PATCH", "OPTIONS", "HEAD", "GET"].map { $0 + " /a" }
        #expect(try Self.match(keys, method, "/a").key == name + " /a")
    }

    @Test(
        "the values of the variables are found in order, encoded as sent",
        arguments: [
            ("GET /a/{x}/b/{y}", "/a/1/b/2", ["1", "2"]),
            ("GET /{x}/{rest+}", "/1/2/3", ["1", "2/3"]),
            ("GET /{rest+}", "/a%20b/c/", ["a%20b/c/"]),
            ("GET /{rest+}", "/", [""]),
            ("GET /{rest+}", "//", ["/"]),
            ("GET /a/{rest+}", "/a/", [""]),
            ("GET /a/b", "/a/b", []),
            ("GET /{x}", "/%2F", ["%2F"]),
        ])
    func values(key: String, path: String, values: [String]) throws {
        #expect(try Self.match([key], .get, path) == Match(key: key, values: values))
    }

    @Test("variables of a way that led nowhere leave nothing behind")
    func backtrackedValues() throws {
        let keys = ["GET /{a}/{b}/c/d", "GET /x/{b}/c/e", "GET /{a}/{rest+}"]
        #expect(try Self.match(keys, .get, "/x/1/c/d") == Match(key: keys[0], values: ["x", "1"]))
        #expect(try Self.match(keys, .get, "/x/1/c/e") == Match(key: keys[1], values: ["1"]))
        #expect(try Self.match(keys, .get, "/x/1/c/f") == Match(key: keys[2], values: ["x", "1/c/f"]))
        #expect(try Self.match(keys + ["$default"], .get, "/x") == Match(key: "$default"))
    }

    @Test("a route that is taken out is not found, and what came in its place is")
    func removed() throws {
        let keys = ["GET /a/b", "GET /a/{x}", "GET /a/{p+}", "$default", "ANY /a/b"]
        var router = try Self.router(keys)
        func match(_ path: String) -> String? { Self.match(router, keys, .get, path).key }
        func remove(_ index: Int) throws { router.remove(try #require(RouteKey(keys[index])), index) }
        try remove(0)
        #expect(match("/a/b") == "ANY /a/b")
        try remove(4)
        #expect(match("/a/b") == "GET /a/{x}")
        router.add(try #require(RouteKey(keys[0])), 4)
        // Another route has the key: taking the former one out again changes nothing.
        try remove(0)
        #expect(match("/a/b") == keys[4])
        router.remove(try #require(RouteKey(keys[0])), 4)
        try remove(1)
        #expect(match("/a/b") == "GET /a/{p+}")
        try remove(2)
        #expect(match("/a/b") == "$default")
        router.remove(.default, 2)
        #expect(match("/a/b") == "$default")
        try remove(3)
        #expect(match("/a/b") == nil)
        #expect(router.removed == 8)
        router.remove(try #require(RouteKey("GET /never/was")), 7)
    }

    @Test("a copy of a router is another one")
    func copies() throws {
        let keys = ["GET /a", "GET /b/{x}", "GET /c/d"]
        let first = try Self.router([keys[0]])
        var second = first
        for index in 1..<3 { second.add(try #require(RouteKey(keys[index])), index) }
        #expect(Self.match(first, keys, .get, "/c/d").key == nil)
        #expect(Self.match(first, keys, .get, "/a").key == keys[0])
        #expect(Self.match(second, keys, .get, "/b/1") == Match(key: keys[1], values: ["1"]))
        #expect(Self.match(second, keys, .get, "/c/d").key == keys[2])
    }

    @Test("each of 10,000 routes is found, and nothing else")
    func manyRoutes() throws {
        let shapes = ["GET /service%/items", "POST /service%/items/{id}", "ANY /v1/resource%/{p+}", "GET /{tenant}/r%"]
        let paths = ["/service%/items", "/service%/items/7", "/v1/resource%/a/b", "/acme/r%"]
        let methods: [RequestHead.Method] = [.get, .post, .delete, .get]
        var keys: [String] = []
        for number in 0..<2_500 {
            keys += shapes.map { $0.replacing("%", with: "\(number)") }
        }
        let router = try Self.router(keys)
        for (index, key) in keys.enumerated() {
            let path = paths[index % 4].replacing("%", with: "\(index / 4)")
            #expect(Self.match(router, keys, methods[index % 4], path).key == key)
        }
        for path in ["/service2500/items", "/service0", "/service0/item", "/v1/resource0", "/acme/r2500", "/"] {
            #expect(Self.match(router, keys, .get, path).key == nil, "\(path)")
        }
    }
}
