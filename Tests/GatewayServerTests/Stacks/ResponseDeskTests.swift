import GatewayModel
import Stacks
import Testing

@testable import GatewayServer

@Suite struct ResponseDeskTests {
    @Test func beforeTheServerListensNobodyIsAsked() {
        #expect(ResponseDesk(port: { 0 }, account: AccountIdentity()).open(isEncrypted: false) == nil)
    }

    @Test func urlsLeadHere() throws {
        let desk = ResponseDesk(port: { 4566 }, account: AccountIdentity())
        let plain = try #require(desk.open(isEncrypted: false))
        #expect(plain.url == "http://127.0.0.1:4566/_gatehouse/responses/\(plain.id)")
        #expect(plain.id.utf8.count == 64)
        let encrypted = try #require(desk.open(isEncrypted: true))
        #expect(
            encrypted.url
                == "https://cloudformation-custom-resource-response.execute-api.us-east-1.amazonaws.com"
                + "/_gatehouse/responses/\(encrypted.id)")
        #expect(encrypted.id != plain.id)
    }

    @Test func oneAnswerIsTaken() async throws {
        let desk = ResponseDesk(port: { 1 }, account: AccountIdentity())
        let place = try #require(desk.open(isEncrypted: false))
        let path = "/_gatehouse/responses/\(place.id)"
        #expect(desk.take(path, .bytes([1])))
        #expect(!desk.take(path, .bytes([2])))
        #expect(await desk.answer(at: place, within: 60) == .bytes([1]))
        #expect(!desk.take(path, .bytes([3])))

        let waited = try #require(desk.open(isEncrypted: false))
        async let answer = desk.answer(at: waited, within: 60)
        while !desk.take("/_gatehouse/responses/\(waited.id)", .tooLong) { await Task.yield() }
        #expect(await answer == .tooLong)
    }

    @Test func nobodyWaitsForever() async throws {
        let desk = ResponseDesk(port: { 1 }, account: AccountIdentity())
        let place = try #require(desk.open(isEncrypted: false))
        #expect(await desk.answer(at: place, within: 0) == nil)
        let closed = try #require(desk.open(isEncrypted: false))
        desk.close(closed)
        #expect(!desk.take("/_gatehouse/responses/\(closed.id)", .bytes([])))
        #expect(!desk.take("/_gatehouse/responses/guess", .bytes([])))
    }
}
