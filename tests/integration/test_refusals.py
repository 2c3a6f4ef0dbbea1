"""Events, states and credentials that are wrong: a clear error with its name, and nothing is sent."""

import hashlib
import json

import pytest

from contract import check_refusal, check_response
from image_run import (DOCUMENT, INFRASTRUCTURE, INPUTS, RECIPE, WORKFLOW, advance, changed, deliver, operations, run,
                       start)

DEPTH = 100000
IMAGE_STATE_CHANGE = {
    "version": "0", "id": "a7f2e3b1-0000-4000-8000-000000000001", "detail-type": "EC2 Image Builder Image State Change",
    "source": "aws.imagebuilder", "account": "123456789012", "time": "2026-11-22T02:00:00Z", "region": "eu-west-1",
    "resources": ["arn:aws:imagebuilder:eu-west-1:123456789012:image/web/1.0.0/1"],
    "detail": {"previous-state": {"status": "TESTING"}, "state": {"status": "AVAILABLE"}},
}


def inputs(**more):
    return {"inputs": {**INPUTS, **more}}


def nested(depth):
    return ("[" * depth + "]" * depth).encode()


# The event, the error's name, and what its message must have in it.
EVENTS = {
    "empty-object": ({}, "Arazzo.InvalidEvent", "empty", '{"inputs"'),
    "array": ([inputs()], "Arazzo.InvalidEvent", "JSON object"),
    "string": ("start", "Arazzo.InvalidEvent", "JSON object"),
    "number": (7, "Arazzo.InvalidEvent", "JSON object"),
    "null": (b"null", "Arazzo.InvalidEvent", "JSON object"),
    "unknown-field": ({**inputs(), "input": {}}, "Arazzo.InvalidEvent", "'input'"),
    "inputs-missing": ({"workflowId": WORKFLOW}, "Arazzo.InvalidEvent", "inputs"),
    "inputs-beside-the-object": (INPUTS, "Arazzo.InvalidEvent", "imageRecipeArn"),
    "inputs-array": ({"inputs": []}, "Arazzo.InvalidEvent", "inputs"),
    "inputs-null": ({"inputs": None}, "Arazzo.InvalidEvent", "inputs"),
    "inputs-text": ({"inputs": json.dumps(INPUTS)}, "Arazzo.InvalidEvent", "inputs"),
    "workflow-unknown": ({**inputs(), "workflowId": "build-image"}, "Arazzo.InvalidEvent", "build-image"),
    "workflow-number": ({**inputs(), "workflowId": 1}, "Arazzo.InvalidEvent", "workflowId"),
    "run-id-number": ({**inputs(), "runId": 1}, "Arazzo.InvalidEvent", "runId"),
    "run-id-spaces": ({**inputs(), "runId": "a b"}, "Arazzo.InvalidEvent", "runId"),
    "run-id-line-end": ({**inputs(), "runId": "a\r\nb"}, "Arazzo.InvalidEvent", "runId"),
    "run-id-too-long": ({**inputs(), "runId": "x" * 257}, "Arazzo.InvalidEvent", "runId", "256"),
    "run-text": ({**inputs(), "run": "x"}, "Arazzo.InvalidEvent", "'run'"),
    "delivery-text": ({**inputs(), "delivery": "first"}, "Arazzo.InvalidEvent", "delivery"),
    "delivery-without-count": ({**inputs(), "delivery": {}}, "Arazzo.InvalidEvent", "retryCount"),
    "delivery-negative": ({**inputs(), "delivery": {"retryCount": -1}}, "Arazzo.InvalidEvent", "retryCount"),
    "delivery-fraction": ({**inputs(), "delivery": {"retryCount": 0.5}}, "Arazzo.InvalidEvent", "retryCount"),
    "delivery-huge": (b'{"inputs": {}, "delivery": {"retryCount": 1e400}}', "Arazzo.InvalidEvent", "retryCount"),
    "deeply-nested": (nested(400), "Arazzo.InvalidEvent", "JSON", "128"),
    "deeply-nested-input": (b'{"inputs": {"imageRecipeArn": ' + nested(400) + b"}}", "Arazzo.InvalidEvent", "128"),
    "six-mebibytes": (json.dumps(inputs(x="y" * (6 * 1024 * 1024 - 400))).encode(), "Arazzo.InvalidEvent", "bytes"),
    "image-state-change": (IMAGE_STATE_CHANGE, "Arazzo.InvalidEvent", "EC2 Image Builder Image State Change"),
    "other-eventbridge-event": ({**IMAGE_STATE_CHANGE, "detail-type": "EC2 Instance State-change Notification"},
                                "Arazzo.InvalidEvent", "EC2 Instance State-change Notification"),
    "eventbridge-unknown-field": ({**IMAGE_STATE_CHANGE, "detail": {**inputs(), "input": 1}}, "Arazzo.InvalidEvent", "'input'"),
    "eventbridge-detail-text": ({**IMAGE_STATE_CHANGE, "detail-type": "Scheduled Event", "detail": "x"},
                                "Arazzo.InvalidEvent", "detail"),
    "s3-notification": ({"Records": [{"eventSource": "aws:s3"}]}, "Arazzo.InvalidEvent", "Records"),
    "finished-succeeded": ({"status": "SUCCEEDED", "runId": "x", "workflowId": WORKFLOW, "outputs": {}},
                           "Arazzo.InvalidEvent", "over", "SUCCEEDED"),
    "finished-failed": ({"status": "FAILED", "runId": "x", "workflowId": WORKFLOW, "outputs": {}, "error": {}},
                        "Arazzo.InvalidEvent", "over", "FAILED"),
    "input-missing": ({"inputs": {"imageRecipeArn": RECIPE}}, "Arazzo.InvalidInput", "infrastructureConfigurationArn"),
    "inputs-empty": ({"inputs": {}}, "Arazzo.InvalidInput", "imageRecipeArn"),
    "input-number": (inputs(imageRecipeArn=7), "Arazzo.InvalidInput", "imageRecipeArn", "string"),
    "input-null": (inputs(imageRecipeArn=None), "Arazzo.InvalidInput", "imageRecipeArn"),
    "input-list": (inputs(infrastructureConfigurationArn=[INFRASTRUCTURE]), "Arazzo.InvalidInput",
                   "infrastructureConfigurationArn"),
    "token-number": (inputs(clientToken=1), "Arazzo.InvalidInput", "clientToken"),
    "token-null": (inputs(clientToken=None), "Arazzo.InvalidInput", "clientToken"),
}


