import Foundation
import JSON
import Testing

@testable import Velocity

/// Real templates and bodies with random damage, from fixed seeds: no input crashes or renders differently the second time.
///
/// `VELOCITY_SEED` and `VELOCITY_ROUNDS` look further.
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

    private static let names = [
        "passthrough", "serverless-lambda", "serverless-form", "form-to-json", "dynamodb-items", "error-mapping",
        "mock-30-lines",
    ]

    /// Pieces that mean something to the parser.
    private static let pieces = [
        "$", "#", "\\", "\"", "'", "{", "}", "[", "]", "(", ")", "$!", "${", "#{", "#if(", "#end", "#else", "#set(",
        "#foreach(",
        "#define(", "$x", ".a", ".size()", "..", "1", "-", "+", "*", "/", " ", "\n", ",", ":", "==", "&&", "!", "##",
        "#*", "*#",
        "#[[", "]]#", "é", "\u{0}", "$input.path('$..[?(@.a)]')", "$input.json('$')", "\\u", "true", "not ",
        "$foreach.index",
        "$util.parseJson(", "#break", "#stop", "$input", "$context", "$l.add($l)", "$m.put(\"m\", $m)",
        "99999999999999999999",
    ]

    @Test func `Damaged templates and bodies do no harm`() throws {
        let environment = ProcessInfo.processInfo.environment
        let seed = environment["VELOCITY_SEED"].flatMap(UInt64.init) ?? 1
        let rounds = environment["VELOCITY_ROUNDS"].flatMap(Int.init) ?? 300
        var random = Generator(state: seed)
        let templates = try Self.names.map { Array(try GoldenTests.read("\($0).vtl").utf8) }
        let bodies = try Self.names.map {
            try JSONValue(parsing: GoldenTests.read("\($0).json"))["body"].map { Array($0.text.utf8) } ?? []
        }
        let limits = TemplateLimits(outputBytes: 20_000, steps: 20_000)
        for round in 0..<rounds {
            let number = Int.random(in: templates.indices, using: &random)
            let template = damaged(templates[number], &random)
            let body = Bool.random(using: &random) ? bodies[number] : damaged(bodies[number], &random)
            let request = TemplateRequest(body: String(decoding: body, as: UTF8.self), header: [("A", "b")])
            let text = String(decoding: template, as: UTF8.self)
            let first = TemplateEvaluation(text, for: request, limits: limits)
            let second = TemplateEvaluation(text, for: request, limits: limits)
            #expect(first.output == second.output, "seed \(seed), round \(round)")
            #expect(first.error == second.error, "seed \(seed), round \(round)")
            #expect(first.output.utf8.count <= 20_000 + text.utf8.count, "seed \(seed), round \(round)")
        }
    }

    private func damaged(_ bytes: [UInt8], _ random: inout Generator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            let place = Int.random(in: 0...bytes.count, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes.insert(contentsOf: Self.pieces.randomElement(using: &random)?.utf8 ?? "".utf8, at: place)
            case 1: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...8, using: &random)))
            case 2:
                let end = min(bytes.count, place + Int.random(in: 1...60, using: &random))
                bytes.insert(contentsOf: bytes[place..<end], at: Int.random(in: 0...bytes.count, using: &random))
            default: if place < bytes.count { bytes[place] = UInt8.random(in: 0...255, using: &random) }
            }
        }
        return bytes
    }
}
