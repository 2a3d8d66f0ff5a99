import NIOCore
import Testing

@testable import GatewayServer

@Suite("Addresses of issuers")
struct IssuerAddressesTests {
    private func allows(_ address: String, _ host: String, allowing hosts: Set<String> = []) throws -> Bool {
        IssuerAddresses(allowedHosts: hosts).allow(try SocketAddress(ipAddress: address, port: 443), of: host)
    }

    @Test("of the internet are asked", arguments: ["93.184.216.34", "2606:2800:220:1::1", "100.128.0.1", "172.32.0.1"])
    func open(_ address: String) throws {
        #expect(try allows(address, "issuer.example"))
    }

    @Test(
        "of private networks, of this machine and of nobody are not, however they are written",
        arguments: [
            "127.0.0.1", "127.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
            "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255", "::1", "::", "fc00::1", "fd00:ec2::254", "fe80::1",
            "ff02::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "::10.0.0.1", "::127.0.0.1", "64:ff9b::a00:1",
            "64:ff9b::a9fe:a9fe", "2002:a00:1::1", "64:ff9b:1::a00:1",
        ])
    func closed(_ address: String) throws {
        #expect(try !allows(address, "issuer.example"))
    }

    @Test("of this machine are, for who calls it so; others for hosts that the operator names")
    func chosen() throws {
        #expect(try allows("127.0.0.1", "localhost"))
        #expect(try allows("::1", "localhost"))
        #expect(try !allows("10.0.0.1", "localhost"))
        #expect(try allows("10.0.0.1", "Keycloak.internal", allowing: ["keycloak.internal"]))
        #expect(try !allows("10.0.0.1", "other.internal", allowing: ["keycloak.internal"]))
    }
}

@Suite("Names of issuers and of their keys")
struct IssuerURLTests {
    @Test(
        "are https, or http on this machine, and nothing hidden in them",
        arguments: [
            "http://issuer.example/", "ftp://issuer.example/", "https://", "https:///path", "https://a@issuer.example/",
            "https://issuer.example\\@evil.example/", "https://issuer.example:0/", "https://issuer.example:70000/",
            "https://issuer.example:x/", "https://issuer.example/#a", "https://issuer.example/\r\nHost: evil.example",
            "https://issuer example/", "http://localhost.example/", "http://127.0.0.1.example/", "issuer.example",
        ])
    func refused(_ text: String) { #expect(IssuerURL(text) == nil) }

    @Test("lead where they say")
    func taken() throws {
        let url = try #require(IssuerURL("https://issuer.example:8443/a?b"))
        #expect((url.host, url.port, url.path) == ("issuer.example", 8443, "/a?b"))
        #expect(url.authority == "issuer.example:8443")
        let local = try #require(IssuerURL("http://[::1]:8080"))
        #expect((local.host, local.port, local.path, local.authority) == ("::1", 8080, "/", "[::1]:8080"))
    }
}
