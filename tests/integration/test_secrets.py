"""No secret in a log, a response or a state, whatever happens."""

import json

import pytest

from image_run import FAILED, advance, operations, start

SCENES = {
    "failed-build": {},
    "forbidden": {"fault": ("CreateImage", "status", {"status": 403})},
    "throttled": {"fault": ("GetImage", "status", {"status": 429})},
    "reset": {"fault": ("GetImage", "reset", {})},
    "html": {"fault": ("GetImage", "html", {})},
    "killed": {"fault": ("DeleteImage", "kill", {"when": "applied"})},
    "echoed-by-the-service": {"fault": ("GetImage", "status", {"status": 403, "type": "InvalidSignatureException"}),
                              "echo": True},
    "refused-event": {"event": {"inputs": {"x": 1}}},
    "refused-credentials": {"expired": True},
}
LEVELS = ["INFO", "TRACE"]


def secrets_of(aws):
    keys = aws.credentials
    environment = keys.environment()
    return [environment["AWS_SECRET_ACCESS_KEY"], environment["AWS_SESSION_TOKEN"]]


def signatures(aws):
    """What was really sent: the Authorization headers and the signatures in them."""
    found = [entry.header("Authorization") for entry in aws.image_builder.requests()]
    return [text for header in found for text in (header, header.rpartition("Signature=")[2])]


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES.keys())
def test_no_secret_comes_out(emulator, scene, level):
    aws = emulator({"AWS_LAMBDA_LOG_LEVEL": level, "AWS_LAMBDA_LOG_FORMAT": "JSON", "POWERTOOLS_METRICS_NAMESPACE": "Images"},
                   cold=True)
    aws.image_builder.script(["PENDING", FAILED])
    if "fault" in scene:
        operation, kind, options = scene["fault"]
        message = f"the token {secrets_of(aws)[1]} is not valid" if scene.get("echo") else None
        aws.image_builder.fault(operation, kind, **options, **({"message": message} if message else {}))
    if scene.get("expired"):
        aws.credential_store.expire()
    event, said = scene.get("event", start()), []
    for _ in range(12):
        result = aws.invoke(event)
        said.append(result.raw.decode())
        if not result.function_error:
            event = result.payload
        elif scene.get("event"):
            break
        if event.get("status", "RUNNING") != "RUNNING":
            break
    said += [line.text for line in aws.logs()]
    assert len(said) > 1
    assert any('"_aws":' in text for text in said)
    hidden = secrets_of(aws) + signatures(aws)
    assert scene.get("event") or len(hidden) > 2
    everything = "\n".join(said)
    for secret in hidden:
        assert secret not in everything
    assert "AWS4-HMAC-SHA256" not in everything
    assert "authorization" not in everything.lower()


TOKEN = "sess1on-token.of_the_test"
ECHOES = {
    "type": {"status": 400, "headers": {"x-amzn-errortype": TOKEN}},
    "request-id": {"status": 400, "headers": {"x-amzn-requestid": TOKEN}},
    "location": {"status": 307, "headers": {"Location": f"https://h.example/{TOKEN}/"}},
    "endpoint": {"status": 301, "body": f"<Error><Code>PermanentRedirect</Code><Endpoint>{TOKEN}</Endpoint></Error>",
                 "headers": {"Content-Type": "application/xml"}},
    "start-of-a-message": {"status": 400, "json": {"message": f"no {TOKEN[:16]}... here"}},
}


@pytest.mark.parametrize("answer", ECHOES.values(), ids=ECHOES.keys())
def test_session_token_that_a_service_repeats(emulator, server, answer):
    server.script("PUT", "/CreateImage", answer)
    aws = emulator({"AWS_LAMBDA_LOG_LEVEL": "TRACE", "AWS_SESSION_TOKEN": TOKEN,
                    "AWS_ENDPOINT_URL_IMAGEBUILDER": server.url}, cold=True)
    result = aws.invoke(start())
    assert server.requests[0].headers["x-amz-security-token"] == TOKEN
    assert TOKEN[:16] not in "\n".join([result.raw.decode()] + [line.text for line in aws.logs()])


def test_state_holds_no_more_than_it_needs(aws):
    aws.image_builder.script([{"status": "PENDING", "reason": "waits"}])
    response = advance(aws, 3)
    content = json.loads(response["state"]["run"])
    assert set(content) == {"runId", "startedMs", "stepsDone", "frames"}
    assert set(content["frames"][0]) == {"kind", "workflow", "step", "inputs", "steps"}
    assert "latestVersionReferences" not in json.dumps(response)
    assert operations(aws) == ["CreateImage", "GetImage", "GetImage"]


def test_logs_have_no_payload(aws):
    aws.image_builder.script(["PENDING"])
    seen = len(aws.logs())
    advance(aws, 3)
    text = "\n".join(line.text for line in aws.logs()[seen:])
    assert "createImage" in text
    assert start()["inputs"]["imageRecipeArn"] not in text
