"""What the definition promises by its text: an independent validator accepts it, and its bounds fit AWS's."""

import json
import re
import subprocess

import pytest

import interpreters

DEFINITION = json.loads(interpreters.DEFINITION.read_text())
TASKS = {name: state for name, state in DEFINITION["States"].items() if state["Type"] == "Task"}

# Errors that the caller must mend: the same event would be refused again. (docs: design, the response)
NEVER_RETRIED = ("Arazzo.InvalidEvent", "Arazzo.InvalidInput", "Arazzo.InvalidState", "Arazzo.InvalidDocument",
                 "Arazzo.DocumentChanged", "States.ALL", "States.TaskFailed")
RETRIED = ("Lambda.ServiceException", "Lambda.AWSLambdaException", "Lambda.SdkClientException",
           "Lambda.ClientExecutionTimeoutException", "Lambda.TooManyRequestsException", "Lambda.Unknown",
           "Sandbox.Timedout", "Runtime.ExitError", "Arazzo.Internal")

LAMBDA_MAX_SECONDS = 900
HISTORY_LIMIT = 25000
# A poll's history: the task's five events, two of the choice, two of the wait.
EVENTS_PER_STEP = 9
DEFAULT_MAX_STEPS = 2000


def validate(path, harness):
    program = harness / "node_modules" / "asl-validator" / "dist" / "bin" / "asl-validator.js"
    return subprocess.run([interpreters.node(), str(program), "--json-path", str(path)], capture_output=True, text=True,
                          timeout=interpreters.TIME_LIMIT_SECONDS)


def test_validator_accepts(harness, tmp_path):
    done = validate(interpreters.DEFINITION, harness)
    assert done.returncode == 0, done.stdout + done.stderr
    substituted = tmp_path / "substituted.asl.json"
    substituted.write_text(interpreters.substituted())
    done = validate(substituted, harness)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("state", sorted(DEFINITION["States"]))
def test_validator_misses_each_state(harness, tmp_path, state):
    """Without any one of its states the definition is refused: each is reached, and the validator looks."""
    broken = json.loads(json.dumps(DEFINITION))
    del broken["States"][state]
    path = tmp_path / "broken.asl.json"
    path.write_text(json.dumps(broken))
    assert validate(path, harness).returncode != 0


def test_substitutions():
    found = re.findall(r"\$\{([^}]*)\}", interpreters.DEFINITION.read_text())
    assert sorted(found) == ["FailOnUnsuccessfulBuild"] + ["FunctionArn"] * len(TASKS)
    assert all(task["Parameters"]["FunctionName"] == "${FunctionArn}" for task in TASKS.values())


def test_both_tasks_fail_alike():
    start, later = TASKS["StartRun"], TASKS["ContinueRun"]
    assert all(start[field] == later[field] for field in ("Resource", "OutputPath", "TimeoutSeconds", "Retry", "Catch"))


@pytest.mark.parametrize("name", RETRIED)
def test_retried(name):
    for task in TASKS.values():
        retriers = [retrier for retrier in task["Retry"] if name in retrier["ErrorEquals"]]
        assert len(retriers) == 1
        assert retriers[0]["JitterStrategy"] == "FULL"
        assert retriers[0]["BackoffRate"] > 1
        assert retriers[0]["MaxDelaySeconds"] > retriers[0]["IntervalSeconds"]


@pytest.mark.parametrize("name", NEVER_RETRIED)
def test_never_retried(name):
    assert all(name not in retrier["ErrorEquals"] for task in TASKS.values() for retrier in task["Retry"])


def test_task_outlasts_the_longest_invocation():
    assert all(task["TimeoutSeconds"] > LAMBDA_MAX_SECONDS for task in TASKS.values())


def test_history_holds_the_longest_run():
    """ARAZZO_MAX_STEPS ends a run before Step Functions' history is full, with room for retries."""
    assert EVENTS_PER_STEP * DEFAULT_MAX_STEPS < HISTORY_LIMIT * 3 // 4
