import Testing

@testable import GatewayServer

@Suite struct OwnHostTests {
    @Test(arguments: [
        "localhost", "LOCALHOST", "localhost:4566", "localhost.", "localhost.:4566", "127.0.0.1", "127.0.0.1:4566",
        "127.255.255.254", "[::1]", "[::1]:4566", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]:1", "a.localhost",
        "localhost:", "lambda.us-east-1.amazonaws.com", "localhost.localstack.cloud:4566",
    ])
    func addressesAndNamesOfThisMachineAre(_ host: String) { #expect(OwnHost.leadsHere(host)) }

    @Test(arguments: [
        "127.evil.com", "127.0.0.1.evil.com", "127.0.0.1.", "127.1", "127.0.0.01x", "0x7f.0.0.1", "128.0.0.1",
        "0.0.0.0",
        "::1", "[::2]", "[::]", "[::ffff:10.0.0.1]", "[::127.0.0.1]", "[127.0.0.1]", "[::1", "[::1]x", "[::1].evil.com",
        "localhost.evil.com", "evil.com", "evillocalhost", "localhost..", "localhost:80:80", "localhost:evil.com",
        "127.0.0.1:x", ".localhost", "", ":", "127.", "xamazonaws.com",
    ])
    func everythingElseIsNot(_ host: String) { #expect(!OwnHost.leadsHere(host)) }

    @Test func onlyLoopbackAddressesMayBeListenedOn() {
        #expect(ServerSettings.Address(host: "127.0.0.2", port: 1).isLoopback)
        #expect(ServerSettings.Address(host: "::1", port: 1).isLoopback)
        #expect(ServerSettings.Address(host: "localhost", port: 1).isLoopback)
        #expect(!ServerSettings.Address(host: "127.evil.com", port: 1).isLoopback)
        #expect(!ServerSettings.Address(host: "0.0.0.0", port: 1).isLoopback)
    }
}
