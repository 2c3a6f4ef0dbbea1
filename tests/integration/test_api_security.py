"""APIs that are not AWS: keys, logins and tokens from ARAZZO_SECRETS, in every place where OpenAPI puts them; rotated, refused and
unreachable ones. Nothing that the function says holds a secret, whatever the API repeats of it."""

import base64
import json
import time
import urllib.parse

import pytest

from contract import check_refusal, check_response
from secrets_double import SecretsDouble

DOCUMENT = "keys.arazzo.yaml"
KEY = "k3y/with+odd=chars&more"
LOGIN = {"username": "ada", "password": "pass:word é"}
CLIENT = {"client_id": "my client", "client_secret": "cl1ent&s3cret+x"}
TOKEN, LATER = "t0ken.of.the.first", "t0ken.of.the.second"
ARN = "arn:aws:secretsmanager:{region}:123456789012:secret:{name}-a1B2c3"


@pytest.fixture
def store(aws):
    """The two services; they know the keys of `aws`, whose region they are in."""
    with SecretsDouble(aws.credential_store, aws.region) as double:
        double.region = aws.region
        double.secrets.update({"key": KEY, "login": json.dumps(LOGIN), "client": json.dumps(CLIENT),
                               "many": json.dumps({"first": KEY, "deep": {"er": [LOGIN]}}), "bytes": b"AAAA"})
        double.parameters.update({"/key": KEY + "\n", "/login": "ada:" + LOGIN["password"]})
        yield double


@pytest.fixture
def function(aws, store, emulator, documents):
    """A function with these secrets; its keys are those of `aws`, and so is the region."""
    def begin(secrets, cold=True, settings=None, **environment):
        text = secrets if isinstance(secrets, str) else json.dumps(secrets)
        made = emulator({"ARAZZO_DOCUMENT": DOCUMENT, "ARAZZO_SECRETS": text, "AWS_LAMBDA_LOG_LEVEL": "TRACE",
                         "ARAZZO_POLL_SECONDS": "0", **aws.credentials.environment(), **store.environment(),
                         **environment}, cold=cold, task_root=str(documents), **(settings or {}))
        made.seen = len(made.logs())
        return Caller(made)
    return begin


class Caller:
    def __init__(self, aws):
        self.aws, self.said = aws, []

    def invoke(self, event):
        result = self.aws.invoke(event)
        self.said.append(result.raw.decode())
        return result

    def __call__(self, event, inputs=None):
        """One invocation of a workflow, or of a run that goes on."""
        begin = {"workflowId": event, "inputs": inputs or {}} if isinstance(event, str) else event
        result = self.invoke(begin)
        assert not result.function_error, result.payload
        return check_response(result.payload)

    def everything(self):
        return "\n".join(self.said + [line.text for line in self.aws.logs()[self.aws.seen:]])

    def check_hidden(self, *secrets):
        text = self.everything()
        for secret in secrets:
            for form in (secret, json.dumps(secret)[1:-1], urllib.parse.quote(secret, safe=""),
                         base64.b64encode(secret.encode()).decode()):
                assert form not in text, form


def sent(server, number=-1):
    return server.requests[number]


# ---- each place ----

def test_header(function, server):
    server.script("GET", "/header", {"json": {"answer": "fine"}})
    run = function({"headerKey": "key"})
    response = run("header")
    assert (response["status"], sent(server).headers["x-api-key"]) == ("SUCCEEDED", KEY)
    run.check_hidden(KEY)


def test_query(function, server):
    server.script("GET", "/query", {})
    run = function({"queryKey": "key"})
    response = run("query")
    assert sent(server).target == f"/query?api%20key={urllib.parse.quote(KEY, safe='')}"
    assert response["lastStep"]["url"] == response["outputs"]["url"] == server.url + "/query"
    assert run("queryBesides")["lastStep"]["url"] == server.url + "/query?q=1"
    assert sent(server).target.startswith("/query?q=1&api%20key=")
    run.check_hidden(KEY)


