"""The promises of the design's first section where workflows run workflows: nothing is destroyed that should live, no run is
lost or doubled."""

import copy
import hashlib
import json

import pytest

from contract import check_refusal, check_response

DOCUMENT = "promises"
INPUTS = {"name": "lamp"}
MAKE, GET, TELL, REMOVE = "POST /things", "GET /things/7", "PUT /things/news", "DELETE /things/7"
# How a build goes: the polls' answers, the requests, the outputs.
BUILDS = {
    "good": (["busy", "busy", "good"], [MAKE, GET, GET, GET, TELL], {"id": "7", "state": "good"}),
    "bad": (["busy", "bad"], [MAKE, GET, GET, REMOVE], {"id": "7", "state": "bad"}),
}


class Shop:
    """A service that makes one thing for a token, however often it is asked, and whose build goes on by being looked at."""

    def __init__(self, things, states):
        self.made, self.states = {}, states
        things.answers("makeThing", self.make)
        things.on(GET, self.look)

    def make(self, call):
        self.made.setdefault(call.body["clientToken"], str(7 + len(self.made)))
        return {"json": {"id": self.made[call.body["clientToken"]]}}

    def look(self, call):
        # The n-th poll of the run: polls of one event see the same, as they would with a build that takes its time.
        return {"json": {"state": self.states[min(self.turn, len(self.states) - 1)]}}

    turn = 0

    def step(self, play, event):
        response = play.step(DOCUMENT, event)
        self.turn += response["lastStep"]["stepId"] == "poll"
        return response

    def finish(self, play, event):
        while event.get("status", "RUNNING") == "RUNNING":
            event = self.step(play, event)
        return event


def start(**more):
    return {"workflowId": "build", "inputs": INPUTS, "runId": "night-1", **more}


@pytest.mark.parametrize("states, sent, outputs", BUILDS.values(), ids=BUILDS.keys())
def test_the_build_itself(play, things, states, sent, outputs):
    event = Shop(things, states).finish(play, start())
    assert (things.sent(), event["status"], event["outputs"]) == (sent, "SUCCEEDED", outputs)


def go(play, shop, index):
    """The event of the index-th invocation, as it arrives."""
    event = start()
    for _ in range(index):
        event = shop.step(play, event)
    return event


SAME = ("status", "runId", "workflowId", "nextStepId", "nextWorkflowId", "waitSeconds", "outputs")


@pytest.mark.parametrize("delivery", [{}, {"delivery": {"retryCount": 1}}], ids=["unknown", "repeated"])
@pytest.mark.parametrize("name, index", [(name, index) for name, (_, sent, _) in BUILDS.items() for index in range(len(sent))])
def test_delivered_twice(play, things, name, index, delivery):
    """The same answer, the same requests but the repeated one, one thing made."""
    states, sent, outputs = BUILDS[name]
    shop = Shop(things, states)
    event = {**go(play, shop, index), **delivery}
    if sent[index] == REMOVE:
        things.on(REMOVE, {"status": 204, "headers": {"Content-Type": None}}, {"status": 404})
        event = {**event, "delivery": {"retryCount": 1}}
    first = play.step(DOCUMENT, event)
    second = play.step(DOCUMENT, event)
    assert {member: first.get(member) for member in SAME} == {member: second.get(member) for member in SAME}
    shop.turn += sent[index] == GET
    second = shop.finish(play, second)
    assert (second["status"], second["outputs"]) == ("SUCCEEDED", outputs)
    assert things.sent() == sent[:index] + [sent[index]] * 2 + sent[index + 1:]
    assert len(shop.made) == 1


def kills():
    for name, (_, sent, _) in BUILDS.items():
        for index in range(len(sent)):
            for when in ("received", "answered"):
                yield pytest.param(name, index, when, id=f"{name}-{index}-{when}")


