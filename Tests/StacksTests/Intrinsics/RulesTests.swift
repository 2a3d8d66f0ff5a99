import Testing

@testable import Stacks

@Suite struct RulesTests {
    private func told(_ rule: String, _ parameters: String = "Kind: {Type: String, Default: test}") -> [String] {
        problems(
            of: """
                Parameters:
                  \(parameters)
                Rules:
                  Sizes: \(rule)
                Resources:
                  R: {Type: AWS::CDK::Metadata}
                """
        ).map { $0.replacing("template.yaml:4: Rules.Sizes: ", with: "") }
    }

    @Test(arguments: [
        "{Assertions: [{Assert: !Equals [!Ref Kind, test]}]}",
        "{Assertions: [{Assert: !Not [!Equals [!Ref Kind, prod]]}]}",
        #"{Assertions: [{Assert: {"Fn::Contains": [[test, prod], !Ref Kind]}}]}"#,
        #"{Assertions: [{Assert: {"Fn::EachMemberEquals": [[!Ref Kind, test], test]}}]}"#,
        #"{Assertions: [{Assert: {"Fn::EachMemberIn": [[!Ref Kind], [prod, test]]}}]}"#,
        #"{Assertions: [{Assert: {"Fn::Contains": [{"Fn::RefAll": String}, test]}}]}"#,
        #"{Assertions: [{Assert: {"Fn::And": [!Equals [a, a], {"Fn::Or": [!Equals [a, b], !Equals [a, a]]}]}}]}"#,
        "{RuleCondition: !Equals [!Ref Kind, prod], Assertions: [{Assert: !Equals [a, b]}]}",
        "{Assertions: []}",
    ])
    func whatHoldsIsNotTold(rule: String) { #expect(told(rule) == []) }

    @Test(arguments: [
        (
            "{Assertions: [{Assert: !Equals [!Ref Kind, prod], AssertDescription: only prod}]}",
            "Template rule Sizes failed: only prod"
        ),
        (
            #"{RuleCondition: !Equals [!Ref Kind, test], Assertions: [{Assert: {"Fn::Contains": [[a], !Ref Kind]}}]}"#,
            "Template rule Sizes failed: an assertion without a description does not hold"
        ),
        ("{Assert: []}", "Template format error: Every Rules object must contain a list of Assertions."),
        ("{Assertions: [{}]}", "Template format error: Every Assertions object must contain an Assert."),
        ("{Assertions: [], Other: 1}", "Invalid template rule property 'Other'"),
        (
            "{Assertions: [{Assert: !Equals [a, a], Other: 1}]}", "Invalid template assertion property 'Other'"
        ),
        (
            "{Assertions: [{Assert: true}]}",
            "Template format error: an Assert or a RuleCondition is a function that gives true or false"
        ),
        (
            #"{Assertions: [{Assert: {"Fn::Not": []}}]}"#,
            "Template format error: Fn::Not in a rule has not the operands that it needs"
        ),
        (
            #"{Assertions: [{Assert: {"Fn::EachMemberEquals": [{"Fn::ValueOfAll": ["AWS::EC2::VPC::Id", Tags.A]}, b]}}]}"#,
            "Template format error: Fn::ValueOfAll asks for attributes of networks and instances, of which there are none "
                + "here"
        ),
        (
            "{Assertions: [{Assert: !Equals [!Sub a, a]}]}", "Template format error: Fn::Sub cannot stand in a rule"
        ),
        (
            #"{Assertions: [{Assert: {"Fn::Contains": [[a], [a, b]]}}]}"#,
            "Template format error: a rule compares with one string here, not with a list"
        ),
    ])
    func whatDoesNotHoldIs(rule: String, message: String) { #expect(told(rule) == [message]) }

    @Test func parametersOfATypeAreAll() {
        let parameters = #"""
            A: {Type: "AWS::EC2::VPC::Id", Default: vpc-1}
              B: {Type: "List<AWS::EC2::Subnet::Id>", Default: "s-1,s-2"}
            """#
        let rule = { (type: String, value: String) in
            #"{Assertions: [{Assert: {"Fn::EachMemberEquals": [{"Fn::RefAll": "\#(type)"}, \#(value)]}}]}"#
        }
        #expect(told(rule("AWS::EC2::VPC::Id", "vpc-1"), parameters).isEmpty)
        #expect(told(rule("List<AWS::EC2::Subnet::Id>", "s-1"), parameters).count == 1)
    }

    /// Where the values of stored parameters are not known nothing is said of them.
    @Test func rulesWaitForTheValuesOfStoredParameters() {
        let rule = #"{Assertions: [{Assert: {"Fn::Contains": [["6"], !Ref Version]}}]}"#
        #expect(told(rule, "Version: {Type: \"AWS::SSM::Parameter::Value<String>\", Default: /version}") == [])
    }
}
