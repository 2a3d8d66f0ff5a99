import GatewayModel
import JSON
import Testing

@testable import Stacks

@Suite struct ProcessedTemplateTests {
    private func processed(_ template: String, parameters: [(name: String, value: String)] = []) throws -> JSONValue {
        let plan = try plan(template, parameters: parameters)
        return try JSONValue(parsing: Array(try #require(plan.processed).utf8))
    }

    @Test func languageExtensionsAreWorkedOut() throws {
        let document = try processed(
            """
            Transform: AWS::LanguageExtensions
            Parameters:
              Days: {Type: CommaDelimitedList, Default: "1,2,3"}
              Policy: {Type: String, Default: Retain}
              Stage: {Type: String, Default: prod}
              Hidden: {Type: String, NoEcho: true, Default: hush}
            Mappings: {M: {a: {b: c}}}
            Conditions:
              IsMany: !Equals [{Fn::Length: !Ref Days}, 3]
              IsProd: !Equals [!Ref Stage, prod]
            Resources:
              Fn::ForEach::Logs:
                - Name
                - [A, B]
                - Logs${Name}:
                    Type: AWS::Logs::LogGroup
                    DeletionPolicy: !Ref Policy
                    Condition: IsProd
                    Properties:
                      RetentionInDays: {Fn::Length: !Ref Days}
                      LogGroupName: !If [IsProd, !FindInMap [M, z, b, {DefaultValue: d}], e]
                      Tags: [{Key: k, Value: {Fn::ToJsonString: {a: !Ref Stage, h: !Ref Hidden}}}]
            Outputs:
              One: {Value: {Fn::ToJsonString: {a: !Ref LogsA}}, Condition: IsProd}
            """)
        let resource = document["Resources"]?["LogsB"]
        #expect(document["Transform"] == nil)
        #expect(document["Resources"]?.object?.keys == ["LogsA", "LogsB"])
        #expect(resource?["DeletionPolicy"] == "Retain" && resource?["Condition"] == "IsProd")
        #expect(resource?["Properties"]?["RetentionInDays"] == 3)
        #expect(resource?["Properties"]?["LogGroupName"] == ["Fn::If": ["IsProd", "d", "e"]])
        #expect(
            resource?["Properties"]?["Tags"]?.array?.first?["Value"] == #"{"a":"prod","h":"****"}"#)
        #expect(document["Conditions"]?["IsMany"] == ["Fn::Equals": [3, 3]])
        // What it names is not there yet.
        #expect(document["Outputs"]?["One"]?["Value"] == ["Fn::ToJsonString": ["a": ["Ref": "LogsA"]]])
    }

    @Test func loopsDoNotShowWhatIsHidden() {
        let template = """
            Transform: AWS::LanguageExtensions
            Parameters: {Names: {Type: CommaDelimitedList, NoEcho: true}}
            Resources:
              Plain: {Type: AWS::Logs::LogGroup}
              Fn::ForEach::Logs: [Name, !Ref Names, {"Logs${Name}": {Type: AWS::Logs::LogGroup}}]
            """
        #expect(
            problems(of: template, parameters: [("Names", "hush")]) == [
                "template.yaml:5: Resources: a loop cannot go through Names, which has NoEcho: its items would be shown"
            ])
    }
}
