"""`arazzo sign` against botocore, part by part; and what it never prints."""

import datetime
import json
import sys

import pytest
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

KEY, SECRET, TOKEN = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "a/session+token=="
KEYS = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET}
MOMENT = datetime.datetime(2015, 8, 30, 12, 36, 0)
TIME = "20150830T123600Z"

# (service, method, URL, headers, body)
REQUESTS = {
    "get": ("iam", "GET", "https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08", {}, None),
    "query-order": ("service", "GET", "https://example.amazonaws.com/?b=2&a=1&A=0&a=0", {}, None),
    "encoded-query": ("imagebuilder", "GET", "https://imagebuilder.eu-west-1.amazonaws.com/GetImage?imageBuildVersionArn=arn%3Aaws%3A"
                      "imagebuilder%3Aeu-west-1%3A1%3Aimage%2Fweb%2F1.0.0%2F1", {}, None),
    "body": ("dynamodb", "POST", "https://dynamodb.eu-west-1.amazonaws.com/",
             {"X-Amz-Target": "DynamoDB_20120810.ListTables", "Content-Type": "application/x-amz-json-1.0"}, '{"Limit": 1}'),
    "spaces-in-a-header": ("service", "GET", "https://example.amazonaws.com/", {"My-Header": "a   b  c"}, None),
    "port": ("service", "GET", "https://example.amazonaws.com:8443/", {}, None),
    "encoded-path": ("service", "GET", "https://example.amazonaws.com/a%20b/%E1%88%B4", {}, None),
    "put": ("imagebuilder", "PUT", "https://imagebuilder.eu-west-1.amazonaws.com/CreateImage", {"Content-Type": "application/json"}, "{}"),
    "s3-key": ("s3", "GET", "https://bucket.s3.amazonaws.com/a//b/../c%2Bd", {}, None),
}


class Fixed(datetime.datetime):
    @classmethod
    def utcnow(cls):
        return MOMENT


@pytest.fixture
def botocore_time(monkeypatch):
    module = type("datetime", (), {"datetime": Fixed, "timedelta": datetime.timedelta})
    monkeypatch.setattr("botocore.auth.datetime", module)


def sign(arazzo, request, *options, environment=None):
    service, method, url, headers, body = request
    more = [part for name, value in headers.items() for part in ("--header", f"{name}: {value}")]
    more += ["--body", body] if body is not None else []
    return arazzo("sign", "--method", method, "--url", url, "--service", service, "--region", "eu-west-1", "--time", TIME, *more,
                  *options, environment={**KEYS, **(environment or {})})


def by_botocore(signer, request, token, **more):
    service, method, url, headers, body = request
    one = AWSRequest(method, url, dict(headers), (body or "").encode())
    auth = signer(Credentials(KEY, SECRET, token), service, "eu-west-1", **more)
    auth.add_auth(one)
    one.context["timestamp"] = TIME
    return one, auth


@pytest.mark.parametrize("token", [None, TOKEN], ids=["plain", "token"])
@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS.keys())
def test_header(arazzo, botocore_time, request_, token):
    signer = S3SigV4Auth if request_[0] == "s3" else SigV4Auth
    theirs, _ = by_botocore(signer, request_, token)
    payload = [] if request_[0] == "s3" else ["--payload", "implied"]
    ours = sign(arazzo, request_, *payload, environment={"AWS_SESSION_TOKEN": token}).json
    assert ours["authorization"] == theirs.headers["Authorization"]
    assert ours["signature"] == theirs.headers["Authorization"].rpartition("=")[2]
    assert ours["headers"]["X-Amz-Date"] == theirs.headers["X-Amz-Date"]


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS.keys())
def test_parts(arazzo, botocore_time, request_, monkeypatch):
    """What is hashed to the signature, each part as botocore has it."""
    seen = {}
    signer = S3SigV4Auth if request_[0] == "s3" else SigV4Auth
    for name in ("canonical_request", "string_to_sign"):
        method = getattr(signer, name)

        def spy(self, *arguments, method=method, name=name):
            seen[name] = method(self, *arguments)
            return seen[name]
        monkeypatch.setattr(signer, name, spy)
    by_botocore(signer, request_, None)
    ours = sign(arazzo, request_, *([] if request_[0] == "s3" else ["--payload", "implied"])).json
    assert (ours["canonicalRequest"], ours["stringToSign"]) == (seen["canonical_request"], seen["string_to_sign"])
    assert ours["signedHeaders"] == seen["canonical_request"].split("\n")[-2]


