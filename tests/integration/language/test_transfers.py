"""Actions: to another workflow for good, to one and back before a retry, first match, the step's before the workflow's; and
the parameters that a workflow gives to all its steps."""

import pytest

TRANSFERS = "transfers"
ONLY_1_1 = pytest.mark.parametrize("version", ["1.1.0"])


# ---- goto a workflow ----

def test_goto_is_one_way(play, things):
    """Every name that the first workflow declares is there, and over them those of the last."""
    things.on("GET /things/a", {"json": {"name": "A"}})
    things.on("GET /things/finish", {"json": {"name": "F"}})
    responses = play.run(TRANSFERS, "goto-on-success")
    assert things.sent() == ["GET /things/a", "GET /things/finish"]
    assert responses[-1]["outputs"] == {"first": "A", "name": "F", "never": None, "last": "F"}
    assert [response["workflowId"] for response in responses] == ["goto-on-success"] * 2
    assert (responses[0]["lastStep"]["action"], responses[0]["nextStepId"]) == ("goto", "get")


@pytest.mark.parametrize("status, sent, end", [
    (404, ["GET /things/a", "GET /things/finish"], "SUCCEEDED"), (409, ["GET /things/a"], "FAILED")])
def test_goto_on_failure(play, things, status, sent, end):
    things.on("GET /things/a", {"status": status})
    things.on("GET /things/finish", {"json": {"name": "F"}})
    last = play.end(TRANSFERS, "goto-on-failure")
    assert (last["status"], things.sent()) == (end, sent)
    assert last["outputs"] == ({"first": None, "last": "F", "name": "F"} if end == "SUCCEEDED" else {"first": None})


def test_goto_that_fails_fails_the_run(play, things):
    things.on("GET /things/finish", {"status": 400})
    last = play.end(TRANSFERS, "goto-on-success")
    assert (last["status"], last["error"]["name"], last["error"]["statusCode"]) == ("FAILED", "Arazzo.StepFailed", 400)


def test_goto_within_a_called_workflow(play, things):
    """The step that ran the first gets the outputs of both, and its workflow goes on."""
    things.on("GET /things/a", {"json": {"name": "A"}})
    things.on("GET /things/finish", {"json": {"name": "F"}})
    last = play.end(TRANSFERS, "call-goto")
    assert things.sent() == ["GET /things/a", "GET /things/finish", "PUT /things/after"]
    assert things.calls[2].body == {"first": "A", "last": "F", "name": "F"}
    assert last["outputs"] == {"last": "F"}


def test_going_to_workflows_never_becomes_deep(play, things):
    things.on("GET /things/ping", *[{"json": {"done": False}}] * 20, {"json": {"done": True}})
    assert play.end(TRANSFERS, "ping")["status"] == "SUCCEEDED"
    assert things.sent() == ["GET /things/ping", "GET /things/pong"] * 20 + ["GET /things/ping"]


@ONLY_1_1
@pytest.mark.parametrize("answer, target", [
    ({"json": {"next": "b"}}, "GET /things/b?tag=shared"), ({"status": 404}, "GET /things/after-404?tag=mended")],
    ids=["success", "failure"])
def test_goto_with_parameters(play, things, answer, target):
    things.on("GET /things/a", answer)
    things.on(target.partition("?")[0], {"json": {"name": "F"}})
    last = play.end("transfers-1.1", "goto")
    assert things.sent() == ["GET /things/a", target]
    assert last["outputs"] == {"first": answer.get("json", {}).get("next"), "last": "F"}


@ONLY_1_1
def test_goto_with_inputs_that_do_not_suit(play, things):
    things.on("GET /things/a", {"json": {"next": None}})
    last = play.end("transfers-1.1", "goto")
    assert (last["status"], last["error"]["name"]) == ("FAILED", "Arazzo.StepFailed")
    assert "id" in last["error"]["message"]
    assert things.sent() == ["GET /things/a"]


# ---- retry with a detour ----

def test_retry_runs_a_workflow_first(play, things):
    things.on("GET /things/a", {"status": 401}, {"json": {"name": "A"}})
    things.on("PUT /things/token", {"json": {"token": "t1"}})
    responses = play.run(TRANSFERS, "retry-with-workflow")
    assert things.sent() == ["GET /things/a", "PUT /things/token", "GET /things/a", "PUT /things/after"]
    assert [call.header.get("X-Tag") for call in things.calls if call.operation == "getThing"] == [None, "t1"]
    assert responses[-1]["outputs"] == {"name": "A"}
    # The detour at once, the step again after retryAfter.
    assert [response.get("waitSeconds") for response in responses] == [0, 5, 0, None]
    assert (responses[0]["lastStep"]["action"], responses[1]["nextStepId"]) == ("retry", "get")


def test_retries_with_a_detour_are_limited_and_then_the_next_action_decides(play, things):
    """The retryLimit MUST be exhausted prior to executing subsequent failure actions."""
    things.on("GET /things/a", {"status": 401})
    last = play.end(TRANSFERS, "retry-with-workflow")
    assert things.sent() == ["GET /things/a"] + ["PUT /things/token", "GET /things/a"] * 2
    assert (last["status"], last["outputs"]) == ("SUCCEEDED", {"name": None})


