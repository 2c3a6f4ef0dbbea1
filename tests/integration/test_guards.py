"""The bounds of a run and of its state: each ends the run with its name before anything more is sent."""

import json
import time

import pytest

from image_run import FAILED, IMAGE, advance, deliver, operations, run, start


@pytest.mark.parametrize("most, sent", [(1, 1), (2, 2), (5, 5)])
def test_max_steps(emulator, most, sent):
    aws = emulator({"ARAZZO_MAX_STEPS": str(most)})
    aws.image_builder.script(["PENDING"])
    last = run(aws)[-1]
    assert (last["status"], last["error"]["name"]) == ("FAILED", "Arazzo.GuardExceeded")
    assert "ARAZZO_MAX_STEPS" in last["error"]["message"]
    assert "lastStep" not in last
    assert last["outputs"]["imageBuildVersionArn"] == IMAGE
    assert len(operations(aws)) == sent


def test_max_steps_is_not_exceeded_by_the_last_step(emulator):
    aws = emulator({"ARAZZO_MAX_STEPS": "3"})
    aws.image_builder.script([FAILED])
    assert run(aws)[-1]["status"] == "SUCCEEDED"


def test_clean_up_beyond_the_guard_is_not_sent(emulator):
    """The guard is for every step; the message names the one that was left undone."""
    aws = emulator({"ARAZZO_MAX_STEPS": "2"})
    aws.image_builder.script([FAILED])
    last = run(aws)[-1]
    assert last["error"]["stepId"] == "deleteFailedImage"
    assert "deleteFailedImage" in last["error"]["message"]
    assert len(aws.image_builder.images()) == 1


def test_waits_for_a_transient_failure_count_as_steps(emulator):
    aws = emulator({"ARAZZO_MAX_STEPS": "4"})
    aws.image_builder.fault("GetImage", "status", status=503, times=None)
    last = run(aws)[-1]
    assert last["error"]["name"] == "Arazzo.GuardExceeded"
    assert len(operations(aws)) == 4


def test_run_timeout(emulator):
    aws = emulator({"ARAZZO_RUN_TIMEOUT_SECONDS": "1"})
    aws.image_builder.script(["PENDING"])
    before = advance(aws, 2)
    time.sleep(1.2)
    sent = len(operations(aws))
    last = deliver(aws, before)
    assert (last["status"], last["error"]["name"]) == ("FAILED", "Arazzo.GuardExceeded")
    assert "ARAZZO_RUN_TIMEOUT_SECONDS" in last["error"]["message"]
    assert last["outputs"] == {"imageBuildVersionArn": IMAGE, "finalStatus": "PENDING", "deletedArn": None}
    assert len(operations(aws)) == sent


def test_state_too_large(emulator):
    aws = emulator({"ARAZZO_MAX_STATE_BYTES": "1200"})
    aws.image_builder.script([{"status": "PENDING", "reason": "r" * 900}])
    first = advance(aws, 1)
    last = deliver(aws, first)
    assert (last["status"], last["error"]["name"]) == ("FAILED", "Arazzo.StateTooLarge")
    for part in ("getImage.reason", "ARAZZO_MAX_STATE_BYTES", "1200"):
        assert part in last["error"]["message"]
    assert last["outputs"]["imageBuildVersionArn"] == IMAGE
    assert "DeleteImage" not in operations(aws)


@pytest.mark.parametrize("character", ["x", '"', "\\", "\n", "\u00e9", "\u0001"],
                         ids=["letter", "quote", "backslash", "line-end", "two-bytes", "control"])
def test_state_in_the_response_keeps_the_limit(emulator, character):
    """ARAZZO_MAX_STATE_BYTES is what Step Functions is given, escapes included, not what the state was made of."""
    aws = emulator({"ARAZZO_MAX_STATE_BYTES": "2048"})
    for length in range(50, 800, 50):
        aws.image_builder.reset()
        aws.image_builder.script([{"status": "PENDING", "reason": character * length}])
        result = aws.invoke(advance(aws, 1))
        response = result.payload
        if response["status"] == "FAILED":
            assert response["error"]["name"] == "Arazzo.StateTooLarge"
            continue
        raw = result.raw.decode()
        state = raw[raw.index('"state":') + len('"state":'):].rstrip()[:-1]
        assert json.loads(state) == response["state"]
        assert len(state.encode()) <= 2048, f"{length} characters"


# ---- configuration ----

