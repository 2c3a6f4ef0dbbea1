"""AWS credentials from everywhere but the environment: a container's endpoint, profiles, credential processes. Whatever happens, no
secret of them comes out."""

import datetime
import json
import shlex
import sys

import pytest

from image_run import DOCUMENT, INPUTS, deliver, operations, start

NO_KEYS = {name: None for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")}
PAIRS = [part for name, value in INPUTS.items() for part in ("--input", f"{name}={value}")]
TOKEN = "Basic bm90LWEtcmVhbC10b2tlbg=="


def expiration(seconds):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)).strftime(
        "%Y-%m-%dT%H:%M:%SZ")


def as_json(keys, seconds=3600, token="Token", **more):
    return {**more, "AccessKeyId": keys.access_key, "SecretAccessKey": keys.secret_key, token: keys.token,
            "Expiration": expiration(seconds)}


def check_hidden(text, *keys):
    for one in keys:
        for secret in (one.secret_key, one.token):
            assert secret not in text and secret[:16] not in text
    assert TOKEN not in text


# ---- a function, from a container's endpoint ----

@pytest.fixture
def function(emulator, server):
    """An emulator whose function has no keys in its environment, and new ones that the endpoint may give."""
    variables = {**NO_KEYS, "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{server.url}/credentials",
                 "AWS_CONTAINER_AUTHORIZATION_TOKEN": TOKEN, "AWS_LAMBDA_LOG_LEVEL": "TRACE",
                 "ARAZZO_POLL_SECONDS": "0"}
    aws = emulator(variables, cold=True)
    aws.keys = aws.credential_store.create()
    aws.seen = len(aws.logs())
    return aws


def said(aws, *responses):
    return "\n".join([json.dumps(one) for one in responses] + [line.text for line in aws.logs()[aws.seen:]])


def test_asked_once_and_kept(function, server):
    server.script("GET", "/credentials", {"json": as_json(function.keys)})
    function.image_builder.script(["PENDING", "AVAILABLE"])
    responses = [deliver(function, start())]
    while responses[-1]["status"] == "RUNNING":
        responses.append(deliver(function, responses[-1]))
    assert responses[-1]["status"] == "SUCCEEDED"
    assert server.sent() == ["GET /credentials"]
    assert server.requests[0].headers["authorization"] == TOKEN
    check_hidden(said(function, *responses), function.keys)


def test_asked_again_before_they_expire(function, server):
    later = function.credential_store.create()
    server.script("GET", "/credentials", {"json": as_json(function.keys, 45)}, {"json": as_json(later, 45)})
    function.image_builder.script(["AVAILABLE"])
    running = deliver(function, start())
    function.credential_store.expire(function.keys.access_key)
    assert deliver(function, running)["status"] == "SUCCEEDED"
    assert len(server.sent()) == 2


def test_renewing_fails(function, server):
    """What is valid is used, although it is time to renew it."""
    server.script("GET", "/credentials", {"json": as_json(function.keys, 600)}, {"status": 500})
    function.image_builder.script(["AVAILABLE"])
    assert deliver(function, deliver(function, start()))["status"] == "SUCCEEDED"


def test_overloaded_endpoint(function, server):
    server.script("GET", "/credentials", {"status": 503, "body": function.keys.token}, {"json": as_json(function.keys)})
    function.image_builder.script(["AVAILABLE"])
    first = deliver(function, start())
    assert (first["status"], first["nextStepId"]) == ("RUNNING", "createImage")
    assert operations(function) == []
    second = deliver(function, first)
    assert (second["status"], second["nextStepId"]) == ("RUNNING", "getImage")
    check_hidden(said(function, first, second), function.keys)


def test_endpoint_that_hangs(emulator, server):
    """The invocation answers before its deadline, and has sent nothing."""
    aws = emulator({**NO_KEYS, "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{server.url}/credentials"}, cold=True,
                   function_timeout=3)
    server.script("GET", "/credentials", {"seconds": 20})
    response = deliver(aws, start())
    assert (response["status"], response["nextStepId"], operations(aws)) == ("RUNNING", "createImage", [])


REFUSALS = {
    "forbidden": ({"status": 403}, "it answered with status 403; look at the role"),
    "redirect": ({"status": 302, "headers": {"Location": "http://127.0.0.1:1/"}}, "status 302"),
    "no-json": ({"body": "SECRET"}, "what it gave is not JSON (line 1, column 1)"),
    "incomplete": ({"json": {"AccessKeyId": "A", "Token": "SECRET"}}, "has no text as its member 'SecretAccessKey'"),
    "line-end": ({"json": {"AccessKeyId": "A", "SecretAccessKey": "SECRET\n"}}, "SecretAccessKey holds a space"),
    "expired": ({"json": {"AccessKeyId": "A", "SecretAccessKey": "SECRET", "Expiration": "2020-01-01T00:00:00Z"}},
                "have already expired"),
}