@pytest.mark.parametrize("token", [None, TOKEN], ids=["plain", "token"])
@pytest.mark.parametrize("name", ["encoded-query", "port", "s3-key"])
def test_presigned(arazzo, botocore_time, name, token):
    request_ = REQUESTS[name]
    is_s3 = request_[0] == "s3"
    theirs, _ = by_botocore(S3SigV4QueryAuth if is_s3 else SigV4QueryAuth, request_, token, expires=600)
    ours = sign(arazzo, request_, "--presign", "600", *(["--payload", "unsigned"] if is_s3 else []),
                environment={"AWS_SESSION_TOKEN": token}).json
    assert ours["signature"] == theirs.url.rpartition("X-Amz-Signature=")[2]
    assert sorted(ours["url"].partition("?")[2].split("&")) == sorted(theirs.url.partition("?")[2].split("&"))
    assert "authorization" not in ours


def test_the_declared_body_is_the_default(arazzo):
    ours = sign(arazzo, REQUESTS["put"]).json
    assert ours["headers"]["x-amz-content-sha256"] == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    assert "x-amz-content-sha256" in ours["signedHeaders"]


def test_times(arazzo):
    one = sign(arazzo, REQUESTS["get"])
    other = sign(arazzo, REQUESTS["get"], "--time", "2015-08-30T14:36:00+02:00")
    assert one.stdout == other.stdout
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%d")
    assert arazzo("sign", "--url", "https://a.example/", "--service", "s", "--region", "r",
                  environment=KEYS).json["headers"]["X-Amz-Date"].startswith(now[:4])


def test_a_body_from_a_file(arazzo, tmp_path):
    (tmp_path / "body").write_text("{}")
    service, method, url, headers, _ = REQUESTS["put"]
    given = sign(arazzo, (service, method, url, headers, f"@{tmp_path}/body"))
    assert given.stdout == sign(arazzo, REQUESTS["put"]).stdout


@pytest.mark.parametrize("options", [[], ["--payload", "implied"], ["--payload", "unsigned"]], ids=["header", "implied", "unsigned"])
def test_no_secret_is_printed(arazzo, options):
    done = sign(arazzo, REQUESTS["body"], *options, environment={"AWS_SESSION_TOKEN": TOKEN})
    assert done.json["headers"]["X-Amz-Security-Token"] == "***"
    for secret in (SECRET, TOKEN, SECRET[:16]):
        assert secret not in done.stdout + done.stderr


def test_a_presigned_url_has_the_token_and_nothing_else_has(arazzo):
    done = sign(arazzo, REQUESTS["get"], "--presign", "60", environment={"AWS_SESSION_TOKEN": TOKEN})
    assert "X-Amz-Security-Token=a%2Fsession%2Btoken%3D%3D" in done.json["url"]
    assert "a%2Fsession" not in done.json["canonicalRequest"]
    assert SECRET not in done.stdout


def test_a_profile(arazzo, tmp_path):
    keys = {"Version": 1, "AccessKeyId": KEY, "SecretAccessKey": SECRET}
    script = tmp_path / "keys.py"
    script.write_text(f"print('''{json.dumps(keys)}''')")
    (tmp_path / "config").write_text(f"[profile p]\ncredential_process = {sys.executable} {script}\n")
    none = {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None, "AWS_CONFIG_FILE": str(tmp_path / "config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"), "AWS_PROFILE": "p"}
    assert sign(arazzo, REQUESTS["get"], environment=none).stdout == sign(arazzo, REQUESTS["get"]).stdout


NEEDED = ["--url", "https://a.example/", "--service", "s", "--region", "r"]
REFUSED = {
    "no-url": (NEEDED[2:], 2, "sign needs --url"),
    "no-region": (NEEDED[:4], 2, "sign needs --region"),
    "header": ([*NEEDED, "--header", "nothing"], 2, "--header takes 'NAME: VALUE'"),
    "header-with-a-line-end": ([*NEEDED, "--header", "a: b\nc: d"], 1, "--header"),
    "method": ([*NEEDED, "--method", "G ET"], 2, "--method takes the name of a method"),
    "time": ([*NEEDED, "--time", "yesterday"], 2, "--time takes 2015-08-30T12:36:00Z"),
    "url": (["--url", "ftp://a", *NEEDED[2:]], 1, "http"),
    "presign": ([*NEEDED, "--presign", "604801"], 2, "--presign takes a whole number from 1 up to 604800"),
    "file": ([*NEEDED, "--body", "@/no/such/file"], 1, "/no/such/file"),
}


@pytest.mark.parametrize("arguments, exit_status, message", REFUSED.values(), ids=REFUSED.keys())
def test_refused(arazzo, arguments, exit_status, message):
    done = arazzo("sign", *arguments, environment=KEYS)
    assert (done.exit_status, done.stdout) == (exit_status, ""), done.stderr
    assert message in done.stderr


def test_no_credentials(arazzo, tmp_path):
    none = {"HOME": str(tmp_path)}
    done = arazzo("sign", *NEEDED, environment=none)
    assert (done.exit_status, done.stdout) == (1, "")
    assert "credentials" in done.stderr
