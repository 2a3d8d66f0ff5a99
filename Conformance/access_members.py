"""Every member of every input of botocore's models of API Gateway, by what it has to do with who may call an API.

A line is a glob over `Operation.member.of.member`; lists and maps add nothing to the path. Names in small letters are
those of REST APIs, names in capitals those of HTTP and WebSocket APIs; `apigateway:` or `apigatewayv2:` in front says
which model is meant where operations share a name. Of several lines that match, the first one counts.
`test_access_members.py` reads this.
"""

# Decides who may call, and does so here: the test shows somebody who is kept out by it, or let in by nothing else.
ENFORCED = {
    # Who calls, and whether a method or route asks for it.
    "test_rest_traffic.py::test_what_asks_for_somebody_is_never_open": ["PutMethod.authorizationType"],
    "test_function_authorizers.py::test_a_token_is_let_in_or_refused_by_its_policy": [
        "PutMethod.authorizerId", "CreateAuthorizer.type", "CreateAuthorizer.authorizerUri"],
    "test_function_authorizers.py::test_without_one_token_nobody_is_asked": [
        "CreateAuthorizer.identitySource", "CreateAuthorizer.identityValidationExpression"],
    "test_function_authorizers.py::test_an_answer_stands_for_its_time_and_until_it_is_flushed": [
        "CreateAuthorizer.authorizerResultTtlInSeconds", "FlushStageAuthorizersCache.*"],
    "test_rest_token_authorizers.py::test_who_has_an_id_token_of_the_pool_is_let_in": ["CreateAuthorizer.providerARNs"],
    "test_rest_token_authorizers.py::test_scopes_ask_for_access_tokens": ["PutMethod.authorizationScopes"],
    "test_rest_token_authorizers.py::test_an_issuer_of_its_own_lets_its_audience_in": [
        "CreateAuthorizer.jwtConfiguration*"],
    "test_jwt_authorizers.py::test_who_has_a_token_of_the_issuer_is_let_in": [
        "*Route.AuthorizationType", "*Route.AuthorizerId", "*Authorizer.AuthorizerType", "*Authorizer.IdentitySource"],
    "test_jwt_authorizers.py::test_a_route_may_ask_for_scopes": ["*Route.AuthorizationScopes"],
    "test_jwt_authorizers.py::test_a_token_that_is_not_good_is_told_why": ["CreateAuthorizer.JwtConfiguration*"],
    "test_jwt_authorizers.py::test_a_changed_authorizer_holds_at_once": ["UpdateAuthorizer.JwtConfiguration*"],
    "test_function_authorizers.py::test_a_simple_response_decides": [
        "*Authorizer.AuthorizerUri", "*Authorizer.EnableSimpleResponses"],
    "test_function_authorizers.py::test_format_1_answers_a_policy": ["*Authorizer.AuthorizerPayloadFormatVersion"],
    "test_function_authorizers.py::test_answers_are_kept_and_given_up": [
        "*Authorizer.AuthorizerResultTtlInSeconds", "ResetAuthorizersCache.*"],
    # A route or method that loses its guard would be open.
    "test_jwt_authorizers.py::test_routes_and_authorizers_hold_together": ["DeleteAuthorizer.AuthorizerId"],
    "test_access_members.py::test_a_guard_in_use_stays": ["DeleteAuthorizer.authorizerId"],
    # Keys, plans and limits.
    "test_rest_usage.py::test_a_key_lets_in_as_long_as_it_may": [
        "PutMethod.apiKeyRequired", "CreateApiKey.enabled", "CreateApiKey.value", "*UsagePlanKey.*", "DeleteApiKey.apiKey"],
    "test_rest_keys.py::test_keys_come_from_a_table": ["ImportApiKeys.body", "ImportApiKeys.format"],
    "test_access_members.py::test_a_key_of_a_stage_without_a_plan_lets_nobody_in": ["CreateApiKey.stageKeys*"],
    "test_function_authorizers.py::test_a_key_comes_from_the_authorizer": ["CreateRestApi.apiKeySource"],
    "test_rest_usage.py::test_a_stage_that_is_in_no_plan_lets_nobody_in": [
        "CreateUsagePlan.apiStages", "CreateUsagePlan.apiStages.apiId", "CreateUsagePlan.apiStages.stage",
        "DeleteUsagePlan.*"],
    "test_rest_usage.py::test_a_plan_throttles_its_keys": ["CreateUsagePlan.*throttle*"],
    "test_rest_usage.py::test_a_quota_is_counted_and_told": ["CreateUsagePlan.quota*"],
    "test_rest_usage.py::test_throttles_each_route": ["*Stage.*RouteSettings", "*Stage.*RouteSettings.Throttling*"],
    # By whose right a function is called.
    "test_integration_roles.py::test_a_method_calls_its_function_as_its_role_is_at_the_moment": [
        "PutIntegration.credentials"],
    "test_integration_roles.py::test_a_route_calls_its_function_as_its_role_is_at_the_moment": [
        "apigatewayv2:*Integration.CredentialsArn"],
    "test_integration_roles.py::test_quick_create_takes_a_role": ["*Api.CredentialsArn"],
    "test_integration_roles.py::test_an_authorizer_of_a_rest_api_is_called_as_its_role": [
        "CreateAuthorizer.authorizerCredentials"],
    "test_integration_roles.py::test_an_authorizer_of_an_http_api_is_called_as_its_role": [
        "*Authorizer.AuthorizerCredentialsArn"],
    # Doors that are shut.
    "test_apis.py::test_a_disabled_execute_api_endpoint_does_not_serve": ["*Api.DisableExecuteApiEndpoint"],
    "test_access_members.py::test_a_disabled_endpoint_of_a_rest_api_is_shut": ["CreateRestApi.disableExecuteApiEndpoint"],
    "test_resource_policies.py::test_whom_no_statement_allows_is_refused_and_whom_one_denies": ["CreateRestApi.policy"],
    "test_rest_apis.py::test_a_clone_keeps_out_whom_its_original_keeps_out": ["CreateRestApi.cloneFrom"],
    # Pages of other origins.
    "test_cors.py::test_an_origin_that_is_not_allowed_gets_no_permission": ["*Api.CorsConfiguration*"],
    "test_cors.py::test_a_deleted_configuration_no_longer_counts": ["DeleteCorsConfiguration.*"],
    # A WebSocket API keeps who may connect, and nobody connects yet.
    "test_websocket_apis.py::test_what_is_not_deployed_is_not_served": ["CreateApi.ProtocolType"],
    # Documents say all of the above.
    "test_rest_documents.py::test_what_was_to_be_closed_is_not_imported_open": ["ImportRestApi.body", "PutRestApi.body"],
    "test_jwt_authorizers.py::test_a_document_with_an_authorizer_makes_a_guarded_route_and_comes_out_again": [
        "ImportApi.Body", "ReimportApi.Body"],
    # The name that an origin has to prove.
    "test_vpc_links.py::test_tls_verifies_the_name_that_is_configured": ["*Integration.TlsConfig*"],
    # What patches change is in PATCHES below.
    "test_access_members.py::test_a_patch_that_is_not_served_is_refused": ["*.patchOperations*"],
}

