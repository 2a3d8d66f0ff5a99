import JSON
import Testing

@testable import IAMPolicy

@Suite("Policies: conditions")
struct ConditionTests {
    /// Whether a statement with the condition denies a request that has `values` for `aws:key`.
    private func holds(_ condition: JSONValue, _ values: ConditionValues) throws -> Bool {
        try verdict("Deny", condition, values) == .deny(statement: 0)
    }

    private func verdict(_ effect: String, _ condition: JSONValue, _ values: ConditionValues) throws -> PolicyVerdict {
        let document = try PolicyDocument(
            [
                "Version": "2012-10-17",
                "Statement": [
                    "Effect": .string(effect), "Action": "execute-api:Invoke", "Resource": "*", "Condition": condition,
                ],
            ], kind: .identity)
        let request = PolicyRequest(action: "execute-api:Invoke", resource: "arn:aws:x:y:z:a", principal: .anonymous)
        return document.verdict(for: request) { $0 == ConditionKey("aws:key") ? values : .absent }
    }

    @Test(
        "One value against those of the policy",
        arguments: [
            ("StringEquals", "a", "a", true), ("StringEquals", "a", "A", false), ("StringEquals", "a*", "ab", false),
            ("StringEquals", "a*", "a*", true),
            ("StringNotEquals", "a", "b", true), ("StringNotEquals", "a", "a", false),
            ("StringEqualsIgnoreCase", "AbC", "aBc", true), ("StringNotEqualsIgnoreCase", "AbC", "aBc", false),
            ("StringLike", "a?c*", "abcd", true), ("StringNotLike", "a*", "abc", false),
            ("NumericEquals", "1", "1.0", true), ("NumericLessThan", "10", "9", true),
            ("NumericLessThan", "10", "10", false), ("NumericLessThanEquals", "10", "10", true),
            ("NumericGreaterThan", "10", "11", true), ("NumericGreaterThanEquals", "10", "9", false),
            ("NumericNotEquals", "1", "2", true), ("NumericEquals", "1", "one", false),
            ("DateLessThan", "2026-01-01T00:00:00Z", "2025-12-31T23:59:59Z", true),
            ("DateGreaterThan", "2026-01-01", "2025-12-31T23:59:59Z", false),
            ("DateEquals", "1970-01-02T01:00:00+01:00", "86400", true),
            ("DateGreaterThan", "2000-02-29T00:00:00.5Z", "951782400", false),
            ("Bool", "true", "TRUE", true), ("Bool", "false", "true", false),
            ("IpAddress", "203.0.113.0/24", "203.0.113.9", true), ("IpAddress", "203.0.113.0/24", "203.0.114.9", false),
            ("IpAddress", "203.0.113.7", "203.0.113.7", true), ("IpAddress", "2001:db8::/33", "2001:db8:7fff::1", true),
            ("IpAddress", "2001:db8::/33", "2001:db8:8000::1", false), ("IpAddress", "0.0.0.0/0", "::1", false),
            ("IpAddress", "203.0.113.0/24", "::ffff:203.0.113.9", true),
            ("IpAddress", "::ffff:203.0.113.0/120", "203.0.113.9", true), ("IpAddress", "::/0", "203.0.113.9", false),
            ("IpAddress", "::/0", "2001:db8::1", true), ("IpAddress", "2001:db8::1", "2001:db8::1", true),
            ("IpAddress", "2001:db8::/64", "2001:db8:0:1::", false), ("NotIpAddress", "0.0.0.0/0", "nowhere", true),
            ("NotIpAddress", "10.0.0.0/8", "11.0.0.1", true), ("IpAddress", "0.0.0.0/0", "10.1.2.3", true),
            ("ArnLike", "arn:aws:s3:::a*", "arn:aws:s3:::abc:d", true),
            ("ArnEquals", "arn:aws:*:*:1:x", "arn:aws:iam:us:1:x", true),
            ("ArnLike", "arn:aws:*:x", "arn:aws:iam:us:1:x", false), ("ArnNotLike", "arn:aws:*:*:1:x", "text", true),
        ])
    func operators(_ name: String, _ wanted: String, _ found: String, _ expected: Bool) throws {
        let keys: JSONValue = ["aws:key": .string(wanted)]
        #expect(try holds(.object(JSONObject([(name, keys)])), .values([found])) == expected)
    }

    @Test("Several values of the policy: one suffices, and of a negated operator none may match")
    func several() throws {
        #expect(try holds(["StringEquals": ["AWS:Key": ["a", "b"]]], .values(["b"])))
        #expect(try !holds(["StringNotEquals": ["aws:key": ["a", "b"]]], .values(["b"])))
        #expect(try holds(["StringNotEquals": ["aws:key": ["a", "b"]]], .values(["c"])))
        #expect(try holds(["Bool": ["aws:key": true], "NumericEquals": ["aws:other": 1]], .values(["true"])) == false)
    }

