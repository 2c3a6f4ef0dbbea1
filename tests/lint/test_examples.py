"""docs/rules.md: what it says of its examples is what the program says, and its table is that of the program's rules."""

import json
import os
import subprocess

import pytest

from examples import PAGE, ROOT, examples

INDENT = 2  # of an example in its document


def told(finding, before):
    """As the page writes it: the place in the example, and the text; without a place what is told of the lines in front of it."""
    line, column = finding["line"] - before, finding["column"] - INDENT
    return f"{line}:{column}: {finding['text']}" if line > 0 else finding["text"]


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.rule)
def test_the_bad_example_is_warned_of(findings, tmp_path, example):
    before = example.write(tmp_path, example.bad, example.bad_server)
    found = findings("w.yml")
    assert [told(finding, before) for finding in found if finding["rule"] == example.rule] == example.told
    assert {finding["severity"] for finding in found} == {"warning"}


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.rule)
def test_of_the_good_example_nothing_is_told(findings, tmp_path, example):
    example.write(tmp_path, example.good, example.good_server)
    assert findings("w.yml") == []


def test_the_table_is_up_to_date(program):
    """scripts/rules makes it."""
    table = subprocess.run(["/usr/bin/python3", ROOT / "scripts/rules", "--print"], capture_output=True, text=True, check=True,
                           env={**os.environ, "ARAZZO_BUILD": str(program.parent)}).stdout
    assert table in PAGE.read_text()


def test_every_warning_has_its_example(validate, tmp_path):
    (tmp_path / "w.yml").write_text("")
    rules = json.loads(validate("w.yml", "--format", "sarif").stdout)["runs"][0]["tool"]["driver"]["rules"]
    warnings = [rule["id"] for rule in rules if rule["defaultConfiguration"]["level"] == "warning"]
    assert [example.rule for example in examples()] == warnings
