"""docs/costs.md and the README's table are what scripts/costs makes, and it counts the transitions that an execution has."""

import importlib.machinery
import importlib.util
import pathlib
import subprocess
import sys

import interpreters
from fake_lambda import FakeLambda, running

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests/deployment"))

from template import TEMPLATE, Template  # noqa: E402  (on the path now)

LOADER = importlib.machinery.SourceFileLoader("costs", str(ROOT / "scripts/costs"))
costs = importlib.util.module_from_spec(importlib.util.spec_from_loader("costs", LOADER))
LOADER.exec_module(costs)


def made(*arguments):
    return subprocess.run(["/usr/bin/python3", ROOT / "scripts/costs", *arguments], capture_output=True, text=True, check=True).stdout


def test_page_is_made():
    assert (ROOT / "docs/costs.md").read_text() == made(), "run scripts/costs > docs/costs.md"


def test_readme_has_the_table():
    assert made("--table") in (ROOT / "README.md").read_text(), "put the output of scripts/costs --table into README.md"


def test_transitions_are_those_of_an_execution(harness):
    """A build of that length, as the state machine runs it."""
    polls = costs.polls()
    script = [running({}), *[running({}, costs.POLL_SECONDS)] * (polls - 1), {"answer": {"status": "SUCCEEDED", "outputs": {}}}]
    with FakeLambda(script) as fake:
        outcome = interpreters.run_local(fake, {"inputs": {}})
        assert len(fake.payloads) == polls + 1
    assert sum(outcome.waits) == costs.BUILD_MINUTES * 60
    assert len([event for event in outcome.events if event["type"] == "StateEntered"]) == costs.transitions(polls)


def test_alarms_are_those_of_the_template():
    template = Template(TEMPLATE.read_text())
    assert costs.ALARMS == {mode: len(template.deployed("AWS::CloudWatch::Alarm", Continuation=mode)) for mode in costs.ALARMS}
