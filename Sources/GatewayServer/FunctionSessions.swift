import Callers
import GatewayModel
import HTTPFront
import LambdaHost

/// Sessions of functions' roles: tokens as STS makes them, each tied to the life of one environment.
struct FunctionSessions: FunctionSessionSource {
    let tokens: SessionTokens
    let environments: LiveEnvironments

    func beginSession(of functionName: String, roleId: String) -> FunctionSession? {
        guard let life = environments.begin() else { return nil }
        let session = SessionTokens.Session(
            accessKeyId: tokens.newKeyId("ASIA"), secret: Identifiers.apiKeyValue(), holder: roleId,
            name: functionName, policies: nil, started: WallClock.epochMilliseconds / 1000,
            // Nothing renews them: they are good for as long as the environment, however long that is.
            expires: .max, environment: life.number)
        guard let token = tokens.seal(session) else { return nil }
        return FunctionSession(
            accessKeyId: session.accessKeyId, secretAccessKey: session.secret, token: token, life: life)
    }
}
