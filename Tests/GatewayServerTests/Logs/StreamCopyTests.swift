import DataPlane
import Foundation
import GatewayModel
import JSON
import LogStore
import NIOCore
import TestFixtures
import Testing

@testable import GatewayServer
@testable import LambdaHost

@Suite("Lines are copied to CloudWatch Logs where they are written")
struct StreamCopyTests {
    private let folder = TemporaryFolder()
    private let store: LogStore
    private let intake: LogIntake

    init() throws {
        store = try LogStore(
            path: nil, isDurable: false, account: AccountIdentity(),
            now: { Timestamp(milliseconds: WallClock.epochMilliseconds) })
        intake = LogIntake(store, onFault: { _ in })
    }

    private func messages(_ group: String) async -> [String] {
        let body = JSONValue.object(["logGroupName": .string(group)]).bytes
        guard case .body(let answer) = await store.respond(to: "FilterLogEvents", body) else { return [] }
        return (answer["events"]?.array ?? []).compactMap { event in
            event["message"]?.string.map { "\(event["logStreamName"]?.string?.prefix(8) ?? ""): \($0)" }
        }
    }

    @Test("of functions, each of its environment, with and without a file", arguments: [true, false])
    func functions(hasFile: Bool) async throws {
        let logs = FunctionLogs(
            folder: hasFile ? folder.path : nil, namingSources: { $0 }, shown: nil, intake: intake)
        for (stream, text) in [("a", "one\n\ntwo\n"), ("b", "Traceback\r  File\n"), ("a", "three\r\n")] {
            let source = FunctionLogSource(functionName: "f", logGroup: "/aws/lambda/f", logStream: stream)
            Array(text.utf8).withUnsafeBytes { logs.stream(of: source).append($0, isPlatform: false) }
        }
        logs.flush()
        intake.flush()
        #expect(
            await messages("/aws/lambda/f") == [
                "a: one\n", "a: \n", "a: two\n", "b: Traceback\n  File\n", "a: three\r\n",
            ])
        #expect(intake.droppedLines == 0 && logs.droppedLines == 0)
    }

    @Test("of stages, without their ends, also where all of them go to one file")
    func stages() async throws {
        let logs = AccessLogFiles(destination: folder.path + "/access", folder: folder.path, intake: intake)
        let arn = "arn:aws:logs:us-east-1:000000000000:log-group:"
        for (destination, text) in [
            (arn + "one", "1\n2\n"), (arn + "two:*", "3\n"),
            ("arn:aws:firehose:us-east-1:000000000000:deliverystream/amazon-apigateway-x", "4\n"),
        ] {
            logs.sink(for: destination).append(ByteBuffer(string: text))
        }
        logs.flush()
        intake.flush()
        #expect(await messages("one").map { $0.suffix(1) } == ["1", "2"])
        #expect(await messages("two").map { $0.suffix(1) } == ["3"])
        #expect(try String(contentsOfFile: folder.path + "/access", encoding: .utf8) == "1\n2\n3\n4\n")
    }

    @Test("and what the store does not take in time is counted")
    func lost() async {
        let intake = LogIntake(store, account: LogAccount(limit: 100), onFault: { _ in })
        let copy = StreamCopy(intake, group: "g")
        func take(_ text: String) { Array(text.utf8).withUnsafeBytes { intake.take($0, for: copy) } }
        take(String(repeating: "a\n", count: 100))
        #expect(intake.droppedLines == 100)
        take("b\n")
        intake.flush()
        #expect(intake.droppedLines == 100)
        #expect(await messages("g").count == 1)
    }
}
