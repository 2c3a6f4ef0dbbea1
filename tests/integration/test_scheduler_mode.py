"""Whole runs in scheduler mode: no state machine, every invocation asynchronous, and anything doubled, late, lost or killed."""

import json
import pathlib

import pytest

from image_run import operations
from scheduler_mode import (QUEUE, ROLE, SCRIPTS, SETTINGS, check_end, check_images, check_nothing_left, check_results,
                            deletes_image, requests, signed_call, start, undisturbed)

CASES = json.loads((pathlib.Path(__file__).resolve().parents[1] / "data/scheduler-mode.json").read_text())
SCHEDULER = ("CreateSchedule", "ListSchedules", "UpdateSchedule")


def cases(kind):
    return [pytest.param(case, id=case["name"]) for case in CASES[kind]]


def scripts():
    return pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS.keys())


@pytest.fixture
def function(emulator):
    """The function in scheduler mode, as if just started."""
    def make(environment=None, **settings):
        return emulator({**SETTINGS, **(environment or {})}, **{"concurrency": 2, **settings})
    return make


# ---- nothing goes wrong ----

@pytest.mark.parametrize("case", cases("outcomes"))
def test_outcomes(function, case):
    aws = function()
    aws.image_builder.script(case["script"])
    run = aws.run_scheduled(start())
    check_end(aws, run, case["script"])
    assert requests(aws) == undisturbed(case["script"]) and len(run.results) == 1
    assert run.failures == [] and [each["fired"] for each in run.schedules] == [1] * len(run.schedules)
    assert run.attempts == len(run.schedules) + 1


KEY = "arn:aws:kms:eu-west-1:123456789012:key/0a1b"


def test_what_its_schedules_say(function):
    """The version that runs, and not the alias that it was invoked by: a run ends on the code that it began with."""
    aws = function({"ARAZZO_SCHEDULER_GROUP": "runs", "ARAZZO_SCHEDULER_KMS_KEY_ARN": KEY}, version="7", aliases=["live"])
    aws.scheduler.add_group("runs")
    run = aws.run_scheduled(start(), qualifier="live")
    assert len(run.results) == 1 and {each["group"] for each in run.schedules} == {"runs"}
    for schedule in run.schedules:
        target = schedule["target"]
        assert (target["Arn"], target["RoleArn"]) == (f"{aws.function.settings.arn}:7", ROLE)
        assert target["DeadLetterConfig"] == {"Arn": QUEUE} and "RetryPolicy" in target
    for request in aws.scheduler.requests("CreateSchedule"):
        told = {name: request.parameters[name] for name in ("ActionAfterCompletion", "FlexibleTimeWindow", "KmsKeyArn")}
        assert told == {"ActionAfterCompletion": "DELETE", "FlexibleTimeWindow": {"Mode": "OFF"}, "KmsKeyArn": KEY}


def test_a_group_that_does_not_exist(function):
    aws = function({"ARAZZO_SCHEDULER_GROUP": "none"})
    run = aws.run_scheduled(start())
    assert operations(aws) == [] and "schedule group 'none'" in run.failures[0]["errorMessage"]


@pytest.mark.parametrize("operation, images", [("CreateImage", 0), ("GetImage", 1), ("DeleteImage", 1)])
def test_a_run_that_fails(function, operation, images):
    """The result says so; it is a result, and no error of the invocation."""
    aws = function()
    aws.image_builder.script(SCRIPTS["failed"])
    aws.fault(operation, "status", status=403, times=None)
    run = aws.run_scheduled(start())
    (result,) = run.results
    assert (result["status"], result["error"]["statusCode"]) == ("FAILED", 403)
    assert len(aws.image_builder.images()) == images and run.failures == []
    check_nothing_left(aws, run)


def image_calls():
    for name, script in SCRIPTS.items():
        for operation, calls in (("CreateImage", 1), ("GetImage", 3), ("DeleteImage", deletes_image(script))):
            for call in range(1, calls + 1):
                yield pytest.param(script, operation, call, id=f"{name}-{operation}-{call}")


