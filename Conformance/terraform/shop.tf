variable "origin" { type = string }
variable "code" { type = string }
variable "answer" {
  type    = string
  default = "one"
}

resource "aws_api_gateway_rest_api" "shop" {
  name               = "shop"
  description        = "A whole REST API"
  binary_media_types = ["image/png"]
  endpoint_configuration { types = ["REGIONAL"] }
  tags = { team = "shop" }
}

resource "aws_api_gateway_model" "order" {
  rest_api_id  = aws_api_gateway_rest_api.shop.id
  name         = "Order"
  description  = "What is ordered"
  content_type = "application/json"
  schema = jsonencode({
    "$schema"  = "http://json-schema.org/draft-04/schema#"
    type       = "object"
    required   = ["item"]
    properties = { item = { type = "string" }, count = { type = "integer", minimum = 1 } }
  })
}

resource "aws_api_gateway_request_validator" "all" {
  rest_api_id                 = aws_api_gateway_rest_api.shop.id
  name                        = "all"
  validate_request_body       = true
  validate_request_parameters = true
}

resource "aws_api_gateway_resource" "orders" {
  rest_api_id = aws_api_gateway_rest_api.shop.id
  parent_id   = aws_api_gateway_rest_api.shop.root_resource_id
  path_part   = "orders"
}

resource "aws_api_gateway_resource" "order" {
  rest_api_id = aws_api_gateway_rest_api.shop.id
  parent_id   = aws_api_gateway_resource.orders.id
  path_part   = "{id}"
}

resource "aws_api_gateway_method" "create" {
  rest_api_id          = aws_api_gateway_rest_api.shop.id
  resource_id          = aws_api_gateway_resource.orders.id
  http_method          = "POST"
  authorization        = "NONE"
  api_key_required     = true
  request_validator_id = aws_api_gateway_request_validator.all.id
  request_models       = { "application/json" = aws_api_gateway_model.order.name }
}

resource "aws_api_gateway_integration" "create" {
  rest_api_id          = aws_api_gateway_rest_api.shop.id
  resource_id          = aws_api_gateway_resource.orders.id
  http_method          = aws_api_gateway_method.create.http_method
  type                 = "MOCK"
  passthrough_behavior = "NEVER"
  request_templates    = { "application/json" = jsonencode({ statusCode = 201 }) }
}

resource "aws_api_gateway_method_response" "created" {
  rest_api_id         = aws_api_gateway_rest_api.shop.id
  resource_id         = aws_api_gateway_resource.orders.id
  http_method         = aws_api_gateway_method.create.http_method
  status_code         = "201"
  response_models     = { "application/json" = "Empty" }
  response_parameters = { "method.response.header.X-Stage" = true }
}

resource "aws_api_gateway_integration_response" "created" {
  rest_api_id         = aws_api_gateway_rest_api.shop.id
  resource_id         = aws_api_gateway_resource.orders.id
  http_method         = aws_api_gateway_method.create.http_method
  status_code         = aws_api_gateway_method_response.created.status_code
  response_parameters = { "method.response.header.X-Stage" = "context.stage" }
  response_templates = {
    "application/json" = <<-VTL
      #set($note = $input.params('note'))
      {"note": "$util.escapeJavaScript($note)", "answer": "${var.answer}", "track": "$stageVariables.track"}
    VTL
  }
  depends_on = [aws_api_gateway_integration.create]
}

resource "aws_api_gateway_method" "show" {
  rest_api_id        = aws_api_gateway_rest_api.shop.id
  resource_id        = aws_api_gateway_resource.order.id
  http_method        = "GET"
  authorization      = "NONE"
  request_parameters = { "method.request.path.id" = true, "method.request.querystring.full" = false }
}

resource "aws_api_gateway_integration" "show" {
  rest_api_id             = aws_api_gateway_rest_api.shop.id
  resource_id             = aws_api_gateway_resource.order.id
  http_method             = aws_api_gateway_method.show.http_method
  type                    = "HTTP_PROXY"
  integration_http_method = "GET"
  uri                     = "${var.origin}/orders/{id}"
  timeout_milliseconds    = 5000
  request_parameters      = { "integration.request.path.id" = "method.request.path.id" }
}

resource "aws_lambda_function" "cancel" {
  function_name    = "shop-cancel"
  role             = "arn:aws:iam::123456789012:role/shop"
  handler          = "app.handler"
  runtime          = "python3.12"
  filename         = var.code
  source_code_hash = filebase64sha256(var.code)
}

