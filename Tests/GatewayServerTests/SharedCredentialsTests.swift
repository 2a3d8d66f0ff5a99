import SigV4
import Testing

@testable import GatewayServer

@Suite("Credentials for AWS services")
struct SharedCredentialsTests {
    private let file = """
        # comment
        [default]
        aws_access_key_id = D
        aws_secret_access_key = DS

        [ work ]
        ; comment
        aws_access_key_id=W
          aws_secret_access_key =WS=/+
        aws_session_token = WT
        region = eu-west-1
        [empty]
        aws_access_key_id = E
        """

    @Test("are those of a profile")
    func profiles() {
        func found(_ profile: String) -> SigningCredentials? {
            SharedCredentials.credentials(in: file, profile: profile)
        }
        #expect(found("default") == SigningCredentials(accessKeyId: "D", secretAccessKey: "DS"))
        #expect(found("work") == SigningCredentials(accessKeyId: "W", secretAccessKey: "WS=/+", sessionToken: "WT"))
        #expect(found("empty") == nil)
        #expect(found("none") == nil)
    }

    @Test("are the environment's before all others, if both parts are there")
    func environment() {
        let keys = ["AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "S", "AWS_SESSION_TOKEN": ""]
        #expect(SharedCredentials.find { keys[$0] } == SigningCredentials(accessKeyId: "A", secretAccessKey: "S"))
        #expect(SharedCredentials.find { $0 == "AWS_ACCESS_KEY_ID" ? "A" : nil } == nil)
    }
}