@pytest.mark.parametrize("event, name, parts", [(e, n, p) for e, n, *p in EVENTS.values()], ids=EVENTS.keys())
def test_event_is_refused(aws, event, name, parts):
    result = aws.invoke(event)
    check_refusal(result, name, *parts)
    assert len(result.payload["errorMessage"]) < 1000
    assert aws.image_builder.requests() == []
    assert deliver(aws, start())["status"] == "RUNNING", "the next event is served as usual"


# What Lambda itself would refuse, but another caller of the same code could send.
TEXTS = {
    "nothing": (b"", "empty"),
    "white-space": (b" \n\t ", "empty"),
    "word": (b"start", "JSON"),
    "cut-off": (b'{"inputs": {"imageRecipeArn": "arn', "JSON"),
    "two-values": (b'{"inputs": {}} {"inputs": {}}', "JSON"),
    "single-quotes": (b"{'inputs': {}}", "JSON"),
    "not-utf-8": (b'{"inputs": {"imageRecipeArn": "\xff"}}', "JSON"),
    "nul": (b'{"inputs": {}}\0', "JSON"),
    "byte-order-mark-only": (b"\xef\xbb\xbf", "JSON"),
    "member-twice": (b'{"inputs": {}, "inputs": {"a": 1}}', "inputs"),
    "comment": (b'{"inputs": {} /* none */}', "JSON"),
    "deeply-nested": (nested(DEPTH), "128"),
    "nan": (b'{"inputs": {"x": NaN}}', "JSON"),
}


@pytest.mark.parametrize("text, part", TEXTS.values(), ids=TEXTS.keys())
def test_text_is_refused(aws, text, part):
    function = aws.need_function()
    attempt = function.synchronous(function.new_invocation(text))
    assert attempt.function_error
    assert attempt.payload["errorType"] == "Arazzo.InvalidEvent"
    assert part in attempt.payload["errorMessage"]
    assert aws.image_builder.requests() == []