def test_cookie(function, server):
    server.script("GET", "/cookie", {})
    run = function({"cookieKey": "key"})
    run("cookie")
    assert urllib.parse.unquote(sent(server).headers["cookie"]) == f"session={KEY}"
    run("cookieBesides")
    assert urllib.parse.unquote(sent(server).headers["cookie"]) == f"c=1; session={KEY}"
    run.check_hidden(KEY)


@pytest.mark.parametrize("reference", ["login", "/login", "many#/deep/er/0"])
def test_basic(function, server, reference):
    server.script("GET", "/basic", {})
    run = function({"login": reference})
    run("basic")
    pair = f"ada:{LOGIN['password']}".encode()
    assert sent(server).headers["authorization"] == "Basic " + base64.b64encode(pair).decode()
    run.check_hidden(LOGIN["password"], base64.b64encode(pair).decode())


REFERENCES = ["key", "/key", "many:first", "many#/first", ARN, ARN.replace("{name}", "many") + ":first",
              "arn:aws:ssm:{region}:123456789012:parameter/key"]


@pytest.mark.parametrize("reference", REFERENCES)
def test_bearer(function, server, store, reference):
    reference = reference.format(region=store.region, name="key")
    store.secrets[ARN.format(region=store.region, name="key")] = json.dumps({"token": KEY})
    store.secrets[ARN.format(region=store.region, name="many")] = store.secrets["many"]
    store.parameters[reference] = KEY
    server.script("GET", "/bearer", {})
    run = function({"token": reference})
    run("bearer")
    assert sent(server).headers["authorization"] == "Bearer " + KEY
    assert store.asked == [reference.split("#")[0].removesuffix(":first")]
    run.check_hidden(KEY)


def test_source_and_scheme(function, server):
    server.script("GET", "/bearer", {})
    function({"api.token": "key", "token": "/nothing"})("bearer")
    assert sent(server).headers["authorization"] == "Bearer " + KEY


# ---- OAuth ----

def granted(token=TOKEN, **more):
    return {"json": {"access_token": token, "token_type": "Bearer", "expires_in": 3600, **more}}


def client_header():
    pair = ":".join(urllib.parse.quote_plus(CLIENT[name]) for name in ("client_id", "client_secret"))
    return "Basic " + base64.b64encode(pair.encode()).decode()


def test_oauth(function, server, store):
    server.script("POST", "/oauth/token", granted())
    server.script("GET", "/oauth", {})
    run = function({"oauth": "client"})
    for _ in range(2):
        assert run("oauth")["status"] == "SUCCEEDED"
    assert server.sent() == ["POST /oauth/token", "GET /oauth", "GET /oauth"]
    asked = sent(server, 0)
    assert asked.headers["authorization"] == client_header()
    assert urllib.parse.parse_qs(asked.body.decode()) == {"grant_type": ["client_credentials"],
                                                          "scope": ["read:all write"]}
    assert [request.headers["authorization"] for request in server.requests[1:]] == ["Bearer " + TOKEN] * 2
    assert store.asked == ["client"]
    run.check_hidden(TOKEN, CLIENT["client_secret"], client_header())


def test_oauth_as_the_secret_says(function, server, store):
    store.secrets["client"] = json.dumps({**CLIENT, "scope": "all", "token_url": server.url + "/elsewhere"})
    server.script("POST", "/elsewhere", granted())
    server.script("GET", "/oauth", {})
    function({"oauth": "client"})("oauth")
    assert urllib.parse.parse_qs(sent(server, 0).body.decode())["scope"] == ["all"]


def test_short_lived_token(function, server):
    server.script("POST", "/oauth/token", granted(expires_in=1), granted(LATER))
    server.script("GET", "/oauth", {})
    run = function({"oauth": "client"})
    run("oauth")
    time.sleep(0.6)
    run("oauth")
    assert sent(server).headers["authorization"] == "Bearer " + LATER


