"""The fan-out: what its text promises, and every branch of it by moto's interpreter, against a scripted Step Functions API.

moto is the only interpreter here that knows Distributed Maps. What it does not do, and no test shows: it takes no roles
(`Credentials`), so that what is started in another account is told by its ARN alone; it counts no tolerated failures, which the
definition does by itself; its Map has no history for each item; it redrives nothing.
"""

import hashlib
import json
import re

import pytest

import interpreters
from executions_double import ExecutionsDouble, Refused
from test_definition import validate
from test_executions import contains

PATH = interpreters.ROOT / "statemachine" / "fan-out.asl.json"
DEFINITION = json.loads(PATH.read_text())
CASES = json.loads((interpreters.ROOT / "tests/statemachine/fan_out_cases.json").read_text())
MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:run"
SUBSTITUTIONS = {"RunStateMachineArn": MACHINE, "FanOutMaxConcurrency": "20", "FanOutToleratedFailurePercentage": "0",
                 "PollSeconds": "0"}
ITEM_STATES = DEFINITION["States"]["RunAll"]["ItemProcessor"]["States"]
LATER = "AtItsEnd"


def substituted(**values):
    text = PATH.read_text()
    for name, value in {**SUBSTITUTIONS, **values}.items():
        text = text.replace("${" + name + "}", value)
    return text


# ---- By its text

def test_validator_accepts(harness, tmp_path):
    for text in (PATH.read_text(), substituted()):
        path = tmp_path / "fan-out.asl.json"
        path.write_text(text)
        done = validate(path, harness)
        assert done.returncode == 0, done.stdout + done.stderr


def following(state):
    """The names of the states that one leads to."""
    rules = [state, *state.get("Choices", []), *state.get("Catch", [])]
    return {rule[word] for rule in rules for word in ("Next", "Default") if word in rule}


@pytest.mark.parametrize("machine", [DEFINITION, DEFINITION["States"]["RunAll"]["ItemProcessor"]], ids=["all", "each"])
def test_each_state_is_reached(machine):
    reached, found = set(), {machine["StartAt"]}
    while found:
        reached |= found
        found = set().union(*(following(machine["States"][name]) for name in found)) - reached
    assert reached == set(machine["States"])


@pytest.mark.parametrize("state", ["Judge", "LookThere"])
def test_validator_misses_a_state(harness, tmp_path, state):
    broken = json.loads(PATH.read_text())
    for states in (broken["States"], broken["States"]["RunAll"]["ItemProcessor"]["States"]):
        states.pop(state, None)
    path = tmp_path / "broken.asl.json"
    path.write_text(json.dumps(broken))
    assert validate(path, harness).returncode != 0


def test_substitutions():
    assert set(re.findall(r"\$\{([^}]*)\}", PATH.read_text())) == set(SUBSTITUTIONS)


def test_another_account_is_run_alike():
    """The two pairs of tasks differ in whose role they take; what another account shows of this one's execution is not ours."""
    for here, there in (("RunHere", "RunThere"), ("LookHere", "LookThere")):
        mine, other = json.loads(json.dumps([ITEM_STATES[here], ITEM_STATES[there]]))
        assert other.pop("Credentials") == {"RoleArn.$": "$.run.roleArn"} and "Credentials" not in mine
        for task in (mine, other):
            task.pop("Comment", None)
            task["Catch"][0]["Next"] = task["Catch"][0]["Next"].replace("There", "Here")
        mine["Parameters"].get("Input", {}).pop("AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID.$", None)
        assert mine == other


def test_map_stops_no_run_for_the_failures_of_others():
    """A run that is stopped leaves its image behind."""
    everything = DEFINITION["States"]["RunAll"]["ToleratedFailureCount"]
    most = DEFINITION["States"]["CheckTotal"]["Choices"][0]["NumericGreaterThan"]
    assert everything == most
    assert not [name for name, state in ITEM_STATES.items() if state["Type"] == "Fail"]


def test_map_s_children_last_as_long_as_runs():
    """Express executions end after five minutes."""
    assert DEFINITION["States"]["RunAll"]["ItemProcessor"]["ProcessorConfig"] == {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}


def test_fan_out_outlasts_its_runs():
    loop = json.loads(interpreters.DEFINITION.read_text())
    assert DEFINITION["TimeoutSeconds"] > 4 * loop["TimeoutSeconds"]


# ---- By moto

@pytest.fixture(scope="module")
def double():
    with ExecutionsDouble() as made:
        yield made


@pytest.fixture(scope="module")
def server(double):
    program = interpreters.python_with_interpreter()
    if not program:
        pytest.skip(interpreters.HOW_TO_GET_MOTO)
    with interpreters.Moto(program, double) as made:
        yield made


