import Testing

@testable import GatewayServer

@Suite("Descriptors are shared out")
struct DescriptorsTests {
    @Test(
        "with some kept for functions and files, and for those who come when all clients are connected",
        arguments: [
            (0, 20_000, Descriptors.Shares(management: 18_500, traffic: 0, webSockets: 18_315)),
            (1, 20_000, Descriptors.Shares(management: 256, traffic: 18_244, webSockets: 18_018)),
            (2, 20_000, Descriptors.Shares(management: 256, traffic: 9_122, webSockets: 18_018)),
            (1, 1_024, Descriptors.Shares(management: 192, traffic: 576, webSockets: 495)),
            (1, 4, Descriptors.Shares(management: 1, traffic: 3, webSockets: 1)),
        ])
    func shares(listeners: Int, descriptors: Int, expected: Descriptors.Shares) {
        #expect(Descriptors.shares(listeners, descriptors: descriptors) == expected)
    }
}
