variable "days" {
  default = 14
}

variable "team" {
  default = "a"
}

resource "aws_cloudwatch_log_group" "kept" {
  name              = "/shop/kept"
  retention_in_days = var.days
  tags              = { team = var.team }
}

resource "aws_cloudwatch_log_group" "named" {
  name_prefix = "shop-"
}

resource "aws_cloudwatch_log_stream" "stream" {
  name           = "stream"
  log_group_name = aws_cloudwatch_log_group.kept.name
}
