variable "issuer" { type = string }
variable "origin" { type = string }
variable "scopes" {
  type    = list(string)
  default = ["read"]
}

resource "aws_apigatewayv2_api" "club" {
  name          = "club"
  protocol_type = "HTTP"
}

resource "aws_apigatewayv2_stage" "all" {
  api_id      = aws_apigatewayv2_api.club.id
  name        = "$default"
  auto_deploy = true
}

resource "aws_apigatewayv2_integration" "origin" {
  api_id             = aws_apigatewayv2_api.club.id
  integration_type   = "HTTP_PROXY"
  integration_method = "GET"
  integration_uri    = "${var.origin}/club"
}

resource "aws_apigatewayv2_authorizer" "tokens" {
  api_id           = aws_apigatewayv2_api.club.id
  authorizer_type  = "JWT"
  identity_sources = ["$request.header.Authorization"]
  name             = "tokens"
  jwt_configuration {
    audience = ["my-api"]
    issuer   = var.issuer
  }
}

resource "aws_apigatewayv2_route" "guarded" {
  api_id               = aws_apigatewayv2_api.club.id
  route_key            = "GET /club"
  target               = "integrations/${aws_apigatewayv2_integration.origin.id}"
  authorization_type   = "JWT"
  authorizer_id        = aws_apigatewayv2_authorizer.tokens.id
  authorization_scopes = var.scopes
}

output "api" { value = aws_apigatewayv2_api.club.id }