class Play:
    """What the API answers for each item, by the lists in its inputs.

    `start`: a name refuses an attempt; with "-" in front the execution was not begun, with "AtItsEnd" behind it is over by the time
    of the next attempt. `describe`: statuses in turn, of which the last one stays, with error and cause; "!" refuses.
    """

    def __init__(self, double):
        self.double = double
        double.play(self.start, self.describe)

    def start(self, execution):
        script = (execution.event["inputs"] or {}).get("start", [])
        if len(script) < execution.starts:
            return
        code = script[execution.starts - 1]
        if code.startswith("-"):
            self.double.forget(execution)
        if code.endswith(LATER):
            self.describe(execution)
        raise Refused(code.removeprefix("-").removesuffix(LATER))

    def describe(self, execution):
        script = (execution.event["inputs"] or {}).get("describe", ["SUCCEEDED"])
        step = script[min(execution.looks, len(script) - 1)]
        execution.looks += 1
        if isinstance(step, list):
            execution.fail(*step[1:], status=step[0])
        elif step.startswith("!"):
            raise Refused(step[1:])
        elif step == "SUCCEEDED":
            execution.succeed({"status": "SUCCEEDED", "outputs": {"index": execution.event["run"]["index"]}})


def execute(server, given, **substitutions):
    """One execution: what DescribeExecution says of it, and its history."""
    server.post("/moto-api/reset", {}, {})
    machine = server.call("CreateStateMachine", name="fan-out", definition=substituted(**substitutions),
                          roleArn="arn:aws:iam::123456789012:role/states")["stateMachineArn"]
    arn = server.call("StartExecution", stateMachineArn=machine, name="one", input=json.dumps(given))["executionArn"]
    done = server.wait_until_over(arn)
    events = server.call("GetExecutionHistory", executionArn=arn, maxResults=interpreters.HISTORY_PAGE)["events"]
    return done, [event["stateEnteredEventDetails"] for event in events if "stateEnteredEventDetails" in event]


def results_of(done, entered):
    """Of an execution that failed they are in its history, as its cause says."""
    if done["status"] == "SUCCEEDED":
        return json.loads(done["output"])
    (last,) = [json.loads(each["input"]) for each in entered if each["name"] == "TooManyFailed"]
    return last["result"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_execution(server, double, case):
    Play(double)
    runs = [{"inputs": {}}] * case["count"] if "count" in case else case.get("runs")
    done, entered = execute(server, case.get("input") or {"runs": runs},
                            FanOutToleratedFailurePercentage=case.get("tolerated", "0"))
    assert (done["status"], done.get("error")) == (case["status"], case.get("error")), done
    assert case.get("cause", "") in (done.get("cause") or "")
    if "results" not in case:
        assert double.started() == []
        return
    key = hashlib.sha1(done["executionArn"].encode()).hexdigest()
    result = results_of(done, entered)
    good = [each["status"] for each in case["results"]].count("SUCCEEDED")
    assert (result["total"], result["succeeded"]) == (len(runs), good)
    assert result.get("failed", 0) == len(runs) - good
    for index, (got, expected) in enumerate(zip(result["runs"], case["results"])):
        wanted = json.loads(json.dumps({"index": index, "runId": f"{key}-{index}", **expected}).replace("<key>", key))
        assert contains(got, wanted), got
        assert ("outputs" in got) == ("error" not in got) == (got["status"] == "SUCCEEDED")
    assert len(result["runs"]) == len(runs)


def test_what_a_run_is_started_with(server, double):
    """Its name and its id are the same for each attempt, and tell which item of which execution it is."""
    Play(double)
    item = {"inputs": {"start": ["Throttling"], "a": 1}, "workflowId": "w"}
    done, _ = execute(server, {"runs": [{"inputs": {}}, item]})
    started = {execution.event["run"]["index"]: execution for execution in double.started()}
    key = hashlib.sha1(done["executionArn"].encode()).hexdigest()
    assert {index: execution.name for index, execution in started.items()} == {0: f"{key}-0", 1: f"{key}-1"}
    assert all(len(execution.name) <= 80 and execution.machine == MACHINE for execution in started.values())
    assert started[1].starts == 2
    assert started[1].event == {
        "inputs": item["inputs"], "workflowId": "w", "runId": f"{key}-1", "run": {"fanOutId": done["executionArn"], "index": 1},
        "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID": done["executionArn"]}
    assert started[0].event["workflowId"] == ""


def test_starts_are_spread(server, double):
    """Each waits for itself, from 0 to PollSeconds."""
    Play(double)
    done, _ = execute(server, {"runs": [{"inputs": {}}] * 12}, PollSeconds="2")
    assert done["status"] == "SUCCEEDED"
    moments = [execution.started_at for execution in double.started()]
    assert 0.8 < max(moments) - min(moments) < 20
