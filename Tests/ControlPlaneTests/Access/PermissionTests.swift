import Callers
import GatewayModel
import IAMPolicy
import Testing

@testable import ControlPlane

@Suite("What a management call does")
struct PermissionTests {
    private let account = AccountIdentity(accountId: "123456789012", region: "eu-west-1")

    /// Of a call of API Gateway or Lambda, without what all ARNs here have.
    private func all(_ method: String, _ target: String, _ body: String = "") throws -> [String] {
        let parts = target.split(separator: "?", maxSplits: 1).map(String.init)
        let query = parts.count > 1 ? parts[1] : ""
        guard
            case .found(let operation, let parameters) = AllOperations.table.match(
                method: method, path: parts[0], query: query)
        else { throw Unknown() }
        let call = Call(
            pathParameters: parameters, query: PercentEncoding.query(query) ?? [], headers: [], body: Array(body.utf8),
            requestId: "", account: account, now: Timestamp(milliseconds: 0), services: ServedServices(),
            identities: Identities(World(), account))
        return operation.permissions(call, World()).map { permission in
            let arn = permission.resource.replacing("arn:aws:apigateway:eu-west-1::", with: "")
                .replacing("arn:aws:lambda:eu-west-1:123456789012:", with: "")
            return "\(permission.action) \(arn)"
        }
    }

    private struct Unknown: Error {}

    @Test(
        "of API Gateway is the verb on the path, decoded and without the version",
        arguments: [
            ("GET", "/restapis", "apigateway:GET /restapis"),
            ("POST", "/restapis?mode=import", "apigateway:POST /restapis"),
            ("GET", "/restapis/%61b/resources", "apigateway:GET /restapis/ab/resources"),
            ("DELETE", "/v2/apis/x/routes/y", "apigateway:DELETE /apis/x/routes/y"),
            ("GET", "/v2/apis/x/stages/%24default", "apigateway:GET /apis/x/stages/$default"),
            ("POST", "/v2/apis/x/models", "apigateway:POST /apis/x/models"),
            ("GET", "/v2/apis/x/models/y/template", "apigateway:GET /apis/x/models/y/template"),
            ("PATCH", "/v2/apis/x/routes/y/routeresponses/z", "apigateway:PATCH /apis/x/routes/y/routeresponses/z"),
            (
                "DELETE", "/v2/apis/x/routes/y/requestparameters/route.request.header.a",
                "apigateway:DELETE /apis/x/routes/y/requestparameters/route.request.header.a"
            ),
            (
                "POST", "/v2/apis/x/integrations/y/integrationresponses",
                "apigateway:POST /apis/x/integrations/y/integrationresponses"
            ),
            (
                "GET", "/tags/arn%3Aaws%3Aapigateway%3Aeu-west-1%3A%3A%2Frestapis%2Fx",
                "apigateway:GET /tags/arn%3Aaws%3Aapigateway%3Aeu-west-1%3A%3A%2Frestapis%2Fx"
            ),
        ])
    func gateway(method: String, target: String, wanted: String) throws {
        #expect(try all(method, target) == [wanted])
    }

