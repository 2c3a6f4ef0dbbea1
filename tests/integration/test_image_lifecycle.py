"""Whole runs of the shipped workflow without faults: what is sent, when, and what comes out."""

import pytest

from contract import check_response
from image_run import FAILED, IMAGE, INPUTS, SCRIPTS, WORKFLOW, expected_outputs, frame, operations, run, start

LONG = ["PENDING", "CREATING", "BUILDING", "TESTING", "DISTRIBUTING", "INTEGRATING"]
CASES = {
    **SCRIPTS,
    "available-at-once": ["AVAILABLE"],
    "failed-at-once": [FAILED],
    "failed-without-a-reason": ["FAILED"],
    "cancelled-at-once": ["CANCELLED"],
    "cancelled-with-a-reason": ["BUILDING", {"status": "CANCELLED", "reason": "asked by a person"}],
    "available-with-a-reason": [{"status": "PENDING", "reason": "queued"}, {"status": "AVAILABLE", "reason": "fine"}],
    "many-polls": [*LONG * 5, "AVAILABLE"],
    "many-polls-then-failed": [*LONG * 5, FAILED],
    "state-left-out-once": ["PENDING", {}, "AVAILABLE"],
    "status-that-the-model-does-not-know": [{"status": "PAUSED", "unmodelled": True}, "AVAILABLE"],
    "reason-that-says-failed": [{"status": "BUILDING", "reason": "FAILED"}, "AVAILABLE"],
}


def ends_in_cleanup(script):
    return expected_outputs(script)["deletedArn"] is not None


@pytest.mark.parametrize("script", CASES.values(), ids=CASES.keys())
def test_requests_and_outputs(aws, script):
    aws.image_builder.script(script)
    responses = run(aws)
    deletes = ["DeleteImage"] if ends_in_cleanup(script) else []
    assert operations(aws) == ["CreateImage", *["GetImage"] * len(script), *deletes]
    assert [entry.status for entry in aws.image_builder.requests()] == [200] * (1 + len(script) + len(deletes))
    assert responses[-1]["status"] == "SUCCEEDED"
    assert responses[-1]["outputs"] == expected_outputs(script)
    assert [image["arn"] for image in aws.image_builder.images()] == ([] if deletes else [IMAGE])


@pytest.mark.parametrize("script", CASES.values(), ids=CASES.keys())
def test_transitions_and_waits(aws, script):
    aws.image_builder.script(script)
    responses = run(aws)
    told = [(each["lastStep"]["action"], each.get("nextStepId"), each.get("waitSeconds")) for each in responses]
    polls = [("goto", "getImage", 60)] * (len(script) - 1)
    ending = [("goto", "deleteFailedImage", 0), ("end", None, None)] if ends_in_cleanup(script) else [("end", None, None)]
    assert told == [("next", "getImage", 0), *polls, *ending]


@pytest.mark.parametrize("seconds", [0, 1, 300])
def test_poll_seconds(emulator, seconds):
    aws = emulator({"ARAZZO_POLL_SECONDS": str(seconds)})
    aws.image_builder.script(["PENDING", "PENDING", FAILED])
    assert [each.get("waitSeconds") for each in run(aws)] == [0, seconds, seconds, 0, None]


def test_every_response_describes_its_step(aws):
    aws.image_builder.script(["PENDING", FAILED])
    responses = run(aws, start(runId="nightly-7"))
    steps = [each["lastStep"] for each in responses]
    assert {each["runId"] for each in responses} == {"nightly-7"}
    assert {each["workflowId"] for each in responses} == {WORKFLOW}
    assert [(step["stepId"], step["method"], step["statusCode"], step["attempts"], step["success"]) for step in steps] == [
        ("createImage", "PUT", 200, 1, True), ("getImage", "GET", 200, 1, True), ("getImage", "GET", 200, 1, True),
        ("deleteFailedImage", "DELETE", 200, 1, True)]
    for step, entry in zip(steps, aws.image_builder.requests()):
        assert step["requestId"] == entry.request_id
        assert step["url"] == aws.endpoints["imagebuilder"] + entry.target


@pytest.mark.parametrize("state, reason", [(FAILED, FAILED["reason"]), ("FAILED", None)], ids=["present", "absent"])
def test_reason_is_a_step_output(aws, state, reason):
    aws.image_builder.script([state])
    before_delete = run(aws)[1]
    assert frame(before_delete)["steps"]["getImage"]["outputs"] == {
        "status": "FAILED", **({"reason": reason} if reason else {})}


def test_polled_reason_does_not_stay(aws):
    """An output that the latest poll does not give is gone, not that of an earlier poll."""
    aws.image_builder.script([{"status": "PENDING", "reason": "queued"}, "BUILDING", "AVAILABLE"])
    assert frame(run(aws)[2])["steps"]["getImage"]["outputs"] == {"status": "BUILDING"}


def test_workflow_id_may_be_given(aws):
    aws.image_builder.script(["AVAILABLE"])
    assert run(aws, start(workflowId=WORKFLOW))[-1]["status"] == "SUCCEEDED"


def test_create_sends_the_inputs(aws):
    check_response(aws.invoke(start()).payload)
    sent = aws.image_builder.requests("CreateImage")[0].parameters
    assert {name: sent[name] for name in INPUTS} == INPUTS
    assert set(sent) == {*INPUTS, "clientToken"}


@pytest.mark.parametrize("status", ["DEPRECATED", "DISABLED", "DELETED"])
def test_later_states_are_polled_and_never_deleted(emulator, status):
    """The document says nothing about them: the run goes on until its guard ends it."""
    aws = emulator({"ARAZZO_MAX_STEPS": "6"})
    aws.image_builder.script(["PENDING", status])
    last = run(aws)[-1]
    assert (last["status"], last["error"]["name"]) == ("FAILED", "Arazzo.GuardExceeded")
    assert operations(aws) == ["CreateImage", *["GetImage"] * 5]
    assert last["outputs"] == {"imageBuildVersionArn": IMAGE, "finalStatus": status, "deletedArn": None}
