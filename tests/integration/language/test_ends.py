"""What happens over the ends of workflows: no DELETE that nobody decided, nothing twice, nothing lost."""

import pytest

ENDS = "ends"
LOOKED, GONE, TOLD = "GET /things/a", "DELETE /things/a", "PATCH /things/tell"


def states(things, *seen):
    things.on(LOOKED, *({"json": {"state": state} if state else {}} for state in seen))


# ---- an answer that says nothing leads to no DELETE ----

CHECKS = ["remove-where-the-check-fails", "remove-where-the-check-below-fails", "remove-where-no-action-helps"]


@pytest.mark.parametrize("workflow", CHECKS)
def test_the_failure_of_a_called_workflow_leads_to_a_delete(play, things, workflow):
    states(things, "bad")
    play.end(ENDS, workflow)
    assert things.sent()[:2] == [LOOKED, GONE]


@pytest.mark.parametrize("workflow", CHECKS)
def test_an_answer_without_a_state_does_not(play, things, workflow):
    """Taken with absent values as unknown, the criterion does not fail: the step is kept, then the run ends."""
    states(things, None)
    last = play.end(ENDS, workflow)
    assert (last["status"], last["error"]["name"]) == ("FAILED", "Arazzo.StepFailed")
    assert set(things.sent()) == {LOOKED} and len(things.sent()) == 11


@pytest.mark.parametrize("workflow", CHECKS)
def test_an_answer_without_a_state_ends_nothing(play, things, workflow):
    states(things, None, "bad")
    play.end(ENDS, workflow)
    assert things.sent()[:3] == [LOOKED, LOOKED, GONE]


@pytest.mark.parametrize("workflow", CHECKS)
def test_answers_that_can_not_be_read_do_not(play, things, workflow):
    things.on(LOOKED, {"body": '{"state": "ba'})
    last = play.end(ENDS, workflow)
    assert last["status"] == "FAILED"
    assert set(things.sent()) == {LOOKED}


def test_a_failure_that_leads_to_no_delete_is_taken_at_once(play, things):
    states(things, None)
    assert play.end(ENDS, "tell-where-the-check-fails")["status"] == "SUCCEEDED"
    assert things.sent() == [LOOKED, TOLD]


OUTPUTS = {"remove-by-outputs": [LOOKED], "remove-by-outputs-of-workflows": [LOOKED, TOLD]}


@pytest.mark.parametrize("state", ["bad", None, "good"])
@pytest.mark.parametrize("workflow, sent", OUTPUTS.items(), ids=OUTPUTS.keys())
def test_outputs_without_a_value_lead_to_no_delete(play, things, workflow, sent, state):
    states(things, state)
    last = play.end(ENDS, workflow)
    assert last["status"] == ("SUCCEEDED" if state else "FAILED")
    assert list(dict.fromkeys(things.sent())) == sent + [GONE] * (state == "bad")


def test_a_transfer_whose_end_leads_to_a_delete(play, things):
    states(things, "bad")
    assert play.end(ENDS, "transfer-then-delete")["status"] == "SUCCEEDED"
    assert things.sent() == [LOOKED, TOLD, GONE]


def test_a_transfer_that_nothing_decided(play, things):
    states(things, None)
    assert play.end(ENDS, "transfer-then-delete")["status"] == "FAILED"
    assert set(things.sent()) == {LOOKED}


# ---- the list alone leads to no DELETE ----

@pytest.mark.parametrize("state, sent, status", [("bad", [LOOKED, GONE, TOLD], "SUCCEEDED"), ("good", [LOOKED], "FAILED")])
def test_dependencies_that_are_run_one_behind_the_other(play, things, state, sent, status):
    states(things, state)
    last = play.end(ENDS, "look-then-remove")
    assert (things.sent(), last["status"]) == (sent, status)


def test_a_detour_leads_to_nothing_behind_it(play, things):
    states(things, "good")
    things.on("GET /things/b", {"status": 409}, {"json": {}})
    last = play.end(ENDS, "detour-before-a-delete")
    assert (things.sent(), last["status"]) == (["GET /things/b", LOOKED, "GET /things/b"], "SUCCEEDED")


# ---- deliveries ----

def test_a_delete_that_was_done_before_with_criteria_of_the_caller(play, things):
    things.on(GONE, {"status": 404})
    last = play.step(ENDS, {"workflowId": "remove-with-criteria", "inputs": {}, "delivery": {"retryCount": 1}})
    assert (last["status"], things.sent()) == ("SUCCEEDED", [GONE])


FIRST = {"delivery": {"retryCount": 0}}


def test_a_workflow_that_goes_to_itself_sends_no_post_twice(play, things):
    things.answers("makeThing", {"reset": True}, {"json": {}})
    last = play.end(ENDS, "post-around")
    assert (last["status"], last["error"]["name"]) == ("FAILED", "Arazzo.AmbiguousOutcome")
    assert len(things.sent()) == 1


@pytest.mark.parametrize("workflow", ["remove-and-retry", "remove-and-return"])
def test_a_lost_delete_that_an_action_repeats(play, things, workflow):
    """The state says that it may have been sent: what it does not find any more, it deleted."""
    things.on(GONE, {"status": 500}, {"status": 404})
    event = play.step(ENDS, {"workflowId": workflow, "inputs": {}, **FIRST})
    last = play.step(ENDS, {**event, **FIRST})
    assert (last["status"], set(things.sent())) == ("SUCCEEDED", {GONE})


# ---- transfers ----

def test_a_workflow_that_was_left_need_not_be_run_for_the_next(play, things):
    things.on("PUT /things/prepare", {"json": {"name": "lamp"}})
    last = play.end(ENDS, "prepare")
    assert things.sent() == ["PUT /things/prepare", "PUT /things/use"]
    assert (last["status"], things.calls[1].body) == ("SUCCEEDED", {"name": "lamp"})


def test_inputs_of_a_workflow_that_went_to_another(play, things):
    assert play.end(ENDS, "read-inputs-behind-a-transfer")["status"] == "SUCCEEDED"
    assert things.calls[-1].body == {"name": "lamp"}


# ---- tokens ----

MADE = {"make-and-go": 2, "make-before-and-call": 2, "depend-and-call": 2, "make-as-detour": 3}


@pytest.mark.parametrize("workflow, requests", MADE.items(), ids=MADE.keys())
def test_each_place_that_makes_something_has_its_own_token(play, things, workflow, requests):
    """The same places have the same ones, however often the run is started."""
    things.answers("makeThing", {"json": {}})
    for _ in range(2):
        play.end(ENDS, workflow, runId="night-1")
    tokens = [call.body["clientToken"] for call in things.calls]
    assert tokens[:requests] == tokens[requests:]
    assert len(tokens) == 2 * requests and len(set(tokens)) == 2
