"""The control API, the command line, HTTPS, and the wire's own refusals."""

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import urllib.error
import urllib.request

import pytest
from botocore.exceptions import SSLError
from raw_client import BOOTSTRAP, ROOT, call_create, client, create


def control(endpoint, method, path, value=None):
    body = json.dumps(value).encode() if value is not None else None
    request = urllib.request.Request(f"{endpoint}/_emulator/{path}", body, method=method)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def test_script_clock_images_requests_and_reset(aws):
    def say(*arguments):
        return control(aws.endpoints["control"], *arguments)
    assert say("POST", "script", {"script": [[0, "PENDING"], [60, "AVAILABLE"]]})[0] == 200
    arn = create(aws)
    now = say("GET", "clock")[1]["now"]
    assert say("POST", "clock", {"advance": 60})[1]["now"] == now + 60
    assert say("GET", "images")[1]["images"] == [{"arn": arn, "status": "AVAILABLE"}]
    (entry,) = say("GET", "requests?operation=CreateImage")[1]["requests"]
    assert entry["client_token"] == "token-1" and entry["status"] == 200
    assert say("POST", "reset")[0] == 200 and say("GET", "images")[1]["images"] == []


def test_faults_and_credentials(aws):
    def say(*arguments):
        return control(aws.endpoints["control"], *arguments)
    say("POST", "faults", {"operation": "CreateImage", "kind": "status", "status": 429})
    assert call_create(aws).status == 429
    assert say("GET", "faults")[1]["imagebuilder"][0]["hits"] == 1
    assert say("DELETE", "faults")[0] == 200 and say("GET", "faults")[1]["imagebuilder"] == []
    say("POST", "credentials", {"expire": None})
    assert call_create(aws).error == "ExpiredTokenException"
    say("POST", "credentials", {"renew": None})
    assert call_create(aws).status == 200


@pytest.mark.parametrize("method, path, value, status, text", [
    ("GET", "nothing", None, 404, "there is"),
    ("POST", "script", {"script": ["WRONG"]}, 400, "not one of"),
    ("POST", "script", {}, 400, "script"),
    ("POST", "faults", {"operation": "GetImage", "kind": "explode"}, 400, "kinds:"),
    ("POST", "clock", {"advance": -1}, 400, "only goes forward"),
    ("POST", "clock", {"back": 1}, 400, "takes advance"),
    ("POST", "credentials", {"lose": None}, 400, "expire and renew"),
    ("POST", "scheduler", {"delay": 1}, 400, "deletionDelay and group"),
    ("GET", "requests?service=other", None, 400, "not one of"),
    ("POST", "run-scheduled", {}, 400, "without a bootstrap"),
    ("GET", "logs", None, 400, "without a bootstrap"),
])
def test_refusals(aws, method, path, value, status, text):
    answered, body = control(aws.endpoints["control"], method, path, value)
    assert answered == status and text in body["message"]


def test_lambda_verbs(lambda_aws):
    aws = lambda_aws()

    def say(*arguments):
        return control(aws.endpoints["control"], *arguments)
    result = aws.invoke({"do": "log"})
    assert "to stdout" in [line["text"] for line in say("GET", f"logs?requestId={result.request_id}")[1]["logs"]]
    assert say("POST", "redeliver", {"requestId": result.request_id})[1]["payload"] == "logged"
    (invocation,) = say("GET", "invocations")[1]["invocations"]
    assert len(invocation["attempts"]) == 2 and invocation["state"] == "succeeded"
    assert say("POST", "kill")[0] == 200 and say("POST", "redeliver", {"requestId": "none"})[0] == 400


def test_scheduler_verbs(lambda_aws):
    aws = lambda_aws()

    def say(*arguments):
        return control(aws.endpoints["control"], *arguments)
    assert say("POST", "scheduler", {"deletionDelay": 30, "group": "runs"})[0] == 200
    assert say("POST", "faults", {"operation": "Fire", "kind": "twice"})[1]["kind"] == "twice"
    assert say("GET", "faults")[1]["scheduler"][0]["operation"] == "Fire"
    status, run = say("POST", "run-scheduled", {"event": {"do": "chain", "left": 2, "seconds": 60}, "most": 20})
    assert (status, {result["status"] for result in run["results"]}) == (200, {"SUCCEEDED"})
    assert [schedule["fired"] for schedule in run["schedules"]] == [2, 1] and run["deadLetters"] == []
    assert say("GET", "schedules")[1]["history"] == run["schedules"]
    assert len(say("GET", "requests?service=scheduler&operation=CreateSchedule")[1]["requests"]) == 3
    assert say("GET", "destinations")[1]["destinations"] == run["destinations"]
    assert say("POST", "image-events", {"enabled": True})[0] == 200
    request_id = say("POST", "events", {"resources": ["arn:x"]})[1]["requestId"]
    assert aws.function.invocation(request_id).wait().state == "succeeded"


# HTTPS

def test_https_with_the_right_ca(aws):
    sdk = client(aws, endpoint_url=aws.endpoints["imagebuilder_https"], verify=aws.certificates.ca)
    sdk.list_images()


