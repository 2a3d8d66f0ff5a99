/// Roles, policies and what has them, and after an edit of everything that can be edited.
enum EditedIdentityStack {
    static let before = """
        Resources:
          Role:
            Type: AWS::IAM::Role
            Properties:
              RoleName: shop
              AssumeRolePolicyDocument:
                Version: "2012-10-17"
                Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: "sts:AssumeRole"}]
              Description: one
              MaxSessionDuration: 7200
              PermissionsBoundary: !Ref Boundary
              ManagedPolicyArns: [!Ref Shared, "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"]
              Policies:
                - PolicyName: kept
                  PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "s3:GetObject", Resource: "*"}]}
                - PolicyName: gone
                  PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Deny, Action: "s3:*", Resource: "*"}]}
              Tags: [{Key: team, Value: shop}, {Key: gone, Value: soon}]
          Boundary:
            Type: AWS::IAM::ManagedPolicy
            Properties:
              PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "*", Resource: "*"}]}
          Shared:
            Type: AWS::IAM::ManagedPolicy
            Properties:
              ManagedPolicyName: shared
              PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "dynamodb:GetItem", Resource: "*"}]}
          Other:
            Type: AWS::IAM::Role
            Properties:
              AssumeRolePolicyDocument:
                Version: "2012-10-17"
                Statement: [{Effect: Allow, Principal: {AWS: "*"}, Action: "sts:AssumeRole"}]
          Written:
            Type: AWS::IAM::Policy
            Properties:
              PolicyName: written
              Roles: [!Ref Role]
              PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "sqs:SendMessage", Resource: "*"}]}
          Own:
            Type: AWS::IAM::RolePolicy
            Properties:
              RoleName: !Ref Other
              PolicyName: own
              PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "sns:Publish", Resource: "*"}]}
          Profile:
            Type: AWS::IAM::InstanceProfile
            Properties: {InstanceProfileName: machine, Roles: [!Ref Role]}
        Outputs:
          Role: {Value: !GetAtt Role.Arn}
          Id: {Value: !GetAtt Role.RoleId}
          Policy: {Value: !GetAtt Shared.PolicyArn}
          Profile: {Value: !GetAtt Profile.Arn}
        """

    static let after =
        before
        .replacing("lambda.amazonaws.com", with: "edgelambda.amazonaws.com")
        .replacing("Description: one", with: "Description: two")
        .replacing("              MaxSessionDuration: 7200\n", with: "")
        .replacing("              PermissionsBoundary: !Ref Boundary\n", with: "")
        .replacing(
            "[!Ref Shared, \"arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole\"]",
            with: "[!Ref Boundary]"
        )
        .replacing("s3:GetObject", with: "s3:PutObject")
        .replacing("PolicyName: gone", with: "PolicyName: new")
        .replacing("[{Key: team, Value: shop}, {Key: gone, Value: soon}]", with: "[{Key: team, Value: store}]")
        .replacing("dynamodb:GetItem", with: "dynamodb:PutItem")
        .replacing("PolicyName: written", with: "PolicyName: rewritten")
        .replacing(
            "Roles: [!Ref Role]\n              PolicyDocument",
            with: "Roles: [!Ref Other]\n              PolicyDocument"
        )
        .replacing("sns:Publish", with: "sns:Subscribe")
        .replacing(
            "{InstanceProfileName: machine, Roles: [!Ref Role]}",
            with: "{InstanceProfileName: machine, Roles: [!Ref Other]}")
}
