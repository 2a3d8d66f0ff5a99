import NIOCore
import Testing

@testable import DataPlane

@Suite("Access log formats are cut into text and variables")
struct CompiledAccessLogTests {
    /// The parts as text: a variable in angle brackets.
    private static func parts(_ format: String) -> [String] {
        let log = CompiledAccessLog(
            format: format, sink: StandInLogs().named("x"), variables: HTTPPipeline.contextVariables)
        #expect(log.text.last == UInt8(ascii: "\n"))
        return log.parts.flatMap { part in
            let text = String(decoding: log.text[part.text], as: UTF8.self).filter { !$0.isNewline }
            return [text, part.variable.map { "<\(name($0))>" } ?? ""].filter { !$0.isEmpty }
        }
    }

    private static func name(_ reference: ContextReference) -> String {
        switch reference {
        case .variable(let variable): variable.rawValue
        case .authorizer(let name, let otherwise):
            String(decoding: name, as: UTF8.self) + (otherwise.map { " or \($0.rawValue)" } ?? "")
        }
    }

    @Test(
        "at the names of the variables",
        arguments: [
            ("$context.requestId", ["<requestId>"]),
            ("a $context.requestId b", ["a ", "<requestId>", " b"]),
            ("$context.status$context.protocol", ["<status>", "<protocol>"]),
            (
                #"{"id":"$context.requestId","ip":"$context.identity.sourceIp"}"#,
                [#"{"id":""#, "<requestId>", #"","ip":""#, "<sourceIp>", #""}"#]
            ),
            (
                "$context.identity.sourceIp - [$context.requestTime]",
                ["<sourceIp>", " - [", "<requestTime>", "]"]
            ),
            (
                "$context.integration.status/$context.integrationStatus",
                ["<integrationStatus>", "/", "<integrationServiceStatus>"]
            ),
            ("$context.authorizer.claims.sub", ["<claims.sub>"]),
            ("$context.authorizer.error", ["<error or authorizerError>"]),
            ("$context.nonsense!", ["-!"]),
            ("$context.", ["-"]),
            ("$contextual $ctx plain", ["$contextual $ctx plain"]),
            ("$context", ["$context"]),
            ("$$context.status", ["$", "<status>"]),
            ("Status: $context.status.", ["Status: ", "<status>", "."]),
            ("$context.status, done", ["<status>", ", done"]),
            ("é$context.statusé", ["é", "<status>", "é"]),
            ("", []),
        ])
    func cut(format: String, parts: [String]) {
        #expect(Self.parts(format) == parts)
    }

    @Test(
        "without line ends: one entry is one line",
        arguments: [
            "{\n\"id\":\"$context.requestId\",\n\"s\":$context.status\n}",
            "{\r\n\"id\":\"$context.requestId\",\r\n\"s\":$context.status}\r\n",
        ])
    func lineEnds(format: String) {
        #expect(Self.parts(format) == [#"{"id":""#, "<requestId>", #"","s":"#, "<status>", "}"])
    }
}
