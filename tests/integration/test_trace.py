"""--trace and --har: what they hold, that no secret is in them, and that they are whole files or none; --replay of traces: the same
result without network or credentials, and a clear word where the run is another one."""

import copy
import json
import os
import shlex
import stat
import subprocess

import pytest

from image_run import DOCUMENT, FAILED, IMAGE, INPUTS, operations
from test_masking import AWS, SECRETS, check_absent, echo, inputs as secret_inputs, path_of, secrets_of

PAIRS = [part for name, value in INPUTS.items() for part in ("--input", f"{name}={value}")]


@pytest.fixture
def recorded(aws, arazzo, tmp_path):
    """Runs the shipped workflow with a trace and a HAR: what it printed, and both files."""
    def start(*options, script=("PENDING", FAILED), environment=None):
        aws.image_builder.script(list(script))
        done = arazzo("run", DOCUMENT, *PAIRS, "--poll-seconds", "0", "--trace", tmp_path / "t.json", "--har", tmp_path / "t.har",
                      *options, environment={**aws.sdk_environment(), **(environment or {})})
        return done, json.loads((tmp_path / "t.json").read_text()), json.loads((tmp_path / "t.har").read_text())
    return start


def names(list_of_headers):
    return {header["name"].lower(): header["value"] for header in list_of_headers}


def test_trace_of_the_shipped_workflow(aws, recorded):
    aws.image_builder.fault("GetImage", "status", status=503)
    done, trace, _ = recorded(environment={"AWS_MAX_ATTEMPTS": "3"})
    assert done.exit_status == 0, done.stderr
    create, poll, again, delete = trace["steps"]
    assert [step["stepId"] for step in trace["steps"]] == ["createImage", "getImage", "getImage", "deleteFailedImage"]
    assert (trace["arazzoTrace"], trace["workflowId"], trace["runId"]) == (1, done.json["workflowId"], done.json["runId"])
    assert trace["inputs"]["imageRecipeArn"] == INPUTS["imageRecipeArn"]
    assert create["request"]["body"]["json"]["clientToken"] == trace["inputs"]["clientToken"]
    assert create["request"]["signing"] == {"service": "imagebuilder", "region": "eu-west-1"}
    assert {"expression": "$inputs.imageRecipeArn", "value": INPUTS["imageRecipeArn"]} in create["values"]
    assert create["tries"][0]["response"]["body"]["json"]["imageBuildVersionArn"] == IMAGE
    assert create["transitions"][0]["why"] == ("the step succeeded; it has no success actions: fell through to the next step of "
                                               "the list, getImage")
    first, second = poll["tries"]
    assert (first["response"]["status"], first["outcome"]) == (503, "transient")
    assert first["why"].startswith("transient, try 1 of 3, waiting ")
    assert (second["response"]["status"], second["outcome"]) == (200, "answered")
    assert {(item["of"], item["verdict"]) for item in poll["criteria"]} == {
        ("successCriteria", "holds"), ("action", "fails"), ("action", "holds")}
    assert all(item["condition"] and item["values"] for item in poll["criteria"])
    assert poll["transitions"][0]["kind"] == "goto" and "success action" in poll["transitions"][0]["why"]
    assert again["result"]["nextStepId"] == "deleteFailedImage"
    assert delete["result"] == {"status": "SUCCEEDED", "action": "end", "outputs": done.json["outputs"]}
    assert trace["response"]["status"] == "SUCCEEDED" and "state" not in trace["response"]


def test_har_of_the_shipped_workflow(aws, recorded):
    """HAR 1.2: the members that every entry must have, and their types."""
    aws.image_builder.fault("CreateImage", "reset")
    _, _, har = recorded(environment={"AWS_MAX_ATTEMPTS": "3"})
    log = har["log"]
    assert (log["version"], log["creator"]["name"]) == ("1.2", "arazzo")
    assert [(entry["_stepId"], entry["_try"], entry["response"]["status"]) for entry in log["entries"]] == [
        ("createImage", 1, 0), ("createImage", 2, 200), ("getImage", 1, 200), ("getImage", 1, 200), ("deleteFailedImage", 1, 200)]
    for entry in log["entries"]:
        assert {"startedDateTime", "time", "request", "response", "cache", "timings"} <= set(entry)
        assert {"method", "url", "httpVersion", "cookies", "headers", "queryString", "headersSize",
                "bodySize"} <= set(entry["request"])
        assert {"status", "statusText", "httpVersion", "cookies", "headers", "content", "redirectURL", "headersSize",
                "bodySize"} <= set(entry["response"])
        assert {"size", "mimeType"} <= set(entry["response"]["content"]) and entry["time"] >= 0
    assert json.loads(log["entries"][0]["request"]["postData"]["text"])["imageRecipeArn"] == INPUTS["imageRecipeArn"]
    assert log["entries"][2]["request"]["queryString"] == [{"name": "imageBuildVersionArn", "value": IMAGE}]


