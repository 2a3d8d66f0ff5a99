import GatewayModel
import ObjectStore
import Testing

@testable import GatewayServer

@Suite struct PostPolicyTests {
    /// 2026-01-01T00:00:00Z
    private static let now = Timestamp(milliseconds: 1_767_225_600_000)

    private static func policy(_ text: String) throws(ObjectError) -> PostPolicy {
        try PostPolicy(Base64.encode(Array(text.utf8)), now: now)
    }

    private static func check(
        _ conditions: String, _ fields: [String: String]
    ) throws(ObjectError) -> ClosedRange<Int>? {
        try policy("{\"expiration\": \"2026-01-01T00:00:01.000Z\", \"conditions\": [\(conditions)]}").check(fields)
    }

    @Test(arguments: [
        ("", "Invalid JSON."), ("[]", "Invalid JSON."), ("{}", "Policy missing expiration."),
        (#"{"expiration": "soon", "conditions": []}"#, "Invalid 'expiration' value: 'soon'"),
        (#"{"expiration": "2030-01-01T00:00:00Z"}"#, "Policy missing conditions."),
        (
            #"{"expiration": "2030-01-01T00:00:00Z", "conditions": [{"a": "b", "c": "d"}]}"#,
            "Invalid Simple-Condition: Simple-Conditions must have exactly one property specified."
        ),
        (
            #"{"expiration": "2030-01-01T00:00:00Z", "conditions": [["ends-with", "$a", "b"]]}"#,
            "Invalid Condition: unknown operation 'ends-with'."
        ),
        (
            #"{"expiration": "2030-01-01T00:00:00Z", "conditions": [["eq", "$a", 1]]}"#,
            "Invalid Condition: wrong type of value for 'eq'."
        ),
    ])
    func whatIsNoPolicyIsRefused(text: String, message: String) {
        let error = #expect(throws: ObjectError.self) { try Self.policy(text) }
        #expect(error?.code == "InvalidPolicyDocument" && error?.message == "Invalid Policy: \(message)")
    }

    @Test func policiesEnd() {
        let error = #expect(throws: ObjectError.self) {
            try Self.policy(#"{"expiration": "2026-01-01T00:00:00Z", "conditions": []}"#)
        }
        #expect(error?.message == "Invalid according to Policy: Policy expired.")
    }

    @Test func conditionsHold() throws {
        let all =
            #"{"acl": "private"}, ["eq", "$Key", "a"], ["starts-with", "$x", ""], ["content-length-range", "1", 9]"#
        #expect(
            try Self.check(all, ["acl": "private", "key": "a", "x": "y", "policy": "p", "x-ignore-a": ""]) == 1...9)
        #expect(try Self.check("", [:]) == nil)
        #expect(
            try Self.check(#"["content-length-range", 1, 9], ["content-length-range", 5, 20]"#, [:]) == 5...9)
    }

    @Test(arguments: [
        (#"["eq", "$key", "a"]"#, ["key": "A"], #"Policy Condition failed: ["eq", "$key", "a"]"#),
        (#"{"key": "a"}"#, [:], #"Policy Condition failed: ["eq", "$key", "a"]"#),
        (
            #"["starts-with", "$key", "a/"]"#, ["key": "b/a/"],
            #"Policy Condition failed: ["starts-with", "$key", "a/"]"#
        ),
        (#"["content-length-range", "x", 9]"#, [:], #"Policy Condition failed: ["content-length-range", "x", 9]"#),
        (
            #"["content-length-range", 1, 4], ["content-length-range", 5, 9]"#, [:],
            #"Policy Condition failed: ["content-length-range", 5, 9]"#
        ),
        (#"{"key": "a"}"#, ["key": "a", "z": "", "acl": ""], "Extra input fields: acl, z"),
    ])
    func otherFieldsAreRefused(conditions: String, fields: [String: String], message: String) {
        let error = #expect(throws: ObjectError.self) { try Self.check(conditions, fields) }
        #expect(error?.code == "AccessDenied" && error?.message == "Invalid according to Policy: \(message)")
    }
}
