resource "aws_iam_user" "ada" {
  name          = "ada"
  path          = "/staff/"
  tags          = { action = var.action }
  force_destroy = true
}

resource "aws_iam_user_policy" "own" {
  name   = "own"
  user   = aws_iam_user.ada.name
  policy = data.aws_iam_policy_document.items.json
}

resource "aws_iam_user_policy_attachment" "items" {
  user       = aws_iam_user.ada.name
  policy_arn = aws_iam_policy.items.arn
}

resource "aws_iam_access_key" "ada" { user = aws_iam_user.ada.name }

resource "aws_iam_group" "staff" {
  name = "staff"
  path = "/staff/"
}

resource "aws_iam_group_policy" "own" {
  name   = "own"
  group  = aws_iam_group.staff.name
  policy = data.aws_iam_policy_document.items.json
}

resource "aws_iam_group_policy_attachment" "items" {
  group      = aws_iam_group.staff.name
  policy_arn = aws_iam_policy.items.arn
}

resource "aws_iam_group_membership" "staff" {
  name  = "staff"
  group = aws_iam_group.staff.name
  users = [aws_iam_user.ada.name]
}

resource "aws_iam_openid_connect_provider" "issuer" {
  url             = "https://issuer.example.com/pool"
  client_id_list  = ["my-api", var.action]
  thumbprint_list = ["0000000000000000000000000000000000000000"]
  tags            = { team = "shop" }
}

output "key" { value = aws_iam_access_key.ada.id }