    @Test(
        "of API Gateway is more where a role or a policy is handed over",
        arguments: [
            (
                "PUT", "/restapis/x/resources/y/methods/GET/integration", #"{"credentials":"arn:r"}"#,
                "iam:PassRole arn:r"
            ),
            (
                "PATCH", "/account",
                #"{"patchOperations":[{"op":"replace","path":"/cloudwatchRoleArn","value":"arn:r"}]}"#,
                "iam:PassRole arn:r"
            ),
            ("POST", "/v2/apis/x/authorizers", #"{"authorizerCredentialsArn":"arn:r"}"#, "iam:PassRole arn:r"),
            ("POST", "/restapis", #"{"policy":"{}"}"#, "apigateway:UpdateRestApiPolicy /restapis"),
            ("POST", "/restapis", #"{"cloneFrom":"x"}"#, "apigateway:GET /restapis/x"),
            (
                "PUT", "/restapis/x/resources/y/methods/GET/integration",
                #"{"credentials":"arn:aws:iam::1:role/r${stageVariables.a:user/}"}"#,
                "iam:PassRole arn:aws:iam::1:role/r${stageVariables.a:user/}"
            ),
            (
                "POST", "/v2/apis", #"{"target":"arn:aws:lambda:eu-west-1:123456789012:function:f"}"#,
                "lambda:AddPermission function:f"
            ),
            (
                "PATCH", "/restapis/x", #"{"patchOperations":[{"op":"replace","path":"/policy","value":"{}"}]}"#,
                "apigateway:UpdateRestApiPolicy /restapis/x"
            ),
            (
                "PUT", "/restapis/x", #"{"a":[{"credentials":"arn:aws:iam::${AWS::AccountId}:role/r"}]}"#,
                "iam:PassRole arn:aws:iam::123456789012:role/r"
            ),
            ("PUT", "/restapis/x", "x-amazon-apigateway-policy: {}", "apigateway:UpdateRestApiPolicy /restapis/x"),
            ("PUT", "/v2/apis/x", #"{"body":"a: {credentials: 'arn:r'}"}"#, "iam:PassRole arn:r"),
            (
                "POST", "/restapis", #"{"name":"x","tags":{"a":"b"}}"#,
                "apigateway:PUT /tags/arn%3Aaws%3Aapigateway%3Aeu-west-1%3A%3A%2Frestapis%2F*"
            ),
            (
                "POST", "/restapis/x/stages", #"{"tags":{"a":"b"}}"#,
                "apigateway:PUT /tags/arn%3Aaws%3Aapigateway%3Aeu-west-1%3A%3A%2Frestapis%2Fx%2Fstages%2F*"
            ),
            (
                "POST", "/v2/apis", #"{"tags":{"a":"b"}}"#,
                "apigateway:POST /tags/arn%3Aaws%3Aapigateway%3Aeu-west-1%3A%3A%2Fapis%2F*"
            ),
        ])
    func handedOver(method: String, target: String, body: String, wanted: String) throws {
        #expect(try all(method, target, body).dropFirst() == [wanted])
    }

    @Test("tags nothing beside where tags are what the call is about, or there are none")
    func noTags() throws {
        #expect(try all("POST", "/v2/tags/arn%3Ax", #"{"tags":{"a":"b"}}"#).count == 1)
        #expect(try all("POST", "/restapis", #"{"name":"x","tags":{}}"#).count == 1)
    }

    @Test("does not hand over the caller's own credentials")
    func ownCredentials() throws {
        let body = #"{"credentials":"arn:aws:iam::*:user/*"}"#
        #expect(try all("PUT", "/restapis/x/resources/y/methods/GET/integration", body).count == 1)
    }

    @Test(
        "of Lambda is the operation on the function, with a qualifier where that counts",
        arguments: [
            ("POST", "/2015-03-31/functions/f/invocations", "", "lambda:InvokeFunction function:f"),
            ("POST", "/2015-03-31/functions/f/invocations?Qualifier=live", "", "lambda:InvokeFunction function:f:live"),
            (
                "GET", "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu-west-1%3A123456789012%3Afunction%3Af%3A1", "",
                "lambda:GetFunction function:f:1"
            ),
            (
                "DELETE", "/2017-10-31/functions/f/concurrency?Qualifier=%24LATEST", "",
                "lambda:DeleteFunctionConcurrency function:f"
            ),
            (
                "POST", "/2018-10-31/layers/l/versions", #"{"FunctionName":"mine"}"#,
                "lambda:PublishLayerVersion layer:l"
            ),
            ("GET", "/2018-10-31/layers/l/versions/3", "", "lambda:GetLayerVersion layer:l:3"),
            ("GET", "/2018-10-31/layers?find=LayerVersion&Arn=arn:l:3", "", "lambda:GetLayerVersion arn:l:3"),
            ("GET", "/2015-03-31/functions", "", "lambda:ListFunctions *"),
            ("POST", "/2015-03-31/functions/f/aliases", #"{"Name":"live"}"#, "lambda:CreateAlias function:f"),
        ])
    func lambda(method: String, target: String, body: String, wanted: String) throws {
        #expect(try all(method, target, body) == [wanted])
    }

    @Test("of Lambda is more where a function gets a role and layers")
    func functionParts() throws {
        let body = #"{"FunctionName":"f","Role":"arn:r","Layers":["arn:l:1"],"Tags":{"a":"b"}}"#
        #expect(
            try all("POST", "/2015-03-31/functions", body) == [
                "lambda:CreateFunction function:f", "lambda:GetLayerVersion arn:l:1", "lambda:TagResource function:f",
                "iam:PassRole arn:r",
            ])
    }

    @Test(
        "of IAM is the action on the one that its name says, whoever is named beside",
        arguments: [
            ("DeleteUser", "UserName=u&GroupName=g&RoleName=r", "user/u"),
            ("DeleteUser", "UserName=u&Path=/mine/", "user/u"),
            ("AddUserToGroup", "UserName=u&GroupName=g", "group/g"),
            ("AttachRolePolicy", "RoleName=r&PolicyArn=arn:p&UserName=u", "role/r"),
            ("UpdateAssumeRolePolicy", "RoleName=r", "role/r"),
            ("CreateUser", "UserName=u&Path=/a/", "user/a/u"),
            ("CreatePolicy", "PolicyName=p&Path=/a/&PolicyArn=arn:mine", "policy/a/p"),
            ("ListGroupsForUser", "UserName=u&GroupName=g", "user/u"),
            ("ListInstanceProfilesForRole", "RoleName=r&InstanceProfileName=i", "role/r"),
            ("ListUsers", "UserName=u", "user/"),
            ("CreateAccessKey", "UserName=u", "user/u"),
            ("CreateOpenIDConnectProvider", "Url=https://a.b/c", "oidc-provider/a.b/c"),
        ])
    func iam(action: String, parameters: String, wanted: String) {
        let permissions = form(action, parameters)
        #expect(permissions.map(\.action) == ["iam:\(action)"])
        #expect(permissions.map(\.resource) == ["arn:aws:iam::123456789012:\(wanted)"])
    }

    private func form(_ action: String, _ parameters: String, _ world: World = World()) -> [Permission] {
        let call = FormCall(
            members: FormMembers(PercentEncoding.query(parameters) ?? []), requestId: "", account: account,
            now: Timestamp(milliseconds: 0), caller: nil,
            facts: .init(
                sourceAddress: "", userAgent: nil, referer: nil, isSecure: false, region: "", account: "123456789012",
                now: Timestamp(milliseconds: 0)))
        return IAM.service.permissions(action, call, world)
    }

    @Test(
        "of IAM is on everything where the action is about nobody, whatever the form names",
        arguments: [
            ("ListPolicies", "PolicyArn=arn:mine"), ("GetAccountSummary", "PolicyArn=arn:mine"),
            ("SimulateCustomPolicy", "PolicySourceArn=arn:mine"), ("ListVirtualMFADevices", "UserName=u"),
            ("ListOpenIDConnectProviders", "OpenIDConnectProviderArn=arn:mine"),
        ])
    func nobody(action: String, parameters: String) {
        #expect(form(action, parameters).map(\.resource) == ["*"])
    }

    @Test(
        "of IAM has as its boundary the one that the call sets, or the one that its target has",
        arguments: [
            ("CreateUser", "UserName=n&PermissionsBoundary=arn:b", "arn:b"),
            ("PutRolePermissionsBoundary", "RoleName=bound&PermissionsBoundary=arn:b", "arn:b"),
            ("AttachRolePolicy", "RoleName=bound&PolicyArn=arn:p", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
            ("DeleteRolePermissionsBoundary", "RoleName=bound", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
            ("AttachRolePolicy", "RoleName=free&PolicyArn=arn:p&PermissionsBoundary=arn:b", nil),
            ("PutUserPolicy", "UserName=free&PermissionsBoundary=arn:b", nil),
            ("DeleteRole", "RoleName=bound&PermissionsBoundary=arn:b", nil),
            ("CreateAccessKey", "UserName=free&PermissionsBoundary=arn:b", nil),
        ])
    func boundary(action: String, parameters: String, wanted: String?) async {
        let plane = LambdaPlane()
        let trust = #"{"Statement":{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}}"#
        for (name, boundary) in [("bound", "arn:aws:iam::aws:policy/ReadOnlyAccess"), ("free", nil)] {
            var members = ["RoleName": name, "AssumeRolePolicyDocument": trust]
            members["PermissionsBoundary"] = boundary
            #expect(await plane.form("CreateRole", members).status == 200)
        }
        #expect(await plane.form("CreateUser", ["UserName": "free"]).status == 200)
        let values = form(action, parameters, plane.plane.world)[0].values["iam:permissionsboundary"]
        #expect(values == wanted.map { .values([$0]) } ?? .absent)
    }

    @Test(
        "of IAM is tagging too where something is made with tags",
        arguments: [
            ("CreateRole", "RoleName=r&Path=/a/", "iam:TagRole", "role/a/r"),
            ("CreateUser", "UserName=u", "iam:TagUser", "user/u"),
            ("CreatePolicy", "PolicyName=p", "iam:TagPolicy", "policy/p"),
            ("CreateInstanceProfile", "InstanceProfileName=i", "iam:TagInstanceProfile", "instance-profile/i"),
            ("CreateOpenIDConnectProvider", "Url=https://a.b", "iam:TagOpenIDConnectProvider", "oidc-provider/a.b"),
        ])
    func tagging(action: String, parameters: String, wanted: String, resource: String) {
        let tagged = form(action, parameters + "&Tags.member.1.Key=a&Tags.member.1.Value=")
        #expect(tagged.map(\.action) == ["iam:\(action)", wanted])
        #expect(tagged.allSatisfy { $0.resource == "arn:aws:iam::123456789012:\(resource)" })
        #expect(form(action, parameters).count == 1)
    }

    @Test("of IAM has a policy as its key only where one is attached or detached")
    func policyKey() {
        func key(_ action: String, _ parameters: String) -> ConditionValues? {
            form(action, parameters)[0].values["iam:policyarn"]
        }
        #expect(key("AttachUserPolicy", "UserName=u&PolicyArn=arn:p") == .values(["arn:p"]))
        #expect(key("PutUserPolicy", "UserName=u&PolicyArn=arn:p") == .absent)
        #expect(key("DeletePolicy", "PolicyArn=arn:p") == .absent)
    }
}
