import Testing

@testable import GatewayModel

@Suite("Route keys")
struct RouteKeyTests {
    @Test(
        "are parsed into method and segments",
        arguments: [
            ("$default", RouteKey.default),
            ("GET /", .path(method: .get, segments: [])),
            ("GET /pets", .path(method: .get, segments: [.literal("pets")])),
            ("ANY /pets/{id}", .path(method: .any, segments: [.literal("pets"), .variable("id")])),
            ("POST /{proxy+}", .path(method: .post, segments: [.greedy("proxy")])),
            ("PUT /a/{b}/{c+}", .path(method: .put, segments: [.literal("a"), .variable("b"), .greedy("c")])),
            ("DELETE /pets/", .path(method: .delete, segments: [.literal("pets"), .literal("")])),
            ("PATCH //", .path(method: .patch, segments: [.literal(""), .literal("")])),
            ("HEAD /a.b_c-d~e:f@g", .path(method: .head, segments: [.literal("a.b_c-d~e:f@g")])),
            ("OPTIONS /%20", .path(method: .options, segments: [.literal("%20")])),
            ("GET /{a-b.c:d_e}", .path(method: .get, segments: [.variable("a-b.c:d_e")])),
        ])
    func parsed(text: String, key: RouteKey) {
        #expect(RouteKey(text) == key)
    }

    @Test(
        "are written as they were read",
        arguments: [
            "$default", "GET /", "ANY /pets/{id}", "POST /{proxy+}", "DELETE /pets/", "PATCH //",
        ])
    func description(text: String) throws {
        #expect(try #require(RouteKey(text)).description == text)
    }

    @Test(
        "of another form are refused",
        arguments: [
            "", "$DEFAULT", "/pets", "GET", "GET ", "GET pets", "get /pets", "TRACE /pets", "GET  /pets", "GET /pe ts",
            "GET /{proxy+}/more", "GET /{}", "GET /{+}", "GET /{id", "GET /id}", "GET /a{id}", "GET /{id}b",
            "GET /{a}{b}",
            "GET /{i d}", "GET /pets?x=1", "GET /pets#x", "GET /\u{7F}", "GET /é", "GET /\"", "GET /a\r\nb",
            " GET /pets",
            "*", "GET /{a+b}",
        ])
    func refused(text: String) {
        #expect(RouteKey(text) == nil)
    }

    @Test("the default key has no path")
    func defaultPath() {
        #expect(RouteKey.default.path == "")
    }
}
