import JSON
import NIOCore
import Testing

@testable import LambdaHost

@Suite("Errors that the platform makes")
struct ErrorPayloadTests {
    private func object(_ payload: ByteBuffer) throws -> JSONObject? {
        try JSONValue(parsing: Array(payload.readableBytesView)).object
    }

    @Test("a time-out names its seconds with two decimals")
    func timeout() throws {
        let payload = try object(ErrorPayload.timeout("7", seconds: 3))
        #expect(payload?["errorType"] == "Sandbox.Timedout")
        #expect(payload?["errorMessage"] == "RequestId: 7 Error: Task timed out after 3.00 seconds")
    }

    @Test(
        "an exit is told by its status or signal",
        arguments: [
            (ProcessTable.Exit.status(0), "Runtime exited without providing a reason"),
            (.status(127), "Runtime exited with error: exit status 127"),
            (.signal(9), "Runtime exited with error: signal: killed"),
        ])
    func exit(exit: ProcessTable.Exit, reason: String) {
        #expect(ErrorPayload.exitReason(exit) == reason)
    }
}