@pytest.mark.parametrize("text, part", TEXTS.values(), ids=TEXTS.keys())
def test_text_is_refused_at_the_terminal(arazzo, text, part):
    done = arazzo("step", DOCUMENT, stdin=text, environment={"AWS_REGION": "eu-west-1"})
    assert done.exit_status == 1
    assert done.json["errorType"] == "Arazzo.InvalidEvent"
    assert part in done.json["errorMessage"]


def test_finished_response_is_refused(aws):
    last = run(aws)[-1]
    sent = len(operations(aws))
    check_refusal(aws.invoke(last), "Arazzo.InvalidEvent", "over")
    assert len(operations(aws)) == sent


# ---- states ----

REMOVED = object()
SUM_OF_NOTHING = hashlib.sha256(b"").hexdigest()
TAMPERED = {
    "state-null": (["state"], None),
    "state-text": (["state"], "x"),
    "state-empty": (["state"], {}),
    "state-array": (["state"], []),
    "version-2": (["state", "v"], 2),
    "version-0": (["state", "v"], 0),
    "version-text": (["state", "v"], "1"),
    "version-huge": (["state", "v"], 10 ** 400),
    "version-null": (["state", "v"], None),
    "documents-removed": (["state", "documents"], REMOVED),
    "documents-number": (["state", "documents"], 1),
    "documents-empty": (["state", "documents"], ""),
    "documents-other": (["state", "documents"], "0" * 64),
    "sum-removed": (["state", "sum"], REMOVED),
    "sum-other": (["state", "sum"], SUM_OF_NOTHING),
    "sum-upper-case": (["state", "sum"], lambda text: text.upper()),
    "sum-empty": (["state", "sum"], ""),
    "sum-number": (["state", "sum"], 7),
    "run-removed": (["state", "run"], REMOVED),
    "run-object": (["state", "run"], lambda text: json.loads(text)),
    "run-empty": (["state", "run"], ""),
    "run-other-step": (["state", "run"], lambda text: text.replace('"step":"getImage"', '"step":"deleteFailedImage"')),
    "run-other-image": (["state", "run"], lambda text: text.replace("image/web/1.0.0/1", "image/web/1.0.0/2")),
    "run-reformatted": (["state", "run"], lambda text: json.dumps(json.loads(text), indent=1)),
    "run-one-byte-more": (["state", "run"], lambda text: text + " "),
    "unknown-member": (["state", "more"], 1),
}


def tampered(event, path, value):
    at = event
    for name in path[:-1]:
        at = at[name]
    if value is REMOVED:
        copy = changed(event, path, None)
        del copy["state"][path[-1]]
        return copy
    return changed(event, path, value(at[path[-1]]) if callable(value) else value)


@pytest.fixture
def polling(aws):
    """A run whose next step polls, and the emulator's log without what came before."""
    aws.image_builder.script(["PENDING"])
    response = advance(aws, 2)
    return aws, response, len(operations(aws))


@pytest.mark.parametrize("path, value", TAMPERED.values(), ids=TAMPERED.keys())
def test_tampered_state_is_refused(polling, path, value):
    aws, response, sent = polling
    result = aws.invoke(tampered(response, path, value))
    check_refusal(result, "Arazzo.InvalidState")
    assert result.payload["errorMessage"]
    assert len(operations(aws)) == sent


def forged(response, **members):
    """The response with other content and the sum that belongs to it: members of the run, or of its frame."""
    text = json.loads(response["state"]["run"])
    for name, value in members.items():
        at = text if name in RUN else text["frames"][0]
        if value is REMOVED:
            del at[name]
        else:
            at[name] = value
    return sealed(response, json.dumps(text))


def sealed(response, text):
    documents = response["state"]["documents"]
    total = hashlib.sha256(f"arazzo-state 1\n{documents}\n{text}".encode()).hexdigest()
    return {**response, "state": {**response["state"], "run": text, "sum": total}}


RUN = ("runId", "startedMs", "stepsDone", "frames", "finished", "more")
FRAME = ("kind", "workflow", "step", "inputs", "steps", "waits", "waitSeconds", "maybeSent", "retries", "stepStartedMs", "origin",
         "leftOutputs")