def test_token_that_was_revoked(function, server):
    """The API's refusal of a token that was kept is no answer yet."""
    server.script("POST", "/oauth/token", granted(), granted(LATER))
    server.script("GET", "/oauth", {}, {"status": 401, "json": {"said": TOKEN}}, {})
    run = function({"oauth": "client"})
    run("oauth")
    response = run("oauth")
    assert (response["status"], response["lastStep"]["attempts"]) == ("SUCCEEDED", 2)
    assert sent(server).headers["authorization"] == "Bearer " + LATER
    run.check_hidden(TOKEN, LATER)


def test_client_that_was_rotated(function, server, store):
    server.script("POST", "/oauth/token", granted(expires_in=1), {"status": 401, "json": {"error": "invalid_client"}},
                  granted(LATER))
    server.script("GET", "/oauth", {})
    run = function({"oauth": "client"})
    run("oauth")
    store.secrets["client"] = json.dumps({**CLIENT, "client_secret": "rotated-secret"})
    time.sleep(0.6)
    assert run("oauth")["status"] == "SUCCEEDED"
    assert store.asked == ["client", "client"]
    run.check_hidden("rotated-secret", LATER)


TOKEN_REFUSALS = {
    "invalid-client": ({"status": 401, "json": {"error": "invalid_client", "error_description": TOKEN}},
                       "the token endpoint at 127.0.0.1: it answered with status 401 invalid_client"),
    "odd-code": ({"status": 400, "json": {"error": TOKEN}}, "status 400; look at the client's id"),
    "no-token": ({"json": {"token_type": "Bearer"}}, "its answer has no access_token"),
    "no-json": ({"body": TOKEN}, "its answer has no access_token"),
    "another-type": (granted(token_type="mac"), "not of the type Bearer"),
    "redirect": ({"status": 307, "headers": {"Location": "/oauth/token"}}, "status 307"),
}


@pytest.mark.parametrize("answer, message", TOKEN_REFUSALS.values(), ids=TOKEN_REFUSALS.keys())
def test_no_token(function, server, answer, message):
    server.script("POST", "/oauth/token", answer)
    run = function({"oauth": "client"})
    response = run("oauth")
    assert (response["status"], response["error"]["name"]) == ("FAILED", "Arazzo.StepFailed")
    assert message in response["error"]["message"] and "security scheme 'oauth'" in response["error"]["message"]
    assert "GET /oauth" not in server.sent()
    run.check_hidden(TOKEN, CLIENT["client_secret"])


def test_token_endpoint_is_overloaded(function, server):
    server.script("POST", "/oauth/token", {"status": 503}, granted())
    server.script("GET", "/oauth", {})
    run = function({"oauth": "client"})
    first = run("oauth")
    assert (first["status"], first["nextStepId"]) == ("RUNNING", "call")
    assert run(first)["status"] == "SUCCEEDED"


def test_token_endpoint_hangs(function, server):
    """The invocation answers before its deadline, and has sent nothing."""
    server.script("POST", "/oauth/token", {"seconds": 20})
    response = function({"oauth": "client"}, settings={"function_timeout": 3})("oauth")
    assert (response["status"], response["nextStepId"], server.sent()) == ("RUNNING", "call", ["POST /oauth/token"])


def test_slow_secret_leaves_no_time_for_a_post(function, server, store):
    """One that can't be sent again is not sent with the time that is left, which would lose its answer."""
    store.seconds = 1.5
    server.script("POST", "/create", {"seconds": 1.5})
    response = function({"token": "key"}, settings={"function_timeout": 3})("create")
    assert (response["status"], response["nextStepId"], server.sent()) == ("RUNNING", "call", [])


def test_token_over_plain_http(function, store):
    store.secrets["client"] = json.dumps({**CLIENT, "token_url": "http://192.0.2.1/token"})
    run = function({"oauth": "client"})
    assert "the token endpoint is at plain http" in run("oauth")["error"]["message"]


# ---- kept, rotated, refused ----

def test_secret_is_kept(function, server, store):
    server.script("GET", "/header", {"json": {"answer": 1}})
    run = function({"headerKey": "key"})
    for _ in range(3):
        run("header")
    assert (store.asked, len(server.requests)) == (["key"], 3)


