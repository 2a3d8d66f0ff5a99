terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

# Endpoint, credentials and region come from the environment.
provider "aws" {}