@pytest.mark.parametrize("version", ["1.0.1"])
@pytest.mark.parametrize("name, index, when", kills())
def test_killed_and_delivered_again(play, things, name, index, when):
    """Killed with the request in the service, or with the answer on its way to Lambda; then the event comes once more."""
    states, sent, outputs = BUILDS[name]
    shop = Shop(things, states)
    aws = play.function(DOCUMENT)
    event = go(play, shop, index)
    if when == "received":
        kill_at(things, sent[index], aws)
    else:
        aws.fault("Response", "kill", when="before")
    killed = aws.invoke(event)
    assert killed.function_error, killed.payload
    event = check_response(aws.invoke({**event, "delivery": {"retryCount": 1}}).payload)
    shop.turn += sent[index] == GET
    event = shop.finish(play, event)
    assert (event["status"], event["outputs"]) == ("SUCCEEDED", outputs)
    assert things.sent() == sent[:index] + [sent[index]] * 2 + sent[index + 1:]
    assert len(shop.made) == 1


@pytest.mark.parametrize("name", BUILDS)
def test_each_step_in_a_new_process(play, things, name):
    """Nothing but the event carries a run: the function is killed after each of its answers."""
    states, sent, outputs = BUILDS[name]
    shop, event = Shop(things, states), start()
    while event.get("status", "RUNNING") == "RUNNING":
        event = shop.step(play, event)
        play.function(DOCUMENT).kill()
    assert (things.sent(), event["status"], event["outputs"]) == (sent, "SUCCEEDED", outputs)


def kill_at(things, target, aws):
    """The next request to a target kills the function; what it did stays done."""
    usual = {MAKE: lambda: things._answers["makeThing"], GET: lambda: things._targets[GET],
             TELL: lambda: [{"json": {}}], REMOVE: lambda: [{"status": 404}]}[target]()

    def once(call):
        things.on(target, *usual)
        answer = usual[0](call) if callable(usual[0]) else {}
        aws.kill()
        return {**answer, "reset": True}
    things.on(target, once)


# ---- nothing is destroyed that should live ----

# Workflow, the state that is seen, the requests, the run's status.
LOOKED, GONE = "GET /things/a", "DELETE /things/a"
DELETES = {
    "ended-by-the-author": ("look-then-delete", "bad", [LOOKED, GONE], "SUCCEEDED"),
    "not-by-falling-through": ("look-then-delete", "good", [LOOKED], "FAILED"),
    "not-by-falling-through-into-a-workflow": ("look-then-call-delete", "good", [LOOKED], "FAILED"),
    "ended-by-the-author-into-a-workflow": ("look-then-call-delete", "bad", [LOOKED, GONE], "SUCCEEDED"),
    "not-by-falling-through-two-ends": ("deep-look-then-delete", "good", [LOOKED], "FAILED"),
    "ended-by-the-author-two-ends": ("deep-look-then-delete", "bad", [LOOKED, GONE], "SUCCEEDED"),
    "decided-behind-the-workflow": ("decide-then-delete", "bad", [LOOKED, GONE], "SUCCEEDED"),
    "kept-behind-the-workflow": ("decide-then-delete", "good", [LOOKED], "SUCCEEDED"),
    "undecided-behind-the-workflow": ("decide-then-delete", "busy", [LOOKED], "FAILED"),
    "plain-list": ("plain-then-delete", "good", [LOOKED, GONE], "SUCCEEDED"),
    "failure-that-was-asked-for": ("delete-on-failure", 404, [LOOKED, GONE], "SUCCEEDED"),
    "failure-whatever-the-criteria": ("delete-on-failure-with-criteria", 404, [LOOKED, GONE], "SUCCEEDED"),
    "another-failure": ("delete-on-failure", 403, [LOOKED], "FAILED"),
    "no-failure": ("delete-on-failure", "good", [LOOKED], "SUCCEEDED"),
}


@pytest.mark.parametrize("workflow, seen, sent, status", DELETES.values(), ids=DELETES.keys())
def test_what_leads_to_a_delete(play, things, workflow, seen, sent, status):
    things.on(LOOKED, {"status": seen, "json": {}} if isinstance(seen, int) else {"json": {"state": seen}})
    last = play.end(DOCUMENT, workflow)
    assert (things.sent(), last["status"]) == (sent, status)


