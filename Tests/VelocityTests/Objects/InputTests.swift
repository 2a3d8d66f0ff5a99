import Testing

@testable import Velocity

@Suite struct InputTests {
    /// Recorded from AWS (LocalStack's test_input_path_template_formatting).
    @Test(arguments: [
        ("{}", ", \"nested\": "), ("{\"a\": null}", ", \"nested\": "), ("{\"a\": []}", "[], \"nested\": "),
        ("{\"a\": {\"nested\": \"x\"}}", "{nested=x}, \"nested\": x"),
        ("{\"a\": {\"foo\": \"bar\"}}", "{foo=bar}, \"nested\": "),
        ("{\"a\": [{\"foo\": \"bar\"}]}", "[{\"foo\":\"bar\"}], \"nested\": "),
        (
            "{\"a\": {\"nested\": [{\"nested\": \"bar\"}]}}",
            "{nested=[{\"nested\":\"bar\"}]}, \"nested\": [{\"nested\":\"bar\"}]"
        ),
        (
            "{\"a\": {\"bigger\": \"dict\", \"to\": \"test\", \"with\": \"separators\"}}",
            "{bigger=dict, to=test, with=separators}, \"nested\": "
        ),
        ("{\"a\": \"text\"}", "text, \"nested\": "), ("{\"a\": 1.50}", "1.5, \"nested\": "),
    ])
    func `input.path gives live values that print as Java prints them`(body: String, output: String) {
        let template = "#set($result = $input.path('$.a'))$result, \"nested\": $result.nested"
        #expect(render(template, body: body) == output)
    }

    @Test(arguments: [
        ("$.s", "\"a\\\"b/c\""), ("$.o", "{\"a\":1,\"b\":[true,null]}"), ("$.n", "1.5"), ("$.null", "null"),
        ("$.missing", "\"\""), ("$.missing.deeper", "\"\""), ("$.s.deeper", "\"\""), ("$.o.b", "[true,null]"),
        ("$.o.b[0]", "true"), ("$.big", "12345678901234567890"), ("s", "\"a\\\"b/c\""), ("$.e", "\"\\u20AC\""),
    ])
    func `input.json gives JSON text`(path: String, output: String) {
        let body = #"""
            {"s": "a\"b/c", "o": {"a": 1, "b": [true, null]}, "n": 1.50, "null": null,
             "big": 12345678901234567890, "e": "€"}
            """#
        #expect(render("$input.json('\(path)')", body: body) == output)
        #expect(render("#set($x = $input.json('\(path)'))$x", body: body) == output)
        #expect(render("#set($p = '\(path)')$input.json($p)", body: body) == output)
    }

    @Test func `An empty body is an empty object`() {
        #expect(render("$input.body") == "{}")
        #expect(render("$util.urlEncode($input.body)") == "%7B%7D")
        #expect(render("$input.json('$')$input.path('$')$input.json('$.x')") == "{}{}\"\"")
    }

    @Test(arguments: [
        ("a=1&b=2", "\"a=1&b=2\"", "a=1&b=2"), ("<a>1</a>", "\"<a>1</a>\"", "<a>1</a>"),
        ("{\"a\":1", "\"{\\\"a\\\":1\"", "{\"a\":1"), ("some raw data", "\"some raw data\"", "some raw data"),
        ("{a: 1}", "{\"a\":1}", "{a=1}"), ("{'a': 'b',}", "{\"a\":\"b\"}", "{a=b}"),
    ])
    func `A body that is no JSON is a text, unless json-smart reads it`(body: String, json: String, path: String) {
        #expect(render("$input.json('$')", body: body) == json)
        #expect(render("$input.path('$')", body: body) == path)
        #expect(render("$input.body", body: body) == body)
        #expect(render("[$input.path('$.x')]", body: body) == "[]")
    }

    @Test func `What is changed in the body is changed for json too`() {
        let put = "#set($body = $input.path('$'))#set($body.url = \"x\")$input.json('$')"
        #expect(render(put, body: "{\"a\": 1}") == "{\"a\":1,\"url\":\"x\"}")
        let add = "#set($l = $input.path('$.l'))#set($d = $l.add({\"k\": [2, \"x\"]}))$input.json('$')$l"
        #expect(render(add, body: "{\"l\": [1]}") == "{\"l\":[1,{\"k\":[2,\"x\"]}]}[1,{\"k\":[2,\"x\"]}]")
    }

    @Test(arguments: [
        ("$input.params('id')", "p"), ("$input.params('x')", "2"), ("$input.params('X-B')", "h"),
        ("$input.params('x-b')", ""), ("$input.params().path.id", "p"), ("$input.params().header.get('Accept')", "*/*"),
        ("$input.params()", "{path={id=p}, querystring={id=q, x=2}, header={Accept=*/*, X-B=h, x=header}}"),
        ("$input.params().keySet()", "[path, querystring, header]"), ("#set($n = 'id')$input.params($n)", "p"),
        ("$input.params().header['X-B']", "h"), ("#if($input.params('none') == \"\")y#end", "y"),
    ])
    func `input.params looks into path, query string and headers`(template: String, output: String) {
        let request = TemplateRequest(
            path: [("id", "p")], querystring: [("id", "q"), ("x", "1"), ("x", "2")],
            header: [("X-B", "h"), ("Accept", "*/*"), ("x", "header")])
        #expect(render(template, request) == output)
    }

    @Test func `No parameters are empty maps`() {
        #expect(render("$input.params()") == "{path={}, querystring={}, header={}}")
    }

    @Test func `A path that is none is an error only where it is reached`() {
        #expect(render("#if(false)$input.path('$[')#{else}x#end") == "x")
        let evaluation = TemplateEvaluation("ab$input.path('$[')", for: TemplateRequest())
        #expect(evaluation.error?.column == 3)
        #expect(evaluation.output == "ab")
        #expect(evaluation.invalidPaths.map(\.column) == [3])
    }
}
