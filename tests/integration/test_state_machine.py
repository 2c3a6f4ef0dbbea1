"""The shipped state machine, run by an independent interpreter, invokes the real function against the emulator."""

import json
import pathlib
import shutil
import subprocess

import pytest

from image_run import FAILED, IMAGE, expected_outputs, operations, start

ROOT = pathlib.Path(__file__).resolve().parents[2]
HARNESS = ROOT / "tests/support/stepfunctions"
DEFINITION = ROOT / "statemachine/run-workflow.asl.json"
TIME_LIMIT_SECONDS = 60


@pytest.fixture(scope="session")
def harness():
    if not shutil.which("node"):
        pytest.skip("Node.js is not installed (Debian: nodejs)")
    marker = HARNESS / "node_modules/.package-lock.json"
    if not marker.is_file() or marker.stat().st_mtime < (HARNESS / "package-lock.json").stat().st_mtime:
        if not shutil.which("npm"):
            pytest.skip("npm is not installed (Debian: npm)")
        subprocess.run(["npm", "ci", "--ignore-scripts"], cwd=HARNESS, check=True)
    return HARNESS / "run.mjs"


def history(harness, aws, event, name="execution-1", fail="true"):
    """One execution; each wait moves the emulator's clock. All its events. `fail`: whether a build that failed ends it as failed."""
    done = subprocess.run(
        ["node", harness, "--definition", DEFINITION, "--lambda", aws.endpoints["lambda"], "--function", "arazzo", "--wait",
         "skip", "--clock", aws.endpoints["control"] + "/_emulator/clock", "--clock-body", '{"advance": {seconds}}',
         "--substitute", f"FailOnUnsuccessfulBuild={fail}", "--input", json.dumps(event), "--execution-name", name],
        capture_output=True, text=True, timeout=TIME_LIMIT_SECONDS)
    assert done.returncode in (0, 1), done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def execute(*arguments, **options):
    """One execution: the result, and the seconds of each wait."""
    events = history(*arguments, **options)
    return events[-1], [each["seconds"] for each in events if each["type"] == "Wait"]


CASES = {
    "available": (["PENDING", "BUILDING", "AVAILABLE"], [], [60, 60]),
    "failed-with-clean-up": (["PENDING", FAILED], [], [60]),
    "cancelled": (["CANCELLED"], [], []),
    "throttled": (["PENDING", "AVAILABLE"], [("GetImage", "status", {"call": 2, "status": 429, "retry_after": 90})],
                  [60, 90]),
    "killed-after-create": (["PENDING", "AVAILABLE"], [("CreateImage", "kill", {"when": "applied"})], [60]),
    "killed-in-a-poll": (["PENDING", "AVAILABLE"], [("GetImage", "kill", {"call": 2, "when": "before"})], [60]),
    "killed-after-delete": ([FAILED], [("DeleteImage", "kill", {"when": "applied"})], []),
    "response-lost-after-delete": ([FAILED], [("Response", "kill", {"call": 3, "when": "before"})], []),
    "killed-three-times": (["AVAILABLE"], [("CreateImage", "kill", {"when": "answered", "times": 3})], []),
}


def is_unsuccessful(script):
    return expected_outputs(script)["deletedArn"] is not None


@pytest.mark.parametrize("fail", ["true", "false"])
@pytest.mark.parametrize("script, faults, waits", CASES.values(), ids=CASES.keys())
def test_execution(harness, aws, script, faults, waits, fail):
    aws.image_builder.script(script)
    for operation, kind, options in faults:
        aws.fault(operation, kind, **options)
    result, waited = execute(harness, aws, start(), fail=fail)
    if fail == "true" and is_unsuccessful(script):
        assert (result["status"], result["error"]) == ("FAILED", "Arazzo.UnsuccessfulBuild")
    else:
        assert result["status"] == "SUCCEEDED", result
        assert result["output"]["outputs"] == expected_outputs(script)
    assert waited == waits
    assert len({entry.client_token for entry in aws.image_builder.requests("CreateImage")}) == 1
    left = [] if is_unsuccessful(script) else [IMAGE]
    assert [image["arn"] for image in aws.image_builder.images()] == left


def test_refused_build_fails_the_execution(harness, aws):
    aws.image_builder.fault("CreateImage", "status", status=402)
    result, _ = execute(harness, aws, start())
    assert (result["status"], result["error"]) == ("FAILED", "Arazzo.StepFailed")
    assert "createImage" in result["cause"]


def test_refused_event_fails_the_execution(harness, aws):
    result, _ = execute(harness, aws, {"inputs": {}})
    assert (result["status"], result["error"]) == ("FAILED", "Arazzo.InvalidInput")
    assert "imageRecipeArn" in result["cause"]
    assert operations(aws) == []


def test_two_executions_are_two_images(harness, aws):
    for name in ("night-1", "night-2"):
        assert execute(harness, aws, start(), name)[0]["status"] == "SUCCEEDED"
    assert len(aws.image_builder.images()) == 2


def test_goes_on_from_the_last_input_of_a_broken_execution(harness, aws):
    """As docs/operations.md tells it: the input of the last ContinueRun starts another execution of the same run."""
    aws.image_builder.script(["PENDING", FAILED])
    aws.fault("GetImage", "kill", call=2, times=6, when="before")
    events = history(harness, aws, start())
    assert (events[-1]["status"], events[-1]["error"]) == ("FAILED", "Runtime.ExitError")
    inputs = [each["input"] for each in events if each["type"] == "StateEntered" and each["state"] == "ContinueRun"]
    result, _ = execute(harness, aws, inputs[-1], "execution-2", fail="false")
    assert result["output"]["outputs"] == expected_outputs(["PENDING", FAILED])
    assert operations(aws).count("CreateImage") == 1
    assert aws.image_builder.images() == []


def test_a_lost_start_is_the_same_run_by_the_old_execution(harness, aws):
    """As docs/operations.md tells it: with the old execution as seed there is one image, whatever became of the first request."""
    aws.fault("CreateImage", "kill", times=6, when="applied")
    events = history(harness, aws, start())
    assert events[-1]["status"] == "FAILED"
    execution = next(each["execution"] for each in events if each["type"] == "ExecutionStarted")
    result, _ = execute(harness, aws, start(run={"executionId": execution}), "execution-2")
    assert result["status"] == "SUCCEEDED", result
    assert [image["arn"] for image in aws.image_builder.images()] == [IMAGE]


def test_killed_first_step_without_token_is_not_sent_twice(harness, emulator, documents, server):
    """The retry of the first task must be known as one, too: its POST may have been carried out."""
    aws = emulator({"ARAZZO_DOCUMENT": "library.arazzo.yaml", "AWS_REGION": None}, task_root=str(documents))
    server.script("POST", "/orders", {"json": {"id": 1}})
    aws.fault("Response", "kill", when="before")
    result, _ = execute(harness, aws, {"workflowId": "post", "inputs": {"title": "t"}})
    assert server.sent() == ["POST /orders"]
    assert (result["status"], result["error"]) == ("FAILED", "Arazzo.AmbiguousOutcome")
