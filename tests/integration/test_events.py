"""Each sample in events/ starts a run of the shipped workflow."""

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = sorted((ROOT / "events").glob("*.json"))
ENVIRONMENT = {"ARAZZO_INPUTS": json.dumps(json.loads((ROOT / "events/start.json").read_text())["inputs"])}


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_sample_starts_a_run(emulator, sample):
    aws = emulator(ENVIRONMENT)
    event = json.loads(sample.read_text())
    first = aws.invoke(event).payload
    again = aws.invoke(event).payload
    assert (first["status"], first["nextStepId"]) == ("RUNNING", "getImage")
    assert again["runId"] == first["runId"]
    assert len(aws.image_builder.images()) == 1
