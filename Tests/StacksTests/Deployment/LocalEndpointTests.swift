import Testing

@testable import Stacks

@Suite struct LocalEndpointTests {
    private let endpoint = LocalEndpoint(port: 4566, isSecure: false)

    private func url(_ stage: String, isWebSocket: Bool = false) -> String {
        endpoint.url(
            of: StackDeployment.Api(
                logicalId: "Api", apiId: "abc", stageName: stage, isWebSocket: isWebSocket, routes: []))
    }

    @Test func stagesHaveTheirPath() {
        #expect(url("prod") == "http://abc.execute-api.localhost:4566/prod")
        #expect(url("$default") == "http://abc.execute-api.localhost:4566")
        #expect(url("prod", isWebSocket: true) == "ws://localhost:4566/_aws/execute-api/abc/prod")
    }

    @Test func aListenerThatEncryptsIsNamedSo() {
        let secure = LocalEndpoint(port: 4566, isSecure: true)
        let text = "https://abc.execute-api.us-east-1.amazonaws.com/prod"
        #expect(secure.localizing(text) == "https://abc.execute-api.localhost:4566/prod")
    }

    @Test(arguments: [
        (
            "see https://abc.execute-api.us-east-1.amazonaws.com/prod.",
            "see http://abc.execute-api.localhost:4566/prod."
        ),
        ("https://a1.execute-api.cn-north-1.amazonaws.com.cn", "http://a1.execute-api.localhost:4566"),
        (
            "https://a.execute-api.r.amazonaws.com https://b.execute-api.r.amazonaws.com/x",
            "http://a.execute-api.localhost:4566 http://b.execute-api.localhost:4566/x"
        ),
        (
            "wss://abc.execute-api.us-east-1.amazonaws.com/prod, https://abc.execute-api.us-east-1.amazonaws.com/prod",
            "ws://localhost:4566/_aws/execute-api/abc/prod, http://abc.execute-api.localhost:4566/prod"
        ),
        ("ftp://a.execute-api.r.amazonaws.com", "ftp://a.execute-api.r.amazonaws.com"),
        ("https://s3.us-east-1.amazonaws.com/b", "https://s3.us-east-1.amazonaws.com/b"),
        ("https://a.execute-api.r.amazonaws.com.evil", "https://a.execute-api.r.amazonaws.com.evil"),
        ("https://", "https://"),
    ])
    func invokeURLsBecomeLocal(text: String, local: String) {
        #expect(endpoint.localizing(text) == local)
    }
}
