"""What template.yaml makes of the function, tried with the real one: its environment, the events of schedule and rule, and the log
line that an alarm waits for; in scheduler mode also what its rules take, and which permissions a run uses."""

import json
import pathlib
import re
import sys

import pytest

from image_run import operations, run

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests/deployment"))

import permissions  # noqa: E402  (on the path now)
from event_pattern import matches  # noqa: E402
from template import TEMPLATE, Template  # noqa: E402


@pytest.fixture(scope="module")
def resources():
    template = Template(TEMPLATE.read_text())
    return template.deployed()


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


def written_metrics(lines):
    """(namespace, dimensions, service, name) of each metric in lines of the log."""
    return {(each["Namespace"], ",".join(sorted(dimensions)), line["service"], metric["Name"])
            for line in lines for each in line["_aws"]["CloudWatchMetrics"]
            for dimensions in each["Dimensions"] for metric in each["Metrics"]}


SEARCH = re.compile(r"""\{([^,]+),([^}]+)\} service="([^"]+)" MetricName="(\w+)\"""")


def test_dashboard_shows_metrics_that_the_function_writes(deployed, resources):
    widgets = json.loads(resources["Dashboard"]["DashboardBody"])["widgets"]
    expressions = [each[0]["expression"] for widget in widgets for each in widget["properties"].get("metrics", []) if len(each) == 1]
    shown = {SEARCH.search(expression).groups() for expression in expressions}
    aws = deployed()
    seen = len(aws.logs())
    run(aws, scheduled(resources, "2026-11-22T02:00:00Z"))
    written = written_metrics([line.json for line in aws.logs()[seen:] if line.json and "_aws" in line.json])
    assert len(shown) > 5
    assert shown <= written


def test_errors_have_the_level_that_the_dashboard_asks_for(deployed, resources):
    aws = deployed(ARAZZO_MAX_STEPS="1")
    seen = len(aws.logs())
    run(aws, scheduled(resources, "2026-11-22T02:00:00Z"))
    assert "filter level = 'ERROR'" in resources["Dashboard"]["DashboardBody"]
    assert [line.json["stepId"] for line in aws.logs()[seen:] if line.json and line.json.get("level") == "ERROR"] == ["getImage"]


# What CloudFormation puts in.
ATTRIBUTES = {
    "<ContinuationRole.Arn>": "arn:aws:iam::123456789012:role/arazzo-ContinuationRole",
    "<UndeliveredSteps.Arn>": "arn:aws:sqs:eu-west-1:123456789012:arazzo-UndeliveredSteps",
    "<ContinuationGroup>": "arazzo-ContinuationGroup",
}


@pytest.fixture(scope="module")
def scheduler_stack():
    return Template(TEMPLATE.read_text()).deployed(Continuation="scheduler", EarlyWake="true")


@pytest.fixture
def by_schedules(scheduler_stack, emulator):
    """The emulator with the function's environment in scheduler mode; Image Builder sends its events."""
    variables = scheduler_stack["ArazzoFunction"]["Environment"]["Variables"]
    given = {name: ATTRIBUTES.get(value, str(value)) for name, value in variables.items()}
    aws = emulator({**given, "ARAZZO_POLL_SECONDS": "3600"}, concurrency=2)
    aws.scheduler.add_group(ATTRIBUTES["<ContinuationGroup>"])
    aws.image_builder.send_events(True)
    return aws


@pytest.mark.parametrize("end, kept", [("AVAILABLE", False), ("FAILED", True), ("CANCELLED", True)])
def test_a_run_by_schedules(by_schedules, scheduler_stack, end, kept):
    """From the schedule's event to the rule that keeps failed runs; an event ends the wait of an hour."""
    by_schedules.image_builder.script([[0, "PENDING"], [300, "BUILDING"], [600, end]])
    run = by_schedules.run_scheduled(scheduled(scheduler_stack, "2026-11-22T02:00:00Z"))
    assert [result["outputs"]["finalStatus"] for result in run.results][-1] == end
    events = [{"source": "lambda", "detail-type": "Lambda Function Invocation Result - Success", "detail": {"responsePayload": payload}}
              for payload in run.payloads]
    assert any(matches(scheduler_stack["FailedRunsRule"]["EventPattern"], event) for event in events) == kept
    created = by_schedules.scheduler.requests("CreateSchedule")[0].parameters
    assert (created["GroupName"], created["Target"]["RoleArn"], created["Target"]["DeadLetterConfig"]["Arn"]) == (
        ATTRIBUTES["<ContinuationGroup>"], ATTRIBUTES["<ContinuationRole.Arn>"], ATTRIBUTES["<UndeliveredSteps.Arn>"])
    used = {f"scheduler:{entry.operation}" for entry in by_schedules.scheduler.requests()}
    assert used == permissions.SCHEDULES