    @Test("A key that is not there holds only for what is negated or may be missing")
    func absent() throws {
        #expect(try !holds(["StringEquals": ["aws:key": "a"]], .absent))
        #expect(try holds(["StringNotEquals": ["aws:key": "a"]], .absent))
        #expect(try holds(["StringEqualsIfExists": ["aws:key": "a"]], .absent))
        #expect(try !holds(["StringEqualsIfExists": ["aws:key": "a"]], .values(["b"])))
        #expect(try holds(["Null": ["aws:key": "true"]], .absent))
        #expect(try !holds(["Null": ["aws:key": false]], .absent))
        #expect(try holds(["Null": ["aws:key": "false"]], .values(["x"])))
    }

    @Test("A thousand conditions hold together, or not at all")
    func many() throws {
        var keys = JSONObject((1..<1_000).map { ("aws:other\($0)", "a") })
        #expect(try holds(["StringNotEquals": .object(keys)], .absent))
        keys["aws:key"] = "b"
        #expect(try holds(["StringNotEquals": .object(keys)], .values(["c"])))
        #expect(try !holds(["StringNotEquals": .object(keys)], .values(["b"])))
    }

    @Test("Sets: every value, or one of them")
    func sets() throws {
        #expect(try holds(["ForAllValues:StringEquals": ["aws:key": ["a", "b"]]], .values(["a", "b"])))
        #expect(try !holds(["ForAllValues:StringEquals": ["aws:key": ["a", "b"]]], .values(["a", "c"])))
        #expect(try holds(["ForAllValues:StringEquals": ["aws:key": ["a"]]], .absent))
        #expect(try holds(["ForAnyValue:StringLike": ["aws:key": ["a*"]]], .values(["x", "ab"])))
        #expect(try !holds(["ForAnyValue:StringEquals": ["aws:key": ["a"]]], .absent))
        #expect(try !holds(["ForAnyValue:StringNotEquals": ["aws:key": ["a"]]], .absent))
        #expect(try holds(["ForAnyValue:StringNotEquals": ["aws:key": ["a"]]], .values(["a", "b"])))
        #expect(try !holds(["ForAllValues:StringNotEquals": ["aws:key": ["a"]]], .values(["a", "b"])))
    }

    @Test("A key whose value is not known lets no Allow hold, and every Deny")
    func unknown() throws {
        for condition: JSONValue in [
            ["StringEquals": ["aws:key": "a"]], ["StringNotEquals": ["aws:key": "a"]], ["Null": ["aws:key": "true"]],
            ["ForAllValues:StringEquals": ["aws:key": "a"]],
        ] {
            #expect(try verdict("Allow", condition, .unknown) == .silent)
            #expect(try verdict("Deny", condition, .unknown) == .deny(statement: 0))
        }
    }

    @Test("A variable among a condition's values of which nobody knows the value allows nothing, and denies")
    func unknownValues() throws {
        for (name, value) in [
            ("StringNotEquals", "${aws:key}"), ("StringEquals", "${aws:key, 'bob'}"), ("StringLike", "*${aws:key}"),
            ("ArnNotLike", "arn:${aws:key}"), ("StringEqualsIgnoreCase", "${AWS:KEY}"),
        ] {
            for (effect, expected) in [("Allow", PolicyVerdict.silent), ("Deny", .deny(statement: 0))] {
                let keys: JSONValue = ["aws:username": .string(value)]
                let statement: JSONValue = .object([
                    "Effect": .string(effect), "Action": "*", "Resource": "*",
                    "Condition": .object(JSONObject([(name, keys)])),
                ])
                let document = try PolicyDocument(["Version": "2012-10-17", "Statement": statement], kind: .identity)
                let request = PolicyRequest(action: "a:b", resource: "arn:aws:x:y:z:a", principal: .anonymous)
                let verdict = document.verdict(for: request) { $0.name == "aws:key" ? .unknown : .values(["bob"]) }
                #expect(verdict == expected, "\(effect) \(name)")
            }
        }
    }

    @Test(
        "A variable of a resource of which nobody knows the value allows nothing, and denies",
        arguments: [
            ("Allow", "Resource", "arn:aws:x:y:z:${aws:key}"), ("Allow", "Resource", "arn:aws:x:y:z:${aws:key, 'a'}"),
            ("Allow", "NotResource", "arn:aws:x:y:z:${aws:key}"), ("Deny", "Resource", "arn:aws:x:y:z:${aws:key}"),
            ("Deny", "NotResource", "arn:aws:x:y:z:${aws:key, 'a'}"),
        ])
    func unknownVariables(_ effect: String, _ element: String, _ resource: String) throws {
        let statement: JSONValue = .object([
            "Effect": .string(effect), "Action": "*", element: .string(resource),
        ])
        let document = try PolicyDocument(["Version": "2012-10-17", "Statement": statement], kind: .identity)
        let request = PolicyRequest(action: "execute-api:Invoke", resource: "arn:aws:x:y:z:a", principal: .anonymous)
        #expect(
            document.verdict(for: request) { _ in .unknown }
                == (effect == "Deny" ? .deny(statement: 0) : .silent))
    }
}