# Refused: what is set, beside what the operation needs, and what the answer has to say. Members of WebSocket APIs are
# refused of HTTP APIs; those that would decide who may connect are kept of the others, which nobody connects to yet.
REJECTED = {
    "CreateRestApi.endpointConfiguration.types": ({"endpointConfiguration": {"types": ["PRIVATE"]}}, "PRIVATE"),
    "CreateRestApi.endpointConfiguration.vpcEndpointIds": (
        {"endpointConfiguration": {"types": ["REGIONAL"], "vpcEndpointIds": ["vpce-1"]}}, "VPCEndpoints"),
    "CreateRestApi.endpointAccessMode": ({"endpointAccessMode": "STRICT"}, "access mode STRICT"),
    "TestInvokeMethod.clientCertificateId": ({"clientCertificateId": "abc123"}, "clientCertificateId"),
    "*Api.ApiKeySelectionExpression": ({"ApiKeySelectionExpression": "$request.header.key"}, "apiKeySelectionExpression"),
    "*Api.DisableSchemaValidation": ({"DisableSchemaValidation": True}, "disableSchemaValidation"),
    "*Route.ApiKeyRequired": ({"ApiKeyRequired": True}, "ApiKeyRequired"),
    "*Route.ModelSelectionExpression": ({"ModelSelectionExpression": "$default"}, "modelSelectionExpression"),
    "*Route.RequestModels": ({"RequestModels": {"$default": "M"}}, "requestModels"),
    "*Route.RequestParameters*": (
        {"RequestParameters": {"route.request.header.a": {"Required": True}}}, "requestParameters"),
    "*Route.RouteResponseSelectionExpression": (
        {"RouteResponseSelectionExpression": "$default"}, "routeResponseSelectionExpression"),
    "apigatewayv2:*Stage.ClientCertificateId": ({"ClientCertificateId": "abc123"}, "clientCertificateId"),
    "*Authorizer.IdentityValidationExpression": (
        {"IdentityValidationExpression": "a.*"}, "IdentityValidationExpression"),
    "*Integration.IntegrationSubtype": ({"IntegrationSubtype": "SQS-SendMessage"}, "integrationSubtype"),
    "apigatewayv2:*Integration.ContentHandlingStrategy": (
        {"ContentHandlingStrategy": "CONVERT_TO_TEXT"}, "contentHandlingStrategy"),
    "*Integration.PassthroughBehavior": ({"PassthroughBehavior": "NEVER"}, "passthroughBehavior"),
    "*Integration.RequestTemplates": ({"RequestTemplates": {"a": "b"}}, "requestTemplates"),
    "*Integration.TemplateSelectionExpression": ({"TemplateSelectionExpression": "a"}, "templateSelectionExpression"),
}

