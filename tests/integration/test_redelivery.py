"""The same event twice, at each step, and a bootstrap that is killed at each point: one image, the same answers."""

import threading

import pytest

from contract import check_response
from image_run import FAILED, IMAGE, SCRIPTS, advance, deliver, expected_outputs, operations, run, start

# What the polls answer depends on the time alone, so that a repeated poll sees what the first one saw.
TIMELINE = [[0, "PENDING"], [50, "BUILDING"], [110, FAILED]]
STEPS = ["createImage", "getImage", "getImage", "getImage", "deleteFailedImage"]
DELIVERIES = {"no-delivery": {}, "retry-count-1": {"delivery": {"retryCount": 1}},
              "retry-count-0": {"delivery": {"retryCount": 0}}}


def same(first, second):
    """The members of which a redelivery must not change a byte."""
    names = ("status", "runId", "workflowId", "nextStepId", "waitSeconds", "outputs")
    assert {name: first.get(name) for name in names} == {name: second.get(name) for name in names}
    if "state" in first:
        assert first["state"]["documents"] == second["state"]["documents"]


def go(aws, event, index):
    """The event of a step: that of the run's begin, or the response before it."""
    for _ in range(index):
        event = deliver(aws, event)
        aws.clock.advance(event.get("waitSeconds", 0))
    return event


@pytest.mark.parametrize("index", range(len(STEPS)), ids=[f"{n}-{step}" for n, step in enumerate(STEPS)])
def test_redelivered_by_lambda(aws, index):
    """Lambda delivers one event twice, with one request id."""
    aws.image_builder.script(TIMELINE)
    event = go(aws, start(), index)
    first = deliver(aws, event)
    second = aws.redeliver()
    assert not second.function_error, second.payload
    same(first, check_response(second.payload))
    assert first["lastStep"]["stepId"] == STEPS[index]
    finish(aws, second.payload)


@pytest.mark.parametrize("delivery", DELIVERIES.values(), ids=DELIVERIES.keys())
@pytest.mark.parametrize("index", range(len(STEPS)), ids=[f"{n}-{step}" for n, step in enumerate(STEPS)])
def test_same_event_invoked_twice(aws, index, delivery):
    """Somebody invokes the function twice with one event; a run id makes two starts one run."""
    if index == 4 and delivery == {"delivery": {"retryCount": 0}}:
        pytest.skip("a delivery that is certainly the first follows the document: test_engine")
    aws.image_builder.script(TIMELINE)
    event = {**go(aws, start(runId="nightly-1"), index), **delivery}
    first = deliver(aws, event)
    second = deliver(aws, event)
    same(first, second)
    finish(aws, second)


def finish(aws, response):
    if response["status"] == "RUNNING":
        aws.clock.advance(response["waitSeconds"])
        response = run(aws, response)[-1]
    assert response["status"] == "SUCCEEDED"
    assert response["outputs"] == {"imageBuildVersionArn": IMAGE, "finalStatus": "FAILED", "deletedArn": IMAGE}
    created = aws.image_builder.requests("CreateImage")
    assert len({entry.client_token for entry in created}) == 1
    assert aws.image_builder.images() == []


def test_every_step_delivered_twice(aws):
    aws.image_builder.script(TIMELINE)
    event = start(runId="nightly-2")
    while event.get("status", "RUNNING") == "RUNNING":
        first = deliver(aws, event)
        same(first, deliver(aws, event))
        aws.clock.advance(first.get("waitSeconds", 0))
        event = first
    assert event["outputs"]["deletedArn"] == IMAGE


