import GatewayModel
import JSON
import Testing

@testable import LogStore

@Suite("Whatever is sent is answered")
struct HostileInputTests {
    @Test(
        "bodies that are none",
        arguments: ["", "[]", "{", "{\"logGroupName\": 1}", "{\"logGroupName\": null}", "\u{0}", "{\"x\": 1}"])
    func bodies(body: String) async throws {
        let logs = try await TestLogs()
        for operation in LogOperation.all.keys.sorted() + [LogStore.liveTail] where operation != "DescribeLogGroups" {
            guard operation != "ListLogGroups" || !body.isEmpty && body != "{\"logGroupName\": null}" else { continue }
            guard case .failed(let error) = await logs.store.respond(to: operation, Array(body.utf8)) else {
                // A member that is null is none.
                #expect(["ListLogGroups"].contains(operation), "\(operation)")
                continue
            }
            #expect(error.status == 400, "\(operation): \(error.message)")
        }
    }

    @Test("numbers at their ends")
    func numbers() async throws {
        let logs = try await TestLogs()
        try await logs.put("a")
        for number in [0, 1, Int.max] {
            let value = JSONValue.number(number)
            for members: JSONObject in [
                ["startTime": value], ["endTime": value], ["startTime": value, "endTime": value],
            ] {
                _ = try await logs.found(members)
                var one = members
                one["logGroupName"] = "g"
                one["logStreamName"] = "s"
                let answer = try await logs.call("GetLogEvents", one)
                for token in ["nextForwardToken", "nextBackwardToken"] {
                    one["nextToken"] = answer[token]
                    _ = try await logs.call("GetLogEvents", one)
                }
            }
        }
        let far: JSONValue = [
            ["timestamp": 0, "message": "a"], ["timestamp": .number(Int.max), "message": "b"],
        ]
        await #expect(throws: LogError.self) {
            try await logs.call("PutLogEvents", ["logGroupName": "g", "logStreamName": "s", "logEvents": far])
        }
        let ahead: JSONValue = [["timestamp": .number(Int.max), "message": "b"]]
        let answer = try await logs.call(
            "PutLogEvents", ["logGroupName": "g", "logStreamName": "s", "logEvents": ahead])
        #expect(answer["rejectedLogEventsInfo"] == ["tooNewLogEventStartIndex": 0])
        await #expect(throws: LogError.self) {
            try await logs.call("PutRetentionPolicy", ["logGroupName": "g", "retentionInDays": .number(Int.min)])
        }
    }

    @Test(
        "tokens of others",
        arguments: ["x", "f/", "f//s", "//", "b/1/s", "Zg==", "YTpi", ":", "OTk5OTk5OTk5OTk5OTk5OTk5OTk6eA=="])
    func tokens(token: String) async throws {
        let logs = try await TestLogs()
        for operation in ["FilterLogEvents", "GetLogEvents", "DescribeLogStreams", "DescribeLogGroups"] {
            var members: JSONObject = ["nextToken": .string(token)]
            if operation != "DescribeLogGroups" { members["logGroupName"] = "g" }
            if operation == "GetLogEvents" { members["logStreamName"] = "s" }
            do { try await logs.call(operation, members) } catch let error as LogError {
                #expect(error == .wrongToken)
            }
        }
    }

    @Test("Streams whose names are numbers or prefixes of each other keep their events apart")
    func names() async throws {
        let logs = try await TestLogs()
        for name in ["1", "10", "1%", "_"] {
            try await logs.call("CreateLogStream", ["logGroupName": "g", "logStreamName": .string(name)])
            try await logs.put("of \(name)", to: name)
        }
        #expect(try await logs.found(["logStreamNamePrefix": "1%"]) == ["of 1%"])
        #expect(try await logs.found(["logStreamNames": ["1"]]) == ["of 1"])
        let described = try await logs.call("DescribeLogStreams", ["logGroupName": "g", "logStreamNamePrefix": "_"])
        #expect(described["logStreams"]?.array?.count == 1)
    }

    @Test("More than a page is told in pages")
    func pages() async throws {
        let logs = try await TestLogs()
        let message = String(repeating: "x", count: 400_000)
        for number in 0..<6 { try await logs.put("\(number)\(message)") }
        var members: JSONObject = ["logGroupName": "g"]
        var found: [Character] = []
        repeat {
            let answer = try await logs.call("FilterLogEvents", members)
            found += TestLogs.messages(answer).compactMap(\.first)
            members["nextToken"] = answer["nextToken"]
        } while members["nextToken"] != nil
        #expect(String(found) == "012345")
    }
}
