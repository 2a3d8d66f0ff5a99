import JSON
import JSONSchema
import Testing

@Suite struct ModelCheckTests {
    @Test(
        "accepted",
        arguments: [
            "{}", #"{"$schema":"http://json-schema.org/draft-04/schema#","title":"Empty Schema","type":"object"}"#,
            ##"{"type":"object","properties":{"a":{"$ref":"#/definitions/b"}},"definitions":{"b":{"type":["string","null"]}}}"##,
            #"{"items":{"$ref":"https://apigateway.amazonaws.com/restapis/abc123/models/Pet"}}"#,
            #"{"minimum":1,"exclusiveMinimum":true,"format":"int32","default":{"example":1},"enum":[1,2]}"#,
            #"{"properties":{"example":{"type":"string"}}}"#, #"{"pattern":"^(?=.*[A-Z])(\\w)\\1$"}"#,
        ])
    func accepts(_ schema: String) { #expect(ModelCheck.errors(in: schema) == []) }

    @Test(
        "refused as invalid",
        arguments: [
            "", "[]", "{", "1", #"{"required":[]}"#, #"{"required":["a","a"]}"#, #"{"required":true}"#,
            #"{"enum":["A","A"]}"#, #"{"enum":[1,1.0]}"#, #"{"type":"text"}"#, #"{"type":[]}"#, #"{"properties":[]}"#,
            #"{"properties":{"a":1}}"#, #"{"minLength":-1}"#, #"{"minLength":1.5}"#, #"{"minimum":"1"}"#,
            #"{"exclusiveMinimum":true}"#, #"{"exclusiveMinimum":1,"minimum":1}"#, #"{"multipleOf":0}"#,
            #"{"pattern":"("}"#, #"{"pattern":"(?<=a)b"}"#, #"{"patternProperties":{"[":{}}}"#, #"{"allOf":[]}"#,
            #"{"items":[]}"#, #"{"not":1}"#, #"{"dependencies":{"a":[]}}"#, #"{"uniqueItems":1}"#, #"{"$ref":1}"#,
            #"{"definitions":{"a":{"type":"x"}}}"#, #"{"additionalProperties":"no"}"#, #"{"title":1}"#,
        ])
    func refuses(_ schema: String) { #expect(ModelCheck.errors(in: schema) == ["Invalid model schema specified"]) }

    @Test("unknown keywords are named, schema by schema")
    func unknownKeywords() {
        let errors = ModelCheck.errors(in: #"{"xml":{},"example":1,"properties":{"a":{"nullable":true}}}"#)
        #expect(
            ModelCheck.message(errors)
                == #"Invalid model specified: Validation Result: warnings : [], errors : [Invalid model schema specified. "#
                + #"Unsupported keyword(s): ["example","xml"], Invalid model schema specified. Unsupported keyword(s): ["nullable"]]"#
        )
    }

    @Test(
        "references elsewhere",
        arguments: [
            #"{"$ref":"other.json"}"#, #"{"$ref":"https://example.com/schema"}"#, #"{"id":"http://example.com/x"}"#,
            #"{"items":{"$ref":"http://json-schema.org/draft-04/schema#"}}"#, #"{"$ref":"Pet"}"#,
        ])
    func elsewhere(_ schema: String) {
        #expect(ModelCheck.errors(in: schema) == ["Model reference must be in canonical form"])
    }

    @Test("deep and large schemas are checked within bounds")
    func bounds() {
        #expect(
            ModelCheck.errors(in: String(repeating: "{\"items\":", count: 100_000)) == [
                "Invalid model schema specified"
            ])
        let wide = "{\"allOf\":[" + Array(repeating: "{}", count: 60_000).joined(separator: ",") + "]}"
        #expect(ModelCheck.errors(in: wide) == ["Invalid model schema specified"])
    }
}
