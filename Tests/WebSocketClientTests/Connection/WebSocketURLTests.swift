import Testing

@testable import WebSocketClient

@Suite("A WebSocket's URL")
struct WebSocketURLTests {
    @Test(
        "says where the server is and what is asked for",
        arguments: [
            ("ws://localhost:4566/_aws/execute-api/a1/dev", "localhost", 4566, "/_aws/execute-api/a1/dev", false),
            (
                "wss://a.execute-api.eu-west-1.amazonaws.com/prod", "a.execute-api.eu-west-1.amazonaws.com", 443,
                "/prod", true
            ),
            ("WS://a", "a", 80, "/", false),
            ("ws://a?x=1", "a", 80, "/?x=1", false),
            ("ws://a:81/p/?x=%20#".replacing("#", with: ""), "a", 81, "/p/?x=%20", false),
            ("ws://[::1]:8080/dev", "::1", 8080, "/dev", false),
            ("ws://127.0.0.1/", "127.0.0.1", 80, "/", false),
        ] as [(String, String, Int, String, Bool)])
    func good(text: String, host: String, port: Int, target: String, isSecure: Bool) throws {
        let url = try WebSocketURL(text)
        #expect((url.host, url.port, url.target, url.isSecure) == (host, port, target, isSecure))
    }

    @Test("names its port in Host where it was written")
    func authority() throws {
        #expect(try WebSocketURL("ws://a:80/x").authority == "a:80")
        #expect(try WebSocketURL("wss://[::1]/x").authority == "[::1]")
    }

    @Test(
        "is told why it is none",
        arguments: [
            ("http://a/", "has to begin with ws://"), ("a", "has to begin with ws://"), ("ws:/a", "has to begin"),
            ("ws://", "is no host"), ("ws://:80", "is no host"), ("ws:///x", "is no host"), ("ws://a:b", "is no host"),
            ("ws://a:0", "a port is"), ("ws://a:65536", "a port is"), ("ws://a/#x", "a fragment"),
            ("ws://u:p@a/", "a user and a password"), ("ws://a/ü", "percent-encoded"), ("ws://a/ x", "percent-encoded"),
            ("ws://a/\r\nX: y", "percent-encoded"), ("ws://[::1/", "is no host"),
        ])
    func bad(text: String, reason: String) {
        let fault = #expect(throws: WebSocketURL.Fault.self) { try WebSocketURL(text) }
        #expect(fault?.sentence.contains(reason) == true, "\(fault?.sentence ?? "")")
    }

    @Test(
        "tells the region of API Gateway's hosts",
        arguments: [
            ("wss://a1.execute-api.eu-west-1.amazonaws.com/x", "eu-west-1"),
            ("wss://a1.execute-api.cn-north-1.amazonaws.com.cn/x", "cn-north-1"),
            ("ws://a1.execute-api.localhost:4566/x", nil), ("wss://shop.example/x", nil),
        ] as [(String, String?)])
    func region(text: String, region: String?) throws {
        #expect(try WebSocketURL(text).region == region)
    }

    @Test("knows the names of this machine")
    func local() throws {
        #expect(try WebSocketURL("ws://a.execute-api.localhost/").isLocalName)
        #expect(try WebSocketURL("ws://LOCALHOST/").isLocalName)
        #expect(try !WebSocketURL("ws://notlocalhost/").isLocalName)
    }
}
