"""`timeout` of a step (1.1): a request, a step that waits, a workflow. Milliseconds of the real clock, so these tests sleep."""

import time

import pytest

pytestmark = pytest.mark.parametrize("version", ["1.1.0"])
SLOW = {"json": {"name": "too late"}, "seconds": 1.2}
# More than the timeouts of the document.
PASSED_SECONDS = 0.5
DOCUMENT = "timeouts"


def begin(workflow):
    return {"workflowId": workflow, "inputs": {}}


def test_fast_enough(play, things):
    things.on("GET /things/slow", {"json": {"name": "lamp"}, "seconds": 0.05})
    assert play.end(DOCUMENT, "alone")["outputs"] == {"name": "lamp"}


def test_slow_request(play, things):
    """Aborting and failing the step; consequently this will fail the workflow."""
    things.on("GET /things/slow", SLOW)
    since = time.monotonic()
    response = play.step(DOCUMENT, begin("alone"))
    assert time.monotonic() - since < 1.1
    assert (response["status"], response["error"]["name"], response["outputs"]) == ("FAILED", "Arazzo.StepFailed",
                                                                                    {"name": None})
    assert "timeout" in response["error"]["message"]
    assert things.sent() == ["GET /things/slow"]


def test_slow_request_with_failure_action(play, things):
    things.on("GET /things/slow", SLOW)
    assert play.end(DOCUMENT, "with-action")["status"] == "SUCCEEDED"
    assert things.sent() == ["GET /things/slow", "PATCH /things/late"]


AT_ONCE = {"ARAZZO_POLL_SECONDS": "0"}  # waits for throttled requests


def test_throttled_step(play, things):
    """It counts from the moment the step began, over its waits: the second invocation sends nothing any more."""
    things.on("GET /things/slow", {"status": 429})
    waiting = play.step(DOCUMENT, begin("alone"), environment=AT_ONCE)
    assert (waiting["status"], waiting["lastStep"]["action"], waiting["waitSeconds"]) == ("RUNNING", "wait", 0)
    time.sleep(PASSED_SECONDS)
    last = play.step(DOCUMENT, waiting, environment=AT_ONCE)
    assert (last["status"], last["error"]["name"]) == ("FAILED", "Arazzo.StepFailed")
    assert "timeout" in last["error"]["message"]
    assert things.sent() == ["GET /things/slow"]


def test_a_wait_beyond_the_timeout_is_not_begun(play, things):
    """The next try would come after 60 seconds, and the step has 400 milliseconds."""
    things.on("GET /things/slow", {"status": 429})
    last = play.step(DOCUMENT, begin("alone"))
    assert (last["status"], last["error"]["name"]) == ("FAILED", "Arazzo.StepFailed")
    assert "timeout" in last["error"]["message"]


def test_throttled_step_with_failure_action(play, things):
    """A failure action applies at once, before any waiting."""
    things.on("GET /things/slow", {"status": 429})
    assert play.end(DOCUMENT, "with-action")["status"] == "SUCCEEDED"
    assert things.sent() == ["GET /things/slow", "PATCH /things/late"]


def test_throttled_step_in_time(play, things):
    things.on("GET /things/slow", {"status": 429}, {"json": {"name": "lamp"}})
    waiting = play.step(DOCUMENT, begin("alone"), environment=AT_ONCE)
    assert play.step(DOCUMENT, waiting, environment=AT_ONCE)["outputs"] == {"name": "lamp"}
    assert things.sent() == ["GET /things/slow"] * 2


def test_called_workflow(play, things):
    """Looked at in each invocation: the workflow's second request is not sent any more."""
    response = play.step(DOCUMENT, begin("of-a-workflow"))
    time.sleep(PASSED_SECONDS)
    while response["status"] == "RUNNING":
        response = play.step(DOCUMENT, response)
    assert response["status"] == "SUCCEEDED"
    assert things.sent() == ["GET /things/one", "PATCH /things/late"]


def test_called_workflow_without_action(play, things):
    response = play.step(DOCUMENT, begin("of-a-workflow-alone"))
    time.sleep(PASSED_SECONDS)
    last = play.step(DOCUMENT, response)
    assert (last["status"], last["error"]["name"]) == ("FAILED", "Arazzo.StepFailed")
    assert "timeout" in last["error"]["message"]
    assert things.sent() == ["GET /things/one"]


def test_called_workflow_in_time(play, things):
    assert play.end(DOCUMENT, "of-a-workflow")["status"] == "SUCCEEDED"
    assert things.sent() == ["GET /things/one", "GET /things/two"]


def test_slow_request_of_a_called_workflow(play, things):
    """The request is bounded by the timeout of the step that runs the workflow, or the next invocation sees it used up."""
    things.on("GET /things/one", SLOW)
    assert play.end(DOCUMENT, "of-a-workflow")["status"] == "SUCCEEDED"
    assert things.sent() == ["GET /things/one", "PATCH /things/late"]


def test_retry_has_the_timeout_again(play, things):
    """Each attempt is a new begin of the step."""
    things.on("GET /things/slow", SLOW, {"json": {}})
    assert play.end(DOCUMENT, "again")["status"] == "SUCCEEDED"
    assert things.sent() == ["GET /things/slow"] * 2


# Workflow, delivery of the late event, error, requests.
LATE = {
    "post-first": ("retry-late-post", 0, None),
    "post-repeated": ("retry-late-post", 1, "Arazzo.AmbiguousOutcome"),
    "put-repeated": ("retry-late-put", 1, None),
}


@pytest.mark.parametrize("workflow, count, error", LATE.values(), ids=LATE.keys())
def test_late_and_delivered_again(play, things, workflow, count, error):
    """The first delivery may have sent the request in time: a POST without a token is not sent by a retry, then."""
    response = play.step(DOCUMENT, begin(workflow))
    time.sleep(PASSED_SECONDS)
    late = play.step(DOCUMENT, {**response, "delivery": {"retryCount": count}})
    assert late.get("error", {}).get("name") == error
    assert late["status"] == ("FAILED" if error else "RUNNING")
    assert things.sent() == ["GET /things/one"]


def test_a_late_step_is_named_with_its_workflow(play, things):
    """The step that was late is the caller's, not one of the workflow that it runs."""
    response = play.step(DOCUMENT, begin("of-a-workflow-alone"))
    time.sleep(PASSED_SECONDS)
    error = play.step(DOCUMENT, response)["error"]
    assert "workflowId" not in error
    assert f"step {error['stepId']} failed" in error["message"]
