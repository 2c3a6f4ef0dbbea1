"""Inputs that their schema marks `format: password` come out of nothing but the state and the outputs: not of the log, its
metrics, of errors, of lastStep, or of what the command line tells people; whatever characters they have, wherever they were sent."""

import base64
import json
import urllib.parse

import pytest

DOCUMENT = "secrets.arazzo.yaml"
SECRETS = {
    "plain": "correct-horse-battery",
    "reserved": "a/b?c=d&e#f%20g+h",
    "quotes": "quo\"te\\and'tick",
    "spaces": "two words and more",
    "beyond-ascii": "pässwörd-日本-😀",
    "looks-encoded": "%41%42%43%44",
    "looks-like-json": "{\"k\":\"v\\n\"}",
}
AWS = {"AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "not-a-real-key-1234567890"}
OK = {"json": {"answer": "fine"}}


def path_of(secret):
    return "/vault/" + urllib.parse.quote(secret, safe="-._~")


def secrets_of(secret):
    return {"key": secret, "password": secret[::-1] + "-password", "pin": "pin-" + secret.encode().hex()[:20]}


def inputs(secret, **more):
    made = secrets_of(secret)
    return {"key": made["key"], "login": {"user": "ada", "password": made["password"], "pins": [made["pin"]]}, **more}


def forms(secret):
    """How a secret could be printed."""
    raw = secret.encode()
    yield secret
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    for text in (secret, json.dumps(secret)[1:-1]):
        quoted = urllib.parse.quote(text, safe="")
        yield from (quoted, quoted.lower(), urllib.parse.quote(text, safe="/"), urllib.parse.quote_plus(text))
    yield base64.b64encode(raw).decode().rstrip("=")
    yield base64.urlsafe_b64encode(raw).decode().rstrip("=")


def check_absent(text, secret):
    for hidden in secrets_of(secret).values():
        for form in forms(hidden):
            assert form not in text, f"{form!r} in {text!r}"
        assert hidden[:8] not in text


def without_carriers(response):
    """The response without what has to hold the inputs."""
    return {name: value for name, value in response.items() if name not in ("state", "outputs")}


def echo(secret, status, padding=0):
    """The service repeats what it was sent. Of a long message not all is repeated: the cut may fall into the secret."""
    made = secrets_of(secret)
    said = f"no vault {made['key']} {'x' * padding} for {made['password']} {base64.b64encode(made['key'].encode())}"
    return {"status": status, "headers": {"x-amzn-errortype": "Denied", "x-amzn-requestid": made["pin"]},
            "json": {"message": said}}


# What the service answers to the first step; the status of the run's end.
SCENES = {
    "success": (lambda secret: [OK], "SUCCEEDED"),
    "answer-is-the-secret": (lambda secret: [{"json": {"answer": secrets_of(secret)["key"]}}], "SUCCEEDED"),
    "refused": (lambda secret: [echo(secret, 403)], "FAILED"),
    **{f"refused-and-cut-at-{cut}": (lambda secret, cut=cut: [echo(secret, 403, 400 - cut)], "FAILED")
       for cut in (24, 28, 32, 36, 44)},
    "fails-twice": (lambda secret: [echo(secret, 503), echo(secret, 503), echo(secret, 403)], "FAILED"),
    "reset": (lambda secret: [{"reset": True}], "FAILED"),
    "not-json": (lambda secret: [{"body": "<html>" + secret}], "FAILED"),
    "not-json-for-a-while": (lambda secret: [{"body": "<html>" + secret, "status": 503}, OK], "SUCCEEDED"),
}
scenes = pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES.keys())
secrets = pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS.keys())
FEW = ["reserved", "beyond-ascii"]
few_secrets = pytest.mark.parametrize("secret", [SECRETS[name] for name in FEW], ids=FEW)


@pytest.fixture
def function(emulator, documents):
    def start(level):
        return emulator({"ARAZZO_DOCUMENT": DOCUMENT, "AWS_LAMBDA_LOG_LEVEL": level, "AWS_LAMBDA_LOG_FORMAT": "JSON",
                         "POWERTOOLS_METRICS_NAMESPACE": "Vaults", "ARAZZO_POLL_SECONDS": "0"},
                        task_root=str(documents))
    return start


