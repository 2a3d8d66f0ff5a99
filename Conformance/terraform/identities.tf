variable "action" {
  type    = string
  default = "dynamodb:GetItem"
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "items" {
  statement {
    actions   = [var.action]
    resources = ["arn:aws:dynamodb:*:*:table/items"]
  }
}

resource "aws_iam_policy" "items" {
  name        = "items"
  path        = "/shop/"
  description = "What the function needs"
  policy      = data.aws_iam_policy_document.items.json
  tags        = { team = "shop" }
}

resource "aws_iam_role" "function" {
  name                 = "function"
  path                 = "/shop/"
  description          = "Runs with ${var.action}"
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  max_session_duration = 7200
  permissions_boundary = aws_iam_policy.items.arn
  tags                 = { team = "shop", action = var.action }
}

resource "aws_iam_role_policy" "items" {
  name   = "own"
  role   = aws_iam_role.function.id
  policy = data.aws_iam_policy_document.items.json
}

resource "aws_iam_role_policy_attachment" "items" {
  role       = aws_iam_role.function.name
  policy_arn = aws_iam_policy.items.arn
}

resource "aws_iam_role_policy_attachment" "logs" {
  role       = aws_iam_role.function.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}

resource "aws_iam_instance_profile" "machine" {
  name = "machine"
  role = aws_iam_role.function.name
}

output "role" { value = aws_iam_role.function.arn }
