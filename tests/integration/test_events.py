"""Each sample in events/ gives what tests/data/events.json says: a response that has these members, or a refusal, and what was sent.

"image" is the state of an image that is there already, as the run of the sample left it. "sameRunAgain" says whether the sample names
its run, so that the same event once more is the same run.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from contract import check_refusal, check_response
from image_run import operations
from scheduler_mode import SETTINGS

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = {path.stem: json.loads(path.read_text()) for path in sorted((ROOT / "events").glob("*.json"))}
EXPECTED = json.loads((ROOT / "tests/data/events.json").read_text())
ENVIRONMENT = {"ARAZZO_INPUTS": json.dumps(SAMPLES["start"]["inputs"])}
DOCUMENT = next((ROOT / "descriptions/arazzo").glob("*.yml"))


def check_members(actual, expected, where="response"):
    """The expected members are there, at each depth; others may be."""
    if not isinstance(expected, dict):
        assert actual == expected, where
        return
    for name, value in expected.items():
        assert name in actual, f"{where} has no {name}: {actual}"
        check_members(actual[name], value, f"{where}.{name}")


@pytest.fixture
def aws(emulator):
    return emulator(ENVIRONMENT)


def prepare(aws, expected):
    """An image that an earlier invocation made; how many requests that took."""
    if "image" not in expected:
        return 0
    aws.image_builder.script([expected["image"]])
    assert not aws.invoke(SAMPLES["step-functions-start"]).function_error
    return len(operations(aws))


def check(result, expected):
    if "refusal" in expected:
        check_refusal(result, expected["refusal"], *expected["says"])
    else:
        assert not result.function_error, result.payload
        check_members(check_response(result.payload), expected["response"])


def test_each_sample_is_expected():
    assert SAMPLES.keys() == EXPECTED.keys()


@pytest.mark.parametrize("name", EXPECTED)
def test_sample(aws, name):
    expected = EXPECTED[name]
    before = prepare(aws, expected)
    check(aws.invoke(SAMPLES[name]), expected)
    assert operations(aws)[before:] == expected["sent"]


@pytest.mark.parametrize("name", [name for name, expected in EXPECTED.items() if "sameRunAgain" in expected])
def test_the_same_event_again(aws, name):
    runs = {aws.invoke(SAMPLES[name]).payload["runId"] for _ in range(2)}
    assert (len(runs) == 1) == EXPECTED[name]["sameRunAgain"]
    assert len(aws.image_builder.images()) == len(runs)


@pytest.mark.parametrize("name", EXPECTED)
def test_sample_at_a_terminal(aws, arazzo, name):
    """`arazzo step` gives the same: a refusal is exit status 1 with its name on standard error."""
    expected = EXPECTED[name]
    before = prepare(aws, expected)
    done = arazzo("step", DOCUMENT, stdin=json.dumps(SAMPLES[name]), environment={**aws.sdk_environment(), **ENVIRONMENT})
    if "refusal" in expected:
        assert done.exit_status == 1
        assert expected["refusal"] in done.stderr + done.stdout
    else:
        check_members(check_response(done.json), expected["response"])
    assert operations(aws)[before:] == expected["sent"]


def test_samples_of_scheduler_mode(emulator):
    """What a schedule brings is a poll; the event that the image is done ends the wait behind it."""
    aws = emulator({**SETTINGS, "ARAZZO_EARLY_WAKE": "true"}, concurrency=2)
    prepare(aws, {"image": "BUILDING"})
    polled = aws.invoke(SAMPLES["scheduler-continue"]).payload
    assert (polled["status"], polled["nextStepId"]) == ("RUNNING", "getImage")
    assert "state" not in polled
    aws.image_builder.script(["AVAILABLE"], arn=SAMPLES["image-state-change"]["resources"][0])
    woken = aws.invoke(SAMPLES["image-state-change"]).payload
    assert (woken["status"], woken["runId"]) == ("SUCCEEDED", polled["runId"])
    assert operations(aws) == ["CreateImage", "GetImage", "GetImage"]


def make_samples(arazzo, root, *arguments):
    return subprocess.run(["/usr/bin/python3", root / "scripts/events", *arguments], capture_output=True, text=True,
                          env={**os.environ, "ARAZZO_BUILD": str(arazzo.program.parent)})


def test_samples_with_a_state_are_not_stale(arazzo):
    """A state holds the digest of the documents that it was made with."""
    done = make_samples(arazzo, ROOT, "--check")
    assert done.returncode == 0, f"stale: {done.stdout.split()}: run scripts/events{done.stderr}"


def test_a_stale_sample_is_named_and_made_anew(arazzo, tmp_path):
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "scripts/events", tmp_path / "scripts")
    shutil.copytree(ROOT / "events", tmp_path / "events")
    for name in ("emulator", "descriptions"):
        (tmp_path / name).symlink_to(ROOT / name)
    sample = tmp_path / "events/tampered-state.json"
    sample.write_text(sample.read_text().replace("4102444800000", "4102444800001"))
    stale = make_samples(arazzo, tmp_path, "--check")
    assert (stale.returncode, stale.stdout) == (1, "events/tampered-state.json\n"), stale.stderr
    assert make_samples(arazzo, tmp_path).returncode == 0
    assert json.loads(sample.read_text()) == SAMPLES["tampered-state"]


@pytest.mark.parametrize("name", EXPECTED)
def test_sample_has_its_line(name):
    lines = (ROOT / "events/README.md").read_text().splitlines()
    assert len([line for line in lines if f"[{name}.json]({name}.json)" in line]) == 1
