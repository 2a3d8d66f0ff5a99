import JSON
import Testing

@testable import Velocity

@Suite struct ContextTests {
    private let request = TemplateRequest(
        stageVariables: [("table", "Users"), ("other", "x")],
        context: [
            "apiId": "abc", "requestTimeEpoch": 1_428_582_896_000, "isCanaryRequest": true,
            "identity": ["sourceIp": "192.0.2.7", "clientCert": ["validity": ["notBefore": "then"]]],
            "authorizer": ["principalId": "me", "claims": ["sub": "s", "custom:role": "r", "https://x.y/z": "u"]],
        ])

    @Test(arguments: [
        ("$context.apiId", "abc"), ("${context.apiId}x", "abcx"), ("$context.identity.sourceIp", "192.0.2.7"),
        ("$context.identity", ""), ("$context", ""), ("$context.get(\"identity\")", ""), ("$context['apiId']", "abc"),
        ("$context.get(\"identity\").get(\"sourceIp\")", "192.0.2.7"), ("$context.identity.user", ""),
        ("$context.nothing.at.all", ""), ("$context.authorizer.claims['custom:role']", "r"),
        ("$context.authorizer.claims", ""), ("$context.authorizer.claims['https://x.y/z']", "u"),
        ("$context.requestTimeEpoch", "1428582896000"), ("$context.isCanaryRequest", "true"),
        ("$context.identity.clientCert.validity.notBefore", "then"), ("$context.apiId.length()", "3"),
        ("$context.identity.keySet()", "[sourceIp, clientCert]"), ("$context.responseOverride.status", ""),
        (
            "$context.keySet()",
            "[apiId, requestTimeEpoch, isCanaryRequest, identity, authorizer, requestOverride, responseOverride]"
        ),
        ("#foreach($k in $context.requestOverride.keySet())$k,#end", "path,header,querystring,"),
        ("#foreach($k in $context.none.keySet())$k#end", ""), ("$util.escapeJavaScript($context.identity)", ""),
        ("#set($m = $context.authorizer)$m.principalId $m.get(\"principalId\") $m.none", "me me "),
        ("#set($c = $context)$c.identity.sourceIp", "192.0.2.7"), ("#if($context.identity)y#end", "y"),
        ("#foreach($e in $context.identity.entrySet())$e.key=$e.value;#end", "sourceIp=192.0.2.7;clientCert=;"),
        ("#if($context.none)y#{else}n#end", "n"),
    ])
    func `context gives values, and its parts print nothing`(template: String, output: String) {
        #expect(render(template, request) == output)
    }

    @Test(arguments: [
        ("$stageVariables.table", "Users"), ("${stageVariables.table}x", "Usersx"),
        ("$stageVariables['table']", "Users"),
        ("${stageVariables['table']}", "Users"), ("$stageVariables.get('table')", "Users"),
        ("$stageVariables.size()", "2"),
        ("$stageVariables.keySet()", "[table, other]"), ("$stageVariables.missing", ""),
        ("$stageVariables", "{table=Users, other=x}"), ("#foreach($v in $stageVariables)$v,#end", "Users,x,"),
    ])
    func `stageVariables is a map`(template: String, output: String) { #expect(render(template, request) == output) }

    /// Each of them recorded as working on AWS.
    @Test(arguments: [
        "#set($context.requestOverride.querystring[\"x\"] = \"v\")",
        "#set($context.requestOverride.querystring.x = 'v')",
        "#set($n = \"x\")#set($context.requestOverride.querystring[$n] = \"v\")",
        "#set($context[\"requestOverride\"].querystring[\"x\"] = \"v\")",
        "$context.requestOverride.querystring.put(\"x\", \"v\")",
        "#set($o = $context.requestOverride)#set($o.querystring.x = \"v\")",
    ])
    func `Every way to write an override writes it`(template: String) {
        let evaluation = TemplateEvaluation(template, for: request)
        #expect(evaluation.output == "")
        #expect(evaluation.error == nil)
        #expect(evaluation.overrides.request(.querystring).map { "\($0.name)=\($0.value)" } == ["x=v"])
        #expect(evaluation.overrides.request(.header).isEmpty)
    }

    @Test func `What the request template wrote is there in the response template`() {
        let request = request
        let first = TemplateEvaluation(
            "#set($context.responseOverride.status = 444)#set($context.requestOverride.made = \"up\")"
                + "#set($context.responseOverride.header.A = \"1\")", for: request)
        #expect(first.overrides.responseStatus == "444")
        let second = TemplateEvaluation(
            "$context.responseOverride.status $context.requestOverride.made $context.responseOverride.header.A"
                + "#set($context.responseOverride.header.B = 2)", for: request, overrides: first.overrides)
        #expect(second.output == "444 up 1")
        #expect(second.overrides.responseHeaders.map { "\($0.name)=\($0.value)" } == ["A=1", "B=2"])
        #expect(second.overrides.responseStatus == "444")
    }

    @Test(arguments: [
        "#set($context.apiId = \"x\")", "$context.put(\"a\", \"x\")", "#set($context.identity.user = \"x\")",
        "#set($stageVariables.table = \"x\")",
    ])
    func `Only overrides can be written`(template: String) {
        #expect(failure(template, request)?.message.hasPrefix("only $context.requestOverride") == true)
    }

    @Test func `The paths that a template names have numbers`() throws {
        let text = "$context.apiId $context.identity.sourceIp $context['apiId'] $context.requestOverride.x"
        #expect(try Template(text).contextPaths == ["apiId", "identity.sourceIp"])
    }
}
