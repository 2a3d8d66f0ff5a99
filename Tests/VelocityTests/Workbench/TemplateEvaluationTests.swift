import JSON
import Testing

@testable import Velocity

@Suite struct TemplateEvaluationTests {
    @Test func `A trace says what had no value, which branch ran, and how often loops did`() {
        let template = """
            #if($input.params('a') == "1")
            a
            #elseif($missing)
            b
            #else
            $input.path('$.x.y') c
            #end
            #foreach($i in [1..1500])#end
            """
        let evaluation = TemplateEvaluation(template, for: TemplateRequest())
        #expect(
            evaluation.trace.map(\.description) == [
                "1:1: #if not taken", "3:1: #if not taken", "5:1: #else taken",
                "6:1: $input.path('$.x.y') has no value",
                "8:1: #foreach over 1500 elements, of which AWS runs through 1000",
            ])
    }

    @Test func `A place in a string is a place in the template`() {
        let plain = TemplateEvaluation("\n #set($x = \"a $nothing\")", for: TemplateRequest())
        #expect(plain.trace.map(\.description) == ["2:15: $nothing has no value"])
        let decoded = TemplateEvaluation("\n #set($x = \"$nothing \"\"a\"\"\")", for: TemplateRequest())
        #expect(decoded.trace.map(\.description) == ["2:13: $nothing has no value"])
    }

    @Test func `A trace of a long loop has an end`() {
        let template = "#foreach($i in [1..1000])#foreach($i in [1..100])$nothing#end#end"
        let trace = TemplateEvaluation(template, for: TemplateRequest()).trace
        #expect(trace.count == 10_001)
        #expect(trace.last == .truncated)
    }

    @Test func `A request is read from JSON`() throws {
        let request = try TemplateRequest([
            "body": ["a": 1], "params": ["path": ["id": "1"], "querystring": ["q": "2"], "header": ["H": "3"]],
            "stageVariables": ["v": "4"], "context": ["stage": "prod"],
        ])
        let template =
            "$input.body $input.params('id')$input.params('q')$input.params('H')$stageVariables.v $context.stage"
        #expect(TemplateEvaluation(template, for: request).output == "{\"a\":1} 1234 prod")
    }

    @Test(
        arguments: [
            (["bdy": ""], "a request has no member \"bdy\": it has body, params, stageVariables, context"),
            (["params": ["cookie": [:]]], "params has no member \"cookie\": it has path, querystring, header"),
            (["stageVariables": ["a": 1]], "stageVariables.a is to be a string"),
            ([], "a request is to be an object, not a list"),
        ] as [(JSONValue, String)])
    func `A request that is none is refused`(value: JSONValue, message: String) {
        #expect(throws: TemplateRequestError(description: message)) { try TemplateRequest(value) }
    }
}
