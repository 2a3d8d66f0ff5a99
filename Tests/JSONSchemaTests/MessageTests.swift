import JSON
import JSONSchema
import Testing

/// The words of json-schema-validator, which users parse.
@Suite struct MessageTests {
    static func fault(_ schema: String, _ body: String, models: [String: String] = [:]) throws -> String? {
        let schema = try ModelSchema(JSONValue(parsing: schema)) { name in
            models[name].flatMap { try? JSONValue(parsing: $0) }
        }
        return schema.fault(of: Array(body.utf8))?.description
    }

    @Test(
        "one fault, one message",
        arguments: [
            (#"{"required":["b","a"]}"#, "{}", #"object has missing required properties (["a","b"])"#),
            (
                #"{"type":"integer"}"#, #""x""#,
                #"instance type (string) does not match any allowed primitive type (allowed: ["integer"])"#
            ),
            (
                #"{"type":"number"}"#, "null",
                #"instance type (null) does not match any allowed primitive type (allowed: ["integer","number"])"#
            ),
            (
                #"{"type":["string","null"]}"#, "1.0",
                #"instance type (number) does not match any allowed primitive type (allowed: ["null","string"])"#
            ),
            (
                #"{"type":"integer"}"#, "1.0",
                #"instance type (number) does not match any allowed primitive type (allowed: ["integer"])"#
            ),
            (#"{"minimum":1}"#, "0", "numeric instance is lower than the required minimum (minimum: 1, found: 0)"),
            (#"{"maximum":9}"#, "10", "numeric instance is greater than the required maximum (maximum: 9, found: 10)"),
            (
                #"{"minimum":1.0}"#, "0.5",
                "numeric instance is lower than the required minimum (minimum: 1, found: 0.5)"
            ),
            (
                #"{"minimum":1,"exclusiveMinimum":true}"#, "1",
                "numeric instance is not strictly greater than the required minimum 1"
            ),
            (
                #"{"maximum":9,"exclusiveMaximum":true}"#, "9.0",
                "numeric instance is not strictly lower than the required maximum 9"
            ),
            (#"{"multipleOf":3}"#, "7", "remainder of division is not zero (7 / 3)"),
            (#"{"multipleOf":0.01}"#, "0.015", "remainder of division is not zero (0.015 / 0.01)"),
            (#"{"enum":["b","a"]}"#, #""x""#, #"instance value ("x") not found in enum (possible values: ["b","a"])"#),
            (
                #"{"enum":[1,{"a":[true]}]}"#, #"{ "a" : [ 1 ] }"#,
                #"instance value ({"a":[1]}) not found in enum (possible values: [1,{"a":[true]}])"#
            ),
            (#"{"minLength":2}"#, #""x""#, #"string "x" is too short (length: 1, required minimum: 2)"#),
            (#"{"maxLength":2}"#, #""x😀z""#, #"string "x😀z" is too long (length: 3, maximum allowed: 2)"#),
            (#"{"pattern":"^a\\d$"}"#, #""x""#, #"ECMA 262 regex "^a\d$" does not match input string "x""#),
            (
                #"{"additionalProperties":false,"properties":{"a":{}}}"#, #"{"z":1,"a":1,"x":2}"#,
                #"object instance has properties which are not allowed by the schema: ["x","z"]"#
            ),
            (#"{"minItems":1}"#, "[]", "array is too short: must have at least 1 elements but instance has 0 elements"),
            (
                #"{"maxItems":1}"#, "[1,2]",
                "array is too long: must have at most 1 elements but instance has 2 elements"
            ),
            (#"{"uniqueItems":true}"#, "[1,2,1.0]", "array must not contain duplicate elements"),
            (
                #"{"items":[{}],"additionalItems":false}"#, "[1,2]",
                "schema only allows 1 elements in array but instance has 2 elements"
            ),
            (#"{"minProperties":1}"#, "{}", "object has too few properties (found 0 but schema requires at least 1)"),
            (
                #"{"maxProperties":1}"#, #"{"a":1,"b":1}"#,
                "object has too many properties (found 2 but schema requires at most 1)"
            ),
            (
                #"{"dependencies":{"a":["c","b"]}}"#, #"{"a":1,"c":1}"#,
                #"property "a" of object has missing property dependencies (schema requires ["b","c"]; missing: ["b"])"#
            ),
            (
                #"{"oneOf":[{"type":"string"},{"minimum":5}]}"#, "1",
                "instance failed to match exactly one schema (matched 0 out of 2)"
            ),
            (#"{"oneOf":[{},{}]}"#, "1", "instance failed to match exactly one schema (matched 2 out of 2)"),
            (
                #"{"anyOf":[{"type":"string"},{"minimum":5}]}"#, "1",
                "instance failed to match at least one required schema among 2"
            ),
            (
                #"{"allOf":[{"type":"integer"},{"minimum":5}]}"#, "1",
                "instance failed to match all required schemas (matched only 1 out of 2)"
            ),
            (#"{"not":{}}"#, "1", "instance matched a schema which it should not have"),
            (#"{"format":"email"}"#, #""x""#, #"string "x" is not a valid email address"#),
            (
                #"{"format":"date-time"}"#, #""x""#,
                #"string "x" is invalid against requested date format(s) [yyyy-MM-dd'T'HH:mm:ssZ, yyyy-MM-dd'T'HH:mm:ss.[0-9]{1,12}Z]"#
            ),
            ("{}", "", "Unknown error parsing request body"),
            ("{}", "{", "Unknown error parsing request body"),
            ("{}", "1 2", "Unknown error parsing request body"),
            ("{}", String(repeating: "[", count: 300), "Unknown error parsing request body"),
        ])
    func words(_ schema: String, _ body: String, _ message: String) throws {
        #expect(try Self.fault(schema, body) == "[\(message)]")
    }

    @Test("each message once, keywords by name, members sorted")
    func several() throws {
        let schema = #"{"properties":{"b":{"type":"string"},"a":{"type":"string"},"c":{"minimum":3,"maximum":1}}}"#
        #expect(
            try Self.fault(schema, #"{"b":1,"c":2,"a":1}"#)
                == #"[instance type (integer) does not match any allowed primitive type (allowed: ["string"]), "#
                + "numeric instance is greater than the required maximum (maximum: 1, found: 2), "
                + "numeric instance is lower than the required minimum (minimum: 3, found: 2)]")
    }

    @Test("what is inside is not looked at behind a fault")
    func shallow() throws {
        let schema = #"{"required":["x"],"properties":{"a":{"type":"string"}}}"#
        #expect(try Self.fault(schema, #"{"a":1}"#) == #"[object has missing required properties (["x"])]"#)
        let nested =
            #"{"properties":{"a":{"type":"string"},"b":{"required":["y"],"properties":{"z":{"type":"string"}}}}}"#
        #expect(
            try Self.fault(nested, #"{"b":{"y":0,"z":1},"a":1}"#)
                == #"[instance type (integer) does not match any allowed primitive type (allowed: ["string"])]"#)
    }

    @Test("an unknown format is told beside faults, and is none")
    func unknownFormats() throws {
        let schema = #"{"properties":{"a":{"type":"number","format":"double"},"b":{"type":"string"}}}"#
        #expect(try Self.fault(schema, #"{"a":1.5,"b":"x"}"#) == nil)
        #expect(
            try Self.fault(schema, #"{"a":1.5,"b":2}"#)
                == #"[format attribute "double" not supported, instance type (integer) does not match any allowed primitive type (allowed: ["string"])]"#
        )
    }

    @Test("models refer to each other, in circles too")
    func models() throws {
        let address = "https://apigateway.amazonaws.com/restapis/abc123/models/"
        let person =
            #"{"type":"object","required":["name"],"properties":{"name":{"type":"string"},"pets":{"type":"array","items":{"$ref":"\#(address)Pet"}}}}"#
        let pet =
            ##"{"type":"object","properties":{"owner":{"$ref":"\##(address)Person"},"kind":{"$ref":"#/definitions/kind"}},"definitions":{"kind":{"enum":["cat"]}}}"##
        let models = ["Person": person, "Pet": pet]
        #expect(
            try Self.fault(person, #"{"name":"a","pets":[{"owner":{"name":"b"},"kind":"cat"}]}"#, models: models) == nil
        )
        #expect(
            try Self.fault(person, #"{"name":"a","pets":[{"owner":{}}]}"#, models: models)
                == #"[object has missing required properties (["name"])]"#)
        #expect(
            try Self.fault(person, #"{"name":"a","pets":[{"kind":"dog"}]}"#, models: models)
                == #"[instance value ("dog") not found in enum (possible values: ["cat"])]"#)
    }

    @Test("a schema that comes back to the same value is told")
    func loops() throws {
        let schema =
            ##"{"properties":{"a":{"$ref":"#/definitions/x"}},"definitions":{"x":{"allOf":[{"$ref":"#/definitions/x"}]}}}"##
        #expect(try Self.fault(schema, "{}") == nil)
        #expect(
            try Self.fault(schema, #"{"a":1}"#)
                == #"[validation loop: schema visited twice for pointer "/a" of validated instance]"#)
    }

    @Test("references to nothing, and to themselves, are errors")
    func references() {
        for text in [
            ##"{"$ref":"#/definitions/none"}"##, ##"{"$ref":"#"}"##, ##"{"$ref":"other.json"}"##,
            #"{"$ref":"https://apigateway.amazonaws.com/restapis/abc/models/None"}"#,
            ##"{"definitions":{"a":{"$ref":"#/definitions/b"},"b":{"$ref":"#/definitions/a"}},"items":{"$ref":"#/definitions/a"}}"##,
        ] {
            #expect(throws: SchemaError.self) { try ModelSchema(JSONValue(parsing: text)) { _ in nil } }
        }
    }
}