resource "aws_lambda_permission" "cancel" {
  statement_id  = "shop"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.cancel.function_name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_api_gateway_rest_api.shop.execution_arn}/*/DELETE/orders/{id}"
}

resource "aws_api_gateway_method" "cancel" {
  rest_api_id   = aws_api_gateway_rest_api.shop.id
  resource_id   = aws_api_gateway_resource.order.id
  http_method   = "DELETE"
  authorization = "NONE"
}

resource "aws_api_gateway_integration" "cancel" {
  rest_api_id             = aws_api_gateway_rest_api.shop.id
  resource_id             = aws_api_gateway_resource.order.id
  http_method             = aws_api_gateway_method.cancel.http_method
  type                    = "AWS_PROXY"
  integration_http_method = "POST"
  uri                     = aws_lambda_function.cancel.invoke_arn
}

resource "aws_api_gateway_gateway_response" "missing" {
  rest_api_id         = aws_api_gateway_rest_api.shop.id
  response_type       = "MISSING_AUTHENTICATION_TOKEN"
  status_code         = "404"
  response_templates  = { "application/json" = jsonencode({ error = "no such thing" }) }
  response_parameters = { "gatewayresponse.header.X-Why" = "'nothing here'" }
}

resource "aws_api_gateway_documentation_part" "orders" {
  rest_api_id = aws_api_gateway_rest_api.shop.id
  location {
    type   = "METHOD"
    method = "POST"
    path   = "/orders"
  }
  properties = jsonencode({ description = "Orders something" })
}

resource "aws_api_gateway_documentation_version" "one" {
  rest_api_id = aws_api_gateway_rest_api.shop.id
  version     = "1.0"
  depends_on  = [aws_api_gateway_documentation_part.orders]
}

resource "aws_api_gateway_deployment" "shop" {
  rest_api_id = aws_api_gateway_rest_api.shop.id
  description = "of ${var.answer}"
  triggers = {
    # Whole resources would differ once: what was not set is read back as empty.
    redeployment = sha1(jsonencode([
      aws_api_gateway_integration.create.id, aws_api_gateway_integration_response.created.response_templates,
      aws_api_gateway_integration.show.uri, aws_api_gateway_integration.cancel.uri,
      aws_api_gateway_gateway_response.missing.response_templates,
    ]))
  }
  lifecycle { create_before_destroy = true }
}

resource "aws_api_gateway_account" "this" {
  cloudwatch_role_arn = "arn:aws:iam::123456789012:role/logs"
}

resource "aws_api_gateway_stage" "prod" {
  rest_api_id           = aws_api_gateway_rest_api.shop.id
  deployment_id         = aws_api_gateway_deployment.shop.id
  stage_name            = "prod"
  description           = "What customers see"
  variables             = { track = "stable" }
  documentation_version = aws_api_gateway_documentation_version.one.version
  access_log_settings {
    destination_arn = "arn:aws:logs:us-east-1:123456789012:log-group:shop"
    format          = "$context.requestId $context.status"
  }
  canary_settings {
    deployment_id            = aws_api_gateway_deployment.shop.id
    percent_traffic          = 10
    stage_variable_overrides = { track = "canary" }
    use_stage_cache          = false
  }
  tags       = { tier = "gold" }
  depends_on = [aws_api_gateway_account.this]
}

resource "aws_api_gateway_method_settings" "all" {
  rest_api_id = aws_api_gateway_rest_api.shop.id
  stage_name  = aws_api_gateway_stage.prod.stage_name
  method_path = "*/*"
  settings {
    metrics_enabled        = true
    throttling_rate_limit  = 500
    throttling_burst_limit = 50
  }
}

resource "aws_api_gateway_method_settings" "create" {
  rest_api_id = aws_api_gateway_rest_api.shop.id
  stage_name  = aws_api_gateway_stage.prod.stage_name
  method_path = "orders/POST"
  settings {
    throttling_rate_limit  = 100
    throttling_burst_limit = 10
  }
}

resource "aws_api_gateway_usage_plan" "gold" {
  name        = "gold"
  description = "Customers who pay"
  api_stages {
    api_id = aws_api_gateway_rest_api.shop.id
    stage  = aws_api_gateway_stage.prod.stage_name
    throttle {
      path        = "/orders/POST"
      rate_limit  = 50
      burst_limit = 20
    }
  }
  quota_settings {
    limit  = 1000
    offset = 2
    period = "WEEK"
  }
  throttle_settings {
    rate_limit  = 100
    burst_limit = 40
  }
  tags = { tier = "gold" }
}

resource "aws_api_gateway_api_key" "customer" {
  name  = "customer"
  value = "abcdefghij0123456789"
}

resource "aws_api_gateway_usage_plan_key" "customer" {
  key_id        = aws_api_gateway_api_key.customer.id
  key_type      = "API_KEY"
  usage_plan_id = aws_api_gateway_usage_plan.gold.id
}

output "api" { value = aws_api_gateway_rest_api.shop.id }
output "plan" { value = aws_api_gateway_usage_plan.gold.id }