# The sum is no signature: what it covers is checked all the same.
FORGED = {
    **{f"{name}-removed": {name: REMOVED} for name in (
        "runId", "startedMs", "stepsDone", "frames", "kind", "workflow", "step", "inputs")},
    **{f"{name}-array": {name: []} for name in (*RUN, *FRAME)},
    **{f"{name}-null": {name: None} for name in (*RUN, *FRAME)},
    "unknown-member": {"more": 1},
    "unknown-member-of-the-frame": {"further": 1},
    "frames-text": {"frames": ["x"]},
    "kind-unknown": {"kind": "dream"},
    "kind-of-a-called-workflow": {"kind": "call"},
    "run-id-empty": {"runId": ""},
    "run-id-line-end": {"runId": "a\nb"},
    "workflow-unknown": {"workflow": "0/other"},
    "workflow-of-unknown-document": {"workflow": f"1/{WORKFLOW}"},
    "workflow-without-document": {"workflow": WORKFLOW},
    "origin-unknown": {"origin": "0/other"},
    "step-unknown": {"step": "other"},
    "step-of-other-case": {"step": "getimage"},
    "started-negative": {"startedMs": -1},
    "started-fraction": {"startedMs": 0.5},
    "started-huge": {"startedMs": 10 ** 30},
    "steps-done-negative": {"stepsDone": -1},
    "steps-done-huge": {"stepsDone": 10 ** 30},
    "waits-too-many": {"waits": 11},
    "maybe-sent-too-large": {"maybeSent": 2},
    "maybe-sent-boolean": {"maybeSent": True},
    "wait-seconds-negative": {"waitSeconds": -1},
    "step-started-huge": {"stepStartedMs": 10 ** 30},
    "finished-unknown": {"finished": {"0/other": {}}},
    "retries-unknown-action": {"retries": {"x": 1}},
    "retries-negative": {"retries": {"x": -1}},
    "retries-text": {"retries": {"x": "1"}},
    "steps-unknown": {"steps": {"other": {"outputs": {}}}},
    "steps-without-outputs": {"steps": {"createImage": {}}},
    "steps-text": {"steps": {"createImage": "x"}},
    "steps-outputs-array": {"steps": {"createImage": {"outputs": []}}},
    "inputs-of-other-type": {"inputs": {**INPUTS, "imageRecipeArn": 7}},
    "inputs-missing": {"inputs": {}},
}


@pytest.mark.parametrize("members", FORGED.values(), ids=FORGED.keys())
def test_forged_state_is_refused(polling, members):
    aws, response, sent = polling
    check_refusal(aws.invoke(forged(response, **members)), "Arazzo.InvalidState")
    assert len(operations(aws)) == sent


CONTENT = {"empty": "", "text": "x", "array": "[]", "cut-off": '{"runId": "x"', "nested": nested(DEPTH).decode(),
           "member-twice": '{"runId": "x", "runId": "y"}', "number": "1"}


@pytest.mark.parametrize("text", CONTENT.values(), ids=CONTENT.keys())
def test_forged_content_is_refused(polling, text):
    aws, response, sent = polling
    check_refusal(aws.invoke(sealed(response, text)), "Arazzo.InvalidState")
    assert len(operations(aws)) == sent


def test_the_forger_of_these_tests_can_forge(polling):
    """What the tests above change must be what makes the difference."""
    aws, response, sent = polling
    assert deliver(aws, forged(response))["status"] == "RUNNING"
    assert len(operations(aws)) == sent + 1


def test_state_of_other_documents_is_refused(emulator, tmp_path):
    aws = emulator()
    aws.image_builder.script(["PENDING"])
    response = advance(aws, 2)
    sent = len(operations(aws))
    for folder, name in (("arazzo", DOCUMENT), ("openapi", "descriptions/openapi/amazon-ec2-image-builder-openapi.yaml")):
        source = aws.need_function().settings.task_root
        target = tmp_path / folder
        target.mkdir()
        with open(f"{source}/{name}") as file:
            (target / name.rsplit("/", 1)[1]).write_text(file.read())
    document = tmp_path / "arazzo" / DOCUMENT.rsplit("/", 1)[1]
    document.write_text(document.read_text() + "# one comment more\n")
    other = emulator({"ARAZZO_DOCUMENT": str(document)})
    check_refusal(other.invoke(response), "Arazzo.DocumentChanged", "documents")
    assert operations(other) == []
    assert len(operations(aws)) == sent


