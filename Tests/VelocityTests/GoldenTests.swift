import Foundation
import JSON
import Testing

@testable import Velocity

/// The templates that every implementation must run unchanged, with what Apache Velocity renders for them.
///
/// `NAME.vtl` is the template, `NAME.json` the request, `NAME.out` the output: Conformance/velocity makes it with the
/// libraries that AWS names.
@Suite struct GoldenTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Goldens")

    static func read(_ name: String) throws -> String {
        try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    }

    @Test(arguments: [
        "passthrough", "serverless-lambda", "serverless-form", "form-to-json", "query-to-json", "sqs", "dynamodb-items",
        "step-functions", "mock-selection", "mock-30-lines", "error-mapping",
    ])
    func `A real template renders as on AWS's engine`(name: String) throws {
        let request = try TemplateRequest(JSONValue(parsing: Self.read("\(name).json")))
        let evaluation = TemplateEvaluation(try Self.read("\(name).vtl"), for: request)
        #expect(evaluation.error == nil)
        #expect(evaluation.output == (try Self.read("\(name).out")))
    }

    @Test func `The error mapping sets the status`() throws {
        let request = try TemplateRequest(JSONValue(parsing: Self.read("error-mapping.json")))
        let overrides = TemplateEvaluation(try Self.read("error-mapping.vtl"), for: request).overrides
        #expect(overrides.responseStatus == "400")
    }
}
