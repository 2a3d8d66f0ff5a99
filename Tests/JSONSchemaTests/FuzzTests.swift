import Foundation
import JSON
import Testing

@testable import JSONSchema

/// Schemas and bodies with random damage, from fixed seeds: no input crashes, is judged in two ways, or is refused without
/// a message.
///
/// `JSONSCHEMA_SEED` and `JSONSCHEMA_ROUNDS` look further.
@Suite struct FuzzTests {
    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = state
            value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return value ^ (value >> 31)
        }
    }

    private static let schemas = [
        #"{"type":"object","properties":{"a":{"type":"string","pattern":"^[a-z]+$","minLength":1},"b":{"type":"integer","minimum":0,"exclusiveMinimum":true,"multipleOf":3}},"required":["a"],"additionalProperties":false}"#,
        ##"{"definitions":{"t":{"type":"array","items":{"$ref":"#/definitions/t"},"maxItems":3,"uniqueItems":true}},"anyOf":[{"$ref":"#/definitions/t"},{"not":{"type":["null","boolean"]}}]}"##,
        ##"{"patternProperties":{"^x-":{"enum":[1,"a",null,[1.0],{"k":[]}]}},"additionalProperties":{"oneOf":[{"$ref":"#"},{"format":"date-time"}]},"dependencies":{"a":["b"],"b":{"minProperties":2}}}"##,
        #"{"items":[{"type":"number"},{"allOf":[{"maximum":1e3},{"minLength":2}]}],"additionalItems":{"format":"ipv6"}}"#,
        #"{"type":"object","properties":{"self":{"$ref":"https://apigateway.amazonaws.com/restapis/a/models/Self"}}}"#,
    ]
    private static let bodies = [
        #"{"a":"abc","b":6}"#, #"[[],[[]],[[[]]]]"#, #"{"x-a":[1],"a":{"a":1,"b":2},"b":"2026-11-28T10:00:00Z"}"#,
        #"[1e3,"ab","::1",{"k":[]}]"#, #"{"self":{"self":{"self":null}}}"#, #""é\ud83d\ude00\u0000""#, "-1.50e-2",
    ]
    /// Pieces that mean something to a reader of JSON, to a compiler of schemas or to a pattern.
    private static let pieces = [
        "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u00e9", "\\ud800", "null", "true", "1e999", "-0", "0.1", "[]",
        "{}",
        ##""$ref":"#","##, ##""$ref":"#/definitions/t","##, #""id":"x","#, #""not":{},"#, #""type":"integer","#,
        #""enum":[],"#,
        #""pattern":"(a|a)*b","#, #""required":["a","a"],"#, #""uniqueItems":true,"#, #""multipleOf":1e-400,"#, "(?=",
        "é",
    ]

    @Test("damaged schemas and bodies do no harm")
    func damage() throws {
        let environment = ProcessInfo.processInfo.environment
        let seed = environment["JSONSCHEMA_SEED"].flatMap(UInt64.init) ?? 1
        let rounds = environment["JSONSCHEMA_ROUNDS"].flatMap(Int.init) ?? 2_000
        var random = Generator(state: seed)
        var judged = 0
        for round in 0..<rounds {
            let place: Comment = "seed \(seed), round \(round)"
            let schema = String(decoding: damaged(Self.schemas, &random), as: UTF8.self)
            let body = damaged(Self.bodies, &random)
            let errors = ModelCheck.errors(in: schema)
            guard let value = try? JSONValue(parsing: schema) else {
                #expect(!errors.isEmpty, place)
                continue
            }
            guard let model = try? ModelSchema(value, models: { $0 == "Self" ? value : nil }) else { continue }
            let fault = model.fault(of: body)
            #expect(fault == model.fault(of: body), place)
            #expect(fault?.messages.isEmpty != true, place)
            judged += 1
        }
        // Else the damage is too much for anything to be looked at.
        #expect(judged > rounds / 4)
    }

    /// One of the texts, half of the time as it is.
    private func damaged(_ texts: [String], _ random: inout Generator) -> [UInt8] {
        var bytes = Array(texts[Int.random(in: texts.indices, using: &random)].utf8)
        if Bool.random(using: &random) { return bytes }
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            let place = Int.random(in: 0...bytes.count, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0:
                let piece = Self.pieces[Int.random(in: Self.pieces.indices, using: &random)]
                bytes.insert(contentsOf: piece.utf8, at: place)
            case 1: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...8, using: &random)))
            case 2:
                let end = min(bytes.count, place + Int.random(in: 1...40, using: &random))
                bytes.insert(contentsOf: bytes[place..<end], at: Int.random(in: 0...bytes.count, using: &random))
            default: if place < bytes.count { bytes[place] = UInt8.random(in: 0x20...0x7E, using: &random) }
            }
        }
        return bytes
    }
}