def test_no_credentials_in_files(aws, arazzo, recorded, tmp_path):
    recorded()
    text = (tmp_path / "t.json").read_text() + (tmp_path / "t.har").read_text()
    environment = aws.sdk_environment()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        assert environment[name] not in text
    assert "AWS4-HMAC" not in text
    trace = json.loads((tmp_path / "t.json").read_text())
    assert names(trace["steps"][0]["tries"][0]["headers"])["authorization"] == "***"


@pytest.mark.parametrize("secret", [SECRETS[name] for name in ("plain", "reserved", "quotes", "beyond-ascii", "looks-like-json")])
def test_no_secret_of_the_inputs_in_files(arazzo, documents, server, tmp_path, secret):
    """Inputs that are passwords, where they are sent and where the service repeats them: URL, body, headers, errors."""
    for number, answer in enumerate([{"json": {"answer": secrets_of(secret)["key"], "echo": secrets_of(secret)}}, echo(secret, 403)]):
        server.script("PUT", path_of(secret), answer)
        files = [tmp_path / f"{number}.json", tmp_path / f"{number}.har"]
        dry = arazzo("run", documents / "secrets.arazzo.yaml", "--inputs", json.dumps(secret_inputs(secret)), "--dry-run",
                     environment={"AWS_REGION": "eu-west-1"})
        done = arazzo("run", documents / "secrets.arazzo.yaml", "--inputs", json.dumps(secret_inputs(secret)), "--poll-seconds", "0",
                      "--trace", files[0], "--har", files[1], environment=AWS)
        assert done.stdout and dry.json
        for file in files:
            text = json.dumps(json.loads(file.read_text()), ensure_ascii=False)
            assert "***" in text
            check_absent(text, secret)
            check_absent(file.read_text(), secret)
        check_absent(done.stderr + dry.stderr + dry.stdout, secret)


