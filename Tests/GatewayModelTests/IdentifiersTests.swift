import Testing

@testable import GatewayModel

@Suite("Identifiers")
struct IdentifiersTests {
    @Test("an API's id can be the first label of a host name")
    func api() {
        for _ in 0..<100 {
            let id = Identifiers.api()
            #expect(id.wholeMatch(of: /[a-z][a-z0-9]{9}/) != nil, "\(id)")
        }
    }

    @Test("other parts have the length that is asked for", arguments: [6, 7, 10])
    func part(length: Int) {
        let id = Identifiers.part(length)
        #expect(id.wholeMatch(of: /[a-z][a-z0-9]*/) != nil, "\(id)")
        #expect(id.utf8.count == length)
    }

    @Test("a UUID says that it is version 4, variant 1")
    func uuid() {
        for _ in 0..<100 {
            let id = Identifiers.uuid()
            #expect(
                id.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/) != nil, "\(id)"
            )
        }
    }

    @Test("two are never the same")
    func different() {
        #expect(Set((0..<1000).map { _ in Identifiers.uuid() }).count == 1000)
    }

    @Test("hexadecimal digits are as many as asked for", arguments: [1, 24])
    func hex(count: Int) {
        let digits = Identifiers.hex(count)
        #expect(digits.wholeMatch(of: /[0-9a-f]+/) != nil, "\(digits)")
        #expect(digits.utf8.count == count)
    }
}
