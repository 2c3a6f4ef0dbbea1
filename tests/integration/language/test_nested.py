"""Steps that run a workflow: inputs, outputs, what $statusCode and $response are behind them, failure, depth, recursion."""

import pytest

from contract import check_refusal

NESTED = "nested"


def requests_of(things):
    return [f"{call.method} {call.request.target}" for call in things.calls]


# ---- inputs and outputs ----

def test_parameters_are_the_inputs(play, things):
    things.answers("getThing", {"json": {"name": "lamp"}})
    last = play.end(NESTED, "call", {"id": "a b"})
    assert requests_of(things) == ["GET /things/a%20b?tag=plain&count=3", "PUT /things/copy"]
    assert things.calls[1].body == {"name": "lamp", "of": "a b"}
    assert (last["status"], last["workflowId"], last["outputs"]) == ("SUCCEEDED", "call", {"name": "lamp", "id": "a b"})


def test_the_same_at_the_terminal(play, things):
    things.answers("getThing", {"json": {"name": "lamp"}})
    assert play.command(NESTED, "call", {"id": "a"})["outputs"] == {"name": "lamp", "id": "a"}
    assert things.sent() == ["GET /things/a?tag=plain&count=3", "PUT /things/copy"]


@pytest.mark.parametrize("inputs, query", [({"id": "a", "tag": "t"}, "tag=t&count=7"), ({"id": "a"}, "tag=plain&count=7")],
                         ids=["given", "absent-is-the-default"])
def test_a_parameter_comes_before_a_default(play, things, inputs, query):
    assert play.end(NESTED, "call-with-all", inputs)["outputs"] == {"id": "x-a"}
    assert things.sent() == [f"GET /things/x-a?{query}"]


UNSUITABLE = {"missing": ({}, "id"), "wrong-type": ({"id": 7}, "id"), "null": ({"id": None}, "id")}


@pytest.mark.parametrize("inputs, part", UNSUITABLE.values(), ids=UNSUITABLE.keys())
def test_inputs_that_do_not_suit_the_called_workflow(play, things, inputs, part):
    last = play.end(NESTED, "call", inputs)
    assert (last["status"], last["error"]["name"]) == ("FAILED", "Arazzo.StepFailed")
    assert part in last["error"]["message"] and "read-one" in last["error"]["message"]
    assert last["outputs"] == {"name": None, "id": None}
    assert things.sent() == []


def test_each_call_has_its_own_inputs_and_outputs(play, things):
    things.on("GET /things/a", {"json": {"name": "A"}})
    things.on("GET /things/b", {"json": {"name": "B"}})
    assert play.end(NESTED, "call-twice")["outputs"] == {"one": "A", "two": "B", "last": "B"}


def test_workflows_expressions(play, things):
    things.answers("getThing", {"json": {"name": "lamp"}})
    last = play.end(NESTED, "read-workflows", {"id": "a"})
    assert things.calls[1].body == {"name": "lamp", "id": "a", "tag": "plain"}
    assert last["outputs"] == {"name": "lamp", "tag": "plain"}


def test_response_of_the_last_request(play, things):
    things.answers("getThing", {"json": {"state": "good"}, "headers": {"X-Tag": "t"}})
    last = play.end(NESTED, "last-request")
    assert last["outputs"] == {"status": 200, "state": "good", "tag": "t", "method": "GET"}


def test_criteria_behind_a_workflow(play, things):
    things.answers("getThing", {"json": {"state": "bad"}})
    last = play.end(NESTED, "last-request")
    assert (last["status"], last["error"]["name"]) == ("FAILED", "Arazzo.StepFailed")


@pytest.mark.parametrize("name, sent", [("good", 1), ("bad", 2), (None, 2)], ids=["good", "bad", "null"])
def test_criteria_read_the_outputs(play, things, name, sent):
    things.answers("getThing", {"json": {"name": name}})
    assert play.end(NESTED, "judge-outputs")["status"] == "SUCCEEDED"
    assert len(things.sent()) == sent


# ---- the end of a called workflow ----

def test_a_workflow_that_ends_by_its_rules_has_succeeded(play, things):
    things.answers("getThing", {"status": 404})
    assert play.end(NESTED, "call-forgiving")["status"] == "SUCCEEDED"
    assert things.sent() == ["GET /things/a", "PUT /things/after"]


def test_end_ends_the_called_workflow_alone(play, things):
    things.answers("getThing", {"json": {"name": "lamp"}})
    last = play.end(NESTED, "call-ends-early")
    assert things.sent() == ["GET /things/early", "PUT /things/after"]
    assert last["outputs"] == {"name": "lamp", "never": None}


# What the called workflow's request is answered; the requests; status of the run.
FAILURES = {
    "first-action": ({"status": 404}, ["GET /things/a", "PUT /things/a"], "SUCCEEDED"),
    "second-action": ({"status": 409, "json": {"why": "locked"}}, ["GET /things/a"], "SUCCEEDED"),
    "no-action": ({"status": 409, "json": {"why": "other"}}, ["GET /things/a"], "FAILED"),
    "success": ({"json": {}}, ["GET /things/a"], "SUCCEEDED"),
}


@pytest.mark.parametrize("answer, sent, status", FAILURES.values(), ids=FAILURES.keys())
def test_failure_of_the_called_workflow_is_the_steps(play, things, answer, sent, status):
    things.answers("getThing", answer)
    last = play.end(NESTED, "on-failure")
    assert last["status"] == status
    assert [target.partition("?")[0] for target in things.sent()] == sent
    if status == "FAILED":
        assert (last["error"]["name"], last["error"]["statusCode"]) == ("Arazzo.StepFailed", 409)