GONE_BEFORE = {
    "certainly-first": ({"delivery": {"retryCount": 0}}, [REMOVE, TELL]),
    "repeated": ({"delivery": {"retryCount": 1}}, [REMOVE]),
}


@pytest.mark.parametrize("delivery, sent", GONE_BEFORE.values(), ids=GONE_BEFORE.keys())
def test_a_called_delete_that_finds_nothing(play, things, delivery, sent):
    """On a certain first delivery the documents' rules hold, those of the caller among them; else the DELETE was done before."""
    things.on(REMOVE, {"status": 404})
    event = {"workflowId": "remove-or-tell", "inputs": {}, **delivery}
    while event.get("status", "RUNNING") == "RUNNING":
        event = play.step(DOCUMENT, event)
    assert (event["status"], things.sent()) == ("SUCCEEDED", sent)


REMOVE_BOTH = {
    "unknown": ({}, [REMOVE], "FAILED"),
    "certainly-first": ({"delivery": {"retryCount": 0}}, [REMOVE], "FAILED"),
    "repeated": ({"delivery": {"retryCount": 1}}, [REMOVE, "DELETE /things/8"], "SUCCEEDED"),
}


@pytest.mark.parametrize("delivery, sent, status", REMOVE_BOTH.values(), ids=REMOVE_BOTH.keys())
def test_a_guess_leads_to_no_other_delete_over_the_ends_of_workflows(play, things, delivery, sent, status):
    things.on(REMOVE, {"status": 404})
    event = {"workflowId": "remove-both", "inputs": {}, **delivery}
    while event.get("status", "RUNNING") == "RUNNING":
        event = play.step(DOCUMENT, event)
    assert (event["status"], things.sent()) == (status, sent)


UNCLEAR = {"throttled": {"status": 429}, "unavailable": {"status": 503}, "cut-off": {"body": '{"state": "ba'},
           "page-of-a-proxy": {"body": "<html>", "headers": {"Content-Type": "text/html"}}, "lost": {"reset": True}}


# Of `delete-on-failure` nobody reads the body: that it was cut off does not matter there, since the status says enough.
UNCLEAR_LOOKS = [pytest.param(workflow, answer, id=f"{workflow}-{name}")
                 for workflow in ("look-then-delete", "decide-then-delete", "delete-on-failure")
                 for name, answer in UNCLEAR.items() if (workflow, name) != ("delete-on-failure", "cut-off")]


@pytest.mark.parametrize("workflow, answer", UNCLEAR_LOOKS)
def test_an_unclear_answer_in_a_called_workflow_leads_nowhere(play, things, workflow, answer):
    things.on(LOOKED, answer)
    response = play.step(DOCUMENT, {"workflowId": workflow, "inputs": {}})
    assert (response["status"], response["lastStep"]["action"], response["nextStepId"]) == ("RUNNING", "wait", "get")
    # A GET whose kept-alive connection was cut may be sent once more at once, over a new one.
    assert set(things.sent()) == {LOOKED}


@pytest.mark.parametrize("answer", [UNCLEAR[name] for name in UNCLEAR if name != "lost"],
                         ids=[name for name in UNCLEAR if name != "lost"])
def test_a_throttled_poll_in_a_called_workflow_ends_nothing(play, things, answer):
    things.answers("makeThing", {"json": {"id": "7"}})
    things.on(GET, {"json": {"state": "busy"}}, answer, {"json": {"state": "good"}})
    responses = play.run(DOCUMENT, "build", INPUTS)
    assert responses[-1]["outputs"] == {"id": "7", "state": "good"}
    assert things.sent() == [MAKE, GET, GET, GET, TELL]
    assert [response.get("waitSeconds") for response in responses] == [0, 60, 60, 0, None]


