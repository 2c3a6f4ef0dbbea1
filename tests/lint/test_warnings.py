"""Warnings: exactly those that a case lists, no others. An entry is "line:column rule", the place in the inside of the workflow."""

import json

import pytest

from examples import ROOT, description, document

CASES = json.loads((ROOT / "tests/lint/warnings.json").read_text())["cases"]
SHIPPED = "descriptions/arazzo/amazon-ec2-image-builder-build-image-with-failure-cleanup-workflow.yml"
# What facts about other engines say is dangerous in it, and nothing else: the state that nobody thought of, the token, the poll.
SHIPPED_FINDINGS = [(39, "constant-token"), (70, "falls-into-deletion"), (74, "comparison-form"), (81, "comparison-form"),
                    (83, "endless-poll"), (88, "comparison-form"), (106, "absent-output")]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_warnings(validate, findings, tmp_path, case):
    text, before = document("\n".join(case["inside"]))
    (tmp_path / "w.yml").write_text(text.replace("1.0.1", case.get("version", "1.0.1")))
    (tmp_path / "api.yml").write_text(description().replace("https://things.example", case.get("server", "https://things.example")))
    found = [f"{each['line'] - before}:{each['column'] - 2} {each['rule']}" for each in findings("w.yml")]
    assert found == case["findings"]
    done = validate("w.yml")
    assert done.returncode == 0
    assert "hidden" not in case or case["hidden"] not in done.stdout + done.stderr


def test_a_misspelt_state_of_the_shipped_document(findings, tmp_path):
    """The description knows the states of an image; with this one a failed build would be polled for ever."""
    text = (ROOT / SHIPPED).read_text().replace('"FAILED"', '"FAILURE"').replace("../openapi", f"{ROOT}/descriptions/openapi")
    (tmp_path / "w.yml").write_text(text)
    assert [each["line"] for each in findings("w.yml") if each["rule"] == "unknown-state"] == [81, 88]


def test_the_shipped_document(findings):
    assert [(each["line"], each["rule"]) for each in findings(ROOT / SHIPPED)] == SHIPPED_FINDINGS