def test_retry_runs_the_called_workflow_from_its_begin(play, things):
    things.on("GET /things/two", {"status": 404}, {"status": 404}, {"json": {}})
    responses = play.run(NESTED, "again")
    assert responses[-1]["status"] == "SUCCEEDED"
    assert things.sent() == ["GET /things/one", "GET /things/two"] * 3
    assert [response.get("waitSeconds") for response in responses] == [0, 4, 0, 4, 0, None]


def test_retry_of_a_called_workflow_is_limited(play, things):
    things.on("GET /things/two", {"status": 404})
    last = play.end(NESTED, "again")
    assert (last["status"], last["error"]["name"]) == ("FAILED", "Arazzo.StepFailed")
    assert things.sent() == ["GET /things/one", "GET /things/two"] * 3


def test_a_called_workflow_that_is_polled(play, things):
    """Going back to a step that ran before waits for ARAZZO_POLL_SECONDS, whether it sends a request or runs a workflow."""
    things.answers("getThing", *({"json": {"name": name}} for name in ("busy", "busy", "done")))
    responses = play.run(NESTED, "poll-by-call")
    assert [response.get("waitSeconds") for response in responses] == [60, 60, None]
    assert responses[-1]["outputs"] == {"name": "done"}


def test_outputs_of_a_called_workflow_that_are_too_large(play, things):
    """The run ends, and says so; nothing is sent that would have used them."""
    things.answers("getThing", {"json": {"name": "x" * 300000}})
    result = play.function(NESTED).run({"workflowId": "call", "inputs": {"id": "a"}})[-1]
    assert (result.payload["status"], result.payload["error"]["name"]) == ("FAILED", "Arazzo.StateTooLarge")
    assert len(result.raw) <= 262144
    assert things.sent() == ["GET /things/a?tag=plain&count=3"]


# ---- depth ----

def test_three_levels(play, things):
    things.on("PUT /things/before-top", {"json": {"mark": "m1"}})
    things.answers("getThing", {"json": {"name": "lamp"}})
    responses = play.run(NESTED, "top", {"id": "1"})
    assert things.sent() == ["PUT /things/before-top", "PUT /things/before-middle", "GET /things/r-m-1?tag=plain&count=3",
                             "PUT /things/after-middle", "PUT /things/after-top"]
    assert [call.body for call in things.calls] == [{"id": "1"}, {"id": "m-1"}, None, {"name": "lamp", "mark": "m1"},
                                                    {"name": "lamp", "id": "1"}]
    assert responses[-1]["outputs"] == {"name": "lamp", "mark": "m1", "id": "1"}
    assert {response["workflowId"] for response in responses} == {"top"}


def test_each_response_says_where_the_run_is(play, things):
    """Step ids are those of their own workflow; which one is said where it is not the run's. An invocation goes down to a
    request and up again: before the first request of a called workflow, the step that runs it is next."""
    responses = play.run(NESTED, "top", {"id": "1"})
    done = [(response["lastStep"].get("workflowId"), response["lastStep"]["stepId"]) for response in responses]
    coming = [(response.get("nextWorkflowId"), response.get("nextStepId")) for response in responses]
    assert done == [(None, "before"), ("middle", "before"), ("read-one", "get"), ("middle", "after"), (None, "after")]
    assert coming == [(None, "child"), ("middle", "child"), ("middle", "after"), (None, "after"), (None, None)]


def chain(things, length):
    for index in range(length):
        last = index == length - 1
        things.on(f"GET /things/{index}", {"json": {"name": f"n{index}", "next": None if last else str(index + 1)}})
        things.on(f"PUT /things/{index}", lambda call: {"json": {"end": (call.body or {}).get("end") or "bottom"}})


@pytest.mark.parametrize("length", [1, 2, 5])
def test_recursion_that_ends(play, things, length):
    chain(things, length)
    last = play.end(NESTED, "walk", {"id": "0"})
    down = [f"GET /things/{index}" for index in range(length)]
    up = [f"PUT /things/{index}" for index in reversed(range(length - 1))]
    assert things.sent() == down + up
    assert last["outputs"] == {"name": "n0", "end": "bottom" if length > 1 else None}


def test_recursion_that_is_too_deep(play, things):
    """The depth is bounded at run time (LIMIT_WORKFLOW_DEPTH): nothing is sent beyond, nothing on the way back."""
    chain(things, 40)
    last = play.end(NESTED, "walk", {"id": "0"})
    assert (last["status"], last["error"]["name"]) == ("FAILED", "Arazzo.GuardExceeded")
    assert "16" in last["error"]["message"]
    assert things.sent() == [f"GET /things/{index}" for index in range(16)]


def test_the_deepest_that_is_allowed(play, things):
    chain(things, 16)
    assert play.end(NESTED, "walk", {"id": "0"})["outputs"]["end"] == "bottom"


# ---- tokens ----

def test_token_of_a_called_workflow_is_the_runs(play, things):
    """Nobody gives it: it is derived from the run, so that a redelivered event makes no second thing."""
    things.answers("makeThing", {"json": {"id": "7"}})
    things.answers("getThing", {"json": {"name": "lamp"}})
    for _ in range(2):
        assert play.end(NESTED, "call-make", runId="night-1")["outputs"] == {"id": "7", "name": "lamp"}
    tokens = [call.body["clientToken"] for call in things.calls if call.operation == "makeThing"]
    assert len(tokens) == 2 and len(set(tokens)) == 1 and tokens[0]


def test_workflow_that_does_not_exist(play, things):
    check_refusal(play.function(NESTED).invoke({"workflowId": "nobody", "inputs": {}}), "Arazzo.InvalidEvent", "nobody")
    assert things.sent() == []