def test_a_post_without_a_token_is_not_repeated_by_its_callers(play, things):
    """That it may have been applied ends the run: the retry of the step that runs the workflow does not decide."""
    things.answers("makeThing", {"reset": True}, {"json": {"id": "8"}})
    last = play.end(DOCUMENT, "call-post")
    assert (last["status"], last["error"]["name"]) == ("FAILED", "Arazzo.AmbiguousOutcome")
    assert things.sent() == [MAKE]


def test_a_repeated_delivery_of_a_post_in_a_called_workflow(play, things):
    things.answers("makeThing", {"json": {"id": "8"}})
    last = play.step(DOCUMENT, {"workflowId": "call-post", "inputs": {}, "delivery": {"retryCount": 1}})
    assert (last["status"], last["error"]["name"]) == ("FAILED", "Arazzo.AmbiguousOutcome")
    assert things.sent() == []


# ---- the state ----

def test_the_state_keeps_no_responses(play, things):
    things.on(LOOKED, {"json": {"name": "n", "rest": "x" * 150000}})
    responses = play.run(DOCUMENT, "call-large")
    assert responses[-1]["outputs"] == {"one": "n", "two": "n"}
    assert max(len(json.dumps(response)) for response in responses) < 4096


def test_guards_count_over_all_workflows(play, things):
    things.answers("makeThing", {"json": {"id": "7"}})
    things.on(GET, {"json": {"state": "busy"}})
    aws = play.function(DOCUMENT, {"ARAZZO_MAX_STEPS": "5"})
    last = aws.run(start())[-1].payload
    assert (last["status"], last["error"]["name"]) == ("FAILED", "Arazzo.GuardExceeded")
    assert len(things.sent()) == 5


def waiting(play, things):
    """A run whose poll is next, in a called workflow, and how many requests it took."""
    things.answers("makeThing", {"json": {"id": "7"}})
    things.on(GET, {"json": {"state": "busy"}})
    response = play.step(DOCUMENT, play.step(DOCUMENT, start()))
    return response, len(things.sent())


