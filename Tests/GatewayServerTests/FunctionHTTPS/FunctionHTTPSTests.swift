import GatewayModel
import TestFixtures
import Testing

@testable import GatewayServer

@Suite("What functions reach their APIs by")
struct FunctionHTTPSTests {
    @Test(
        "the names of APIs here",
        arguments: [
            ("abc.execute-api.us-east-1.amazonaws.com", "abc"), ("ABC.Execute-API.localhost", "abc"),
            ("abc.execute-api.localhost.localstack.cloud", "abc"), ("abc.execute-api.eu-west-1.amazonaws.com", nil),
            ("abc.execute-api.us-east-1.amazonaws.com.evil.example", nil), ("execute-api.localhost", nil),
            (".execute-api.localhost", nil), ("a.b.execute-api.localhost", nil), ("", nil),
        ] as [(String, String?)])
    func names(name: String, id: String?) {
        #expect(OwnDomains(account: AccountIdentity()).apiId(in: name) == id)
    }

    @Test("in China AWS's domain is another")
    func china() {
        let domains = OwnDomains(account: AccountIdentity(region: "cn-north-1"))
        #expect(domains.apiId(in: "abc.execute-api.cn-north-1.amazonaws.com.cn") == "abc")
        #expect(domains.apiId(in: "abc.execute-api.cn-north-1.amazonaws.com") == nil)
    }

    @Test(
        "a target is a host and a port",
        arguments: [
            ("example.com:443", "example.com", 443), ("[::1]:8443", "::1", 8_443), ("10.0.0.1:1", "10.0.0.1", 1),
        ])
    func targets(text: String, name: String, port: Int) throws {
        let target = try #require(ConnectService.target(text))
        #expect(target.name == name && target.port == port)
    }

    @Test(
        "what else a client may ask for leads nowhere",
        arguments: [
            "", ":", ":443", "example.com", "example.com:", "example.com:0", "example.com:65536", "example.com:-1",
            "example.com:+443", "::1:443", "[::1]", "example.com:99999999999999999999",
        ])
    func noTargets(text: String) { #expect(ConnectService.target(text) == nil) }

    @Test("only who has the secret is let in")
    func secrets() throws {
        let folder = TemporaryFolder()
        let https = try FunctionHTTPS(account: AccountIdentity(), folder: folder.path, roots: nil)
        for guess in ["", "Basic", "Basic ", "Basic Z2F0ZWhvdXNlOg==", "Bearer \(String(repeating: "A", count: 56))"] {
            #expect(!https.admits(guess))
        }
        #expect(https.access == nil)
    }

    @Test("the file begins with an authority, which the system's follow, and holds no key")
    func bundle() throws {
        let folder = TemporaryFolder()
        let roots = "-----BEGIN CERTIFICATE-----\nof the system\n-----END CERTIFICATE-----\n"
        _ = try FunctionHTTPS(account: AccountIdentity(), folder: folder.path, roots: Array(roots.utf8))
        let text = try #require(contents(folder.path + "/authorities.pem"))
        #expect(text.hasSuffix("-----END CERTIFICATE-----\n" + roots))
        #expect(!text.contains("PRIVATE KEY"))
        #expect(permissions(folder.path + "/authorities.pem") == 0o644)
    }

    @Test("the system's authorities are found in the first place that has some")
    func roots() throws {
        let folder = TemporaryFolder()
        for (name, text) in [("empty", ""), ("first", "first"), ("second", "second")] {
            try folder.write(text, to: name)
        }
        let places = ["none", "empty", "first", "second"].map { "\(folder.path)/\($0)" }
        #expect(SystemRoots.read(places) == Array("first".utf8))
        #expect(SystemRoots.read(Array(places[..<2])) == nil)
    }
}