@pytest.mark.parametrize("answer, message", REFUSALS.values(), ids=REFUSALS.keys())
def test_endpoint_that_gives_none(function, server, answer, message):
    server.script("GET", "/credentials", answer)
    response = deliver(function, start())
    assert (response["status"], response["error"]["name"]) == ("FAILED", "Arazzo.StepFailed")
    assert message in response["error"]["message"]
    assert operations(function) == []
    assert "SECRET" not in said(function, response).replace("AWS_CONTAINER", "")


def test_expired_ones_are_replaced(function, server):
    later = function.credential_store.create()
    server.script("GET", "/credentials", {"json": as_json(function.keys)}, {"json": as_json(later)})
    function.image_builder.script(["AVAILABLE"])
    first = deliver(function, start())
    function.credential_store.expire(function.keys.access_key)
    second = deliver(function, first)
    assert (second["status"], second["lastStep"]["attempts"], len(server.sent())) == ("SUCCEEDED", 2, 2)
    check_hidden(said(function, first, second), function.keys, later)


def test_expired_ones_that_can_not_be_replaced_yet(function, server):
    later = function.credential_store.create()
    server.script("GET", "/credentials", {"json": as_json(function.keys)}, {"status": 500}, {"json": as_json(later)})
    function.image_builder.script(["AVAILABLE"])
    first = deliver(function, start())
    function.credential_store.expire(function.keys.access_key)
    second = deliver(function, first)
    assert (second["status"], second["nextStepId"]) == ("RUNNING", "getImage")
    assert deliver(function, second)["status"] == "SUCCEEDED"


def test_token_of_a_file(emulator, server, tmp_path):
    (tmp_path / "token").write_text("first\n")
    aws = emulator({**NO_KEYS, "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{server.url}/credentials",
                    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(tmp_path / "token")}, cold=True)
    server.script("GET", "/credentials", {"json": as_json(aws.credential_store.create(), 30)})
    running = deliver(aws, start())
    (tmp_path / "token").write_text("second")
    deliver(aws, running)
    assert [request.headers["authorization"] for request in server.requests] == ["first", "second"]


def test_nothing_gives_credentials(emulator):
    aws = emulator(NO_KEYS)
    response = deliver(aws, start())
    assert response["status"] == "FAILED"
    assert "AWS_ACCESS_KEY_ID is not set, and nothing else gives them" in response["error"]["message"]
    assert operations(aws) == []


def test_plain_http_to_anybody(emulator):
    aws = emulator({**NO_KEYS, "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://192.0.2.1/credentials"})
    message = deliver(aws, start())["error"]["message"]
    assert "AWS_CONTAINER_CREDENTIALS_FULL_URI names '192.0.2.1' over plain http" in message


# ---- the command line, from profiles ----

@pytest.fixture
def home(aws, arazzo, tmp_path):
    """The command with a home folder, and neither keys nor region in the environment; `files` writes into ~/.aws."""
    (tmp_path / ".aws").mkdir()
    endpoint = aws.sdk_environment()["AWS_ENDPOINT_URL_IMAGEBUILDER"]

    def files(**contents):
        for name, text in contents.items():
            (tmp_path / ".aws" / name).write_text(text)

    def run(environment=None):
        aws.image_builder.script(["AVAILABLE"])
        return arazzo("run", DOCUMENT, *PAIRS, "--poll-seconds", "0",
                      environment={"HOME": str(tmp_path), "AWS_ENDPOINT_URL_IMAGEBUILDER": endpoint,
                                   **(environment or {})})
    run.aws, run.files, run.folder, run.keys = aws, files, tmp_path, aws.credential_store.create()
    return run


def profile(keys):
    return (f"aws_access_key_id = {keys.access_key}\naws_secret_access_key = {keys.secret_key}\n"
            f"aws_session_token = {keys.token}\n")


def succeeds(done, *keys):
    assert done.exit_status == 0, done.stderr
    check_hidden(done.stdout + done.stderr, *keys)


def fails(home, done, *parts):
    text = done.stdout + done.stderr
    assert done.exit_status == 1, text
    assert all(part in text for part in parts), text
    check_hidden(text, home.keys)
    assert home.aws.image_builder.requests() == []