# Refused whole, by name.
REFUSED = [
    # Custom domain names: certificates of clients, security policies, policies, access modes, private access.
    "apigateway:*DomainName*.*", "*BasePathMapping*.*",
    "apigatewayv2:CreateDomainName.*", "apigatewayv2:DeleteDomainName.*", "apigatewayv2:GetDomainName.*",
    "apigatewayv2:UpdateDomainName.*",
    "CreateApiMapping.*", "DeleteApiMapping.*", "GetApiMapping.*", "UpdateApiMapping.*", "*[teg]RoutingRule.*",
    # Developer portals, with their users and sharing policies.
    "*Portal.*", "*[!s]PortalProduct.*", "*PortalProductSharingPolicy.*",
    "[!L]*ProductPage.*", "[!L]*ProductRestEndpointPage.*",
    # A client in source text, for who has the file.
    "GetSdk.*",
]  # fmt: skip

# Says nothing of who may call.
NO_MATTER = {
    "which one is meant; what is done to it is the operation's": [
        "*.restApiId", "*.ApiId", "*.resourceId", "*.parentId", "*.deploymentId", "*.DeploymentId", "*.authorizerId",
        "*.AuthorizerId", "*.RouteId", "*.IntegrationId", "*.usagePlanId", "*.keyId", "*.apiKey", "*.clientCertificateId",
        "*.requestValidatorId", "*.documentationPartId", "*.vpcLinkId", "*.VpcLinkId", "*.resourceArn", "*.ResourceArn",
        "*.stageName", "*.StageName", "*.RouteKey", "*.httpMethod", "*.modelName", "*.responseType", "*.statusCode"],
    "names, words and labels": [
        "*.name", "*.Name", "*.description", "*.Description", "*.tags", "*.Tags", "*.TagKeys", "*.tagKeys", "*.version",
        "*.Version", "*.operationName", "*.OperationName", "*.stageDescription", "*Documentation*", "*.documentationVersion",
        "CreateAuthorizer.authType", "CreateApiKey.generateDistinctId", "CreateApiKey.customerId"],
    "which part of a list, document or answer is asked for": ["Get*.*", "List*.*", "ExportApi.*"],
    "where a call leads, and what becomes of it and its answer on the way": [
        "CreateResource.pathPart", "*Route.Target", "*Api.Target", "*.RouteSelectionExpression", "*Api.IpAddressType",
        "*.ipAddressType", "*.binaryMediaTypes", "*.minimumCompressionSize", "CreateVpcLink.targetArns",
        "CreateVpcLink.SubnetIds", "CreateVpcLink.SecurityGroupIds", "*.StageVariables", "*.variables",
        "*.canarySettings*", "*.cacheCluster*", "*.tracingEnabled", "*.AutoDeploy", "*.AccessLogSettings*",
        "*RouteSettings.DataTraceEnabled", "*RouteSettings.DetailedMetricsEnabled", "*RouteSettings.LoggingLevel",
        "PutIntegration.type", "PutIntegration.uri", "PutIntegration.integrationHttpMethod", "PutIntegration.connection*",
        "PutIntegration.request*", "PutIntegration.passthroughBehavior", "PutIntegration.cache*",
        "PutIntegration.contentHandling", "PutIntegration.timeoutInMillis", "PutIntegration.tlsConfig*",
        "PutIntegration.responseTransferMode", "PutIntegration.integrationTarget",
        "PutIntegrationResponse.selectionPattern", "PutIntegrationResponse.contentHandling", "Put*Response.responseParameters",
        "Put*Response.responseTemplates", "PutMethodResponse.responseModels",
        "[CUD]*RouteResponse.*", "apigatewayv2:[CUD]*IntegrationResponse.*",
        "*Integration.ConnectionId", "*Integration.ConnectionType", "*Integration.IntegrationMethod",
        "*Integration.IntegrationType", "*Integration.IntegrationUri", "*Integration.PayloadFormatVersion",
        "*Integration.RequestParameters", "*Integration.ResponseParameters", "*Integration.TimeoutInMillis"],
    "what a body and its parameters must look like, whoever sends them": [
        "PutMethod.requestParameters", "PutMethod.requestModels", "CreateModel.schema", "CreateModel.contentType",
        "apigatewayv2:*Model.*", "DeleteRouteRequestParameter.*",
        "CreateRequestValidator.validate*"],
    "how calls are enciphered on their way to the gateway: TLS ends before it": ["CreateRestApi.securityPolicy"],
    "a container of members that have lines of their own": ["CreateRestApi.endpointConfiguration"],
    "how a document is read": [
        "*.failOnWarnings", "*.FailOnWarnings", "*.Basepath", "ImportRestApi.parameters", "PutRestApi.parameters",
        "PutRestApi.mode"],
    "a test of a method or authorizer, by who manages it": ["TestInvoke*.*"],
}

