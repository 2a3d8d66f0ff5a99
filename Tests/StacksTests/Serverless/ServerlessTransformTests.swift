import GatewayModel
import JSON
import Testing

@testable import Stacks

@Suite struct ServerlessTransformTests {
    private func events(_ properties: String...) -> String {
        let events = properties.enumerated().map { "        E\($0): {Type: HttpApi, Properties: \($1)}" }
        return "      Events:\n" + events.joined(separator: "\n")
    }

    private func resource(_ logicalId: String, _ template: String) throws -> JSONValue {
        let found = try #require(try plan(template).resources.first { $0.logicalId == logicalId })
        return TemplateValue.map(found.properties, line: 1).json
    }

    @Test func aFunctionWithoutARoleHasOneMade() throws {
        #expect(
            try plan(serverless()).resources.map(\.logicalId) == [
                "HelloRole", "Hello", "Api", "ApiApiGatewayDefaultStage",
            ])
        let own = serverless(function: "      InlineCode: x\n      Role: arn:aws:iam::123456789012:role/r")
        #expect(try resource("Hello", own)["Role"] == "arn:aws:iam::123456789012:role/r")
        #expect(try !plan(own).resources.contains { $0.type == "AWS::IAM::Role" })
    }

    @Test func propertiesWithoutEffectAreListed() throws {
        let template = serverless(
            function: "      InlineCode: x\n      Tracing: Active\n      Policies: [a]",
            rest: "Globals:\n  Function:\n    Tracing: PassThrough")
        #expect(
            try plan(template).storedOnly == [
                StoredOnlyProperty(path: "Globals.Function.Tracing", line: 16),
                StoredOnlyProperty(path: "Resources.Hello.Properties.Tracing", line: 11),
            ])
    }

    @Test func routesStandInTheOrderOfTheTemplate() throws {
        let template = serverless(
            events: events(
                "{ApiId: !Ref Api, Path: /b, Method: GET}", "{ApiId: !Ref Api, Path: /a, Method: GET}",
                "{ApiId: !Ref Api, Path: /b, Method: ANY}"))
        let paths = try #require(try resource("Api", template)["Body"]?["paths"]?.object)
        #expect(paths.keys == ["/b", "/a"])
        #expect(paths["/b"]?.object?.keys == ["get", "x-amazon-apigateway-any-method"])
    }

    @Test func aStageNamedByAFunctionHasAPlainLogicalId() throws {
        let template = """
            Transform: AWS::Serverless-2016-10-31
            Parameters:
              Env: {Type: String, Default: dev}
            Resources:
              Api: {Type: AWS::Serverless::HttpApi, Properties: {StageName: !Ref Env}}
            """
        #expect(try plan(template).resources.map(\.logicalId) == ["Api", "ApiStage"])
    }

    @Test(arguments: [
        ("{ApiId: !Ref Other, Path: /a, Method: GET}", HttpApiEvent.invalidApiId),
        ("{ApiId: [Api], Path: /a, Method: GET}", HttpApiEvent.invalidApiId),
        ("3", "Properties should be a map."),
        ("{ApiId: !Ref Api, Path: /a}", "Property 'Method' is required."),
        ("{ApiId: !Ref Api, Method: GET}", "Property 'Path' is required."),
        ("{ApiId: !Ref Api, Path: a, Method: GET}", "Path must begin with a slash, or be $default"),
        ("{ApiId: !Ref Api, Path: !Sub /a, Method: GET}", "Path must be written out, not a function"),
        (
            "{ApiId: !Ref Api, Path: /a, Method: TRACE}",
            "Method must be ANY or one of DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"
        ),
        (
            "{ApiId: !Ref Api, Path: /a, Method: GET, Stage: prod}",
            "the property Stage of the event type HttpApi is not supported yet"
        ),
        (
            "{ApiId: !Ref Api, Path: /a, Method: GET, PayloadFormatVersion: '3.0'}",
            "PayloadFormatVersion must be 1.0 or 2.0"
        ),
    ])
    func eventsThatMakeNoRouteAreNamed(properties: String, message: String) {
        let found = problems(of: serverless(events: events(properties)))
        #expect(found.contains("template.yaml:12: Resources.Hello.Properties.Events.E0: \(message)"))
    }

    @Test func namesThatBecomePartOfALogicalIdAreAlphanumeric() {
        let event = "      Events: {get-it: {Type: HttpApi, Properties: {ApiId: !Ref Api, Path: /a, Method: GET}}}"
        #expect(
            problems(of: serverless(events: event)) == [
                "template.yaml:11: Resources.Hello.Properties.Events.get-it: Template format error: Resource name "
                    + "Helloget-itPermission is non alphanumeric."
            ])
    }

    @Test func anEmptyAuthAsksForNothing() {
        #expect(problems(of: serverless(events: events("{ApiId: !Ref Api, Path: /a, Method: GET, Auth: {}}"))) == [])
    }

    @Test(arguments: [
        ("!Ref Api", "'AutoPublishAlias' must be a string or a Ref to a template parameter"),
        (
            "a.b",
            "AutoPublishAlias name ('a.b') must contain only alphanumeric characters, hyphens, or underscores matching (?!^[0-9]+$)([a-zA-Z0-9-_]+) pattern."
        ),
        (
            "'12'",
            "AutoPublishAlias name ('12') must contain only alphanumeric characters, hyphens, or underscores matching (?!^[0-9]+$)([a-zA-Z0-9-_]+) pattern."
        ),
    ])
    func aliasesThatCannotBeAreNamed(alias: String, message: String) {
        #expect(
            problems(of: serverless(function: "      InlineCode: x\n      AutoPublishAlias: \(alias)")) == [
                "template.yaml:11: Resources.Hello.Properties: \(message)"
            ])
    }

    @Test func aVersionIsNewWhenTheCodeInAFolderIs() throws {
        let template = serverless(function: "      CodeUri: src\n      AutoPublishAlias: live")
        var names: Set<String> = []
        for digest in ["one", "two", "one"] {
            let files = MemoryFiles(folders: ["/work/shop/src": digest])
            let transform = try self.transform(template, files: files)
            names.formUnion(transform.resources.filter { $0.type == "AWS::Lambda::Version" }.map(\.logicalId))
        }
        #expect(names.count == 2)
    }

    @Test(arguments: ["{Name: id}", "{Name: id, Type: Text}", "{Name: id, Type: String, Sort: x}", "id"])
    func keysThatCannotBeAreNamed(key: String) throws {
        let template = """
            Transform: AWS::Serverless-2016-10-31
            Resources:
              T: {Type: AWS::Serverless::SimpleTable, Properties: {PrimaryKey: \(key)}}
            """
        var found = Problems(file: "template.yaml")
        _ = try transform(template, problems: &found)
        #expect(found.list.count == 1)
        #expect(found.list.first?.line == 3)
    }

    private func transform(_ template: String, files: any TemplateFiles = MemoryFiles()) throws -> ServerlessTransform {
        var problems = Problems(file: "template.yaml")
        let transform = try transform(template, files: files, problems: &problems)
        #expect(problems.list.isEmpty)
        return transform
    }

    private func transform(
        _ template: String, files: any TemplateFiles = MemoryFiles(), problems: inout Problems
    ) throws -> ServerlessTransform {
        let source = source(template, files: files)
        let resolver = IntrinsicResolver(
            parameters: [:],
            pseudoParameters: PseudoParameters(account: AccountIdentity(), stackName: "shop", stackId: nil))
        let live = LiveTemplate(try Template(source, problems: &problems), resolver: resolver, problems: &problems)
        return ServerlessTransform(live, problems: &problems)
    }

    @Test func membersThatMapsDoNotHaveAreNamed() {
        let template = serverless(
            function: "      InlineCode: x\n      Environment: {Variable: {}}",
            rest: "Globals: {HttpApi: {AccessLogSettings: {Formt: x}}}")
        #expect(
            problems(of: template) == [
                "template.yaml:11: Resources.Hello.Properties.Environment: extraneous key [Variable] is not permitted",
                "template.yaml:13: Globals.HttpApi.AccessLogSettings: extraneous key [Formt] is not permitted",
            ])
    }

    @Test func aRouteComesOnce() {
        let route = "{ApiId: !Ref Api, Path: /a, Method: GET}"
        #expect(
            problems(of: serverless(events: events(route, route))) == [
                "template.yaml:13: Resources.Hello.Properties.Events.E1: API method 'get' defined multiple times for path '/a'."
            ])
    }

    @Test func otherEventsAreNamed() {
        #expect(
            problems(of: serverless(events: "      Events:\n        Queue: {Type: SQS, Properties: {}}")) == [
                "template.yaml:12: Resources.Hello.Properties.Events.Queue: the event type SQS is not supported yet"
            ])
    }

    @Test func aFunctionHasCodeHandlerAndRuntime() {
        let template = """
            Transform: AWS::Serverless-2016-10-31
            Resources:
              A: {Type: AWS::Serverless::Function}
            """
        #expect(
            problems(of: template) == [
                "template.yaml:3: Resources.A.Properties: AWS::Serverless::Function needs the property Handler",
                "template.yaml:3: Resources.A.Properties: AWS::Serverless::Function needs the property Runtime",
                "template.yaml:3: Resources.A.Properties: CodeUri .: /work/shop does not exist",
            ])
    }

    @Test func codeIsInTheTemplatesFolderUnlessItSaysOtherwise() throws {
        let files = MemoryFiles(folders: ["/work/shop": "digest"])
        let function = try transform(serverless(function: "      Timeout: 1"), files: files).resources.first {
            $0.logicalId == "Hello"
        }
        #expect(function?.properties["Code"]?.json == ["S3Bucket": "gatehouse.local", "S3Key": "/work/shop"])
    }

    @Test(arguments: [
        (
            "s3://bucket",
            "'CodeUri' is not a valid S3 Uri of the form 's3://bucket/key' with optional versionId query parameter."
        ),
        (
            "https://bucket/key",
            "'CodeUri' is not a valid S3 Uri of the form 's3://bucket/key' with optional versionId query parameter."
        ),
        ("{Bucket: a}", "'CodeUri' requires Bucket and Key properties to be specified."),
        ("[a]", "CodeUri must be a local path here"),
        ("src/", "CodeUri src/: /work/shop/src does not exist"),
        ("/etc/passwd", "CodeUri /etc/passwd: /etc/passwd is neither a folder nor a .zip file"),
    ])
    func codeThatIsNotHereIsNamed(uri: String, message: String) {
        #expect(
            problems(of: serverless(function: "      CodeUri: \(uri)")) == [
                "template.yaml:10: Resources.Hello.Properties: \(message)"
            ])
    }

    @Test(arguments: [
        ("s3://bucket/a/key", #"{"S3Bucket":"bucket","S3Key":"a/key"}"#),
        ("s3://bucket/key?versionId=7", #"{"S3Bucket":"bucket","S3Key":"key","S3ObjectVersion":"7"}"#),
        (
            "{Bucket: a, Key: b, Version: c}",
            #"{"S3Bucket":"a","S3Key":"b","S3ObjectVersion":"c"}"#
        ),
    ])
    func codeInS3IsHandedOverByItsPlace(uri: String, code: String) throws {
        #expect(
            try resource("Hello", serverless(function: "      CodeUri: \(uri)"))["Code"] == JSONValue(parsing: code))
    }

    @Test func aFolderIsHandedOverByItsPath() throws {
        let code = try resource("Hello", serverless(function: "      CodeUri: ../../tmp/."))["Code"]
        #expect(code == ["S3Bucket": "gatehouse.local", "S3Key": "/tmp"])
    }

    @Test func reservedTagsAreRefused() {
        #expect(
            problems(of: serverless(function: "      InlineCode: x\n      Tags: {'lambda:createdBy': me}")) == [
                "template.yaml:11: Resources.Hello.Properties.Tags: lambda:createdBy is a reserved Tag key name and cannot be set on your resource."
            ])
    }

    @Test func madeLogicalIdsMustBeFree() {
        let template = serverless(rest: "  HelloRole:\n    Type: AWS::Serverless::HttpApi")
        #expect(
            problems(of: template) == [
                "template.yaml:12: Resources.HelloRole: the transform makes a resource with the logical id HelloRole, which is taken"
            ])
    }

    @Test(arguments: [
        ("{AllowOrigin: ['*']}", "Invalid key 'AllowOrigin' for 'Cors' property."),
        (
            "{AllowOrigins: ['*'], AllowCredentials: true}",
            "Unable to add Cors configuration because 'AllowCredentials' can not be true when 'AllowOrigin' is \"'*'\" or not set."
        ),
        ("!Ref AWS::Region", "CorsConfiguration must be true or a map, not a function"),
    ])
    func corsThatCannotBeIsNamed(cors: String, message: String) {
        let template = """
            Transform: AWS::Serverless-2016-10-31
            Resources:
              Api: {Type: AWS::Serverless::HttpApi, Properties: {CorsConfiguration: \(cors)}}
            """
        #expect(
            problems(of: template) == ["template.yaml:3: Resources.Api.Properties.CorsConfiguration: \(message)"])
    }

    @Test(arguments: [
        "{openapi: 2.0, paths: {}}", "{openapi: 3.0.1}", "{swagger: '2.0', paths: {}}",
        "{openapi: 3.0.1, paths: {/a: b}}",
    ])
    func documentsOfOtherKindsAreRefused(body: String) {
        let template = """
            Transform: AWS::Serverless-2016-10-31
            Resources:
              Api: {Type: AWS::Serverless::HttpApi, Properties: {DefinitionBody: \(body)}}
            """
        #expect(problems(of: template).count == 1)
        #expect(problems(of: template).first?.contains("Invalid OpenApi document.") == true)
    }

    @Test func aTitleIsSetOnce() {
        let template = """
            Transform: AWS::Serverless-2016-10-31
            Resources:
              Api:
                Type: AWS::Serverless::HttpApi
                Properties:
                  Name: a
                  Description: b
                  DefinitionBody: {openapi: 3.0.1, info: {title: c, description: d}, paths: {}}
            """
        #expect(problems(of: template).count == 2)
        #expect(problems(of: template).first?.contains("Unable to set Name because it is already defined") == true)
    }

    @Test func globalsOfOtherTypesAreNamed() {
        let template = serverless(
            rest: "Globals:\n  StateMachine: {}\n  Functions: {}\n  Function: {FunctionName: a, VpcConfig: {a: b}}")
        #expect(
            problems(of: template) == [
                "template.yaml:13: Globals.StateMachine: the globals of AWS::Serverless::StateMachine are not supported yet",
                "template.yaml:14: Globals.Functions: 'Globals' section is invalid. 'Functions' is not supported.",
                "template.yaml:15: Globals.Function: Globals.Function has no property FunctionName",
                "template.yaml:15: Globals.Function: the property VpcConfig of Globals.Function is not supported yet",
            ])
    }
}
