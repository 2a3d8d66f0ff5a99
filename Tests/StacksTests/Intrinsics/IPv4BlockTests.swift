import Testing

@testable import Stacks

@Suite struct IPv4BlockTests {
    @Test(arguments: ["10.0.0.0/8", "0.0.0.0/0", "192.168.1.1/32", "172.16.0.0/12"])
    func blocksReadAsTheyAreWritten(text: String) {
        #expect(IPv4Block(text)?.text == text)
    }

    @Test(arguments: [
        "", "/", "10.0.0.0", "10.0.0/8", "10.0.0.256/8", "10.0.0.1/8", "10.0.0.0/33", "a.b.c.d/8", "::/0",
    ])
    func otherTextIsNone(text: String) {
        #expect(IPv4Block(text) == nil)
    }

    @Test func theFirstBlocksAreGiven() {
        #expect(
            IPv4Block("10.0.0.0/24")?.subdivided(into: 2, hostBits: 4)?.map(\.text) == ["10.0.0.0/28", "10.0.0.16/28"])
        #expect(IPv4Block("255.255.255.0/24")?.subdivided(into: 2, hostBits: 7)?.last?.text == "255.255.255.128/25")
        #expect(IPv4Block("0.0.0.0/0")?.subdivided(into: 1, hostBits: 32)?.map(\.text) == ["0.0.0.0/0"])
    }

    @Test(arguments: [(3, 7), (1, 9), (1, -1), (2, 8)])
    func whatDoesNotFitIsNotGiven(count: Int, bits: Int) {
        #expect(IPv4Block("10.0.0.0/24")?.subdivided(into: count, hostBits: bits) == nil)
    }
}