@scenes
@secrets
def test_function(function, server, scene, secret):
    answers, status = scene
    aws = function("TRACE")
    seen, invoked = len(aws.logs()), len(aws.invocations())
    server.script("PUT", path_of(secret), *answers(secret))
    event, said = {"inputs": inputs(secret)}, []
    for _ in range(30):
        result = aws.invoke(event)
        assert not result.function_error, result.payload
        said.append(json.dumps(without_carriers(result.payload)))
        said.append(json.dumps(without_carriers(result.payload), ensure_ascii=False))
        event = result.payload
        if event["status"] != "RUNNING":
            break
    said += [line.text for line in aws.logs()[seen:]]
    assert event["status"] == status
    assert server.requests[0].json["password"] == secrets_of(secret)["password"]
    assert any("***" in text for text in said)
    assert sum('"_aws":' in text for text in said) == len(aws.invocations()) - invoked
    check_absent("\n".join(said), secret)


@scenes
@few_secrets
def test_command_line(arazzo, documents, server, scene, secret):
    answers, status = scene
    server.script("PUT", path_of(secret), *answers(secret))
    done = arazzo("run", documents / DOCUMENT, "--inputs", json.dumps(inputs(secret)), "--poll-seconds", "0",
                  environment={**AWS, "AWS_LAMBDA_LOG_LEVEL": "TRACE"})
    assert done.json["status"] == status
    check_absent(json.dumps(without_carriers(done.json), ensure_ascii=False), secret)
    check_absent(done.stdout.partition('"outputs"')[0] + done.stderr, secret)
    assert "/vault/***" in done.json["lastStep"]["url"] if "lastStep" in done.json else status == "FAILED"


@secrets
def test_state_and_outputs_hold_it(function, server, secret):
    """They have to: the next invocation sends the inputs again, and an output is what the document's author asked for."""
    aws = function("INFO")
    server.script("PUT", path_of(secret), {"json": {"answer": secret}})
    running = aws.invoke({"inputs": inputs(secret)}).payload
    assert json.loads(running["state"]["run"])["frames"][0]["inputs"] == inputs(secret)
    assert running["lastStep"]["url"].startswith(server.url + "/vault/***?token=***")
    ended = aws.invoke(running).payload
    assert ended["outputs"] == {"answer": secret}
    assert ended["lastStep"]["url"] == server.url + "/vault/***"


REFUSED = {
    "too-long": lambda secret: inputs(secret, key=secret * 20),
    "another-type": lambda secret: inputs(secret, key={"key": secret}),
    "another-input": lambda secret: inputs(secret, id="123456789"),
    "missing": lambda secret: {"key": secret},
}


@pytest.mark.parametrize("make", REFUSED.values(), ids=REFUSED.keys())
@secrets
def test_refused_inputs(function, server, arazzo, documents, make, secret):
    event = {"inputs": make(secret)}
    aws = function("TRACE")
    seen = len(aws.logs())
    result = aws.invoke(event)
    assert result.payload["errorType"] == "Arazzo.InvalidInput"
    said = [result.raw.decode()] + [line.text for line in aws.logs()[seen:]]
    done = arazzo("run", documents / DOCUMENT, "--inputs", json.dumps(event["inputs"]), environment=AWS)
    assert done.exit_status == 1
    check_absent("\n".join([*said, done.stdout, done.stderr]), secret)
    assert server.sent() == []


@pytest.mark.parametrize("visible", [1, 2, 3, 8, 15, 20])
def test_secret_that_is_cut(function, server, visible):
    """An error repeats 400 bytes of a service's message: what they hold of a secret is hidden, however little."""
    secret = SECRETS["plain"]
    server.script("PUT", path_of(secret), {"status": 403, "json": {"message": "." * (399 - visible) + " " + secret}})
    result = function("INFO").invoke({"inputs": inputs(secret)})
    assert result.payload["error"]["message"].endswith("... ***...")
