import Foundation
import GatewayModel
import Testing

@Suite struct SystemReasonTests {
    @Test(arguments: [
        (ENOENT, "no such file or directory"), (EACCES, "permission denied"), (ENOEXEC, "exec format error"),
    ])
    func theSystemsWordsBeginSmall(_ code: Int32, _ words: String) {
        #expect(SystemReason.text(code) == words)
    }

    @Test func aNumberThatMeansNothingIsNamed() { #expect(SystemReason.text(9_999).contains("9999")) }
}