# Paths of patches that decide who may call: enforced by the test, or refused with the words.
PATCHES = {
    "UpdateRestApi": {
        "/policy": "test_resource_policies.py::test_a_change_counts_when_it_is_deployed",
        "/disableExecuteApiEndpoint": "test_access_members.py::test_a_disabled_endpoint_of_a_rest_api_is_shut",
        "/apiKeySource": "test_function_authorizers.py::test_a_key_comes_from_the_authorizer",
        "/endpointConfiguration/types/0": ("PRIVATE", "PRIVATE"),
        "/endpointConfiguration/vpcEndpointIds": ("vpce-1", "VPCEndpoints"),
        "/endpointAccessMode": ("STRICT", "access mode STRICT"),
        "/mutualTlsAuthentication/truststoreUri": ("s3://bucket/trust.pem", "/mutualTlsAuthentication/truststoreUri"),
    },
    "UpdateMethod": {
        "/authorizationType": "test_access_members.py::test_a_patched_method_is_guarded_when_it_is_deployed",
        "/authorizerId": "test_access_members.py::test_a_patched_method_is_guarded_when_it_is_deployed",
        "/authorizationScopes": "test_access_members.py::test_a_patched_method_is_guarded_when_it_is_deployed",
        "/apiKeyRequired": "test_access_members.py::test_a_patched_method_is_guarded_when_it_is_deployed",
    },
    "UpdateAuthorizer": {"/identitySource": "test_access_members.py::test_a_patched_authorizer_holds_when_it_is_deployed"},
    "UpdateIntegration": {
        "/credentials": "test_caller_credentials.py::test_the_caller_of_a_method_has_to_be_let_call_its_function"},
    "UpdateStage": {
        "/*/*/throttling/rateLimit": "test_rest_traffic.py::test_a_throttled_method",
        "/*/*/throttling/burstLimit": "test_rest_traffic.py::test_a_throttled_method",
        "/*/*/caching/requireAuthorizationForCacheControl":
            "test_rest_caching.py::test_is_invalidated_by_clients_as_the_method_says",
        "/*/*/caching/unauthorizedCacheControlHeaderStrategy":
            "test_rest_caching.py::test_is_invalidated_by_clients_as_the_method_says",
        "/clientCertificateId": ("abc123", "clientCertificateId"),
        "/webAclArn": ("arn:aws:wafv2:us-east-1:000000000000:regional/webacl/a/b", "/webAclArn"),
    },
    "UpdateApiKey": {"/enabled": "test_rest_usage.py::test_a_key_lets_in_as_long_as_it_may"},
    "UpdateUsagePlan": {
        "/apiStages": "test_rest_usage.py::test_a_stage_that_is_in_no_plan_lets_nobody_in",
        "/quota/limit": "test_rest_usage.py::test_a_quota_can_be_raised",
        "/apiStages/API:STAGE/throttle/PATH/VERB/rateLimit": "test_rest_usage.py::test_a_plan_throttles_its_keys",
        "/throttle": "test_rest_usage.py::test_a_plan_throttles_its_keys",
    },
    "UpdateUsage": {"/remaining": "test_rest_usage.py::test_a_quota_is_counted_and_told"},
    "UpdateAccount": {"/throttleSettings/rateLimit": ("1", "/throttleSettings/rateLimit")},
}