@pytest.mark.parametrize("status", [401, 403])
def test_rotated_secret(function, server, store, status):
    server.script("GET", "/header", {"json": {"answer": 1}}, {"status": status, "json": {"you sent": KEY}},
                  {"json": {"answer": 2}})
    run = function({"headerKey": "key"})
    run("header")
    store.secrets["key"] = "the-rotated-one"
    response = run("header")
    assert (response["outputs"]["answer"], response["lastStep"]["attempts"]) == (2, 2)
    assert sent(server).headers["x-api-key"] == "the-rotated-one"
    assert store.asked == ["key", "key"]
    run.check_hidden(KEY, "the-rotated-one")


def test_secret_that_is_refused(function, server, store):
    """One that was just fetched is not fetched again for the same request, but for the next run."""
    server.script("GET", "/header", {"status": 403})
    run = function({"headerKey": "key"})
    for _ in range(2):
        assert run("header")["error"]["statusCode"] == 403
    assert (store.asked, len(server.requests)) == (["key", "key"], 2)


def test_post_is_sent_once_more_only_when_refused(function, server):
    server.script("POST", "/create", {}, {"status": 401}, {})
    run = function({"token": "key"})
    run("create")
    assert run("create")["status"] == "SUCCEEDED"
    assert len(server.requests) == 3


@pytest.mark.parametrize("status", [200, 400, 500])
def test_echo(function, server, status):
    """What an API repeats is hidden in messages and logs; an output is what the document's author asked for."""
    server.script("GET", "/header", {"status": status, "json": {"answer": 1, "message": f"you sent {KEY}"},
                                     "headers": {"x-amzn-errortype": KEY, "x-request-id": KEY[:20]}})
    run = function({"headerKey": "key"})
    run("header")
    run.check_hidden(KEY)


STORE_REFUSALS = {
    "unknown": ("nobody", None, ["Secrets Manager: it answered with status 400 ResourceNotFoundException",
                                 "secretsmanager:GetSecretValue"]),
    "unknown-parameter": ("/nobody", None, ["the Parameter Store: it answered with status 400 ParameterNotFound",
                                            "ssm:GetParameter", "kms:Decrypt"]),
    "denied": ("key", (400, "AccessDeniedException"), ["status 400 AccessDeniedException"]),
    "bytes": ("bytes", None, ["the secret is made of bytes"]),
    "no-such-member": ("many:second", None, ["the secret has no 'second'"]),
    "no-such-place": ("many#/deep/x", None, ["the secret has no '/deep/x'"]),
    "no-json": ("key:first", None, ["the secret is not JSON, and so has no 'first'"]),
    "no-key": ("many", None, ["the secret must be a text, or a JSON object with \"value\" or \"token\""]),
}


@pytest.mark.parametrize("reference, refusal, messages", STORE_REFUSALS.values(), ids=STORE_REFUSALS.keys())
def test_secret_that_can_not_be_had(function, server, store, reference, refusal, messages):
    store.refusals = [refusal] if refusal else []
    run = function({"headerKey": reference})
    response = run("header")
    assert (response["status"], response["error"]["name"]) == ("FAILED", "Arazzo.StepFailed")
    assert all(message in response["error"]["message"] for message in messages), response["error"]["message"]
    assert "security scheme 'headerKey'" in response["error"]["message"]
    assert server.requests == []
    run.check_hidden(KEY, LOGIN["password"])


@pytest.mark.parametrize("refusal", [(400, "ThrottlingException"), (500, "InternalServiceError"), (503, None),
                                     (400, "ExpiredTokenException")])
def test_store_that_is_overloaded(function, server, store, refusal):
    store.refusals = [refusal]
    server.script("GET", "/header", {"json": {"answer": 1}})
    run = function({"headerKey": "key"})
    first = run("header")
    assert (first["status"], first["nextStepId"]) == ("RUNNING", "call")
    assert run(first)["status"] == "SUCCEEDED"


