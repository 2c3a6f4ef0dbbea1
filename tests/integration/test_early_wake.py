"""Runs in scheduler mode that events wake before their wait is over: Image State Change, sent by the emulator's Image Builder."""

import pytest

from image_run import FAILED, IMAGE, operations
from scheduler_mode import SETTINGS, check_images, check_nothing_left, check_results, start

POLL_SECONDS = 3600
READY_SECONDS = 600
EVENTS = {
    "as-sent": [],
    "doubled-at-once": [{"kind": "twice", "times": None}],
    "doubled-late": [{"kind": "twice", "times": None, "after": 40}],
    "doubled-after-hours": [{"kind": "twice", "times": None, "after": 2 * POLL_SECONDS}],
}
# What the timeline ends with, in turn: the script that the checks know, and the virtual seconds after CreateImage.
ENDS = {"available": "AVAILABLE", "failed": FAILED}


@pytest.fixture
def waiting(emulator):
    """The function with long polls and events that wake it; the image goes on by its timeline."""
    def make(end, send_events=True, **environment):
        aws = emulator({**SETTINGS, "ARAZZO_EARLY_WAKE": "true", "ARAZZO_POLL_SECONDS": str(POLL_SECONDS), **environment},
                       concurrency=2)
        aws.image_builder.script([[0, "PENDING"], [300, "BUILDING"], [READY_SECONDS, end]])
        aws.image_builder.send_events(send_events)
        return aws
    return make


def moment_of_result(run):
    """The virtual seconds from the start to the first answer that the run is over."""
    ended = [attempt.started for invocation in run.invocations for attempt in invocation.attempts
             if not attempt.function_error and attempt.payload.get("status") in ("SUCCEEDED", "FAILED")]
    return min(ended) - run.invocations[0].attempts[0].started


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS.keys())
@pytest.mark.parametrize("faults", EVENTS.values(), ids=EVENTS.keys())
def test_an_event_ends_the_wait(waiting, end, faults):
    aws = waiting(end)
    for fault in faults:
        aws.fault("Deliver", **fault)
    run = aws.run_scheduled(start())
    check(aws, run, end)
    assert moment_of_result(run) < READY_SECONDS + 60
    assert operations(aws).count("GetImage") <= 4


def check(aws, run, end):
    check_images(aws, [end])
    check_results(run, [end])
    check_nothing_left(aws, run)
    assert run.failures == []


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS.keys())
def test_without_events_the_timer_comes(waiting, end):
    aws = waiting(end, send_events=False)
    run = aws.run_scheduled(start())
    check(aws, run, end)
    assert POLL_SECONDS < moment_of_result(run) < POLL_SECONDS + 120


@pytest.mark.parametrize("operation, when", [
    (operation, when) for operation in ("ListSchedules", "GetSchedule", "CreateSchedule", "DeleteSchedule", "GetImage")
    for when in ("before", "applied")])
@pytest.mark.parametrize("call", [1, 2, 3])
def test_killed_while_it_wakes(waiting, operation, when, call):
    aws = waiting(FAILED)
    aws.fault(operation, "kill", call=call, when=when)
    run = aws.run_scheduled(start())
    check(aws, run, FAILED)


def test_an_event_for_a_run_that_is_over_is_ignored(waiting):
    aws = waiting("AVAILABLE")
    run = aws.run_scheduled(start())
    sent = operations(aws)
    invocation = aws.put_event({"resources": [IMAGE], "detail": {"state": {"status": "AVAILABLE"}}})
    run = aws.finish_scheduled()
    assert set(invocation.attempts[0].payload) == {"ignored"} and operations(aws) == sent
    check(aws, run, "AVAILABLE")


@pytest.mark.parametrize("resources", [[], [IMAGE.replace("web", "other")], ["no ARN", IMAGE + "0"]])
def test_an_event_for_another_image_changes_nothing(waiting, resources):
    aws = waiting("AVAILABLE", send_events=False)
    aws.run_scheduled(start(), until=lambda run: "GetImage" in operations(aws))
    sent = operations(aws)
    invocation = aws.put_event({"resources": resources, "detail": {"state": {"status": "AVAILABLE"}}})
    aws.settle()
    assert operations(aws) == sent
    attempt = invocation.attempts[0]
    assert attempt.payload.get("errorType") == "Arazzo.InvalidEvent" if resources == [] else "ignored" in attempt.payload
