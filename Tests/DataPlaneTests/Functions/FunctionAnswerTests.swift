import HTTPFront
import NIOCore
import Testing

@testable import DataPlane

@Suite("What a function returned is read")
struct FunctionAnswerTests {
    private static func read(_ payload: String, _ format: PayloadFormat = .version2) -> FunctionAnswer.Reading {
        FunctionAnswer.read(ByteBuffer(string: payload), format)
    }

    /// The answer as text, or nil when it is none.
    private static func answer(_ payload: String, _ format: PayloadFormat = .version2) -> String? {
        guard case .object(let answer) = read(payload, format) else { return nil }
        func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
        let headers =
            answer.headers.map { "\(text($0.name)): \(text($0.value))" } + answer.cookies.map { "cookie " + text($0) }
        return (["\(answer.status)"] + headers + [text(answer.body)]).joined(separator: "\n")
    }

    private static func kind(_ payload: String, _ format: PayloadFormat = .version2) -> String {
        switch read(payload, format) {
        case .object: "answer"
        case .objectWithoutStatus: "object"
        case .string(let text): "string " + String(decoding: text, as: UTF8.self)
        case .otherJSON: "JSON"
        case .notJSON: "no JSON"
        case .malformed: "malformed"
        }
    }

    @Test(
        "by its kind",
        arguments: [
            (#"{"statusCode":200}"#, "answer"),
            (#" { "statusCode" : 200 } "#, "answer"),
            (#"{"body":"x"}"#, "object"),
            ("{}", "object"),
            (#"{"headers":7}"#, "object"),
            (#""Hello""#, "string Hello"),
            (#""""#, "string "),
            (#""a\"b\n\u00e9😀""#, "string a\"b\né😀"),
            ("[1, 2]", "JSON"),
            ("42", "JSON"),
            ("-1.5e3", "JSON"),
            ("true", "JSON"),
            ("null", "JSON"),
            ("", "no JSON"),
            ("  ", "no JSON"),
            ("Hello", "no JSON"),
            (#"{"statusCode":200"#, "no JSON"),
            (#"{"statusCode":200}x"#, "no JSON"),
            (#"{"statusCode":200,}"#, "no JSON"),
            (#"{"statusCode":200,"x":[1}"#, "no JSON"),
            (#""open"#, "no JSON"),
            ("[1,", "no JSON"),
        ])
    func kinds(payload: String, kind: String) {
        #expect(Self.kind(payload) == kind)
    }

    @Test("a status is an integer from 200 to 599", arguments: [200, 204, 404, 599])
    func status(status: Int) {
        #expect(Self.answer(#"{"statusCode":\#(status)}"#) == "\(status)\n")
    }

    @Test(
        "other statuses cannot be an answer",
        arguments: [
            "0", "200.5", "2e2", "-200", "20", "2000", "600", "999", "null", "true", "{}", "[200]", #""""#, #""OK""#,
            #"" 200""#,
        ])
    func noStatus(status: String) {
        #expect(Self.kind(#"{"statusCode":\#(status)}"#) == "malformed")
    }

    /// A 1xx answer is not final: the client would take the body for the answer that follows.
    @Test("an interim status cannot be an answer", arguments: ["100", "101", "103", "199"])
    func interim(status: String) {
        #expect(Self.kind(#"{"statusCode":\#(status)}"#) == "malformed")
    }

    @Test(
        "headers of any scalar, single ones before multi ones; each format has its own way to say several values",
        arguments: [
            (
                .version2, #"{"statusCode":200,"headers":{"A":"1","B":2,"C":true,"D":null,"E":1.50}}"#,
                "A: 1\nB: 2\nC: true\nD: \nE: 1.50\n"
            ),
            (
                .version1, #"{"statusCode":200,"multiValueHeaders":{"A":["1","2"]},"headers":{"A":"0","B":"x, y"}}"#,
                "A: 0\nB: x, y\nA: 1\nA: 2\n"
            ),
            (
                .version1, #"{"statusCode":200,"headers":{"A":"0"},"multiValueHeaders":{"A":["1"],"B":[],"C":null}}"#,
                "A: 0\nA: 1\n"
            ),
            (.version2, #"{"statusCode":200,"multiValueHeaders":{"Set-Cookie":["a=1","b=2"],"location":["/x"]}}"#, ""),
            (.version2, #"{"statusCode":200,"multiValueHeaders":7}"#, ""),
            (.version1, #"{"statusCode":200,"cookies":["c=1"]}"#, ""),
            (
                .version2, #"{"statusCode":200,"cookies":["a=1; Path=/","b=2"],"headers":{"\u0041":"\u00e9"}}"#,
                "A: é\ncookie a=1; Path=/\ncookie b=2\n"
            ),
        ] as [(PayloadFormat, String, String)])
    func headers(format: PayloadFormat, payload: String, expected: String) {
        #expect(Self.answer(payload, format) == "200\n" + expected)
    }

    @Test("of names that differ in case only the first counts", arguments: [PayloadFormat.version1, .version2])
    func names(format: PayloadFormat) {
        let payload = #"{"statusCode":200,"headers":{"Set-Cookie":"a=1","X":"2","set-cookie":"b=2"}}"#
        #expect(Self.answer(payload, format) == "200\nSet-Cookie: a=1\nX: 2\n")
    }

    @Test("of lists whose names differ in case only the first counts")
    func multiNames() {
        let payload = #"{"statusCode":200,"multiValueHeaders":{"X":["1","2"],"x":["3"]}}"#
        #expect(Self.answer(payload, .version1) == "200\nX: 1\nX: 2\n")
    }

    @Test("null stands for nothing")
    func nulls() {
        let payload = #"{"statusCode":200,"headers":null,"multiValueHeaders":null,"cookies":null,"body":null}"#
        #expect(Self.answer(payload, .version1) == "200\n")
        #expect(Self.answer(payload, .version2) == "200\n")
        #expect(Self.answer(#"{"statusCode":200,"isBase64Encoded":null,"body":"x","extra":{"a":[1]}}"#) == "200\nx")
    }

    @Test(
        "what would forge the response's frame cannot be an answer",
        arguments: [
            #"{"statusCode":200,"headers":{"A":"x\r\nSet-Cookie: y"}}"#,
            #"{"statusCode":200,"headers":{"A":"x\ny"}}"#,
            #"{"statusCode":200,"headers":{"A":"x\u0000"}}"#,
            #"{"statusCode":200,"headers":{"A\r\nB":"x"}}"#,
            #"{"statusCode":200,"headers":{"A: b":"x"}}"#,
            #"{"statusCode":200,"headers":{"A b":"x"}}"#,
            #"{"statusCode":200,"headers":{"":"x"}}"#,
            #"{"statusCode":200,"cookies":["a=1\r\nX: y"]}"#,
            #"{"statusCode":200,"headers":{"é":"1"}}"#,
        ])
    func forged(payload: String) {
        #expect(Self.kind(payload) == "malformed")
    }

    @Test("nor what would forge it in a list")
    func forgedList() {
        let payload = #"{"statusCode":200,"multiValueHeaders":{"A":["ok","x\r\ny"]}}"#
        #expect(Self.kind(payload, .version1) == "malformed")
    }

    @Test(
        "members of another kind cannot be an answer",
        arguments: [
            #"{"statusCode":200,"headers":[]}"#, #"{"statusCode":200,"headers":"x"}"#,
            #"{"statusCode":200,"headers":{"A":{}}}"#, #"{"statusCode":200,"headers":{"A":[[1]]}}"#,
            #"{"statusCode":200,"headers":{"set-cookie":["a=1","b=2"]}}"#, #"{"statusCode":200,"headers":{"A":[]}}"#,
            #"{"statusCode":200,"cookies":"a=1"}"#,
            #"{"statusCode":200,"cookies":[{}]}"#, #"{"statusCode":200,"body":{"a":1}}"#,
            #"{"statusCode":200,"body":1}"#,
            #"{"body":[],"statusCode":200}"#,
        ])
    func wrongKinds(payload: String) {
        #expect(Self.kind(payload) == "malformed")
    }

    @Test(
        "members of another kind cannot be an answer in format 1.0",
        arguments: [
            #"{"statusCode":200,"headers":{"A":["x"]}}"#, #"{"statusCode":200,"multiValueHeaders":1}"#,
            #"{"statusCode":200,"multiValueHeaders":{"A":"x"}}"#,
            #"{"statusCode":200,"multiValueHeaders":{"A":[["x"]]}}"#,
        ])
    func wrongKinds1(payload: String) {
        #expect(Self.kind(payload, .version1) == "malformed")
    }

    @Test("a base64 body is decoded, whatever the order of the members")
    func base64() {
        #expect(Self.answer(#"{"statusCode":200,"body":"Zm9v","isBase64Encoded":true}"#) == "200\nfoo")
        #expect(Self.answer(#"{"isBase64Encoded":true,"body":"Zm9v","statusCode":200}"#) == "200\nfoo")
        #expect(Self.answer(#"{"statusCode":200,"body":"Zm9v","isBase64Encoded":false}"#) == "200\nZm9v")
        #expect(Self.answer(#"{"statusCode":200,"isBase64Encoded":true}"#) == "200\n")
        #expect(Self.kind(#"{"statusCode":200,"body":"no base64!","isBase64Encoded":true}"#) == "malformed")
    }

    @Test("a body's escapes mean what they say")
    func bodyEscapes() {
        #expect(Self.answer(#"{"statusCode":200,"body":"a\r\n\"\\\/\u0000é\ud83d\ude00"}"#) == "200\na\r\n\"\\/\u{0}é😀")
    }

    @Test("the gateway's own fields are known whatever their case")
    func knownHeaders() throws {
        guard
            case .object(let answer) = Self.read(
                #"{"statusCode":200,"headers":{"CONTENT-type":"x","Transfer-Encoding":"chunked","x":"y"}}"#)
        else {
            Issue.record("no answer")
            return
        }
        #expect(answer.headers.map(\.known) == [.contentType, .transferEncoding, .other])
    }
}
