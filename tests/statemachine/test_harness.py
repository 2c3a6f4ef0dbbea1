"""The harness itself: its command line, its clock, its refusals."""

import json

import pytest

import interpreters
from fake_lambda import FakeLambda, running

START = '{"inputs": {}}'


def definition_with(state):
    return json.dumps({"StartAt": "S", "States": {"S": {**state, "End": True}}})


REFUSALS = [
    ("no arguments", [], None, "missing --definition, --lambda, --function, --input"),
    ("unknown option", ["--colour", "red"], None, "--colour"),
    ("no such file", ["--definition", "/nonexistent"], None, "--definition: ENOENT"),
    ("definition is not JSON", [], "{", "--definition"),
    ("input is not JSON", ["--input", "{"], definition_with({"Type": "Pass"}), "--input"),
    ("wait is not a number", ["--wait", "soon"], definition_with({"Type": "Pass"}), "--wait soon"),
    ("substitution without a value", ["--substitute", "X"], definition_with({"Type": "Pass"}), "--substitute X"),
    ("unknown substitution", [], '{"Comment": "${Y}"}', "--substitute Y=VALUE"),
    ("a Map", [], definition_with({"Type": "Map"}), "state S: the type Map"),
    ("another resource", [], definition_with({"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage"}),
     "arn:aws:states:::sqs:sendMessage"),
    ("a Wait until a time", [], definition_with({"Type": "Wait", "TimestampPath": "$.t"}), "a Wait until a timestamp"),
    ("JSONata", [], '{"QueryLanguage": "JSONata", "StartAt": "S", "States": {}}', "only JSONPath"),
]


@pytest.mark.parametrize("name, arguments, definition, message", REFUSALS, ids=[case[0] for case in REFUSALS])
def test_refused(harness, tmp_path, name, arguments, definition, message):
    given = list(arguments)
    if definition or given[:1] == ["--definition"]:
        path = tmp_path / "definition.json"
        path.write_text(definition or "")
        defaults = {"--definition": str(path), "--lambda": "http://127.0.0.1:9", "--function": "f", "--input": START}
        given += [word for pair in defaults.items() if pair[0] not in given for word in pair]
    done = interpreters.run_harness(*given)
    assert done.returncode == 2
    assert message in done.stderr


def test_substitutions(harness, tmp_path):
    path = tmp_path / "definition.json"
    path.write_text(definition_with({"Type": "Pass", "Result": ["${FunctionArn}", "${Colour}"]}))
    with FakeLambda([]) as fake:
        outcome = interpreters.run_local(fake, {}, "--substitute", "Colour=a=b", definition=path)
    assert outcome.output == [interpreters.FUNCTION_ARN, "a=b"]


def test_clock_advances_before_the_next_invocation(harness):
    script = [running({}, 60), running({}, 0), running({}, 30), {"answer": {"status": "SUCCEEDED"}}]
    with FakeLambda(script) as fake:
        outcome = interpreters.run_local(fake, {"inputs": {}}, "--clock", f"{fake.url}/clock/{{seconds}}")
        seen = [path if path.startswith("/clock") else "invoke" for path, _ in fake.requests]
        bodies = [body for path, body in fake.requests if path.startswith("/clock")]
    assert seen == ["invoke", "/clock/60", "invoke", "invoke", "/clock/30", "invoke"]
    assert bodies == [{"seconds": 60}, {"seconds": 30}]
    assert outcome.events[-1]["waitedSeconds"] == 90


def test_clock_body_is_a_template(harness):
    with FakeLambda([running({}, 5), {"answer": {"status": "SUCCEEDED"}}]) as fake:
        interpreters.run_local(fake, {"inputs": {}}, "--clock", f"{fake.url}/clock", "--clock-body",
                               '{"advance": {"by": {seconds}}}')
        assert ("/clock", {"advance": {"by": 5}}) in fake.requests


def test_unreachable_clock_ends_the_harness(harness):
    with FakeLambda([running({}, 5), {"answer": {"status": "SUCCEEDED"}}]) as fake:
        done = interpreters.run_harness(
            "--definition", str(interpreters.DEFINITION), "--lambda", fake.url, "--function", "f", "--wait", "skip",
            "--substitute", "FailOnUnsuccessfulBuild=true", "--input", START, "--clock", "http://127.0.0.1:9/clock")
        assert len(fake.payloads) == 1
    assert done.returncode == 2
    assert "the clock at http://127.0.0.1:9/clock did not advance" in done.stderr


def test_events_come_in_order(harness):
    throttled = {"apiError": "TooManyRequestsException", "status": 429}
    with FakeLambda([running({}, 7), throttled, {"answer": {"status": "SUCCEEDED"}}]) as fake:
        outcome = interpreters.run_local(fake, {"inputs": {}}, "--execution-name", "mine")
    told = [event["type"] + (":" + event["state"] if "state" in event else "") for event in outcome.events]
    assert told == [
        "ExecutionStarted", "StateEntered:Begin", "StateEntered:AddDefaults", "StateEntered:NameTheRun",
            "StateEntered:StartRun", "TaskStarted:StartRun",
        "TaskSucceeded:StartRun", "StateEntered:Decide", "StateEntered:WaitForNextStep", "Wait:WaitForNextStep",
        "StateEntered:ContinueRun", "TaskStarted:ContinueRun", "TaskFailed:ContinueRun", "Retried:ContinueRun",
        "TaskStarted:ContinueRun", "TaskSucceeded:ContinueRun", "StateEntered:Decide", "StateEntered:RunSucceeded",
        "Result"]
    assert outcome.execution.endswith(":mine")
    retried = next(event for event in outcome.events if event["type"] == "Retried")
    assert (retried["attempt"], retried["atMostSeconds"]) == (1, 2)


@pytest.mark.parametrize("wait, at_least, at_most", [("real", 1, 5), ("0.2", 0.2, 0.9)])
def test_waits_take_the_time_given(harness, wait, at_least, at_most):
    """The pause between the two invocations, as their server sees it."""
    with FakeLambda([running({}, 1), {"answer": {"status": "SUCCEEDED"}}]) as fake:
        interpreters.run_local(fake, {"inputs": {}}, "--wait", wait)
        pause = fake.times[1] - fake.times[0]
    assert at_least <= pause <= at_most