def test_default_profile(home):
    home.files(credentials="[default]\n" + profile(home.keys), config=f"[default]\nregion = {home.aws.region}\n")
    succeeds(home(), home.keys)


def test_named_profile(home):
    home.files(credentials="# none\n[work]\n" + profile(home.keys), config=f"[profile work]\nregion = {home.aws.region}\n")
    succeeds(home({"AWS_PROFILE": "work"}), home.keys)


def test_files_elsewhere(home):
    (home.folder / "keys").write_text("[default]\n" + profile(home.keys))
    (home.folder / "settings").write_text(f"[default]\nregion = {home.aws.region}\n")
    succeeds(home({"AWS_SHARED_CREDENTIALS_FILE": "~/keys", "AWS_CONFIG_FILE": str(home.folder / "settings")}), home.keys)


def test_environment_before_profile(home):
    home.files(credentials="[default]\naws_access_key_id = X\naws_secret_access_key = Y\n", config="[default]\nregion = x\n")
    succeeds(home({**home.keys.environment(), "AWS_REGION": home.aws.region}), home.keys)


def test_container_after_profile(home, server):
    home.files(config=f"[default]\nregion = {home.aws.region}\n")
    server.script("GET", "/c", {"json": as_json(home.keys)})
    succeeds(home({"AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{server.url}/c"}), home.keys)


def credential_process(home, source):
    script = home.folder / "make keys.py"
    script.write_text(source)
    home.files(config=f"[default]\nregion = {home.aws.region}\n"
                      f"credential_process = {sys.executable} {shlex.quote(str(script))} --for 'two words'\n")


def test_credential_process(home):
    answer = as_json(home.keys, token="SessionToken", Version=1)
    credential_process(home, f"import sys\nassert sys.argv[1:] == ['--for', 'two words']\nassert sys.stdin.read() == ''\n"
                             f"print('asking', file=sys.stderr)\nprint({json.dumps(answer)!r})\n")
    done = home()
    succeeds(done, home.keys)
    assert done.stderr.count("asking") == 1


PROCESSES = {
    "fails": ("import sys; print('KEY'); sys.exit(2)", "it ended with the status 2"),
    "prints-no-json": ("print('KEY')", "what it gave is not JSON (line 1"),
    "prints-another-version": ("print('{\"Version\": 2, \"SecretAccessKey\": \"KEY\"}')", "no member \"Version\": 1"),
    "prints-too-much": ("import signal; signal.signal(signal.SIGPIPE, signal.SIG_DFL); print('KEY' * 100000)", "its output is longer than"),
}


@pytest.mark.parametrize("source, message", PROCESSES.values(), ids=PROCESSES.keys())
def test_credential_process_that_gives_none(home, source, message):
    credential_process(home, source.replace("KEY", home.keys.secret_key))
    fails(home, home(), message.replace('"', '\\"'), ".aws/config:3:", "credential_process")


REFUSED_PROFILES = {
    "role": ("role_arn = arn:aws:iam::123456789012:role/x\nsource_profile = default\n", "assumes a role (role_arn)"),
    "sso": ("sso_session = main\n", "signs in by IAM Identity Center (sso_session)"),
    "web-identity": ("web_identity_token_file = /token\n", "has a web identity token"),
}


@pytest.mark.parametrize("lines, message", REFUSED_PROFILES.values(), ids=REFUSED_PROFILES.keys())
def test_profile_that_is_refused(home, lines, message):
    home.files(credentials="[work]\n" + profile(home.keys), config=f"[profile work]\nregion = eu-west-1\n{lines}")
    fails(home, home({"AWS_PROFILE": "work"}), ".aws/config:3:", message,
          "aws configure export-credentials --profile work --format env")


def test_profile_that_does_not_exist(home):
    home.files(credentials="[default]\n" + profile(home.keys))
    fails(home, home({"AWS_PROFILE": "wrok", "AWS_REGION": "eu-west-1"}), "AWS_PROFILE names the profile 'wrok'")


def test_broken_file(home):
    home.files(credentials=f"[default]\n{home.keys.secret_key}\n")
    fails(home, home({"AWS_REGION": "eu-west-1"}), ".aws/credentials:2:", "the line is no property")


def test_region_that_is_none(home):
    home.files(credentials="[default]\n" + profile(home.keys), config="[default]\nregion = here\n")
    fails(home, home(), "the profile's region is 'here'")


def test_no_region(home):
    home.files(credentials="[default]\n" + profile(home.keys))
    fails(home, home(), "AWS_REGION is not set")
