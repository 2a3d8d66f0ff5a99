import JSON
import Testing

@Suite("TimeToLive")
struct TimeToLiveTests {
    private static func update(_ isEnabled: Bool, _ attribute: String = "until") -> String {
        #"{"TableName":"abc","TimeToLiveSpecification":{"Enabled":\#(isEnabled),"AttributeName":"\#(attribute)"}}"#
    }

    private func tables() async throws -> OpenTables {
        let tables = try TableFolder().open()
        try await tables.createSimpleTable("abc")
        return tables
    }

    @Test("is disabled at first, and echoes what it is set to")
    func enabled() async throws {
        let tables = try await tables()
        let describe = #"{"TableName":"abc"}"#
        #expect(
            try await tables.succeed("DescribeTimeToLive", describe)
                == ["TimeToLiveDescription": ["TimeToLiveStatus": "DISABLED"]])
        #expect(
            try await tables.succeed("UpdateTimeToLive", Self.update(true))
                == ["TimeToLiveSpecification": ["Enabled": true, "AttributeName": "until"]])
        let description = try await tables.succeed("DescribeTimeToLive", describe)["TimeToLiveDescription"]
        #expect(description?["AttributeName"] == "until")
        #expect(["ENABLING", "ENABLED"].contains(description?["TimeToLiveStatus"]))
    }

    @Test(
        "refuses what changes nothing, and a second attribute",
        arguments: [
            ([true], true, "until", "TimeToLive is already enabled"),
            ([], false, "until", "TimeToLive is already disabled"),
            ([true], true, "other", "TimeToLive is active on a different AttributeName"),
            ([true], false, "other", "TimeToLive is active on a different AttributeName"),
        ])
    func refused(before: [Bool], isEnabled: Bool, attribute: String, message: String) async throws {
        let tables = try await tables()
        for isEnabled in before { _ = try await tables.succeed("UpdateTimeToLive", Self.update(isEnabled)) }
        let answer = await tables.ask("UpdateTimeToLive", Self.update(isEnabled, attribute))
        #expect(answer.error == "ValidationException")
        #expect(answer.message?.hasPrefix(message) == true)
    }

    @Test("needs its specification")
    func missing() async throws {
        let answer = try await tables().ask("UpdateTimeToLive", #"{"TableName":"abc"}"#)
        #expect(
            answer.message
                == "1 validation error detected: Value null at 'timeToLiveSpecification' failed to satisfy "
                + "constraint: Member must not be null")
    }
}
