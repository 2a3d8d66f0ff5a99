# An HTTP API as it is published: code and a layer in S3, a role with policies, log groups.
variable "timeout" { default = 3 }

resource "aws_s3_bucket" "code" {
  bucket        = "published-code"
  force_destroy = true
}
resource "aws_s3_bucket_versioning" "code" {
  bucket = aws_s3_bucket.code.id
  versioning_configuration { status = "Enabled" }
}
resource "aws_s3_bucket_public_access_block" "code" {
  bucket                  = aws_s3_bucket.code.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
resource "aws_s3_bucket_server_side_encryption_configuration" "code" {
  bucket = aws_s3_bucket.code.id
  rule {
    apply_server_side_encryption_by_default { sse_algorithm = "AES256" }
  }
}
resource "aws_s3_object" "code" {
  bucket = aws_s3_bucket.code.id
  key    = "code.zip"
  source = "code.zip"
  etag   = filemd5("code.zip")
}
resource "aws_iam_role" "fn" {
  name = "published-role"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Action = "sts:AssumeRole", Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}
resource "aws_iam_role_policy_attachment" "fn" {
  role       = aws_iam_role.fn.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}
resource "aws_iam_policy" "more" {
  name   = "published-more"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Action = ["dynamodb:GetItem"], Effect = "Allow", Resource = "*" }] })
}
resource "aws_iam_role_policy_attachment" "more" {
  role       = aws_iam_role.fn.name
  policy_arn = aws_iam_policy.more.arn
}
resource "aws_cloudwatch_log_group" "fn" {
  name              = "/aws/lambda/${aws_lambda_function.fn.function_name}"
  retention_in_days = 30
}
resource "aws_lambda_layer_version" "deps" {
  layer_name          = "published-deps"
  s3_bucket           = aws_s3_object.code.bucket
  s3_key              = aws_s3_object.code.key
  compatible_runtimes = ["python3.11"]
}
resource "aws_lambda_function" "fn" {
  function_name    = "published-fn"
  s3_bucket        = aws_s3_bucket.code.id
  s3_key           = aws_s3_object.code.key
  runtime          = "python3.11"
  handler          = "app.handler"
  source_code_hash = filebase64sha256("code.zip")
  role             = aws_iam_role.fn.arn
  timeout          = var.timeout
  layers           = [aws_lambda_layer_version.deps.arn]
}
resource "aws_cloudwatch_log_group" "api" {
  name              = "/aws/api_gw/published"
  retention_in_days = 30
}
resource "aws_apigatewayv2_api" "api" {
  name          = "published"
  protocol_type = "HTTP"
  cors_configuration {
    allow_headers = ["content-type", "authorization"]
    allow_methods = ["*"]
    allow_origins = ["*"]
  }
}
resource "aws_apigatewayv2_stage" "api" {
  api_id      = aws_apigatewayv2_api.api.id
  name        = "$default"
  auto_deploy = true
  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.api.arn
    format          = "$context.requestId $context.status"
  }
  default_route_settings {
    detailed_metrics_enabled = true
    throttling_burst_limit   = 100
    throttling_rate_limit    = 100
  }
}
resource "aws_apigatewayv2_integration" "fn" {
  api_id                 = aws_apigatewayv2_api.api.id
  integration_type       = "AWS_PROXY"
  integration_uri        = aws_lambda_function.fn.arn
  payload_format_version = "2.0"
}
resource "aws_apigatewayv2_route" "any" {
  api_id    = aws_apigatewayv2_api.api.id
  route_key = "$default"
  target    = "integrations/${aws_apigatewayv2_integration.fn.id}"
}
resource "aws_lambda_permission" "api" {
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.fn.function_name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.api.execution_arn}/*/*"
}
output "api" { value = aws_apigatewayv2_api.api.id }