def leaves(value, path=()):
    """The paths of everything in the state but what documents and services put there."""
    yield path, value
    if isinstance(value, dict):
        for name, member in value.items():
            if name not in ("inputs", "outputs"):
                yield from leaves(member, (*path, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from leaves(item, (*path, index))


def sealed(response, run):
    """The response with another content of its state, and the digest that fits it."""
    made, text = copy.deepcopy(response), json.dumps(run, separators=(",", ":"), ensure_ascii=False)
    covered = f"arazzo-state {response['state']['v']}\n{response['state']['documents']}\n{text}"
    made["state"].update(run=text, sum=hashlib.sha256(covered.encode()).hexdigest())
    return made


def test_changed_states_are_refused(play, things):
    """Each single character of the state counts: its digest does not fit any more."""
    response, sent = waiting(play, things)
    text = response["state"]["run"]
    for at in range(0, len(text), max(1, len(text) // 40)):
        changed = copy.deepcopy(response)
        changed["state"]["run"] = text[:at] + ("y" if text[at] == "x" else "x") + text[at + 1:]
        check_refusal(play.function(DOCUMENT).invoke(changed), "Arazzo.InvalidState")
    assert len(things.sent()) == sent


def replaced(run, path, value):
    made = copy.deepcopy(run)
    if not path:
        return value
    at = made
    for name in path[:-1]:
        at = at[name]
    at[path[-1]] = value
    return made


def test_forged_frames_are_refused(play, things):
    """With a digest that fits: wherever the state has something of the wrong type, and for steps and workflows that do not
    exist, nothing is sent."""
    response, sent = waiting(play, things)
    run = json.loads(response["state"]["run"])
    assert sealed(response, run)["state"] == response["state"]
    aws = play.function(DOCUMENT)
    for path, value in leaves(run):
        wrong = [["x"], "nobody"] if isinstance(value, str) else ["x", None]
        for other in wrong:
            if path and path[-1] == "runId" and isinstance(other, str):
                continue
            result = aws.invoke(sealed(response, replaced(run, path, other)))
            assert result.function_error, (path, other, result.payload)
            assert result.payload["errorType"] == "Arazzo.InvalidState", (path, other, result.payload)
    assert len(things.sent()) == sent


# Frames that no run of the document can have on a poll of `wait` that `build` runs: each would delete, or send what is not next.
REMOVING = {"workflow": "0/remove", "step": "delete", "inputs": {"id": "7"}}
IMPOSSIBLE = {
    "call-of-another-workflow": [{"kind": "call", **REMOVING}],
    "call-with-another-origin": [{"kind": "call", **REMOVING, "origin": "0/make"}],
    "dependency-that-is-none": [{"kind": "dependency", **REMOVING}],
    "detour-that-is-none": [{"kind": "retryWorkflow", **REMOVING}],
    "detour-over-a-step-that-is-none": [{"kind": "retryStep", "workflow": "0/build", "step": "tell"}],
    "run-on-a-run": [{"kind": "run", **REMOVING}],
}


@pytest.mark.parametrize("frames", IMPOSSIBLE.values(), ids=IMPOSSIBLE.keys())
def test_impossible_frames_are_refused(play, things, frames):
    response, sent = waiting(play, things)
    run = json.loads(response["state"]["run"])
    below = run["frames"][0]
    assert (below["workflow"], below["step"]) == ("0/build", "wait")
    result = play.function(DOCUMENT).invoke(sealed(response, {**run, "frames": [below, *frames]}))
    assert len(things.sent()) == sent
    check_refusal(result, "Arazzo.InvalidState")


def test_states_that_lack_something_are_refused_or_go_on(play, things):
    """Whatever member is taken out of the state, the function neither crashes nor does anything but the step that is next."""
    response, sent = waiting(play, things)
    run = json.loads(response["state"]["run"])
    aws = play.function(DOCUMENT)
    for path, _ in leaves(run):
        if not path or isinstance(path[-1], int):
            continue
        made = copy.deepcopy(run)
        at = made
        for name in path[:-1]:
            at = at[name]
        del at[path[-1]]
        result = aws.invoke(sealed(response, made))
        if result.function_error:
            assert result.payload["errorType"] == "Arazzo.InvalidState", (path, result.payload)
        else:
            check_response(result.payload)
    assert set(things.sent()[sent:]) <= {GET}


def test_no_frame_can_be_repeated_without_end(play, things):
    """A forged state with more frames than LIMIT_WORKFLOW_DEPTH."""
    response, sent = waiting(play, things)
    run = json.loads(response["state"]["run"])
    stacks = [path for path, value in leaves(run) if isinstance(value, list) and value and isinstance(value[0], dict)]
    assert stacks, "the state has no list of frames"
    for path in stacks:
        frames = run
        for name in path:
            frames = frames[name]
        result = play.function(DOCUMENT).invoke(sealed(response, replaced(run, path, frames * 20)))
        check_refusal(result, "Arazzo.InvalidState")
    assert len(things.sent()) == sent


def test_interrupted_and_resumed_at_the_terminal(play, arazzo, things, tmp_path):
    """SIGINT in a wait of a called workflow: what is printed goes on from there, with the same thing."""
    things.answers("makeThing", {"json": {"id": "7"}})
    things.on(GET, {"json": {"state": "busy"}}, {"json": {"state": "good"}})
    document = play.folder / f"{DOCUMENT}.arazzo.yaml"
    done = arazzo.interrupt("run", document, "--workflow", "build", "--input", "name=lamp", "--poll-seconds", "30",
                            when=lambda: GET in things.sent())
    response = check_response(done.json)
    assert (response["status"], things.sent()) == ("RUNNING", [MAKE, GET])
    (tmp_path / "response.json").write_text(done.stdout)
    done = arazzo("run", document, "--resume", f"@{tmp_path}/response.json", "--poll-seconds", "0")
    assert check_response(done.json)["outputs"] == {"id": "7", "state": "good"}
    assert things.sent() == [MAKE, GET, GET, TELL]
