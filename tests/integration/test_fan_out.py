"""200 runs at once, and an Image Builder that throttles: all end rightly, whatever they meet. In virtual time (virtual_runs.py).

The definition of the fan-out itself is run by moto, for a few items: an item costs it a quarter of a second. What the 200 have of the
definition is the spread of their starts, and of statemachine/run-workflow.asl.json what virtual_runs.py does in its place.
"""

import importlib.util
import json
import os
import pathlib
import random
import sys
import threading

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/statemachine"))

import interpreters  # noqa: E402  (the folder must be on the path first)
from executions_double import ExecutionsDouble  # noqa: E402
from virtual_runs import VirtualRuns  # noqa: E402

RUNS = 200
MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:run"


def load(path):
    specification = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


bench = load(ROOT / "bench/fan_out.py")


def recipe_of(entry):
    """The number of the recipe that a request is about."""
    arn = entry.parameters.get("imageRecipeArn") or entry.parameters["imageBuildVersionArn"]
    return int(arn.split("/web-")[1][:3])


def numbers(aws, operation):
    """Of the requests that had an effect, the recipes, in order."""
    return sorted(recipe_of(entry) for entry in aws.image_builder.requests(operation) if entry.applied)


def check_builds(aws, count):
    """One image was made for each run; those that failed are deleted, the others are left."""
    failed = [number for number in range(count) if bench.final_status(number) == "FAILED"]
    assert numbers(aws, "CreateImage") == list(range(count))
    assert numbers(aws, "DeleteImage") == failed
    left = sorted(image["arn"].split("/web-")[1][:3] for image in aws.image_builder.images())
    assert left == [f"{number:03}" for number in range(count) if number not in failed]
    assert {image["status"] for image in aws.image_builder.images()} <= {"AVAILABLE"}
    tokens = {(recipe_of(entry), entry.client_token) for entry in aws.image_builder.requests("CreateImage")}
    assert len(tokens) == count


# Requests a second, seconds over which the starts are spread, and the least and the most of all requests that are throttled.
LOADS = {"spread": (5, 60, 0.005, 0.1), "in step": (5, 0, 0.1, 0.4), "far too many": (1, 60, 0.4, 0.7)}


@pytest.mark.parametrize("rate, spread, least, most", LOADS.values(), ids=LOADS.keys())
def test_200_runs_end_rightly(aws, rate, spread, least, most):
    runs = bench.perform(aws, RUNS, rate, spread, seconds=240)
    values = bench.summary(runs, aws.image_builder.requests())
    assert values["right"] == RUNS
    assert [run.error and run.error["name"] for run in runs] == [
        "Arazzo.UnsuccessfulBuild" if bench.final_status(number) == "FAILED" else None for number in range(RUNS)]
    assert least < values["throttled"] < most
    check_builds(aws, RUNS)


@pytest.mark.parametrize("operation", ["CreateImage", "GetImage", "DeleteImage"])
def test_throttling_for_an_hour_ends_no_run(aws, operation):
    """Ten waits in a row, which grow."""
    aws.image_builder.fault(operation, "status", status=429, times=10)
    (run,) = bench.perform(aws, 1, None, 0)
    assert bench.most_in_a_row(run) == 10 and bench.is_right(run, 0)
    check_builds(aws, 1)


def test_runs_that_are_throttled_together_come_apart(aws):
    """Nothing passes at first: the next waits are as long for all, those after that for none."""
    aws.image_builder.fault("CreateImage", "status", status=429, times=3 * 20)
    runs = VirtualRuns(aws, latency=(0, 0))
    for number in range(20):
        runs.start(str(number), bench.item(number), 0)
    runs.go()
    waits = list(zip(*([seconds for _, seconds in run.waits[:3]] for run in runs.runs.values())))
    assert set(waits[0]) == {60}
    for row, low, high in ((waits[1], 60, 120), (waits[2], 120, 240)):
        assert low <= min(row) and max(row) <= high and len(set(row)) > 5


# ---- The definition, by moto

ITEMS = int(os.environ.get("FAN_OUT_ITEMS", "8"))
SECONDS_PER_ITEM = 1            # more than moto takes on a busy machine


class Children:
    """The executions of the run loop, in virtual time: they begin when all have been started, as far apart as they were, but scaled
    to one poll from the first to the last."""

    def __init__(self, aws, double):
        self.double, self.runs = double, VirtualRuns(aws)
        self.thread = threading.Thread(target=self.play)
        double.play(self.start)

    def start(self, execution):
        if execution.starts == 1 and len(self.double.executions) == ITEMS:
            self.thread.start()

    def play(self):
        moments = [execution.started_at for execution in self.double.started()]
        first, scale = min(moments), bench.POLL_SECONDS / (max(moments) - min(moments))
        for execution in self.double.started():
            self.runs.start(execution.arn, execution.event, (execution.started_at - first) * scale)
        self.runs.go()
        for execution in self.double.started():
            run = self.runs.runs[execution.arn]
            if run.error:
                execution.fail(run.error["name"], run.error["message"])
            else:
                execution.succeed(run.answer)


def substituted(**values):
    text = (ROOT / "statemachine/fan-out.asl.json").read_text()
    for name, value in values.items():
        text = text.replace("${" + name + "}", value)
    return text


def start_fan_out(server, runs, tolerated):
    definition = substituted(RunStateMachineArn=MACHINE, FanOutMaxConcurrency=str(ITEMS), PollSeconds="1",
                             FanOutToleratedFailurePercentage=tolerated)
    machine = server.call("CreateStateMachine", name="fan-out", definition=definition,
                          roleArn="arn:aws:iam::123456789012:role/states")["stateMachineArn"]
    return server.call("StartExecution", stateMachineArn=machine, name="one", input=json.dumps({"runs": runs}))["executionArn"]


@pytest.fixture
def server_and_double():
    program = interpreters.python_with_interpreter()
    if not program:
        pytest.skip(interpreters.HOW_TO_GET_MOTO)
    with ExecutionsDouble() as double, interpreters.Moto(program, double) as server:
        yield server, double


def test_definition_over_the_real_function(server_and_double, aws):
    """From the list of start events to the list of results; every fourth build fails, which is 25 %. FAN_OUT_ITEMS=200 has more."""
    server, double = server_and_double
    bench.script_builds(aws, ITEMS, 600, random.Random(1))
    aws.image_builder.limit(ITEMS / 40)
    children = Children(aws, double)
    runs = [{"inputs": bench.item(number)["inputs"]} for number in range(ITEMS)]
    done = server.wait_until_over(start_fan_out(server, runs, "25"), 60 + ITEMS * SECONDS_PER_ITEM)
    children.thread.join()
    assert done["status"] == "SUCCEEDED", done
    result = json.loads(done["output"])
    assert (result["total"], result["succeeded"], result["failed"], result["failedPercentage"]) == (
        ITEMS, ITEMS * 3 // 4, ITEMS // 4, 25)
    for number, each in enumerate(result["runs"]):
        image = f"{bench.ACCOUNT}:image/web-{number:03}/1.0.0/1"
        if bench.final_status(number) == "AVAILABLE":
            assert each["outputs"] == {"imageBuildVersionArn": image, "finalStatus": "AVAILABLE", "deletedArn": None}
        else:
            assert each["error"]["name"] == "Arazzo.UnsuccessfulBuild"
        assert each["runId"] == children.runs.runs[each["executionArn"]].answer["runId"]
    assert any(entry.status == 429 for entry in aws.image_builder.requests())
    check_builds(aws, ITEMS)