def test_retry_after_header_counts_for_detours(play, things):
    things.on("GET /things/a", {"status": 401, "headers": {"Retry-After": "9"}}, {"json": {}})
    responses = play.run(TRANSFERS, "retry-with-workflow")
    assert [response.get("waitSeconds") for response in responses][:2] == [0, 9]


def test_a_detour_that_fails_fails_the_step(play, things):
    things.on("GET /things/a", {"status": 401})
    things.on("PUT /things/token", {"status": 400})
    last = play.end(TRANSFERS, "retry-with-workflow")
    assert (last["status"], last["error"]["name"]) == ("FAILED", "Arazzo.StepFailed")
    assert things.sent() == ["GET /things/a", "PUT /things/token"]


def test_without_a_limit_there_is_one_retry(play, things):
    """If not specified then a single retry SHALL be attempted."""
    things.on("GET /things/a", {"status": 401})
    assert play.end(TRANSFERS, "retry-once")["status"] == "FAILED"
    assert things.sent() == ["GET /things/a", "PUT /things/token", "GET /things/a"]


def test_retry_runs_a_step_first(play, things):
    """That one step alone: its outputs count, its actions lead nowhere."""
    things.on("PUT /things/login", {"json": {"token": "first"}}, {"json": {"token": "second"}})
    things.on("GET /things/a", {"status": 401}, {"json": {"name": "A"}})
    responses = play.run(TRANSFERS, "retry-with-step")
    assert things.sent() == ["PUT /things/login", "GET /things/between", "GET /things/a", "PUT /things/login", "GET /things/a"]
    assert [call.header.get("X-Tag") for call in things.calls][2::2] == ["first", "second"]
    assert responses[-1]["outputs"] == {"name": "A", "token": "second"}
    assert [response.get("waitSeconds") for response in responses] == [0, 0, 0, 1, None]


def test_a_step_as_detour_that_fails(play, things):
    things.on("PUT /things/login", {"json": {"token": "first"}}, {"status": 403})
    things.on("GET /things/a", {"status": 401})
    last = play.end(TRANSFERS, "retry-with-step")
    assert (last["status"], last["error"]["name"]) == ("FAILED", "Arazzo.StepFailed")
    assert things.sent()[3:] == ["PUT /things/login"]


def test_retry_within_a_called_workflow(play, things):
    things.on("GET /things/a", {"status": 401}, {"json": {}})
    assert play.end(TRANSFERS, "call-retry")["status"] == "SUCCEEDED"
    assert things.sent() == ["GET /things/a", "PUT /things/token", "GET /things/a", "PUT /things/after"]


@ONLY_1_1
def test_detour_with_parameters(play, things):
    """They are evaluated each time."""
    things.on("GET /things/a", {"status": 401, "json": {"why": "old"}}, {"status": 401, "json": {"why": "older"}}, {"json": {}})
    assert play.end("transfers-1.1", "retry")["status"] == "SUCCEEDED"
    assert [call.body for call in things.calls if call.operation == "putThing"] == [{"why": "old"}, {"why": "older"}]


# ---- which action ----

# What the step is answered; where it leads by the actions of the step and of the workflow.
ACTIONS = {
    "step-before-workflow": ("actions", {"json": {"best": True}}, "best"),
    "workflow-where-the-steps-do-not-apply": ("actions", {"json": {"best": False}}, "good"),
    "failure-step-before-workflow": ("actions", {"status": 409}, "worst"),
    "failure-workflow": ("actions", {"status": 404}, "bad"),
    "same-name": ("overridden", {"json": {"special": True}}, "special"),
    "same-name-replaces": ("overridden", {"json": {"special": False}}, "next"),
    "failure-same-name": ("overridden", {"status": 409}, "special"),
    "failure-same-name-replaces": ("overridden", {"status": 404}, None),
    "first-of-two": ("first-match", {"json": {"n": 2}}, "one"),
    "all-criteria": ("first-match", {"json": {"n": 0, "m": 0}}, "both"),
    "one-criterion-of-two": ("first-match", {"json": {"n": 0, "m": 1}}, ""),
}


@pytest.mark.parametrize("workflow, answer, target", ACTIONS.values(), ids=ACTIONS.keys())
def test_which_action_is_taken(play, things, workflow, answer, target):
    things.on("GET /things/a", answer)
    last = play.end(TRANSFERS, workflow)
    assert last["status"] == ("FAILED" if target is None else "SUCCEEDED")
    assert things.sent()[1:] == ([f"PATCH /things/{target}"] if target else [])


# ---- parameters of the workflow ----

def test_parameters_are_inherited_and_overridden_by_name_and_place(play, things):
    assert play.end(TRANSFERS, "inherited")["status"] == "SUCCEEDED"
    assert [(call.path["id"], call.query.get("tag"), call.header.get("X-Tag")) for call in things.calls] == [
        ("a", "from-workflow", "from-workflow"), ("b", "from-step", "from-reference"),
        ("c", "from-workflow", "from-components")]
