import Testing

@testable import Stacks

@Suite struct CognitoEventTests {
    private func messages(_ event: String, pool: String = "{}") -> [String] {
        let template = """
            Transform: AWS::Serverless-2016-10-31
            Resources:
              Pool: {Type: AWS::Cognito::UserPool, Properties: \(pool)}
              Hello:
                Type: AWS::Serverless::Function
                Properties:
                  Runtime: python3.12
                  Handler: index.handler
                  InlineCode: x
                  Events: {SignUp: {Type: Cognito, Properties: \(event)}}
            """
        return problems(of: template).compactMap { $0.split(separator: ": ", maxSplits: 2).last.map(String.init) }
    }

    @Test(arguments: [
        ("{UserPool: !Ref Pool, Trigger: PreSignUp}", nil),
        (
            "{UserPool: !Ref Hello, Trigger: PreSignUp}",
            "Cognito events must reference a Cognito UserPool in the same template."
        ),
        (
            "{UserPool: us-east-1_a, Trigger: PreSignUp}",
            "Cognito events must reference a Cognito UserPool in the same template."
        ),
        ("{UserPool: !Ref Pool, Trigger: PreLunch}", "a user pool has no trigger PreLunch"),
        ("{UserPool: !Ref Pool, Trigger: KMSKeyID}", "a user pool has no trigger KMSKeyID"),
        ("{UserPool: !Ref Pool, Trigger: [{a: b}]}", "Type of property 'Trigger' is invalid."),
        ("{UserPool: !Ref Pool}", "the event type Cognito needs the property Trigger"),
        (
            "{UserPool: !Ref Pool, Trigger: [PreSignUp, PreSignUp]}",
            "Cognito trigger \"PreSignUp\" defined multiple times."
        ),
    ])
    func eventsNameTriggersOfPools(event: String, message: String?) {
        #expect(messages(event) == [message].compactMap { $0 })
    }

    @Test func aTriggerThatThePoolHasIsTaken() {
        #expect(
            messages("{UserPool: !Ref Pool, Trigger: PreSignUp}", pool: "{LambdaConfig: {PreSignUp: a}}") == [
                "Cognito trigger \"PreSignUp\" defined multiple times."
            ])
    }
}
