"""Writes what aws-sam-translator makes of each template here, or in the folder that is named:
`pip install aws-sam-translator==1.115.0`, then run. What it refuses gets no file."""

import json
import os
import sys
from pathlib import Path

os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")

from samtranslator.public.exceptions import InvalidDocumentException
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

POLICIES = {
    "AWSLambdaBasicExecutionRole": "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
}

folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
for template in sorted(folder.glob("*.yaml")):
    try:
        plain = Translator(POLICIES, Parser()).translate(yaml_parse(template.read_text()), {})
    except InvalidDocumentException as refusal:
        print(f"{template.name}: {refusal.message}", *[cause.message for cause in refusal.causes], file=sys.stderr)
        continue
    except (AttributeError, KeyError, TypeError) as fault:  # the translator's own
        print(f"{template.name}: {fault!r}", file=sys.stderr)
        continue
    sections = ("Parameters", "Mappings", "Conditions", "Resources", "Outputs")
    kept = {section: plain[section] for section in sections if section in plain}
    template.with_suffix(".json").write_text(json.dumps(kept, indent=2, sort_keys=True) + "\n")