@pytest.mark.parametrize("script, operation, call", image_calls())
@pytest.mark.parametrize("kind, options", [("status", {"status": 429}), ("status", {"status": 503, "applied": True}),
                                           ("reset_after", {}), ("truncate", {})],
                         ids=["429", "503-applied", "reset-after", "truncated"])
def test_one_request_to_image_builder_goes_wrong(function, script, operation, call, kind, options):
    """As in return mode (test_image_faults); the wait is a schedule."""
    aws = function()
    aws.image_builder.script(script)
    aws.fault(operation, kind, call=call, **options)
    run = aws.run_scheduled(start())
    check_end(aws, run, script, more=1)
    assert run.failures == [] and len(run.results) == 1


# ---- deliveries ----

@pytest.mark.parametrize("script, concurrency", [(SCRIPTS["available"], 2), (SCRIPTS["failed"], 1), (SCRIPTS["failed"], 2)],
                         ids=["available-2", "failed-1", "failed-2"])
@pytest.mark.parametrize("case", cases("deliveries"))
def test_deliveries(function, case, script, concurrency):
    aws = function(concurrency=concurrency)
    aws.image_builder.script(script)
    aws.scheduler.deletion_delay = case.get("deletionDelay", 0)
    for fault in case["faults"]:
        aws.fault(**fault)
    run = aws.run_scheduled(start())
    check_end(aws, run, script, more=len(run.records))
    assert run.failures == []
    assert len(operations(aws)) == len(script) + 1 + deletes_image(script)     # each step was run once


# ---- kills ----

def kill_points():
    """Every point of the run with a deletion; of the other one, those behind which something has happened."""
    events = {"available": 4, "failed": 5}
    for name, script in SCRIPTS.items():
        for operation, calls in undisturbed(script).items():
            for call in range(1, calls + 1):
                for when in ("before", "applied", "answered") if name == "failed" else ("applied",):
                    yield pytest.param(script, operation, call, when, id=f"{name}-{operation}-{call}-{when}")
        for call in range(1, events[name] + 1):
            for when in ("before", "applied") if name == "failed" else ("before",):
                yield pytest.param(script, "Response", call, when, id=f"{name}-Response-{call}-{when}")


@pytest.mark.parametrize("script, operation, call, when", kill_points())
def test_killed(function, script, operation, call, when):
    aws = function()
    aws.image_builder.script(script)
    aws.fault(operation, "kill", call=call, when=when)
    run = aws.run_scheduled(start())
    check_end(aws, run, script, more=4)
    assert run.failures == [] and run.attempts <= len(script) + 6


@scripts()
@pytest.mark.parametrize("when", ["before", "applied", "answered"])
@pytest.mark.parametrize("operation", ["CreateImage", *SCHEDULER])
def test_killed_three_times_in_a_row(function, script, operation, when):
    """Both of Lambda's retries are killed, too: the lease brings the event again; without one, Lambda tells the destination."""
    aws = function()
    aws.image_builder.script(script)
    aws.fault(operation, "kill", times=3, when=when)
    run = aws.run_scheduled(start())
    if (operation, when) == ("CreateSchedule", "before"):
        assert [failure["errorType"] for failure in run.failures] == ["Runtime.ExitError"]
        assert operations(aws) == [] and run.schedules == []
        return
    check_end(aws, run, script, more=12)


# ---- Scheduler says no ----

REFUSALS = {
    "throttled": {"kind": "status", "status": 429},
    "500-applied": {"kind": "status", "status": 500, "applied": True},
    "reset-after": {"kind": "reset_after"},
    "truncated": {"kind": "truncate"},
}


def scheduler_calls():
    for operation in SCHEDULER:
        for call in (1, 3, 5):
            yield pytest.param(operation, call, id=f"{operation}-{call}")


def refused_calls():
    """Each kind at each operation; each costs a second of backoff, so the first, a middle and the last call share them."""
    for place, operation in enumerate(SCHEDULER):
        for index, (name, fault) in enumerate(REFUSALS.items()):
            call = (1, 3, 5)[(place + index) % 3]
            yield pytest.param(operation, call, fault, id=f"{name}-{operation}-{call}")


