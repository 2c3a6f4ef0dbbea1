"""dependsOn of workflows and of steps, and outputs that are read before and after they are there."""

import pytest

from contract import check_refusal

ONLY_1_1 = pytest.mark.parametrize("version", ["1.1.0"])
FIRST, SECOND = "GET /things/f?tag=plain", "GET /things/second"


# ---- of workflows ----

def test_in_order_and_once_only(play, things):
    """`second` depends on `first` itself: that is run for it, and not again for `main`."""
    things.on("GET /things/f", {"json": {"name": "F"}})
    things.on("GET /things/second", {"json": {"name": "S"}})
    last = play.end("depends", "main")
    assert things.sent() == [FIRST, SECOND, "PUT /things/main"]
    assert things.calls[2].body == {"first": "F", "second": "S"}
    assert last["outputs"] == {"first": "F", "second": "S"}


def test_inputs_are_those_that_the_workflow_declares(play, things):
    play.end("depends", "main", {"id": "x", "secret": "not-for-others"})
    assert things.sent()[0] == "GET /things/x?tag=plain"
    assert "X-Tag" not in things.calls[0].header


def test_inputs_that_do_not_suit_are_refused_before_the_first_request(play, things):
    check_refusal(play.function("depends").invoke({"workflowId": "main", "inputs": {"id": 7}}), "Arazzo.InvalidInput", "id",
                  "first")
    assert things.sent() == []


@pytest.mark.parametrize("target, sent", [("GET /things/f", [FIRST]), ("GET /things/second", [FIRST, SECOND])])
def test_one_that_fails_fails_the_workflow(play, things, target, sent):
    things.on(target, {"status": 400})
    last = play.end("depends", "main")
    assert (last["status"], last["error"]["name"]) == ("FAILED", "Arazzo.StepFailed")
    assert last["outputs"]["second"] is None
    assert things.sent() == sent


def test_of_a_called_workflow(play, things):
    assert play.end("depends", "call-both")["status"] == "SUCCEEDED"
    assert things.sent() == [FIRST, SECOND, SECOND]


def test_of_a_workflow_that_is_gone_to(play, things):
    assert play.end("depends", "goto-second")["status"] == "SUCCEEDED"
    assert things.sent() == ["GET /things/begin", FIRST, SECOND]


def test_of_a_detour(play, things):
    things.on("GET /things/begin", {"status": 409}, {"json": {}})
    assert play.end("depends", "detour-to-second")["status"] == "SUCCEEDED"
    assert things.sent() == ["GET /things/begin", FIRST, SECOND, "GET /things/begin"]


def test_dependencies_are_steps_of_the_run(play, things):
    responses = play.run("depends", "main")
    assert [response["lastStep"].get("workflowId") for response in responses] == ["first", "second", None]
    assert {response["workflowId"] for response in responses} == {"main"}


# ---- of steps ----

ORDERS = {
    "backwards": ["PATCH /things/a", "PATCH /things/b", "PATCH /things/c"],
    "as-listed-where-it-can-be": ["PATCH /things/x", "PATCH /things/a", "PATCH /things/c", "PATCH /things/y"],
    "several": ["PATCH /things/b", "PATCH /things/a", "PATCH /things/last"],
    "implicit": ["GET /things/read", "PUT /things/use", "PATCH /things/end"],
    "on-a-workflow-step": ["PATCH /things/child", "PATCH /things/after"],
    "on-a-step-of-another-workflow": ["PATCH /things/child", "PATCH /things/after"],
}


@ONLY_1_1
@pytest.mark.parametrize("workflow, sent", ORDERS.items(), ids=ORDERS.keys())
def test_order_of_steps(play, things, workflow, sent):
    things.answers("getThing", {"json": {"name": "N"}})
    assert play.end("depends-1.1", workflow)["status"] == "SUCCEEDED"
    assert things.sent() == sent
    if workflow == "implicit":
        assert things.calls[1].body == {"name": "N"}


@ONLY_1_1
@pytest.mark.parametrize("workflow, sent, part", [("jumped-over", ["PATCH /things/a"], "b"),
                                                  ("on-a-step-that-nobody-runs", [], "child")])
def test_a_step_whose_dependency_was_not_completed(play, things, workflow, sent, part):
    """It MUST be completed before, and dependsOn does not trigger it."""
    last = play.end("depends-1.1", workflow)
    assert (last["status"], last["error"]["name"]) == ("FAILED", "Arazzo.StepFailed")
    assert part in last["error"]["message"] and "depends" in last["error"]["message"]
    assert things.sent() == sent


@ONLY_1_1
def test_what_was_completed_stays_completed(play, things):
    things.on("GET /things/c", {"json": {"again": True}}, {"json": {"again": False}})
    assert play.end("depends-1.1", "jumped-back")["status"] == "SUCCEEDED"
    assert things.sent() == ["PATCH /things/a", "PATCH /things/b", "GET /things/c", "PATCH /things/b", "GET /things/c"]


# ---- loops ----

def test_a_step_reads_its_own_output(play, things):
    things.on("GET /things/page", {"json": {"next": "p2"}}, {"json": {"next": "p3"}}, {"json": {}})
    assert play.end("loops", "own-output")["status"] == "SUCCEEDED"
    assert [call.query for call in things.calls] == [{}, {"tag": "p2"}, {"tag": "p3"}]


def test_a_step_reads_the_output_of_a_later_one(play, things):
    things.on("GET /things/look", *({"json": {"mark": n}} for n in (1, 2, 3)))
    last = play.end("loops", "later-output")
    assert [call.query for call in things.calls[::2]] == [{}, {"tag": "1"}, {"tag": "2"}]
    assert last["outputs"] == {"mark": 3}
