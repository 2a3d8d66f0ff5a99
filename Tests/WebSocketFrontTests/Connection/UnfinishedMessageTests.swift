import Testing

@testable import WebSocketFront

@Suite("Memory of a message that comes in pieces")
struct UnfinishedMessageTests {
    @Test("the delegate knows how much is held, as long as it is")
    func counted() throws {
        let session = try TestSession.open()
        session.send(.text(String(repeating: "a", count: 20_000), isFinal: false))
        #expect((20_000...32_768).contains(session.delegate.held))
        session.send(.more(String(repeating: "b", count: 20_000), isFinal: false))
        #expect((40_000...65_536).contains(session.delegate.held))
        session.send(.more("c"))
        #expect(session.delegate.held == 0)
        #expect(session.delegate.told().count == 1)
    }

    @Test("a message that is whole is none of them")
    func whole() throws {
        let session = try TestSession.open()
        session.delegate.memory = 0
        session.send(.text("a"), .text("b", isFinal: false), .more("c"))
        #expect(session.delegate.told() == ["text a", "text bc"])
    }

    @Test("beyond what may be held the connection ends with 1011, and its delegate hears so once")
    func refused() throws {
        let session = try TestSession.open()
        session.delegate.memory = 32_768
        session.send(.text(String(repeating: "a", count: 20_000), isFinal: false))
        #expect(session.received() == [])
        session.send(.more(String(repeating: "b", count: 20_000), isFinal: false))
        session.send(.more("c"))
        #expect(session.received() == ["close 1011 "])
        #expect(session.delegate.told() == ["closed 1011  by gateway"])
        #expect(session.isAtEnd)
    }
}
