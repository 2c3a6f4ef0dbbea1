"""Every branch of the state machine, by both interpreters, against a Lambda whose answers are scripted."""

import json
import pathlib

import pytest

import interpreters
from fake_lambda import FakeLambda, running

CASES = json.loads((pathlib.Path(__file__).parent / "cases.json").read_text())


def contains(whole, part):
    """Whether `whole` has everything that `part` has, at the same places."""
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(key in whole and contains(whole[key], part[key]) for key in part)
    return whole == part


def check(case, outcome, fake):
    expected = json.loads(json.dumps(case["payloads"]).replace("<execution>", outcome.execution))
    assert (outcome.status, outcome.error) == (case["status"], case.get("error")), outcome
    assert case.get("cause", "") in (outcome.cause or "")
    assert outcome.waits == case["waits"]
    assert len(fake.payloads) == len(expected), fake.payloads
    for number, (sent, part) in enumerate(zip(fake.payloads, expected)):
        assert contains(sent, part), f"invocation {number}: {sent}"
    assert fake.script == []
    if "output" in case:
        assert outcome.output == case["output"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_local(harness, case):
    with FakeLambda(case["script"]) as fake:
        check(case, interpreters.run_local(fake, case["input"], substitutions=case.get("substitutions")), fake)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_moto(moto, case):
    if "skipMoto" in case:
        pytest.skip(case["skipMoto"])
    moto.fake.play_next(case["script"])
    check(case, moto.run(case["input"], case.get("substitutions")), moto.fake)


def test_cause_is_the_whole_body(harness):
    body = {"errorType": "Arazzo.InvalidInput", "errorMessage": "no", "stackTrace": []}
    with FakeLambda([{"functionError": body}]) as fake:
        outcome = interpreters.run_local(fake, {"inputs": {}})
    assert json.loads(outcome.cause) == body


def test_largest_state_passes(harness):
    """ARAZZO_MAX_STATE_BYTES is 200 KiB by default: with all around it, it must fit into Step Functions' 256 KiB."""
    state = {"text": "x" * (200 * 1024)}
    with FakeLambda([running(state), {"answer": {"status": "SUCCEEDED"}}]) as fake:
        outcome = interpreters.run_local(fake, {"inputs": {}})
    assert outcome.status == "SUCCEEDED"
    assert fake.payloads[1]["state"] == state


def test_payload_over_the_limit_ends_the_execution(harness):
    with FakeLambda([running({"text": "x" * (256 * 1024)})]) as fake:
        outcome = interpreters.run_local(fake, {"inputs": {}})
    assert (outcome.status, outcome.error) == ("FAILED", "States.DataLimitExceeded")


def test_execution_times_out(harness):
    limit = json.loads(interpreters.DEFINITION.read_text())["TimeoutSeconds"]
    with FakeLambda([running({}, limit), running({}, 1)]) as fake:
        outcome = interpreters.run_local(fake, {"inputs": {}})
    assert (outcome.status, outcome.error) == ("TIMED_OUT", "States.Timeout")
