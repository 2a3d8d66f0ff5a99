variable "code" { type = string }
variable "greeting" {
  type    = string
  default = "one"
}

resource "aws_iam_role" "function" {
  name = "chat"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}

resource "aws_lambda_function" "chat" {
  function_name    = "chat"
  role             = aws_iam_role.function.arn
  runtime          = "python3.12"
  handler          = "app.handler"
  filename         = var.code
  source_code_hash = filebase64sha256(var.code)
}

resource "aws_lambda_permission" "chat" {
  function_name = aws_lambda_function.chat.function_name
  action        = "lambda:InvokeFunction"
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.chat.execution_arn}/*"
}

resource "aws_apigatewayv2_api" "chat" {
  name                       = "chat"
  protocol_type              = "WEBSOCKET"
  route_selection_expression = "$request.body.action"
  description                = "rooms"
  tags                       = { team = "chat" }
}

resource "aws_apigatewayv2_authorizer" "tokens" {
  api_id           = aws_apigatewayv2_api.chat.id
  name             = "tokens"
  authorizer_type  = "REQUEST"
  authorizer_uri   = aws_lambda_function.chat.invoke_arn
  identity_sources = ["route.request.querystring.token"]
}

resource "aws_apigatewayv2_model" "message" {
  api_id       = aws_apigatewayv2_api.chat.id
  name         = "Message"
  content_type = "application/json"
  schema = jsonencode({
    type = "object", required = ["text"], properties = { text = { type = "string" } }
  })
}

resource "aws_apigatewayv2_integration" "function" {
  api_id             = aws_apigatewayv2_api.chat.id
  integration_type   = "AWS_PROXY"
  integration_method = "POST"
  integration_uri    = aws_lambda_function.chat.invoke_arn
}

resource "aws_apigatewayv2_integration" "greeting" {
  api_id                        = aws_apigatewayv2_api.chat.id
  integration_type              = "MOCK"
  template_selection_expression = "\\$default"
  request_templates             = { "$default" = "{\"statusCode\": 200}" }
  timeout_milliseconds          = 5000
}

resource "aws_apigatewayv2_integration_response" "greeting" {
  api_id                        = aws_apigatewayv2_api.chat.id
  integration_id                = aws_apigatewayv2_integration.greeting.id
  integration_response_key      = "$default"
  template_selection_expression = "\\$default"
  response_templates            = { "$default" = "{\"greeting\": \"${var.greeting}\"}" }
}

resource "aws_apigatewayv2_route" "connect" {
  api_id             = aws_apigatewayv2_api.chat.id
  route_key          = "$connect"
  target             = "integrations/${aws_apigatewayv2_integration.function.id}"
  authorization_type = "CUSTOM"
  authorizer_id      = aws_apigatewayv2_authorizer.tokens.id
  request_parameter {
    request_parameter_key = "route.request.querystring.token"
    required              = true
  }
}

resource "aws_apigatewayv2_route" "greet" {
  api_id                              = aws_apigatewayv2_api.chat.id
  route_key                           = "greet"
  target                              = "integrations/${aws_apigatewayv2_integration.greeting.id}"
  route_response_selection_expression = "$default"
}

resource "aws_apigatewayv2_route_response" "greet" {
  api_id             = aws_apigatewayv2_api.chat.id
  route_id           = aws_apigatewayv2_route.greet.id
  route_response_key = "$default"
}

resource "aws_apigatewayv2_route" "say" {
  api_id                              = aws_apigatewayv2_api.chat.id
  route_key                           = "say"
  target                              = "integrations/${aws_apigatewayv2_integration.function.id}"
  model_selection_expression          = "$request.body.action"
  request_models                      = { say = aws_apigatewayv2_model.message.name }
  route_response_selection_expression = "$default"
}

resource "aws_apigatewayv2_route_response" "say" {
  api_id             = aws_apigatewayv2_api.chat.id
  route_id           = aws_apigatewayv2_route.say.id
  route_response_key = "$default"
}

resource "aws_apigatewayv2_deployment" "chat" {
  api_id      = aws_apigatewayv2_api.chat.id
  description = "of ${var.greeting}"
  triggers    = { greeting = var.greeting }
  depends_on = [
    aws_apigatewayv2_route.connect, aws_apigatewayv2_route.greet, aws_apigatewayv2_route_response.greet,
    aws_apigatewayv2_route.say, aws_apigatewayv2_route_response.say, aws_apigatewayv2_integration_response.greeting,
  ]
  lifecycle { create_before_destroy = true }
}

resource "aws_apigatewayv2_stage" "prod" {
  api_id          = aws_apigatewayv2_api.chat.id
  name            = "prod"
  deployment_id   = aws_apigatewayv2_deployment.chat.id
  stage_variables = { color = "blue" }
  default_route_settings {
    data_trace_enabled       = false
    detailed_metrics_enabled = true
    logging_level            = "OFF"
    throttling_burst_limit   = 100
    throttling_rate_limit    = 50
  }
}

output "api" { value = aws_apigatewayv2_api.chat.id }
output "endpoint" { value = aws_apigatewayv2_api.chat.api_endpoint }
output "url" { value = aws_apigatewayv2_stage.prod.invoke_url }
