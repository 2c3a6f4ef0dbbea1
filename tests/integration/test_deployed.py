"""What template.yaml makes of the function, tried with the real one: its environment, the events of schedule and rule, and the log
line that an alarm waits for."""

import json
import pathlib
import re
import sys

import pytest

from image_run import operations, run

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests/deployment"))

from template import TEMPLATE, Template  # noqa: E402  (on the path now)


@pytest.fixture(scope="module")
def resources():
    template = Template(TEMPLATE.read_text())
    return {name: template.resolve(resource).get("Properties", {}) for name, resource in template.resources.items()}


@pytest.fixture
def deployed(resources, emulator):
    """A function: the emulator with the function's environment, and what is added to it."""
    variables = {name: str(value) for name, value in resources["ArazzoFunction"]["Environment"]["Variables"].items()}
    return lambda **more: emulator({**variables, "AWS_LAMBDA_LOG_FORMAT": "JSON", **more})


def scheduled(resources, time):
    text = resources["Schedule"]["Target"]["Input"]
    text = text.replace("<aws.scheduler.schedule-arn>", "arn:aws:scheduler:eu-west-1:123456789012:schedule/default/nightly")
    return json.loads(text.replace("<aws.scheduler.scheduled-time>", time))


def by_rule(resources, event_id):
    (target,) = resources["EventRule"]["Targets"]
    return json.loads(target["InputTransformer"]["InputTemplate"].replace("<id>", event_id))


@pytest.mark.parametrize("event, one, other", [
    (scheduled, "2026-11-22T02:00:00Z", "2026-11-23T02:00:00Z"),
    (by_rule, "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa", "0c1d2e3f-cffa-4f76-80c9-8b7d4a4d2eaa"),
], ids=["schedule", "rule"])
def test_same_start_is_one_image(deployed, resources, event, one, other):
    aws = deployed()
    for what in (one, one, other):
        assert run(aws, event(resources, what))[-1]["outputs"]["finalStatus"] == "AVAILABLE"
    assert len(aws.image_builder.images()) == 2


def test_poll_seconds_are_the_template_s(deployed, resources):
    aws = deployed()
    aws.image_builder.script(["PENDING", "AVAILABLE"])
    waits = [response.get("waitSeconds") for response in run(aws, scheduled(resources, "2026-11-22T02:00:00Z"))]
    assert waits == [0, 60, None]


def test_guard_writes_the_line_that_the_alarm_waits_for(deployed, resources):
    member, value = re.fullmatch(r'\{ \$\.(\w+) = "([^"]+)" \}', resources["GuardExceededFilter"]["FilterPattern"]).groups()
    aws = deployed(ARAZZO_MAX_STEPS="1")
    seen = len(aws.logs())
    last = run(aws, scheduled(resources, "2026-11-22T02:00:00Z"))[-1]
    assert (last["status"], last["error"]["name"]) == ("FAILED", value)
    assert operations(aws) == ["CreateImage"]
    lines = [line.json for line in aws.logs()[seen:] if line.json]
    assert [line["stepId"] for line in lines if line.get(member) == value] == ["getImage"]


def test_errors_have_the_level_that_the_dashboard_asks_for(deployed, resources):
    aws = deployed(ARAZZO_MAX_STEPS="1")
    seen = len(aws.logs())
    run(aws, scheduled(resources, "2026-11-22T02:00:00Z"))
    assert "filter level = 'ERROR'" in resources["Dashboard"]["DashboardBody"]
    assert [line.json["stepId"] for line in aws.logs()[seen:] if line.json and line.json.get("level") == "ERROR"] == ["getImage"]
