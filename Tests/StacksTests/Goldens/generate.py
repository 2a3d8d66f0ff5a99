"""Writes what aws-sam-translator makes of each template here: `pip install aws-sam-translator==1.110.0`, then run."""

import json
import os
from pathlib import Path

os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")

from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

POLICIES = {
    "AWSLambdaBasicExecutionRole": "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
}

for template in sorted(Path(__file__).parent.glob("*.yaml")):
    plain = Translator(POLICIES, Parser()).translate(yaml_parse(template.read_text()), {})
    sections = ("Parameters", "Mappings", "Conditions", "Resources", "Outputs")
    kept = {section: plain[section] for section in sections if section in plain}
    template.with_suffix(".json").write_text(json.dumps(kept, indent=2, sort_keys=True) + "\n")