def test_store_that_is_not_there(function, server):
    run = function({"headerKey": "key"}, AWS_ENDPOINT_URL_SECRETS_MANAGER="http://127.0.0.1:1")
    assert run("header")["status"] == "RUNNING"
    assert server.requests == []


CHINA = "arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:key"
EUROPE = "arn:aws-eusc:ssm:eusc-de-east-1:123456789012:parameter/key"
OWN = {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}
HOSTS = {
    "secret": ("key", OWN, "secretsmanager.{region}.amazonaws.com"),
    "parameter": ("/key", OWN, "ssm.{region}.amazonaws.com"),
    "fips": ("key", {**OWN, "AWS_USE_FIPS_ENDPOINT": "true"}, "secretsmanager-fips.{region}.amazonaws.com"),
    "dual-stack": ("/key", {**OWN, "AWS_USE_DUALSTACK_ENDPOINT": "true"}, "ssm.{region}.api.aws"),
    "china": (CHINA, OWN, "secretsmanager.cn-north-1.amazonaws.com.cn"),
    "another-partition": (EUROPE, OWN, "ssm.eusc-de-east-1.amazonaws.eu"),
}


@pytest.mark.parametrize("reference, environment, host", HOSTS.values(), ids=HOSTS.keys())
def test_host_of_the_store(function, server, store, reference, environment, host):
    """A proxy that makes no tunnel tells whom it was asked for."""
    run = function({"headerKey": reference}, https_proxy=server.url, **environment)
    assert run("header")["status"] == "RUNNING"
    assert f"{host.format(region=store.region)}: the proxy answered 501" in run.everything()
    assert (store.asked, server.requests) == ([], [])


def test_store_of_another_kind_than_the_configured_one(function, store):
    response = function({"headerKey": "key"}, AWS_USE_FIPS_ENDPOINT="true")("header")
    assert "AWS_USE_FIPS_ENDPOINT asks for another endpoint" in response["error"]["message"]
    assert store.asked == []


def test_wrong_clock(function, server, store):
    """The store's refusal tells the time, by which the request is signed once more."""
    store.ahead = 900
    server.script("GET", "/header", {"json": {"answer": 1}})
    assert function({"headerKey": "key"})("header")["status"] == "SUCCEEDED"
    assert store.asked == ["key"]


def test_wrong_aws_credentials(function):
    run = function({"headerKey": "key"}, AWS_SECRET_ACCESS_KEY="x" * 40)
    assert "InvalidSignatureException" in run("header")["error"]["message"]


# ---- which alternative ----

def test_step_gives_it_itself(function, server, store):
    server.script("GET", "/bearer", {})
    run = function({"token": "key"})
    run("given", {"mine": "my-own-token"})
    assert sent(server).headers["authorization"] == "Bearer my-own-token"
    assert store.asked == []


EITHER = {
    "all-of-the-third": ({"headerKey": "key", "token": "key", "login": "login"}, {"x-api-key", "authorization"}, "Bearer"),
    "half-of-the-third": ({"headerKey": "key", "login": "login"}, {"authorization"}, "Basic"),
    "anonymous": ({"headerKey": "key"}, set(), None),
}


@pytest.mark.parametrize("secrets, headers, kind", EITHER.values(), ids=EITHER.keys())
def test_alternatives(function, server, secrets, headers, kind):
    server.script("GET", "/either", {})
    function(secrets)("either")
    got = sent(server).headers
    assert headers == {"x-api-key", "authorization"} & set(got)
    assert kind is None or got["authorization"].startswith(kind)


def test_without_secrets(function, server):
    """The request is sent as it is, and the log tells it once."""
    server.script("GET", "/connect", {})
    run = function("{}")
    assert run("connect")["status"] == "SUCCEEDED"
    assert "authorization" not in sent(server).headers
    warnings = [line.text for line in run.aws.logs()[run.aws.seen:] if "authentication that nobody gives" in line.text]
    assert len([line for line in warnings if '"oauth"' in line]) == 1
    assert not [line for line in warnings if '"given"' in line]


# ---- configuration ----