@pytest.mark.parametrize("operation, call, fault", refused_calls())
def test_one_call_of_scheduler_goes_wrong(function, operation, call, fault):
    script = SCRIPTS["failed"]
    aws = function()
    aws.image_builder.script(script)
    aws.fault(operation, call=call, **fault)
    run = aws.run_scheduled(start())
    check_end(aws, run, script, more=3)
    assert run.failures == [] and run.attempts == len(script) + 3      # it was tried again within the invocation


@pytest.mark.parametrize("operation, call", [("CreateSchedule", 1), ("ListSchedules", 3), ("UpdateSchedule", 5)])
def test_throttled_for_a_whole_invocation(function, operation, call):
    script = SCRIPTS["failed"]
    aws = function(function_timeout=4)
    aws.image_builder.script(script)
    aws.fault(operation, "status", call=call, times=None, status=429)
    aws.run_scheduled(start(), until=lambda _: aws.scheduler.faults()[0]["hits"])
    aws.clear_faults()
    run = aws.finish_scheduled()
    check_end(aws, run, script, more=20)
    errors = {attempt.payload["errorType"] for each in run.invocations for attempt in each.attempts if attempt.function_error}
    assert errors == {"Arazzo.ContinuationFailed"} and run.failures == []


@scripts()
@pytest.mark.parametrize("operation, call", scheduler_calls())
def test_quota_exceeded_once(function, operation, call, script):
    """Not a matter of trying again at once: the invocation fails, and Lambda's retry or the lease goes on."""
    aws = function()
    aws.image_builder.script(script)
    aws.fault(operation, "status", call=call, status=402)
    run = aws.run_scheduled(start())
    check_end(aws, run, script, more=3)
    assert run.failures == []


@pytest.mark.parametrize("operation", ["CreateSchedule", "ListSchedules"])
def test_quota_exceeded_for_ever_sends_nothing(function, operation):
    aws = function()
    aws.fault(operation, "status", times=None, status=402)
    run = aws.run_scheduled(start())
    assert operations(aws) == []
    (failure, *_) = run.failures
    assert failure["errorType"] == "Arazzo.ContinuationFailed" and "ServiceQuotaExceededException" in failure["errorMessage"]
    assert run.left() == []


def test_updates_refused_for_ever(function):
    """The lease brings the event again and again, a bounded number of times; one image, no deletion, and then a dead letter."""
    aws = function()
    aws.fault("UpdateSchedule", "status", times=None, status=402)
    run = aws.run_scheduled(start())
    assert len(aws.image_builder.images()) == 1 and set(operations(aws)) == {"CreateImage"}
    assert {failure["errorType"] for failure in run.failures} == {"Arazzo.ContinuationFailed"}
    assert len(aws.image_builder.requests()) <= 10 and run.left() == []


@pytest.mark.parametrize("operation, needed, sent", [
    ("CreateSchedule", "scheduler:CreateSchedule on the group's schedules, and iam:PassRole", []),
    ("ListSchedules", "scheduler:ListSchedules on all resources ('*')", []),
    ("UpdateSchedule", "scheduler:UpdateSchedule on the group's schedules, and iam:PassRole", ["CreateImage"]),
])
def test_a_role_that_is_not_allowed_to(function, operation, needed, sent):
    aws = function()
    aws.fault(operation, "status", times=None, status=403, type="AccessDeniedException", message="not authorized")
    run = aws.run_scheduled(start(), until=lambda run: any(
        attempt.function_error for each in run.invocations for attempt in each.attempts))
    errors = [attempt.payload["errorMessage"] for each in run.invocations for attempt in each.attempts if attempt.function_error]
    assert operations(aws) == sent and needed in errors[0]


@scripts()
@pytest.mark.parametrize("operation, call", scheduler_calls())
def test_a_conflict_that_is_none(function, operation, call, script):
    """Scheduler says so, too, of a schedule that is just being changed or deleted: no run is lost for it."""
    aws = function()
    aws.image_builder.script(script)
    aws.fault(operation, "status", call=call, status=409)
    run = aws.run_scheduled(start())
    check_end(aws, run, script, more=4)


