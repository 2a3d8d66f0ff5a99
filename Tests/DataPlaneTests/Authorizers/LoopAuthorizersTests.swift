import GatewayModel
import NIOCore
import Testing

@testable import DataPlane

@Suite("What function authorizers have said, as a loop keeps it")
struct LoopAuthorizersTests {
    private let now = NIODeadline.now()

    private static func gate(_ id: String = "a") -> FunctionGate {
        FunctionGate(
            FunctionGate.Definition(
                stage: StageKey(apiId: "api", stageName: "prod"), deploymentId: "", authorizerId: id, form: .token,
                uri: "", sources: [], stageValues: [], seconds: 300, validation: ""), [.text(nil)])
    }

    private func add(_ kept: LoopAuthorizers, _ gate: FunctionGate, _ name: String, epoch: Int = 0) throws {
        let answer = try AuthorizerAnswer(ByteBuffer(string: FunctionAuthorizerTests.answer()), .token)
        let key = LoopAuthorizers.Key(gate: gate, identity: Array(name.utf8), epoch: epoch)
        _ = try kept.decision(answer, key, until: now + .seconds(10))
    }

    private func finds(_ kept: LoopAuthorizers, _ gate: FunctionGate, _ name: String, epoch: Int = 0, after: Int64 = 0)
        -> Bool
    {
        kept.find(gate, Array(name.utf8), epoch: epoch, now: now + .seconds(after)) != nil
    }

    @Test("is found by gate and identity, until its time is over or it is given up")
    func found() throws {
        let (kept, gate, other) = (LoopAuthorizers(), Self.gate(), Self.gate())
        try add(kept, gate, "bob")
        #expect(finds(kept, gate, "bob") && finds(kept, gate, "bob", after: 9))
        #expect(!finds(kept, gate, "bob", after: 10))
        #expect(!finds(kept, gate, "eve") && !finds(kept, other, "bob") && !finds(kept, gate, "bob", epoch: 1))
    }

    @Test("is bounded, and what is asked for stays")
    func bounded() throws {
        let (kept, gate) = (LoopAuthorizers(limit: 100_000), Self.gate())
        try add(kept, gate, "used")
        for number in 0..<10_000 {
            try add(kept, gate, "\(number)")
            #expect(finds(kept, gate, "used"))
            #expect(kept.cost <= 100_000)
        }
        #expect(kept.count < 400 && finds(kept, gate, "9999") && !finds(kept, gate, "0"))
    }

    @Test("holds 100,000 identities in its memory, where they share their policies")
    func many() throws {
        let (kept, gate) = (LoopAuthorizers(), Self.gate())
        for number in 0..<100_000 { try add(kept, gate, "token-of-some-forty-characters-\(number)") }
        #expect(kept.count == 100_000)
    }
}
