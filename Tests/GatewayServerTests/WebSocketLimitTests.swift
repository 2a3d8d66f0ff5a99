import GatewayModel
import NIOCore
import Testing
import WebSocketFront

@testable import GatewayServer

@Suite("Limits of WebSocket APIs as operators write them")
struct WebSocketLimitTests {
    private static let hint = "write it as message=16MB, with one of message, frame, idle, duration, queue."

    private func limits(_ mode: LimitsMode, _ texts: String...) throws -> WebSocketLimits {
        WebSocketLimit.limits(mode, try texts.map { try WebSocketLimit($0) })
    }

    private func fault(_ text: String, _ mode: LimitsMode = .off) -> String? {
        do throws(StartError) {
            try WebSocketLimit(text).check(mode)
            return nil
        } catch { return error.description }
    }

    @Test("each unit is what it says")
    func units() throws {
        let limits = try limits(.off, "message=2MB", "frame=64KB", "queue=300000", "idle=90s", "duration=3h")
        #expect(limits.messageBytes == 2_097_152)
        #expect(limits.frameBytes == 65_536)
        #expect(limits.queuedBytes == 300_000)
        #expect(limits.idleTime == .seconds(90))
        #expect(limits.duration == .hours(3))
        #expect(try self.limits(.off, "idle=30m").idleTime == .minutes(30))
    }

    @Test("without any they are the mode's")
    func modes() throws {
        let aws = try limits(.aws)
        #expect([aws.messageBytes, aws.frameBytes, aws.queuedBytes] == [131_072, 32_768, 262_144])
        #expect(aws.takesBinary == false)
        for mode in [LimitsMode.off, .warn] {
            let own = try limits(mode)
            #expect([own.messageBytes, own.frameBytes, own.queuedBytes] == [16_777_216, .max, 16_777_216])
            #expect(own.takesBinary)
            #expect(own.idleTime == .minutes(10))
            #expect(own.duration == WebSocketLimits.endless)
        }
    }

    @Test("one of the longest messages may wait for a client, unless it is said what may")
    func queue() throws {
        #expect(try limits(.off, "message=32MB").queuedBytes == 33_554_432)
        #expect(try limits(.off, "message=32MB", "queue=1MB").queuedBytes == 1_048_576)
        #expect(try limits(.aws, "message=1KB").queuedBytes == 262_144)
    }

    @Test(
        "what is none is told what it could be",
        arguments: [
            ("message", "'message' is no limit of WebSocket APIs: \(Self.hint)"),
            ("size=1MB", "'size=1MB' is no limit of WebSocket APIs: \(Self.hint)"),
            ("message=16GB", "'message=16GB' is no number of bytes: write it as message=64KB, 16MB or 200000."),
            ("message=", "'message=' is no number of bytes: write it as message=64KB, 16MB or 200000."),
            ("message=-1KB", "'message=-1KB' is no number of bytes: write it as message=64KB, 16MB or 200000."),
            ("idle=10", "'idle=10' is no time: write it as idle=90s, 30m or 2h."),
            ("idle=10MB", "'idle=10MB' is no time: write it as idle=90s, 30m or 2h."),
            ("message=0", "'message=0' is out of bounds: it is between 1 byte and 256MB."),
            ("message=257MB", "'message=257MB' is out of bounds: it is between 1 byte and 256MB."),
            ("duration=0h", "'duration=0h' is out of bounds: a time is between 1s and 876000h."),
            ("duration=876001h", "'duration=876001h' is out of bounds: a time is between 1s and 876000h."),
            ("duration=99999999999999h", "'duration=99999999999999h' is no time: write it as duration=90s, 30m or 2h."),
        ])
    func refused(text: String, words: String) {
        #expect(fault(text) == words)
    }

    @Test("beyond AWS's quota there is none where AWS's quotas hold; less is fine")
    func quotas() {
        for text in ["message=129KB", "frame=33KB", "idle=11m", "duration=3h"] {
            #expect(fault(text, .aws)?.contains("is beyond AWS's quota of") == true, "\(text)")
            #expect(fault(text, .warn) == nil)
        }
        for text in ["message=128KB", "frame=1KB", "idle=10m", "duration=2h", "queue=64MB"] {
            #expect(fault(text, .aws) == nil, "\(text)")
        }
    }
}
