import Testing

@testable import HTTPFront

@Suite("Sets of ASCII characters")
struct ASCIITests {
    private static let alphanumerics = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

    @Test("hold what their sources list, and nothing else")
    func sets() {
        let all = UInt8.min...UInt8.max
        #expect(Set(all.filter(ASCII.isToken)) == Set((Self.alphanumerics + "!#$%&'*+-.^_`|~").utf8))
        #expect(Set(all.filter(ASCII.isNameByte)) == Set((Self.alphanumerics + "-._~").utf8))
        #expect(Set(all.filter(ASCII.isHostByte)) == Set((Self.alphanumerics + "-._:[]").utf8))
    }
}