def test_files_are_private_and_replaced_as_a_whole(recorded, tmp_path):
    (tmp_path / "t.json").write_text("old")
    os.chmod(tmp_path / "t.json", 0o644)
    recorded()
    for name in ("t.json", "t.har"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["t.har", "t.json"]


@pytest.mark.parametrize("option", ["--trace", "--har"])
@pytest.mark.parametrize("place", ["no/such/folder/t.json", "tests", "fifo"])
def test_a_file_that_can_not_be_made(aws, arazzo, tmp_path, option, place):
    """Found before anything is sent."""
    os.mkfifo(tmp_path / "fifo")
    place = str(tmp_path / "fifo") if place == "fifo" else place
    done = arazzo("run", DOCUMENT, *PAIRS, option, place, environment=aws.sdk_environment())
    assert (done.exit_status, done.stdout) == (1, "")
    assert place in done.stderr
    assert operations(aws) == []


def test_a_refused_run_leaves_the_old_file(aws, arazzo, tmp_path):
    (tmp_path / "t.json").write_text("old")
    done = arazzo("run", DOCUMENT, "--trace", tmp_path / "t.json", environment=aws.sdk_environment())
    assert done.json["errorType"] == "Arazzo.InvalidInput"
    assert (tmp_path / "t.json").read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 1


def test_an_interrupted_run_has_a_whole_trace(aws, arazzo, tmp_path):
    aws.image_builder.script(["PENDING"])
    arazzo.interrupt("run", DOCUMENT, *PAIRS, "--poll-seconds", "30", "--trace", tmp_path / "t.json",
                     environment=aws.sdk_environment(), when=lambda: operations(aws).count("GetImage") == 1)
    trace = json.loads((tmp_path / "t.json").read_text())
    assert [step["stepId"] for step in trace["steps"]] == ["createImage", "getImage"]
    assert trace["response"]["status"] == "RUNNING"
    replay = arazzo("run", DOCUMENT, "--replay", tmp_path / "t.json")
    assert (replay.exit_status, replay.json["nextStepId"]) == (1, "getImage")


LOGIN = """arazzo: 1.0.1
info: {title: t, version: "1"}
sourceDescriptions: [{name: api, url: api.yaml, type: openapi}]
workflows:
  - workflowId: main
    inputs: {type: object, properties: {token: {type: string}}}
    steps:
      - stepId: login
        operationId: login
        parameters: [{name: Authorization, in: header, value: "Bearer {$inputs.token}"}]
        outputs: {cookie: $response.header.Set-Cookie}
      - stepId: read
        operationId: login
        parameters: [{name: Cookie, in: header, value: "$steps.login.outputs.cookie"}]
        outputs: {said: $response.body#/said}
    outputs: {said: $steps.read.outputs.said}
"""
API = """openapi: 3.0.3
info: {title: t, version: "1"}
servers: [{url: SERVER}]
paths: {/login: {get: {operationId: login, responses: {"200": {description: d}}}}}
"""


def test_no_token_or_cookie_in_files(arazzo, server, tmp_path):
    """Of headers that carry credentials neither the value nor what expressions read of it is shown; the run can be replayed."""
    (tmp_path / "doc.yaml").write_text(LOGIN)
    (tmp_path / "api.yaml").write_text(API.replace("SERVER", server.url))
    server.script("GET", "/login", {"json": {"said": "hello"}, "headers": {"Set-Cookie": "sid=0123456789abcdef; Path=/"}})
    files = [tmp_path / "t.json", tmp_path / "t.har"]
    arguments = ("run", tmp_path / "doc.yaml", "--input", "token=tok-0123456789")
    done = arazzo(*arguments, "--trace", files[0], "--har", files[1])
    assert done.exit_status == 0 and server.requests[1].headers["cookie"].startswith("sid=0123")
    first = json.loads(files[0].read_text())["steps"][0]
    assert names(first["request"]["headers"])["authorization"] == "***"
    for file in files:
        text = file.read_text().replace(json.dumps({"token": "tok-0123456789"})[1:-1], "")
        assert "0123456789abcdef" not in text and "Bearer tok" not in text
    assert arazzo(*arguments, "--replay", files[0]).stdout == done.stdout


CARRIERS = ["X-Vault-Token", "PRIVATE-TOKEN", "Ocp-Apim-Subscription-Key", "X-Shop-Access-Token", "x-goog-api-key", "X-Webhook-Secret",
            "X-Amz-Security-Token", "Proxy-Authorization"]
NO_CARRIERS = ["Idempotency-Key", "X-Page-Token", "X-Amz-Client-Token", "Authorization-Mode"]


@pytest.mark.parametrize("name", CARRIERS + NO_CARRIERS)
def test_headers_that_carry_credentials(arazzo, server, tmp_path, name):
    """Also of vendors that nobody has heard of; what only sounds like one is shown."""
    (tmp_path / "doc.yaml").write_text(LOGIN.replace('name: Authorization, in: header, value: "Bearer {$inputs.token}"',
                                                     f'name: {name}, in: header, value: "val-0123456789"'))
    (tmp_path / "api.yaml").write_text(API.replace("SERVER", server.url))
    server.script("GET", "/login", {"json": {"said": "val-0123456789"}})
    files = [tmp_path / "t.json", tmp_path / "t.har"]
    done = arazzo("run", tmp_path / "doc.yaml", "--trace", files[0], "--har", files[1])
    assert server.requests[0].headers[name.lower()] == "val-0123456789", done.stderr
    first = json.loads(files[0].read_text())["steps"][0]
    assert names(first["request"]["headers"])[name.lower()] == ("***" if name in CARRIERS else "val-0123456789")
    entry = json.loads(files[1].read_text())["log"]["entries"][0]
    assert ("val-0123456789" in json.dumps([first, entry])) == (name in NO_CARRIERS)


def test_a_signature_that_is_repeated(arazzo, server, tmp_path):
    """A service that refuses a signature may tell which one, and whose."""
    answer = {"status": 403, "json": {}}
    server.script("PUT", "/CreateImage", answer)
    take = server.take

    def echo_authorization(request):
        answer["json"] = {part.split("=")[0].split()[-1]: part.split("=")[1].split("/")[0]
                          for part in request.headers["authorization"].split(",")}
        return take(request)
    server.take = echo_authorization
    arazzo("run", DOCUMENT, *PAIRS, "--endpoint-url", server.url, "--trace", tmp_path / "t.json", "--har", tmp_path / "t.har",
           environment=AWS)
    assert answer["json"]["Credential"] == AWS["AWS_ACCESS_KEY_ID"] and len(answer["json"]["Signature"]) == 64
    text = (tmp_path / "t.json").read_text() + (tmp_path / "t.har").read_text()
    assert answer["json"]["Signature"] not in text and answer["json"]["Credential"] not in text


KEYED = """openapi: 3.0.3
info: {title: t, version: "1"}
servers: [{url: SERVER}]
security: [{key: [], bearer: []}]
components:
  securitySchemes: {key: {type: apiKey, in: query, name: k}, bearer: {type: http, scheme: bearer}}
paths: {/login: {get: {operationId: login, responses: {"200": {description: d}}}}}
"""


def test_no_secret_of_an_api_in_files(arazzo, server, tmp_path):
    """Keys in the URL, tokens in headers, and an answer that repeats them; a replay needs neither."""
    key, token = "key-0123456789/+", "token-9876543210"
    (tmp_path / "doc.yaml").write_text(LOGIN.replace('        parameters: [{name: Authorization, in: header, value: "Bearer {$inputs.token}"}]\n', ""))
    (tmp_path / "api.yaml").write_text(KEYED.replace("SERVER", server.url))
    server.script("GET", "/login", {"json": {"said": "hello", "you": [key, token]}, "headers": {"X-Echo": token, "Set-Cookie": "a=b"}})
    files = [tmp_path / "t.json", tmp_path / "t.har"]
    done = arazzo("run", tmp_path / "doc.yaml", "--trace", files[0], "--har", files[1], environment={
        "MY_KEY": key, "MY_TOKEN": token, "ARAZZO_SECRETS": '{"key": "env:MY_KEY", "bearer": "env:MY_TOKEN"}'})
    assert done.exit_status == 0, done.stderr
    assert server.requests[0].headers["authorization"] == f"Bearer {token}" and "k=key-" in server.requests[0].target
    text = "".join(file.read_text() for file in files) + done.stderr
    assert "0123456789" not in text and "9876543210" not in text
    assert "k=***" in text
    assert arazzo("run", tmp_path / "doc.yaml", "--replay", files[0]).stdout == done.stdout


# ---- replay ----

def replay(arazzo, path, *options):
    return arazzo("run", DOCUMENT, "--replay", path, *options, environment={"AWS_MAX_ATTEMPTS": None})


@pytest.mark.parametrize("script, fault", [
    (["PENDING", FAILED], None), (["AVAILABLE"], None), (["PENDING", "CANCELLED"], ("GetImage", "status", {"status": 503})),
    (["PENDING", "AVAILABLE"], ("GetImage", "reset", {})), (["AVAILABLE"], ("CreateImage", "status", {"status": 400})),
    (["AVAILABLE"], ("GetImage", "status", {"status": 429, "times": 3}))],
    ids=["failed", "available", "cancelled-after-503", "reset", "refused", "throttled"])
def test_replay_gives_the_same(aws, arazzo, recorded, tmp_path, script, fault):
    """The whole response, durations included; nothing is sent, and no credentials or region are needed."""
    if fault:
        aws.image_builder.fault(fault[0], fault[1], **fault[2])
    done, _, _ = recorded("--max-steps", "9", script=script, environment={"AWS_MAX_ATTEMPTS": "2"})
    sent = len(aws.image_builder.requests())
    again = replay(arazzo, tmp_path / "t.json", "--trace", tmp_path / "again.json")
    assert (again.stdout, again.exit_status) == (done.stdout, done.exit_status), again.stderr
    assert len(aws.image_builder.requests()) == sent
    first, second = (json.loads((tmp_path / name).read_text()) for name in ("t.json", "again.json"))
    for one, other in zip(first["steps"], second["steps"], strict=True):
        assert one["request"] == other["request"]
        assert one.get("criteria") == other.get("criteria")
        assert one["transitions"] == other["transitions"]
        assert one["result"] == other["result"]


def change_input(trace):
    trace["inputs"]["imageRecipeArn"] += "x"


def change_token(trace):
    trace["runId"], trace["inputs"]["clientToken"] = "other", "other-token"


def change_method(trace):
    trace["steps"][1]["request"]["method"] = "POST"


def change_answer(trace):
    trace["steps"][2]["tries"][0]["response"]["body"]["json"]["image"]["state"]["status"] = "AVAILABLE"


def change_order(trace):
    trace["steps"][1], trace["steps"][3] = trace["steps"][3], trace["steps"][1]


def drop_tries(trace):
    trace["steps"][1]["tries"] = []


CHANGES = {
    "input": (change_input, "step createImage: its request/body/json/imageRecipeArn is \""),
    "token": (change_token, "its request/body/json/clientToken is \"other-token\", but was \""),
    "method": (change_method, "step getImage: its request/method is \"GET\", but was \"POST\""),
    "order": (change_order, "the run sends the request of step getImage, where the trace has step deleteFailedImage"),
    "tries": (drop_tries, "step getImage: the trace has no further try"),
}


@pytest.mark.parametrize("change, message", CHANGES.values(), ids=CHANGES.keys())
def test_replay_of_another_run(arazzo, recorded, tmp_path, change, message):
    _, trace, _ = recorded()
    change(trace)
    (tmp_path / "changed.json").write_text(json.dumps(trace))
    done = replay(arazzo, tmp_path / "changed.json")
    assert (done.exit_status, done.stdout) == (1, "")
    assert message in done.stderr


def test_replay_with_an_answer_that_was_edited(arazzo, recorded, tmp_path):
    """A trace is a test of the document: what would have happened, had the build succeeded?"""
    _, trace, _ = recorded()
    change_answer(trace)
    (tmp_path / "changed.json").write_text(json.dumps(trace))
    done = replay(arazzo, tmp_path / "changed.json")
    assert (done.exit_status, done.json["outputs"]["finalStatus"]) == (0, "AVAILABLE")


NO_TRACES = {"missing": (None, "does not exist"), "not-json": ("{", "--replay"), "other-json": ("{}", "no trace"),
             "no-steps": ('{"arazzoTrace": 1, "steps": []}', "no steps"), "list": ("[]", "no trace")}


@pytest.mark.parametrize("text, message", NO_TRACES.values(), ids=NO_TRACES.keys())
def test_what_is_no_trace(arazzo, tmp_path, text, message):
    if text is not None:
        (tmp_path / "t.json").write_text(text)
    done = replay(arazzo, tmp_path / "t.json")
    assert (done.exit_status, done.stdout) == (1, "")
    assert message in done.stderr


@pytest.mark.parametrize("values, refused", [(999_990, "no trace"), (1_000_001, "1000000")])
def test_a_trace_with_many_values(arazzo, tmp_path, values, refused):
    (tmp_path / "t.json").write_text("[" + "0," * (values - 1) + "0]")
    assert refused in replay(arazzo, tmp_path / "t.json").stderr


@pytest.mark.parametrize("more", [0, 1])
def test_a_trace_that_is_too_long(arazzo, tmp_path, more):
    with open(tmp_path / "t.json", "wb") as file:
        file.truncate(64 * 1024 * 1024 + more)
    done = replay(arazzo, tmp_path / "t.json")
    assert done.exit_status == 1
    assert ("67108864" in done.stderr) == bool(more), done.stderr


DAMAGE = [("steps", 0), ("steps", [None]), ("startedMs", -5), ("inputs", []), ("workflowId", 7), ("pollSeconds", "x"),
          ("steps", [{"stepId": "createImage", "request": {}, "tries": [{}]}]), ("runId", {"a": 1}), ("region", "no region"),
          ("maxAttempts", 0), ("maxSteps", -1)]


@pytest.mark.parametrize("name, value", DAMAGE, ids=[f"{name}-{number}" for number, (name, _) in enumerate(DAMAGE)])
def test_a_damaged_trace(arazzo, recorded, tmp_path, name, value):
    """Refused, or replayed as far as it goes: never a crash."""
    _, trace, _ = recorded()
    (tmp_path / "changed.json").write_text(json.dumps({**copy.deepcopy(trace), name: value}))
    done = replay(arazzo, tmp_path / "changed.json")
    assert done.exit_status in (0, 1) and done.stderr


MEMBERS_OF_TIME = {"run": ([], "startedMs"), "step": (["steps", 1], "startedMs"), "duration": (["steps", 0], "durationUs"),
                   "start-of-a-try": (["steps", 1, "tries", 0], "startUs"), "end-of-a-try": (["steps", 1, "tries", 0], "endUs"),
                   "status": (["steps", 1, "tries", 0, "response"], "status"), "poll": ([], "pollSeconds")}


@pytest.mark.parametrize("number", [-2**63, 2**63 - 1])
@pytest.mark.parametrize("path, name", MEMBERS_OF_TIME.values(), ids=MEMBERS_OF_TIME.keys())
def test_impossible_numbers_in_a_trace(aws, arazzo, recorded, tmp_path, path, name, number):
    """Nothing is calculated with them that has no result."""
    aws.image_builder.fault("GetImage", "status", status=503)
    _, trace, _ = recorded(environment={"AWS_MAX_ATTEMPTS": "2"})
    place = trace
    for part in path:
        place = place[part]
    assert name in place
    place[name] = number
    (tmp_path / "changed.json").write_text(json.dumps(trace))
    done = replay(arazzo, tmp_path / "changed.json", "--trace", tmp_path / "again.json")
    assert done.exit_status in (0, 1) and "runtime error" not in done.stderr and done.stderr


def test_replay_needs_a_hidden_input(arazzo, documents, server, tmp_path):
    secret = SECRETS["plain"]
    server.script("PUT", path_of(secret), {"json": {"answer": "fine"}})
    given = secret_inputs(secret)
    document = documents / "secrets.arazzo.yaml"
    done = arazzo("run", document, "--inputs", json.dumps(given), "--trace", tmp_path / "t.json", "--poll-seconds", "0",
                  environment=AWS)
    refused = arazzo("run", document, "--replay", tmp_path / "t.json")
    assert (refused.exit_status, refused.stdout) == (1, "")
    assert "the trace hides the input" in refused.stderr
    again = arazzo("run", document, "--replay", tmp_path / "t.json", "--inputs", json.dumps(given))
    assert again.stdout == done.stdout


def test_replay_of_a_resumed_run(aws, arazzo, recorded, tmp_path):
    done, _, _ = recorded("--max-steps", "50")
    aws.image_builder.script(["PENDING", "AVAILABLE"])
    environment = aws.sdk_environment()
    arazzo.interrupt("run", DOCUMENT, *PAIRS, "--poll-seconds", "30", "--save", tmp_path / "run.json", environment=environment,
                     when=lambda: operations(aws).count("GetImage") == 3)
    saved = tmp_path / "run.json"
    kept = tmp_path / "kept.json"
    kept.write_text(saved.read_text())
    resumed = arazzo("run", DOCUMENT, "--resume", f"@{saved}", "--poll-seconds", "0", "--trace", tmp_path / "r.json",
                     environment=environment)
    assert resumed.exit_status == 0, resumed.stderr
    refused = replay(arazzo, tmp_path / "r.json")
    assert "resumed" in refused.stderr and refused.exit_status == 1
    assert replay(arazzo, tmp_path / "r.json", "--resume", f"@{kept}").stdout == resumed.stdout


@pytest.mark.parametrize("closed", ["0<&-", "1>&-", "2>&-", "0<&- 1>&- 2>&-"], ids=["input", "output", "error", "all"])
def test_without_standard_streams(aws, arazzo, tmp_path, closed):
    """What would be printed is not written into the file that got the number of the stream."""
    aws.image_builder.script(["AVAILABLE"])
    command = [str(word) for word in (arazzo.program, "run", DOCUMENT, *PAIRS, "--poll-seconds", "0", "--har", tmp_path / "t.har")]
    subprocess.run(f"{shlex.join(command)} {closed}", shell=True, cwd=arazzo.folder, timeout=30, capture_output=True,
                   env={**arazzo.environment, **aws.sdk_environment(), "AWS_LAMBDA_LOG_LEVEL": "DEBUG"})
    assert len(json.loads((tmp_path / "t.har").read_text())["log"]["entries"]) == 2
