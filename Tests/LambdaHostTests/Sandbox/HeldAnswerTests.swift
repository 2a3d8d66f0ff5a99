import GatewayModel
import NIOCore
import Synchronization
import Testing

@testable import LambdaHost

@Suite("Answers of functions while they come")
struct HeldAnswerTests {
    private struct Silence: FunctionLogSink {
        struct Stream: FunctionLogStream {
            func append(_ lines: UnsafeRawBufferPointer, isPlatform: Bool) {}
        }

        func stream(of source: FunctionLogSource) -> any FunctionLogStream { Stream() }
    }

    private final class Memory: Sendable {
        let taken = Mutex(0)
        let limit: Int

        init(limit: Int) { self.limit = limit }

        var current: Int { taken.withLock { $0 } }

        func take(_ bytes: Int) -> Bool {
            taken.withLock { taken in
                guard taken + bytes <= limit else { return false }
                taken += bytes
                return true
            }
        }
    }

    private func answer(_ limits: CallLimits, _ memory: Memory) -> HeldAnswer {
        var settings = LambdaHostSettings(
            account: AccountIdentity(), endpointURL: { "" }, runtimesFolder: nil, scratchFolder: "", searchPath: "",
            logs: Silence())
        settings.limits = limits
        settings.takeMemory = { memory.take($0) }
        settings.giveMemory = { bytes in memory.taken.withLock { $0 -= bytes } }
        return HeldAnswer(settings)
    }

    private func piece(_ count: Int) -> ByteBuffer { ByteBuffer(repeating: 0x78, count: count) }

    private func fault(_ answer: HeldAnswer) -> String? {
        guard case .failed(let payload, _, _) = answer.fault else { return nil }
        return String(buffer: payload)
    }

    @Test("one within AWS's quota is held without counting")
    func small() {
        let memory = Memory(limit: 0)
        var answer = answer(.aws, memory)
        answer.append(piece(6_000_000))
        answer.append(piece(291_556))
        #expect(answer.bytes.readableBytes == 6_291_556)
        #expect(answer.fault == nil)
    }

    @Test("one beyond its limit is dropped, and told as Lambda tells it")
    func large() {
        var answer = answer(.aws, Memory(limit: .max))
        answer.append(piece(6_291_557))
        answer.append(piece(1))
        #expect(answer.bytes.readableBytes == 0)
        #expect(fault(answer)?.contains("exceeded maximum allowed payload size (6291556 bytes)") == true)
        var own = self.answer(.own, Memory(limit: .max))
        own.append(piece(67_108_864))
        #expect(own.fault == nil)
        own.append(piece(1))
        #expect(fault(own)?.contains("(67108864 bytes)") == true)
    }

    @Test("beyond AWS's quota it takes memory as it comes, and gives it back")
    func counted() {
        let memory = Memory(limit: .max)
        var answer = answer(.own, memory)
        answer.append(piece(6_291_556))
        #expect(memory.current == 0)
        answer.append(piece(100))
        answer.append(piece(23))
        #expect(memory.current == 123)
        answer.release()
        #expect(memory.current == 0)
    }

    @Test("where there is no memory it is dropped, and says so")
    func short() {
        let memory = Memory(limit: 100)
        var answer = answer(.own, memory)
        answer.append(piece(6_291_656))
        #expect(memory.current == 100)
        answer.append(piece(1))
        #expect(memory.current == 0)
        #expect(fault(answer)?.contains("holds as many bytes of answers and bodies as it may") == true)
    }
}
