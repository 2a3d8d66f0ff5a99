import Testing

@testable import LambdaHost

@Suite("What environments are told of HTTPS")
struct OwnHTTPSTests {
    private let https = OwnHTTPS(
        proxy: .init(url: "http://u:s@127.0.0.1:1", bundle: "/b.pem"), port: 2, domains: ["execute-api.localhost"],
        authority: "PEM")

    private func names(_ runtime: String, _ given: Set<String> = []) -> Set<String> {
        Set(https.variables(runtime: runtime, given: given).map(\.0))
    }

    private static let proxies: Set = ["HTTPS_PROXY", "https_proxy"]
    private static let exceptions: Set = ["NO_PROXY", "no_proxy"]
    private static let trust: Set = ["AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"]

    @Test("a proxy, what goes without it, and whom to trust", arguments: ["python3.12", "provided.al2023"])
    func all(runtime: String) {
        #expect(names(runtime) == Self.proxies.union(Self.exceptions).union(Self.trust))
    }

    @Test("Node.js has a word of its own instead")
    func node() throws {
        let variables = https.variables(runtime: "nodejs20.x", given: ["HTTPS_PROXY"])
        #expect(variables.map(\.0) == [OwnHTTPS.nodeVariable])
        #expect(variables.first?.1 == #"{"port":2,"domains":["execute-api.localhost"],"authority":"PEM"}"#)
    }

    @Test(
        "a function's own proxy is the only one", arguments: ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])
    func proxy(name: String) { #expect(names("python3.12", [name]).isEmpty) }

    @Test("a function's own exceptions are the only ones", arguments: ["NO_PROXY", "no_proxy"])
    func exceptions(name: String) {
        #expect(names("python3.12", [name]) == Self.proxies.union(Self.trust))
    }

    @Test(
        "a function's own certificates are trusted, by what reads that variable",
        arguments: [
            ("AWS_CA_BUNDLE", "AWS_CA_BUNDLE"), ("SSL_CERT_FILE", "SSL_CERT_FILE"),
            ("CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE"),
        ])
    func certificates(given: String, left: String) {
        #expect(Self.trust.subtracting(names("python3.12", [given])) == [left])
    }

    @Test("without a file of certificates only Node.js is told anything")
    func noBundle() {
        let https = OwnHTTPS(proxy: nil, port: 2, domains: [], authority: "PEM")
        #expect(https.variables(runtime: "python3.12", given: []).isEmpty)
        #expect(https.variables(runtime: "nodejs20.x", given: []).count == 1)
    }
}
