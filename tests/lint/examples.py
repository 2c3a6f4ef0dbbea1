"""The documents that the tests and scripts/rules make of the examples in docs/rules.md, and of the cases of errors."""

import json
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/rules.md"
HEAD = """arazzo: 1.0.1
info: {title: examples, version: 1.0.0}
sourceDescriptions:
- {name: api, type: openapi, url: api.yml}
workflows:
"""
CALLED = """- workflowId: called
  inputs: {type: object, required: [id], properties: {id: {type: string}}}
  steps:
  - stepId: get
    operationId: getThing
    parameters: [{name: id, in: path, value: $inputs.id}]
"""
BEGIN = "- workflowId: example\n"
FENCE = re.compile(r"^```(yaml|text)(?: (\w+))?(?: server=(\S+))?\n(.*?)^```$", re.M | re.S)


def fences(text):
    """(language, kind, server, content) of each fenced block."""
    return [match.groups() for match in FENCE.finditer(text)]


def description():
    return next(content for _, kind, _, content in fences(PAGE.read_text()) if kind == "description")


def document(inside):
    """A workflow of the inside, and the line before that inside."""
    before = HEAD + CALLED + BEGIN
    return before + "".join(f"  {line}\n" for line in inside.splitlines()), before.count("\n")


class Example:
    """One rule's section: an example that is warned of, what is told of it, and one that is not."""

    def __init__(self, rule, text):
        blocks = fences(text)
        assert [(language, kind) for language, kind, _, _ in blocks] == [("yaml", "bad"), ("text", None), ("yaml", "good")], rule
        (_, _, self.bad_server, self.bad), (_, _, _, told), (_, _, self.good_server, self.good) = blocks
        self.rule, self.told = rule, told.splitlines()

    def write(self, folder, inside, server):
        """Writes the files; returns the lines that stand in front of the inside."""
        text, before = document(inside)
        (folder / "w.yml").write_text(text)
        (folder / "api.yml").write_text(description().replace("https://things.example", server or "https://things.example"))
        return before


def examples():
    section = PAGE.read_text().partition("## Warnings, one by one")[2]
    return [Example(rule, text) for rule, text in re.findall(r"^### (\S+)\n(.*?)(?=^### |\Z)", section, re.M | re.S)]


def error_cases():
    return json.loads((ROOT / "tests/lint/errors.json").read_text())