def test_a_schedule_of_somebody_else(function):
    """One with the name of the run's first schedule exists: nothing is sent, and it is as it was."""
    aws = function()
    run = aws.run_scheduled(start())
    name, sent = run.schedules[0]["name"], operations(aws)
    foreign = signed_call(aws, "POST", name, {
        "ScheduleExpression": "at(2099-01-01T00:00:00)", "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {"Arn": aws.function.settings.arn, "RoleArn": ROLE, "Input": "{}"}})
    assert foreign.status == 200
    aws.invoke_async(start())
    aws.settle()
    assert operations(aws) == sent
    assert [(each["input"], each["updates"]) for each in aws.scheduler.schedules()] == [("{}", 0)]


# ---- deliveries that are lost ----

def test_a_lost_schedule_is_a_dead_letter_that_can_be_replayed(function):
    script = SCRIPTS["failed"]
    aws = function()
    aws.image_builder.script(script)
    aws.fault("Fire", "lost", call=2)
    run = aws.run_scheduled(start())
    (letter,) = run.dead_letters
    assert letter["queue"] == QUEUE and run.results == []
    run = aws.run_scheduled(json.loads(letter["body"]))
    check_images(aws, script)
    check_results(run, script)
    assert run.left() == []


# ---- runs that are over ----

@scripts()
def test_events_of_a_run_that_is_over(function, script):
    """Every event of the run, the start included, comes once more when the run is over: nothing is sent."""
    aws = function()
    aws.image_builder.script(script)
    run = aws.run_scheduled(start(), until=lambda run: run.results)
    sent = operations(aws)
    for invocation in list(run.invocations):
        aws.invoke_async(json.loads(invocation.event))
        aws.settle()
    run = aws.finish_scheduled()
    assert operations(aws) == sent
    check_results(run, script)
    check_nothing_left(aws, run)
    assert len(run.results) == 2 and run.failures == []     # the last event's delivery is told the result again


# ---- what may not be sent twice ----

@pytest.fixture
def post(function, documents, server):
    """The function with a workflow that posts an order, without any token."""
    aws = function({"ARAZZO_DOCUMENT": "library.arazzo.yaml"}, task_root=str(documents))
    server.script("POST", "/orders", {"json": {"id": "order-1"}})

    def run():
        return aws.run_scheduled({"workflowId": "post", "inputs": {"title": "t"}, "runId": "order"})
    run.aws, run.server = aws, server
    return run


def test_a_post(post):
    run = post()
    assert [result["outputs"] for result in run.results] == [{"id": "order-1"}]
    assert post.server.sent() == ["POST /orders"] and run.left() == []


@pytest.mark.parametrize("operation, when, posts", [
    ("CreateSchedule", "before", 1), ("CreateSchedule", "applied", 0), ("CreateSchedule", "answered", 0),
    ("ListSchedules", "before", 0), ("ListSchedules", "applied", 0), ("UpdateSchedule", "before", 1),
    ("UpdateSchedule", "applied", 1), ("UpdateSchedule", "answered", 1), ("Response", "before", 1),
])
def test_a_kill_around_a_post(post, operation, when, posts):
    """With nothing but a lease, nobody can tell whether the request was sent: it is never sent again."""
    post.aws.fault(operation, "kill", when=when)
    run = post()
    assert len(post.server.sent()) == posts and run.left() == []
    is_known = (operation, when) not in (("UpdateSchedule", "before"),) and posts == 1
    assert [result["outputs"]["id"] for result in run.results] == ["order-1" if is_known else None]
    assert {result.get("error", {}).get("name") for result in run.results} == {
        None if is_known else "Arazzo.AmbiguousOutcome"}


DOUBLES = {
    "at-once": {},
    "a-moment-later": {"after": 1},
    "later": {"after": 100},
}


@pytest.mark.parametrize("double", DOUBLES.values(), ids=DOUBLES.keys())
def test_a_doubled_event_posts_once(post, double):
    post.aws.fault("Deliver", "twice", **double)
    run = post()
    assert post.server.sent() == ["POST /orders"]
    assert {result["outputs"]["id"] for result in run.results} == {"order-1"} and run.left() == []
