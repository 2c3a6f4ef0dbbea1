"""Where features meet: calls with detours, detours with retries, transfers in detours, counters, actions of workflows."""

import pytest

CORNERS = "corners"
READ, USE = "GET /things/read", "GET /things/use"
CONFLICT, OK = {"status": 409}, {"json": {}}


def test_parameters_of_a_workflow_are_inputs_of_those_that_it_runs(play, things):
    assert play.end(CORNERS, "inherited-inputs")["status"] == "SUCCEEDED"
    assert things.sent() == [f"{READ}?tag=from-workflow&count=1", f"{READ}?tag=from-step&count=1"]


def test_a_retry_runs_a_step_first_that_runs_a_workflow(play, things):
    things.on(READ, {"json": {"name": "one"}}, {"json": {"name": "two"}})
    things.on(USE, CONFLICT, OK)
    responses = play.run(CORNERS, "detour-over-a-call")
    assert things.sent() == [READ, f"{USE}?tag=one", READ, f"{USE}?tag=two"]
    assert responses[-1]["outputs"] == {"name": "two"}
    assert [response.get("waitSeconds") for response in responses] == [0, 0, 3, None]


def test_a_step_as_detour_that_runs_a_workflow_that_fails(play, things):
    things.on(READ, {"json": {"name": "one"}}, {"status": 403})
    things.on(USE, CONFLICT)
    last = play.end(CORNERS, "detour-over-a-call")
    assert (last["status"], last["error"]["name"]) == ("FAILED", "Arazzo.StepFailed")
    assert things.sent() == [READ, f"{USE}?tag=one", READ]


@pytest.mark.parametrize("failures, sent, status", [
    (1, [USE, "GET /things/patient", "GET /things/patient", USE], "SUCCEEDED"),
    (2, [USE, "GET /things/patient", "GET /things/patient"], "FAILED")])
def test_a_detour_is_tried_again_itself(play, things, failures, sent, status):
    things.on(USE, CONFLICT, OK)
    things.on("GET /things/patient", *[CONFLICT] * failures, OK)
    assert play.end(CORNERS, "detour-over-a-retry")["status"] == status
    assert things.sent() == sent


def test_a_detour_that_goes_to_another_workflow_comes_back(play, things):
    """The transfer replaces the detour; when that is over, the step is repeated."""
    things.on(USE, CONFLICT, OK)
    assert play.end(CORNERS, "detour-that-goes-on")["status"] == "SUCCEEDED"
    assert things.sent() == [USE, "GET /things/leaving", READ, USE]


def test_a_failure_that_goes_to_another_workflow_is_none_for_the_caller(play, things):
    things.on("GET /things/rescued", CONFLICT)
    things.on(READ, {"json": {"name": "lamp"}})
    last = play.end(CORNERS, "call-rescued")
    assert things.sent() == ["GET /things/rescued", READ, "PATCH /things/after"]
    assert (last["status"], last["outputs"]) == ("SUCCEEDED", {"name": "lamp"})


def test_counters_belong_to_each_step(play, things):
    things.on("GET /things/one", CONFLICT, OK)
    things.on("GET /things/two", CONFLICT, OK)
    assert play.end(CORNERS, "counters")["status"] == "SUCCEEDED"
    assert things.sent() == ["GET /things/one"] * 2 + ["GET /things/two"] * 2


def test_actions_of_a_workflow_are_not_those_of_what_it_runs(play, things):
    things.on(READ, CONFLICT)
    assert play.end(CORNERS, "general-actions")["status"] == "SUCCEEDED"
    assert things.sent() == [READ, "PATCH /things/mend"]


def test_the_ends_of_several_lists_at_once(play, things):
    things.on("GET /things/a", {"json": {"name": "A"}})
    things.on("GET /things/b", {"json": {"name": "B"}})
    responses = play.run(CORNERS, "last-is-a-call")
    assert [response["status"] for response in responses] == ["RUNNING", "SUCCEEDED"]
    assert responses[-1]["outputs"] == {"name": "B"}


def test_going_back_over_a_call(play, things):
    """Whatever leads to a step that already ran waits: design, section 4."""
    things.on("GET /things/begin", {"json": {"go": True}}, {"json": {"go": False}})
    responses = play.run(CORNERS, "around-a-call")
    assert things.sent() == ["GET /things/begin", READ] * 2
    assert [response.get("waitSeconds") for response in responses] == [0, 60, 60, None]


@pytest.mark.parametrize("status", [400, 401, 404, 418])
def test_failures_of_called_workflows_say_which_request(play, things, status):
    things.on(READ, {"status": status, "json": {"message": "no such thing"}})
    last = play.end(CORNERS, "inherited-inputs")
    assert (last["status"], last["error"]["statusCode"]) == ("FAILED", status)
    assert last["error"]["stepId"] == "get" and last["error"]["workflowId"] == "read"
    assert last["lastStep"]["statusCode"] == status


def test_going_forward_over_workflows_does_not_wait(play, things):
    """waitSeconds is 0 for a forward transition: none of these steps ran before."""
    responses = play.run(CORNERS, "chain-a")
    assert things.sent() == ["GET /things/chain-a", "POST /things", "PATCH /things/chain-c"]
    assert [response.get("waitSeconds") for response in responses] == [0, 0, None]


@pytest.mark.parametrize("workflow, sent", [("chain-a", ["GET /things/chain-a", "POST /things", "PATCH /things/chain-c"]),
                                            ("chain-b", ["POST /things", "PATCH /things/chain-c"])])
def test_a_failed_post_may_be_followed_by_something_else(play, things, workflow, sent):
    """The author's failure action leads elsewhere: nothing is sent twice by it, wherever the run came from."""
    things.answers("makeThing", {"status": 503})
    last = play.end(CORNERS, workflow)
    assert (last["status"], things.sent()) == ("SUCCEEDED", sent)
