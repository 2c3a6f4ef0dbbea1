"""Which deliveries are one run and which are two: run ids and idempotency tokens."""

import json

import pytest

from image_run import INPUTS, deliver

SCHEDULE = "arn:aws:scheduler:eu-west-1:123456789012:schedule/default/nightly"
SCHEDULED = {
    "version": "0", "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa", "detail-type": "Scheduled Event",
    "source": "aws.events", "account": "123456789012", "time": "2026-11-22T02:00:00Z", "region": "eu-west-1",
    "resources": ["arn:aws:events:eu-west-1:123456789012:rule/nightly"], "detail": {},
}


def eventbridge(identifier, **more):
    return {**SCHEDULED, "id": identifier, **more}


def custom(identifier):
    return eventbridge(identifier, **{"detail-type": "Build requested", "source": "my.builds",
                                      "detail": {"inputs": {"imageRecipeArn": INPUTS["imageRecipeArn"]}}})


def scheduler(time, execution=None):
    run = {"scheduleArn": SCHEDULE, "scheduledTime": time, **({"executionId": execution} if execution else {})}
    return {"inputs": INPUTS, "run": run}


def step_functions(name):
    return {"inputs": INPUTS, "run": {"executionId": f"arn:aws:states:eu-west-1:123456789012:execution:machine:{name}"}}


# Two events each: those of one delivery, and those of two days.
KINDS = {
    "eventbridge-scheduled": (eventbridge, "11111111-0000-4000-8000-000000000001", "11111111-0000-4000-8000-000000000002"),
    "eventbridge-custom": (custom, "22222222-0000-4000-8000-000000000001", "22222222-0000-4000-8000-000000000002"),
    "scheduler": (scheduler, "2026-11-22T02:00:00Z", "2026-11-23T02:00:00Z"),
    "step-functions": (step_functions, "a1", "a2"),
    "run-id": (lambda name: {"inputs": INPUTS, "runId": name}, "night-22", "night-23"),
}


@pytest.fixture
def nightly(emulator):
    return emulator({"ARAZZO_INPUTS": json.dumps(INPUTS)})


def tokens(aws):
    return [entry.client_token for entry in aws.image_builder.requests("CreateImage")]


@pytest.mark.parametrize("make, today, tomorrow", KINDS.values(), ids=KINDS.keys())
def test_two_days_are_two_images(nightly, make, today, tomorrow):
    first, second = deliver(nightly, make(today)), deliver(nightly, make(tomorrow))
    assert first["runId"] != second["runId"]
    assert len(set(tokens(nightly))) == 2
    assert len(nightly.image_builder.images()) == 2
    assert all(1 <= len(token) <= 64 for token in tokens(nightly))


@pytest.mark.parametrize("make, today, _", KINDS.values(), ids=KINDS.keys())
def test_one_delivery_twice_is_one_image(nightly, make, today, _):
    first, second = deliver(nightly, make(today)), deliver(nightly, make(today))
    assert first["runId"] == second["runId"]
    assert len(set(tokens(nightly))) == 1
    assert len(nightly.image_builder.images()) == 1


def test_the_kinds_of_seeds_are_apart(nightly):
    """A text that is an event's id in one event and a run's seed in the other does not make them one run."""
    same = "33333333-0000-4000-8000-000000000001"
    runs = [deliver(nightly, eventbridge(same)), deliver(nightly, {"inputs": INPUTS, "run": {"executionId": same}}),
            deliver(nightly, {"inputs": INPUTS, "run": {"scheduleArn": same}})]
    assert len({each["runId"] for each in runs}) == 3
    assert len(nightly.image_builder.images()) == 3


def test_without_a_seed_each_invocation_is_a_run(nightly):
    first, second = deliver(nightly, {"inputs": INPUTS}), deliver(nightly, {"inputs": INPUTS})
    assert first["runId"] != second["runId"]
    assert len(nightly.image_builder.images()) == 2


EXPLICIT = {
    "start": {"inputs": {**INPUTS, "clientToken": "my-own"}},
    "start-with-run": {"inputs": {**INPUTS, "clientToken": "my-own"}, "run": {"executionId": "x"}},
    "eventbridge-detail": eventbridge("44444444-0000-4000-8000-000000000001",
                                      detail={"inputs": {"clientToken": "my-own"}}),
}


@pytest.mark.parametrize("event", EXPLICIT.values(), ids=EXPLICIT.keys())
def test_explicit_token_wins(nightly, event):
    deliver(nightly, event)
    assert tokens(nightly) == ["my-own"]


def test_the_documents_default_token_is_never_used(nightly):
    deliver(nightly, {"inputs": INPUTS})
    assert tokens(nightly) != ["arazzo-build-cleanup-0001"]


def test_token_inputs_can_be_named_otherwise(emulator):
    """Where clientToken is no token, the document's default holds."""
    aws = emulator({"ARAZZO_TOKEN_INPUTS": "requestToken"})
    deliver(aws, {"inputs": INPUTS})
    assert tokens(aws) == ["arazzo-build-cleanup-0001"]


def test_detail_overlays_the_configured_inputs(emulator):
    other = INPUTS["imageRecipeArn"].replace("/web/", "/database/")
    aws = emulator({"ARAZZO_INPUTS": json.dumps(INPUTS)})
    deliver(aws, custom("55555555-0000-4000-8000-000000000001"))
    deliver(aws, eventbridge("55555555-0000-4000-8000-000000000002", detail={"inputs": {"imageRecipeArn": other}}))
    assert [entry.parameters["imageRecipeArn"] for entry in aws.image_builder.requests()] == [
        INPUTS["imageRecipeArn"], other]


def test_configured_inputs_are_for_eventbridge_only(emulator):
    aws = emulator({"ARAZZO_INPUTS": json.dumps(INPUTS)})
    assert aws.invoke({"inputs": {}}).payload["errorType"] == "Arazzo.InvalidInput"
