import ArgumentParser

/// Amazon API Gateway that you run yourself.
@main
struct GatehouseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gatehouse",
        abstract: "Amazon API Gateway that you run yourself, with the functions behind it.",
        discussion: """
            Start with a SAM template:      gatehouse up template.yaml
            or with a server for AWS tools: gatehouse serve
                                            export AWS_ENDPOINT_URL=http://localhost:4566
                                            aws apigatewayv2 create-api --name my-api --protocol-type HTTP ...

            An API answers at http://{apiId}.execute-api.localhost:4566/ and, for clients that cannot set a host name, at
            http://localhost:4566/_aws/execute-api/{apiId}/{stage}/.

            Exit codes: 0 done, 1 it failed and said why, 64 the command line was wrong.
            """,
        version: Version.text,
        subcommands: [
            Serve.self, Up.self, Deploy.self, Diff.self, Rollback.self, Delete.self, BackupCommand.self,
            Operations.self, Doctor.self, Vtl.self, WebSocketCommand.self, Token.self, Pool.self, Keys.self,
        ])
}

enum Version {
    static let text = "gatehouse 0.1.0"
}