NUMBERS = {
    "ARAZZO_POLL_SECONDS": ["-1", "x", "1.5", "86401", "1e3", "60s", "0x10", "99999999999999999999"],
    "ARAZZO_MAX_STEPS": ["0", "-1", "x", "1000001", "99999999999999999999"],
    "ARAZZO_RUN_TIMEOUT_SECONDS": ["0", "x", "31536001"],
    "ARAZZO_MAX_STATE_BYTES": ["0", "1023", "x", "1024001"],
    "AWS_MAX_ATTEMPTS": ["0", "x", "21"],
    "ARAZZO_INPUTS": ["x", "[]", '"x"', "{", '{"a": 1,}', "null"],
    "ARAZZO_TOKEN_INPUTS": [",".join(f"t{n}" for n in range(17))],
    "ARAZZO_CONTINUATION": ["x", "Return", "scheduler "],
    "AWS_CA_BUNDLE": ["/nonexistent/ca.pem", "/"],
    "AWS_ENDPOINT_URL": ["x", "ftp://127.0.0.1/", "http://", "http://user:secret@127.0.0.1/"],
    "AWS_ENDPOINT_URL_IMAGEBUILDER": ["x", "ftp://127.0.0.1/", "http://", "http://user:secret@127.0.0.1/"],
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": ["1", "yes"],
    "AWS_USE_FIPS_ENDPOINT": ["1", "yes", "true"],        # the emulator is a configured endpoint: it has no FIPS variant
    "AWS_USE_DUALSTACK_ENDPOINT": ["0", "on", "True"],
    "AWS_LAMBDA_LOG_LEVEL": ["LOUD"],
    "AWS_LAMBDA_LOG_FORMAT": ["XML"],
    "POWERTOOLS_METRICS_NAMESPACE": ["AWS/Lambda", ":x", "a+b", "n" * 256],
}


def invalid_values():
    for name, values in NUMBERS.items():
        for value in values:
            yield pytest.param(name, value, id=f"{name}={value[:24]}")


@pytest.mark.parametrize("name, value", invalid_values())
def test_invalid_configuration_fails_init_with_its_name(emulator, name, value):
    more = {"AWS_ENDPOINT_URL_IMAGEBUILDER": None} if name == "AWS_ENDPOINT_URL" else {}
    aws = emulator({name: value, **more})
    result = aws.invoke(start())
    assert result.function_error, result.payload
    assert result.payload["errorType"] == "Arazzo.InvalidConfiguration"
    assert name in result.payload["errorMessage"]
    assert "secret" not in result.payload["errorMessage"]
    assert operations(aws) == []


EMPTY = ["ARAZZO_POLL_SECONDS", "ARAZZO_INPUTS", "ARAZZO_TOKEN_INPUTS", "ARAZZO_CONTINUATION", "AWS_CA_BUNDLE",
         "AWS_ENDPOINT_URL", "ARAZZO_DOCUMENT"]


@pytest.mark.parametrize("name", EMPTY)
def test_empty_value_is_as_if_unset(emulator, name):
    """A template's parameter without a value arrives as an empty variable."""
    aws = emulator({name: ""})
    assert deliver(aws, start())["status"] == "RUNNING"


# ---- documents at init ----

GOOD = """arazzo: 1.0.1
info: {title: t, version: 1.0.0}
sourceDescriptions: [{name: api, url: api.yaml, type: openapi}]
workflows:
- workflowId: w
  steps:
  - stepId: s
    operationId: getThing
"""
API = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\nservers: [{url: 'http://127.0.0.1:9'}]\npaths:\n  /t: {get: {operationId: getThing}}\n"
DOCUMENTS = {
    "missing": (None, API, ["w.yaml", "can't be opened"]),
    "empty": ("", API, ["w.yaml"]),
    "yaml-error": (GOOD.replace("- stepId: s", "- stepId: [s"), API, ["w.yaml:8:"]),
    "unknown-operation": (GOOD.replace("getThing", "getThink"), API, ["w.yaml:8:18", "getThink"]),
    "description-missing": (GOOD.replace("api.yaml", "other.yaml"), API, ["w.yaml:3:", "other.yaml"]),
    "description-yaml-error": (GOOD, API + "x: [", ["api.yaml:"]),
    "description-not-openapi": (GOOD, "a: b\n", ["api.yaml:1:1", "openapi"]),
    "unknown-field": (GOOD + "    onSucces: []\n", API, ["w.yaml:9:", "onSucces"]),
    "a-folder": ("folder", API, ["w.yaml"]),
}


@pytest.mark.parametrize("document, api, parts", DOCUMENTS.values(), ids=DOCUMENTS.keys())
def test_invalid_document_fails_init(emulator, tmp_path, document, api, parts):
    (tmp_path / "api.yaml").write_text(api)
    if document == "folder":
        (tmp_path / "w.yaml").mkdir()
    elif document is not None:
        (tmp_path / "w.yaml").write_text(document)
    aws = emulator({"ARAZZO_DOCUMENT": "w.yaml", "AWS_REGION": None}, task_root=str(tmp_path))
    result = aws.invoke({"inputs": {}})
    assert result.function_error, result.payload
    assert result.payload["errorType"] == "Arazzo.InvalidDocument"
    for part in parts:
        assert part in result.payload["errorMessage"], result.payload["errorMessage"]
    assert aws.invoke({"inputs": {}}).payload["errorType"] == "Arazzo.InvalidDocument"


def test_good_document_of_these_tests_loads(emulator, tmp_path):
    (tmp_path / "api.yaml").write_text(API)
    (tmp_path / "w.yaml").write_text(GOOD)
    aws = emulator({"ARAZZO_DOCUMENT": "w.yaml", "AWS_REGION": None}, task_root=str(tmp_path))
    assert deliver(aws, {"inputs": {}})["lastStep"]["stepId"] == "s"
