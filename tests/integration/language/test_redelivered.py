"""Every event of a run delivered twice, wherever workflows call, go to, depend on or detour over others: each answer is the same,
each request is repeated once, and the run ends as if nothing had been doubled."""

import json

import pytest

from contract import check_response

SAME = ("status", "runId", "workflowId", "nextStepId", "nextWorkflowId", "waitSeconds", "outputs")
LAMP = {"json": {"name": "lamp", "state": "good"}}
NOT_FOUND, DENIED, OK = {"status": 404}, {"status": 401}, {"json": {}}

# Document, workflow, inputs, the answers of some targets.
RUNS = {
    "three-levels": ("nested", "top", {"id": "1"}, {"PUT /things/before-top": [{"json": {"mark": "m"}}]}),
    "called-twice": ("nested", "call-twice", {}, {"GET /things/a": [LAMP]}),
    "called-again": ("nested", "again", {}, {"GET /things/two": [NOT_FOUND, NOT_FOUND, OK]}),
    "called-and-failed": ("nested", "on-failure", {}, {"GET /things/a": [NOT_FOUND]}),
    "recursion": ("nested", "walk", {"id": "0"},
                  {"GET /things/0": [{"json": {"next": "1"}}], "GET /things/1": [{"json": {"next": "2"}}]}),
    "goto": ("transfers", "goto-on-success", {}, {"GET /things/a": [LAMP]}),
    "goto-in-a-call": ("transfers", "call-goto", {}, {"GET /things/finish": [LAMP]}),
    "goto-after-failure": ("transfers", "goto-on-failure", {}, {"GET /things/a": [NOT_FOUND]}),
    "detour": ("transfers", "retry-with-workflow", {},
               {"GET /things/a": [DENIED, LAMP], "PUT /things/token": [{"json": {"token": "t"}}]}),
    "detour-used-up": ("transfers", "retry-with-workflow", {}, {"GET /things/a": [DENIED]}),
    "detour-that-fails": ("transfers", "retry-with-workflow", {},
                          {"GET /things/a": [DENIED], "PUT /things/token": [{"status": 400}]}),
    "detour-over-a-step": ("transfers", "retry-with-step", {}, {
        "GET /things/a": [DENIED, LAMP], "PUT /things/login": [{"json": {"token": "first"}}, {"json": {"token": "second"}}]}),
    "detour-in-a-call": ("transfers", "call-retry", {}, {"GET /things/a": [DENIED, OK]}),
    "depends": ("depends", "main", {"id": "x"}, {"GET /things/x": [LAMP]}),
    "depends-in-a-call": ("depends", "call-both", {}, {}),
    "depends-in-a-detour": ("depends", "detour-to-second", {}, {"GET /things/begin": [{"status": 409}, OK]}),
}


def run(play, things, document, workflow, inputs, answers, deliveries):
    """The responses that were gone on with; each event is delivered so many times, and the last answer counts."""
    for target, listed in answers.items():
        things.on(target, *(answer for answer in listed for _ in range(deliveries)))
    event, responses = {"workflowId": workflow, "inputs": inputs, "runId": "run-1"}, []
    while not responses or responses[-1]["status"] == "RUNNING":
        got = [play.step(document, event) for _ in range(deliveries)]
        for each in got:
            assert [each.get(name) for name in SAME] == [got[0].get(name) for name in SAME]
        responses.append(got[-1])
        event = got[-1]
    return responses


@pytest.mark.parametrize("document, workflow, inputs, answers", RUNS.values(), ids=RUNS.keys())
def test_every_event_twice(play, things, document, workflow, inputs, answers):
    once = run(play, things, document, workflow, inputs, answers, 1)
    sent = things.sent()
    del things.requests[:], things.calls[:]
    twice = run(play, things, document, workflow, inputs, answers, 2)
    assert things.sent() == [target for target in sent for _ in range(2)]
    assert [[each.get(name) for name in SAME] for each in twice] == [[each.get(name) for name in SAME] for each in once]


@pytest.mark.parametrize("document, workflow, inputs, answers", RUNS.values(), ids=RUNS.keys())
def test_step_by_step_at_the_terminal(play, arazzo, things, document, workflow, inputs, answers):
    """`arazzo step` is the same function: a process for each event."""
    expected = run(play, things, document, workflow, inputs, answers, 1)
    sent = things.sent()
    del things.requests[:], things.calls[:]
    for target, listed in answers.items():
        things.on(target, *listed)
    response = {"workflowId": workflow, "inputs": inputs, "runId": "run-1"}
    while response.get("status", "RUNNING") == "RUNNING":
        done = arazzo("step", play.folder / f"{document}.arazzo.yaml", stdin=json.dumps(response))
        assert done.stdout, done.stderr
        response = check_response(done.json)
    assert things.sent() == sent
    assert [response.get(name) for name in SAME] == [expected[-1].get(name) for name in SAME]
