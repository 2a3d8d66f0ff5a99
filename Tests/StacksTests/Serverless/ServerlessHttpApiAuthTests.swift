import JSON
import Testing

@testable import Stacks

@Suite struct ServerlessHttpApiAuthTests {
    private static let tokens = "{IdentitySource: a, JwtConfiguration: {issuer: b, audience: [c]}}"

    private func messages(_ auth: String, event: String = "{}") -> [String] {
        let template = """
            Transform: AWS::Serverless-2016-10-31
            Resources:
              Api: {Type: AWS::Serverless::HttpApi, Properties: {Auth: \(auth)}}
              Hello:
                Type: AWS::Serverless::Function
                Properties:
                  Runtime: python3.12
                  Handler: index.handler
                  InlineCode: x
                  Events: {Get: {Type: HttpApi, Properties: {ApiId: !Ref Api, Path: /a, Method: GET, Auth: \(event)}}}
            """
        return problems(of: template).compactMap { $0.split(separator: ": ", maxSplits: 2).last.map(String.init) }
    }

    @Test(arguments: [
        ("{}", "{}", nil),
        (
            "{}", "{Authorizer: Jwt}",
            "Unable to set Authorizer [Jwt] on API method [get] for path [/a] because the related API does not define any Authorizers."
        ),
        (
            "{Authorizers: {A: \(tokens)}}", "{Authorizer: Jwt}",
            "Unable to set Authorizer [Jwt] on API method [get] for path [/a] because it wasn't defined in the API's Authorizers."
        ),
        (
            "{}", "{Authorizer: NONE}",
            "Unable to set Authorizer on API method [get] for path [/a] because 'NONE' is only a valid value when a DefaultAuthorizer on the API is specified."
        ),
        (
            "{Authorizers: {A: \(tokens)}}", "{AuthorizationScopes: [a]}",
            "'Auth' section requires either an explicit 'Authorizer' set or a 'DefaultAuthorizer' configured on the HttpApi."
        ),
        (
            "{}", "{Authorizer: AWS_IAM}",
            "Unable to set Authorizer [AWS_IAM] on API method [get] for path [/a] because the related API does not define any Authorizers."
        ),
        ("{EnableIamAuthorizer: true}", "{Authorizer: AWS_IAM}", nil),
        ("{Authorizers: {A: \(tokens)}, DefaultAuthorizer: A}", "{AuthorizationScopes: [b]}", nil),
    ])
    func eventsNameAuthorizersThatThereAre(auth: String, event: String, message: String?) {
        #expect(messages(auth, event: event) == [message].compactMap { $0 })
    }

    @Test(arguments: [
        ("{DefaultAuthorizer: A}", "Unable to set DefaultAuthorizer because 'A' was not defined in 'Authorizers'."),
        ("{DefaultAuthorizer: !Ref Api}", "Property 'Auth.DefaultAuthorizer' should be a string."),
        ("{Authorizers: {A: b}}", "Property 'Auth.Authorizers.A' should be a map."),
        (
            "{Authorizers: {A: {JwtConfiguration: {issuer: b}}}}",
            "A OAuth2 Authorizer must define 'IdentitySource'."
        ),
        (
            "{Authorizers: {A: {AuthorizerPayloadFormatVersion: '2.0'}}}",
            "A Lambda Authorizer must define 'FunctionArn'."
        ),
        (
            "{Authorizers: {A: {FunctionArn: b}}}",
            "A Lambda Authorizer must define 'AuthorizerPayloadFormatVersion'."
        ),
        (
            "{Authorizers: {A: {FunctionArn: b, AuthorizerPayloadFormatVersion: '2.0', IdentitySource: c}}}",
            "IdentitySource is only supported for OAuth2 Authorizer. For Lambda Authorizer, use the 'Identity' property instead."
        ),
        (
            "{Authorizers: {A: {IdentitySource: a, JwtConfiguration: {issuer: b}, EnableSimpleResponses: true}}}",
            "EnableSimpleResponses is only supported for Lambda Authorizer."
        ),
        (
            "{Authorizers: {A: {FunctionArn: b, AuthorizerPayloadFormatVersion: '2.0', Identity: {Headers: c}}}}",
            "Headers must be a list; it is a string"
        ),
        (
            "{Authorizers: {A: {OpenIdConnectUrl: b, IdentitySource: a, JwtConfiguration: {issuer: b}}}}",
            "'OpenIdConnectUrl' is no longer a supported property for authorizer 'A'. Please refer to the AWS SAM documentation."
        ),
        ("{Resource: a}", "extraneous key [Resource] is not permitted"),
    ])
    func authorizersAreWhole(auth: String, message: String) {
        #expect(messages(auth) == [message])
    }

    @Test func aMethodThatTheTranslatorDoesNotFindAgainIsRefused() {
        let template = """
            Transform: AWS::Serverless-2016-10-31
            Resources:
              Api:
                Type: AWS::Serverless::HttpApi
                Properties:
                  DefinitionBody: {openapi: 3.0.1, paths: {/a: {any: {responses: {}}}}}
                  Auth: {Authorizers: {A: \(Self.tokens)}, DefaultAuthorizer: A}
            """
        #expect(
            problems(of: template).map {
                $0.hasSuffix("Could not find x-amazon-apigateway-any-method in /a within DefinitionBody.")
            }
                == [true])
    }
}