@pytest.mark.parametrize("endpoint, authority, text", [
    ("imagebuilder_https", "other_ca", "certificate verify failed"),
    ("imagebuilder_https_wrong_host", "ca", "doesn't match|mismatch|not valid for"),
])
def test_https_that_must_be_refused(aws, endpoint, authority, text):
    sdk = client(aws, endpoint_url=aws.endpoints[endpoint], verify=getattr(aws.certificates, authority))
    with pytest.raises(SSLError, match=text):
        sdk.list_images()


def test_a_fault_over_https(aws):
    aws.image_builder.fault("ListImages", "reset")
    context = ssl.create_default_context(cafile=aws.certificates.ca)
    port = int(aws.endpoints["imagebuilder_https"].rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=5) as plain:
        with context.wrap_socket(plain, server_hostname="localhost") as sock:
            sock.sendall(b"GET /ListImages HTTP/1.1\r\nHost: x\r\n\r\n")
            assert b" 403 " in sock.recv(4096).split(b"\r\n")[0]
    with pytest.raises(Exception, match="Connection"):
        client(aws, endpoint_url=aws.endpoints["imagebuilder_https"], verify=aws.certificates.ca).list_images()


# The wire

@pytest.mark.parametrize("sent, status", [
    (b"GET http://x/ HTTP/1.1\r\n\r\n", 400),
    (b"GET /a b HTTP/1.1\r\n\r\n", 400),
    (b"GET /\xff HTTP/1.1\r\n\r\n", 400),
    (b"GET / HTTP/2.0\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\nbad header\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\nA: 1\nB: 2\r\n\r\n", 400),
    (b"PUT / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
    (b"PUT / HTTP/1.1\r\nContent-Length: x\r\n\r\n", 400),
    (b"PUT / HTTP/1.1\r\nContent-Length: 999999999\r\n\r\n", 413),
    (b"PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
    (b"GET / HTTP/1.1\r\nA: " + b"x" * 70000, 400),
])
def test_bytes_that_are_not_a_request(aws, sent, status):
    port = int(aws.endpoints["imagebuilder"].rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=5) as sock:
        sock.sendall(sent)
        assert int(sock.recv(4096).split(b" ")[1]) == status


def test_pipelined_and_chunked_requests_on_one_connection(aws):
    port = int(aws.endpoints["control"].rpartition(":")[2])
    one = b"GET /_emulator/clock HTTP/1.1\r\n\r\n"
    two = b"POST /_emulator/clock HTTP/1.1\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n" \
          b"5\r\n{\"adv\r\n8;x=1\r\nance\":5}\r\n0\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=5) as sock:
        sock.sendall(one + two)
        received = b"".join(iter(lambda: sock.recv(4096), b""))
    assert received.count(b"HTTP/1.1 200 OK") == 2


# The command line

def run(*words):
    return subprocess.Popen([sys.executable, "-m", "emulator", *words], cwd=ROOT, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_command_line(tmp_path, number):
    script = tmp_path / "scenario.json"
    script.write_text(json.dumps({"script": ["FAILED"], "clockFactor": 5, "faults": [
        {"operation": "GetImage", "kind": "status", "status": 500}]}))
    process = run("--bootstrap", str(BOOTSTRAP), "--task-root", str(tmp_path), "--env", "A=b=c",
                  "--script", str(script))
    ready = json.loads(process.stdout.readline())
    request = urllib.request.Request(ready["endpoints"]["lambda"] + "/2015-03-31/functions/arazzo/invocations", b"{}")
    with urllib.request.urlopen(request, timeout=10) as answer:
        payload = json.load(answer)
    assert payload["environment"]["A"] == "b=c" and payload["cwd"] == str(tmp_path)
    assert {name: payload["environment"][name] for name in ready["environment"]} == ready["environment"]
    assert control(ready["endpoints"]["control"], "GET", "clock")[1]["factor"] == 5
    assert urllib.request.urlopen(ready["endpoints"]["control"] + "/_emulator/faults", timeout=5).status == 200
    try:
        urllib.request.urlopen(ready["endpoints"]["imagebuilder"] + "/GetImage", timeout=5)
    except urllib.error.HTTPError as error:
        assert error.code == 403
    process.send_signal(number)
    _, lines = process.communicate(timeout=10)
    assert process.returncode == 0 and "imagebuilder GetImage -> 403 MissingAuthenticationTokenException" in lines
    assert "lambda POST /2015-03-31/functions/arazzo/invocations -> 200" in lines
    with pytest.raises(ProcessLookupError):
        os.kill(payload["pid"], 0)


@pytest.mark.parametrize("words, text", [
    (["--env", "A"], "not NAME=VALUE"),
    (["--script", "/nowhere"], "No such file"),
    (["--bootstrap", "x", "--task-root", "/nowhere"], "is not a folder"),
])
def test_the_command_line_refuses(words, text):
    process = run(*words)
    output, lines = process.communicate(timeout=10)
    assert process.returncode == 2 and text in lines and output == ""
