import JSON
import JSONSchema
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Debian's package `json-schema-test-suite`, which the machine has or has not: the repository holds no copy.
///
/// Without it these tests are shown as skipped; `JSON_SCHEMA_TEST_SUITE=required` makes that a failure, as CI sets it.
@Suite struct TestSuiteTests {
    static let folder = "/usr/share/json-schema-test-suite/tests/draft4"
    static let isInstalled = access(folder + "/type.json", R_OK) == 0

    /// All files but refRemote.json: AWS takes no schemas from elsewhere.
    static let files = [
        "additionalItems", "additionalProperties", "allOf", "anyOf", "default", "definitions", "dependencies", "enum",
        "items", "maxItems", "maxLength", "maxProperties", "maximum", "minItems", "minLength", "minProperties",
        "minimum",
        "multipleOf", "not", "oneOf", "pattern", "patternProperties", "properties", "ref", "required", "type",
        "uniqueItems", "optional/bignum", "optional/ecmascript-regex", "optional/format",
        "optional/zeroTerminatedFloats",
    ]

    /// Where the library that AWS runs answers otherwise than the suite: its host names may hold underscores (Guava), its
    /// URIs may be relative (`java.net.URI`), and an unknown escape is what it escapes (Rhino).
    static let otherwise: Set<String> = [
        "optional/ecmascript-regex: ECMA 262 has no support for \\Z anchor from .NET",
        "optional/format: a host name containing illegal characters",
        "optional/format: an invalid protocol-relative URI Reference",
        "optional/format: an invalid relative URI Reference",
        "optional/format: an invalid URI though valid URI reference",
    ]

    @Test("the suite is there when it has to be")
    func installed() {
        let isRequired = getenv("JSON_SCHEMA_TEST_SUITE").map { String(cString: $0) } == "required"
        #expect(Self.isInstalled || !isRequired, "apt-get install json-schema-test-suite")
    }

    @Test("draft 4", .enabled(if: isInstalled, "apt-get install json-schema-test-suite"), arguments: files)
    func passes(_ file: String) throws {
        let groups = try #require(try JSONValue(parsing: Self.read("\(Self.folder)/\(file).json")).array)
        #expect(!groups.isEmpty)
        for group in groups {
            let schema = try ModelSchema(try #require(group["schema"])) { _ in nil }
            for test in try #require(group["tests"]?.array) {
                let fault = schema.fault(of: try #require(test["data"]).bytes)
                let name = "\(file): \(test["description"]?.string ?? "")"
                let isValid = (test["valid"] == true) != Self.otherwise.contains(name)
                #expect(
                    (fault == nil) == isValid,
                    "\(group["description"]?.string ?? ""): \(name): \(String(describing: fault))")
            }
        }
    }

    private static func read(_ path: String) throws -> [UInt8] {
        let file = try #require(fopen(path, "r"))
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
        return bytes
    }
}
