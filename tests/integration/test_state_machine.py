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


def execute(harness, aws, event, name="execution-1"):
    """One execution; each wait moves the emulator's clock. The result, and the seconds of each wait."""
    done = subprocess.run(
        ["node", harness, "--definition", DEFINITION, "--lambda", aws.endpoints["lambda"], "--function", "arazzo", "--wait",
         "skip", "--clock", aws.endpoints["control"] + "/_emulator/clock", "--clock-body", '{"advance": {seconds}}',
         "--input", json.dumps(event), "--execution-name", name],
        capture_output=True, text=True, timeout=TIME_LIMIT_SECONDS)
    assert done.returncode in (0, 1), done.stderr
    events = [json.loads(line) for line in done.stdout.splitlines()]
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


@pytest.mark.parametrize("script, faults, waits", CASES.values(), ids=CASES.keys())
def test_execution(harness, aws, script, faults, waits):
    aws.image_builder.script(script)
    for operation, kind, options in faults:
        aws.fault(operation, kind, **options)
    result, waited = execute(harness, aws, start())
    assert result["status"] == "SUCCEEDED", result
    assert result["output"]["outputs"] == expected_outputs(script)
    assert waited == waits
    assert len({entry.client_token for entry in aws.image_builder.requests("CreateImage")}) == 1
    left = [] if expected_outputs(script)["deletedArn"] else [IMAGE]
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


def test_killed_first_step_without_token_is_not_sent_twice(harness, emulator, documents, server):
    """The retry of the first task must be known as one, too: its POST may have been carried out."""
    aws = emulator({"ARAZZO_DOCUMENT": "library.arazzo.yaml", "AWS_REGION": None}, task_root=str(documents))
    server.script("POST", "/orders", {"json": {"id": 1}})
    aws.fault("Response", "kill", when="before")
    result, _ = execute(harness, aws, {"workflowId": "post", "inputs": {"title": "t"}})
    assert server.sent() == ["POST /orders"]
    assert (result["status"], result["error"]) == ("FAILED", "Arazzo.AmbiguousOutcome")
