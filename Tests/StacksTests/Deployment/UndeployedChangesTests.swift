import Testing

@testable import Stacks

/// What an update leaves undeployed.
@Suite struct UndeployedV2Tests {
    private func template(isAutomatic: Bool, uri: String) -> String {
        """
        Resources:
          Api: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: HTTP, Name: a}}
          Integration:
            Type: AWS::ApiGatewayV2::Integration
            Properties: {ApiId: !Ref Api, IntegrationType: HTTP_PROXY, IntegrationMethod: GET, IntegrationUri: "\(uri)", PayloadFormatVersion: "1.0"}
          Route: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Api, RouteKey: GET /a, Target: !Sub "integrations/${Integration}"}}
          Deployment: {Type: AWS::ApiGatewayV2::Deployment, DependsOn: Route, Properties: {ApiId: !Ref Api}}
          Stage: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Api, StageName: dev, \(isAutomatic ? "AutoDeploy: true" : "DeploymentId: !Ref Deployment")}}
        """
    }

    @Test(arguments: [true, false])
    func aDeploymentOfBeforeIsNamed(isAutomatic: Bool) async throws {
        let world = try World()
        try await world.deploy(template(isAutomatic: isAutomatic, uri: "http://localhost/one"))
        let result = try await world.deploy(template(isAutomatic: isAutomatic, uri: "http://localhost/two"))
        #expect(
            result.warnings
                == (isAutomatic
                    ? []
                    : [
                        "Integration changed, but the deployment Deployment did not, so that Api is served as before, as in "
                            + "CloudFormation; give the deployment another logical id to deploy what changed"
                    ]))
    }
}