def test_both_deliveries_at_the_same_time(emulator):
    aws = emulator(concurrency=2)
    aws.image_builder.script(["AVAILABLE"])
    event, answers = start(run={"executionId": "arn:aws:states:eu-west-1:123456789012:execution:m:1"}), []
    threads = [threading.Thread(target=lambda: answers.append(aws.invoke(event))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    same(check_response(answers[0].payload), check_response(answers[1].payload))
    assert len(aws.image_builder.images()) == 1


def kill_points():
    for operation, calls in (("CreateImage", 1), ("GetImage", 3), ("DeleteImage", 1)):
        for call in range(1, calls + 1):
            for when in ("before", "applied", "answered"):
                yield pytest.param(operation, call, when, id=f"{operation}-{call}-{when}")
    for call in range(1, 6):
        for when in ("before", "applied"):
            yield pytest.param("Response", call, when, id=f"Response-{call}-{when}")
        yield pytest.param("Next", call, "before", id=f"Next-{call}-before")


@pytest.mark.parametrize("name, script", SCRIPTS.items(), ids=SCRIPTS.keys())
@pytest.mark.parametrize("operation, call, when", kill_points())
def test_killed_and_redelivered(emulator, name, script, operation, call, when):
    """Killed at a point; the caller, who has no answer, delivers the same event again, as a retry or as it was."""
    aws = emulator(cold=operation == "Next")
    aws.image_builder.script([[0, "PENDING"], [50, "BUILDING"], [110, script[-1]]])
    aws.fault(operation, "kill", call=call, when=when)
    event = start(run={"executionId": f"execution-{name}"})
    for _ in range(20):
        result = aws.invoke(event)
        if result.function_error:
            assert result.payload["errorType"] in ("Runtime.ExitError", "Runtime.Unknown", "Sandbox.Timedout")
            event = {**event, "delivery": {"retryCount": 1}}
            continue
        event = check_response(result.payload)
        if event["status"] != "RUNNING":
            break
        aws.clock.advance(event["waitSeconds"])
    assert event["status"] == "SUCCEEDED", event
    assert event["outputs"] == expected_outputs(script)
    assert len({entry.client_token for entry in aws.image_builder.requests("CreateImage")}) == 1
    if script[-1] == "AVAILABLE":
        assert "DeleteImage" not in operations(aws)
        assert [image["arn"] for image in aws.image_builder.images()] == [IMAGE]


@pytest.mark.parametrize("when", ["before", "applied", "answered"])
def test_killed_and_retried_asynchronously(aws, when):
    """An asynchronous invocation is retried by Lambda itself, with one request id: one image."""
    aws.image_builder.fault("CreateImage", "kill", when=when)
    invocation = aws.invoke_async(start())
    invocation.wait_attempts(1)
    aws.clock.advance(60)
    invocation.wait()
    assert (invocation.state, len(invocation.attempts)) == ("succeeded", 2)
    assert len(aws.image_builder.images()) == 1


def test_a_first_delivery_that_meets_404_is_not_taken_as_done(aws):
    """Somebody else deleted the image: with retryCount 0 this is certainly the first try, and the document decides."""
    aws.image_builder.script([FAILED])
    before = advance(aws, 2)
    aws.image_builder.fault("DeleteImage", "status", status=404)
    last = deliver(aws, {**before, "delivery": {"retryCount": 0}})
    assert (last["status"], last["error"]["statusCode"]) == ("FAILED", 404)


@pytest.mark.parametrize("fault", [("reset_after", {}), ("status", {"status": 503, "applied": True}), ("empty", {})],
                         ids=["reset-after", "503-applied", "empty"])
def test_404_after_an_unclear_delete_is_done(aws, fault):
    """The wait between both tries does not make the function forget that it may have deleted the image."""
    kind, options = fault
    aws.image_builder.script([FAILED])
    before = advance(aws, 2)
    aws.image_builder.fault("DeleteImage", kind, **options)
    waiting = deliver(aws, {**before, "delivery": {"retryCount": 0}})
    assert waiting["lastStep"]["action"] == "wait"
    last = deliver(aws, {**waiting, "delivery": {"retryCount": 0}})
    assert last["status"] == "SUCCEEDED"
    assert last["outputs"] == {"imageBuildVersionArn": IMAGE, "finalStatus": "FAILED", "deletedArn": IMAGE}