CONFIGURATIONS = {
    "no-json": ("{", "ARAZZO_SECRETS"),
    "no-object": ("[]", "ARAZZO_SECRETS: it must be a JSON object, but is array"),
    "no-text": ('{"token": 1}', "ARAZZO_SECRETS: 'token' must be a text that names a secret, but is number"),
    "no-reference": ('{"token": "a b"}', "ARAZZO_SECRETS / 'token': the text is no secret's name: write the ARN or name"),
    "another-service": ('{"token": "arn:aws:s3:eu-west-1:123456789012:bucket/x"}', "is no secret's name"),
    "no-scheme": ('{"tokens": "key"}', "ARAZZO_SECRETS: 'tokens' is the name of no security scheme"),
    "not-a-key": ('{"connect": "key"}', "ARAZZO_SECRETS: the security scheme 'connect' (openIdConnect) is none that secrets"),
    "environment": ('{"token": "env:TOKEN"}', "ARAZZO_SECRETS: 'token': env: is for the command line"),
}


@pytest.mark.parametrize("secrets, message", CONFIGURATIONS.values(), ids=CONFIGURATIONS.keys())
def test_configuration(function, server, secrets, message):
    run = function(secrets)
    check_refusal(run.invoke({"workflowId": "bearer", "inputs": {}}), "Arazzo.InvalidConfiguration", message)
    assert server.requests == []


def test_plain_http(function, documents):
    description = documents / "keys.openapi.yaml"
    description.write_text(description.read_text().replace("http://127.0.0.1", "http://api.example"))
    run = function({"token": "key"})
    check_refusal(run.invoke({"workflowId": "bearer", "inputs": {}}), "Arazzo.InvalidConfiguration",
                  "the security scheme 'token'", "secrets are not sent over plain http")


def test_two_descriptions_with_one_scheme(function, documents, server):
    document = documents / DOCUMENT
    document.write_text(document.read_text().replace(
        "workflows:", "- {name: other, url: other.openapi.yaml}\nworkflows:\n"
        "- {workflowId: other, steps: [{stepId: call, operationId: theirs}]}", 1))
    (documents / "other.openapi.yaml").write_text(
        "openapi: 3.1.0\ninfo: {title: o, version: '1'}\nservers: [{url: '" + server.url + "'}]\n"
        "paths: {/theirs: {get: {operationId: theirs, security: [{token: []}]}}}\n"
        "components: {securitySchemes: {token: {type: http, scheme: bearer}}}\n")
    server.script("GET", "/theirs", {})
    run = function({"token": "key"})
    check_refusal(run.invoke({"workflowId": "other", "inputs": {}}), "Arazzo.InvalidConfiguration",
                  "two descriptions have a security scheme 'token'; write ")
    run = function({"api.token": "key"})
    run("other")
    assert "authorization" not in sent(server).headers


# ---- the command line ----

def test_command_line(arazzo, documents, server):
    server.script("GET", "/bearer", {"status": 400, "json": {"message": KEY}})
    done = arazzo("run", documents / DOCUMENT, "--workflow", "bearer",
                  environment={"ARAZZO_SECRETS": '{"token": "env:MY_TOKEN"}', "MY_TOKEN": KEY})
    assert done.exit_status == 1
    assert sent(server).headers["authorization"] == "Bearer " + KEY
    assert KEY not in done.stdout + done.stderr


def test_command_line_without_the_variable(arazzo, documents, server):
    done = arazzo("run", documents / DOCUMENT, "--workflow", "bearer",
                  environment={"ARAZZO_SECRETS": '{"token": "env:MY_TOKEN"}'})
    assert "the security scheme 'token': MY_TOKEN is not set" in done.json["error"]["message"]
    assert server.requests == []


def test_command_line_without_a_region(arazzo, documents, aws):
    done = arazzo("run", documents / DOCUMENT, "--workflow", "bearer",
                  environment={**aws.sdk_environment(), "AWS_REGION": None, "AWS_DEFAULT_REGION": None,
                               "ARAZZO_SECRETS": '{"token": "key"}'})
    assert "no region is known: set AWS_REGION" in done.json["error"]["message"]
