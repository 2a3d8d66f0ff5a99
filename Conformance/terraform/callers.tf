variable "origin" { type = string }
variable "seconds" {
  type    = number
  default = 300
}

resource "aws_lambda_function" "gate" {
  function_name    = "gate"
  role             = "arn:aws:iam::000000000000:role/any"
  runtime          = "python3.12"
  handler          = "app.handler"
  filename         = "code.zip"
  source_code_hash = filebase64sha256("code.zip")
}

resource "aws_api_gateway_rest_api" "club" { name = "club" }

resource "aws_api_gateway_resource" "guarded" {
  rest_api_id = aws_api_gateway_rest_api.club.id
  parent_id   = aws_api_gateway_rest_api.club.root_resource_id
  path_part   = "guarded"
}

resource "aws_api_gateway_authorizer" "token" {
  name                             = "token"
  rest_api_id                      = aws_api_gateway_rest_api.club.id
  authorizer_uri                   = aws_lambda_function.gate.invoke_arn
  identity_validation_expression   = "^[a-z]+$"
  authorizer_result_ttl_in_seconds = var.seconds
}

resource "aws_api_gateway_authorizer" "request" {
  name            = "request"
  type            = "REQUEST"
  rest_api_id     = aws_api_gateway_rest_api.club.id
  authorizer_uri  = aws_lambda_function.gate.invoke_arn
  identity_source = "method.request.header.X-Tenant,method.request.querystring.key"
}

resource "aws_lambda_permission" "authorizers" {
  statement_id  = "authorizers"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.gate.function_name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_api_gateway_rest_api.club.execution_arn}/authorizers/*"
}

resource "aws_api_gateway_method" "get" {
  rest_api_id   = aws_api_gateway_rest_api.club.id
  resource_id   = aws_api_gateway_resource.guarded.id
  http_method   = "GET"
  authorization = "CUSTOM"
  authorizer_id = aws_api_gateway_authorizer.token.id
}

resource "aws_api_gateway_integration" "get" {
  rest_api_id             = aws_api_gateway_rest_api.club.id
  resource_id             = aws_api_gateway_resource.guarded.id
  http_method             = aws_api_gateway_method.get.http_method
  type                    = "HTTP_PROXY"
  integration_http_method = "GET"
  uri                     = "${var.origin}/club"
}

resource "aws_api_gateway_deployment" "all" {
  rest_api_id = aws_api_gateway_rest_api.club.id
  triggers    = { seconds = var.seconds }
  depends_on  = [aws_api_gateway_integration.get]
  lifecycle { create_before_destroy = true }
}

resource "aws_api_gateway_stage" "prod" {
  rest_api_id   = aws_api_gateway_rest_api.club.id
  deployment_id = aws_api_gateway_deployment.all.id
  stage_name    = "prod"
}

resource "aws_apigatewayv2_api" "club" {
  name          = "club"
  protocol_type = "HTTP"
}

resource "aws_apigatewayv2_authorizer" "simple" {
  api_id                            = aws_apigatewayv2_api.club.id
  authorizer_type                   = "REQUEST"
  authorizer_uri                    = aws_lambda_function.gate.invoke_arn
  authorizer_payload_format_version = "2.0"
  enable_simple_responses           = true
  authorizer_result_ttl_in_seconds  = var.seconds
  identity_sources                  = ["$request.header.Authorization"]
  name                              = "simple"
}

resource "aws_apigatewayv2_integration" "origin" {
  api_id             = aws_apigatewayv2_api.club.id
  integration_type   = "HTTP_PROXY"
  integration_method = "GET"
  integration_uri    = "${var.origin}/club"
}

resource "aws_apigatewayv2_route" "guarded" {
  api_id             = aws_apigatewayv2_api.club.id
  route_key          = "GET /guarded"
  target             = "integrations/${aws_apigatewayv2_integration.origin.id}"
  authorization_type = "CUSTOM"
  authorizer_id      = aws_apigatewayv2_authorizer.simple.id
}

output "api" { value = aws_api_gateway_rest_api.club.id }
