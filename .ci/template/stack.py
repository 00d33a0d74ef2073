"""The template as CloudFormation gets to see it, and the document that it serves."""

import json
import os
import re
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

ROOT = Path(__file__).resolve().parent.parent.parent
DOCUMENT = json.loads((ROOT / "docs/api/openapi.json").read_text())


class ManagedPolicies:
    def load(self):
        return {}


def loaded(name):
    """A program of `.ci/` as a module."""
    loader = SourceFileLoader(name, str(ROOT / ".ci" / name))
    module = module_from_spec(spec_from_loader(name, loader))
    loader.exec_module(module)
    return module


def translated(text):
    """What SAM makes of a template's text."""
    os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
    template = yaml_parse(text)
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function" and resource["Properties"].get("CodeUri") == ".":
            resource["Properties"]["CodeUri"] = "s3://bucket/key"
    return transform(template, {}, ManagedPolicies())


RESULT = translated((ROOT / "template.yaml").read_text())
RESOURCES = RESULT["Resources"]
BODY = RESOURCES["Api"]["Properties"]["Body"]


def of_type(kind):
    """The resources of a type, by their names."""
    return {name: resource for name, resource in RESOURCES.items() if resource["Type"] == kind}


def strings(value):
    """Every string in it."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)


def filled(text):
    """A `!Sub` with its references replaced by a word."""
    return re.sub(r"\$\{[^}]+\}", "word", text)
