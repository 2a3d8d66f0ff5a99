import JSON
import JSONSchema

/// What libFuzzer calls for each input: the first byte says where schema ends and body begins. Nothing may crash, and a body
/// must be judged the same way twice, with a message where it is not valid.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    guard let first = bytes.first else { return 0 }
    let text = bytes.dropFirst()
    let body = Array(text.dropFirst(text.count * Int(first) / 255))
    let written = String(decoding: text.dropLast(body.count), as: UTF8.self)
    let errors = ModelCheck.errors(in: written)
    guard let schema = try? JSONValue(parsing: written) else {
        precondition(!errors.isEmpty, "a schema that is no JSON is accepted")
        return 0
    }
    // What is refused is compiled all the same: an older store may hold it.
    guard let model = try? ModelSchema(schema, models: { $0 == "Self" ? schema : nil }) else { return 0 }
    let once = model.fault(of: body)
    precondition(once == model.fault(of: body), "a body is judged in two ways")
    precondition(once?.messages.isEmpty != true, "a body is not valid, and nothing says why")
    return 0
}
