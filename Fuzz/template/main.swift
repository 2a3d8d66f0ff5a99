import JSON
import Velocity

/// What libFuzzer calls for each input: the first byte says where template ends and body begins, and rendering must neither
/// crash nor come out differently the second time.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    guard let first = bytes.first else { return 0 }
    let text = bytes.dropFirst()
    let template = String(decoding: text.prefix(text.count * Int(first) / 255), as: UTF8.self)
    let body = String(decoding: text.dropFirst(text.count * Int(first) / 255), as: UTF8.self)
    let request = TemplateRequest(
        body: body, querystring: [("q", "1")], header: [("Accept", "*/*")], stageVariables: [("v", "x")],
        context: ["stage": "prod", "identity": ["sourceIp": "192.0.2.7"]])
    let limits = TemplateLimits(outputBytes: 10_000, steps: 10_000)
    let once = TemplateEvaluation(template, for: request, limits: limits)
    let twice = TemplateEvaluation(template, for: request, limits: limits)
    precondition(once.output == twice.output && once.error == twice.error, "a template renders in two ways")
    return 0
}