@pytest.mark.parametrize("path, value", [(["nextStepId"], "deleteFailedImage"), (["workflowId"], "other"), (["runId"], "x"),
                                         (["waitSeconds"], 0), (["lastStep"], None)],
                         ids=["next-step", "workflow", "run-id", "wait", "last-step"])
def test_what_is_beside_the_state_changes_nothing(polling, path, value):
    """Only the state says how a run goes on; the other members tell people about it."""
    aws, response, _ = polling
    last = deliver(aws, changed(response, path, value))
    assert (last["lastStep"]["stepId"], last["runId"]) == ("getImage", response["runId"])


# ---- credentials and region ----

CREDENTIALS = {
    "wrong-secret": ({"AWS_SECRET_ACCESS_KEY": "x" * 40}, 403),
    "unknown-key": ({"AWS_ACCESS_KEY_ID": "ASIAUNKNOWNUNKNOWN00"}, 403),
    "wrong-token": ({"AWS_SESSION_TOKEN": "x" * 100}, 403),
    "token-missing": ({"AWS_SESSION_TOKEN": None}, 403),
}


@pytest.mark.parametrize("environment, status", CREDENTIALS.values(), ids=CREDENTIALS.keys())
def test_wrong_credentials(emulator, environment, status):
    aws = emulator(environment)
    response = deliver(aws, start())
    assert (response["status"], response["error"]["name"]) == ("FAILED", "Arazzo.StepFailed")
    assert response["error"]["statusCode"] == status
    assert response["error"]["awsErrorType"]
    assert aws.image_builder.images() == []
    assert len(aws.image_builder.requests()) == 1


def test_expired_token(aws):
    aws.credential_store.expire()
    response = deliver(aws, start())
    assert (response["status"], response["error"]["awsErrorType"]) == ("FAILED", "ExpiredTokenException")
    assert aws.image_builder.images() == []


MISSING = {
    "no-key": ({"AWS_ACCESS_KEY_ID": None}, "AWS_ACCESS_KEY_ID"),
    "no-secret": ({"AWS_SECRET_ACCESS_KEY": None}, "AWS_SECRET_ACCESS_KEY"),
    "line-end-in-the-secret": ({"AWS_SECRET_ACCESS_KEY": "abcdefgh\n"}, "AWS_SECRET_ACCESS_KEY"),
    "space-in-the-token": ({"AWS_SESSION_TOKEN": "abc def"}, "AWS_SESSION_TOKEN"),
}


@pytest.mark.parametrize("environment, name", MISSING.values(), ids=MISSING.keys())
def test_unusable_credentials_name_the_variable(emulator, environment, name):
    aws = emulator(environment)
    response = deliver(aws, start())
    assert response["status"] == "FAILED"
    assert name in response["error"]["message"]
    assert "abcdefgh" not in json.dumps(response)
    assert aws.image_builder.requests() == []


REGIONS = {
    "unset": ({"AWS_REGION": None, "AWS_DEFAULT_REGION": None}, "AWS_REGION is not set"),
    "words": ({"AWS_REGION": "Frankfurt am Main"}, "AWS_REGION is 'Frankfurt am Main'"),
    "host": ({"AWS_REGION": "evil.example.com/"}, "AWS_REGION is"),
    "fragment": ({"AWS_REGION": "eu-west-1#"}, "AWS_REGION is"),
    "upper-case": ({"AWS_REGION": "EU-WEST-1"}, "AWS_REGION is"),
    "two-parts": ({"AWS_REGION": "eu-west"}, "AWS_REGION is"),
    "credentials-in-the-url": ({"AWS_REGION": "a@b-c-1"}, "AWS_REGION is"),
}


@pytest.mark.parametrize("environment, part", REGIONS.values(), ids=REGIONS.keys())
def test_region(emulator, environment, part):
    aws = emulator(environment)
    result = aws.invoke(start())
    assert result.function_error
    assert result.payload["errorType"] == "Arazzo.InvalidConfiguration"
    assert part in result.payload["errorMessage"]
    assert aws.image_builder.requests() == []


def test_other_region_is_refused_by_the_service(emulator):
    """A region that exists, but not that of the endpoint: the signature's scope does not fit."""
    aws = emulator({"AWS_REGION": "us-west-2"})
    response = check_response(aws.invoke(start()).payload)
    assert (response["status"], response["error"]["statusCode"]) == ("FAILED", 403)
    assert aws.image_builder.images() == []
