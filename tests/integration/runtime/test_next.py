"""GET /invocation/next: how events arrive, and what happens when they don't."""

import itertools
import json
import socket
import time

import pytest

from conftest import SOON_S, ids
from fault_server import (
    ARN, REQUEST_ID, Action, RejectConnection, accepted, answer, drop, event, event_headers, head,
)

MIB = 1024 * 1024
LARGEST_EVENT = b'"' + b"e" * (6 * MIB - 2) + b'"'

# name, action that delivers b'{"a":"\xc3\xa4"}' in some way of HTTP/1.1's
BODY = '{"a":"ä"}'.encode()
LOWER = [(name.lower(), value) for name, value in event_headers()]
UPPER = [(name.upper(), value) for name, value in event_headers()]
DELIVERIES = [
    ("content length", event(BODY)),
    ("chunked", event(BODY, chunk=4)),
    ("one byte at a time", Action(pieces=[(0.001, bytes([b])) for b in event(BODY).data])),
    ("chunked one byte at a time", Action(pieces=[(0.001, bytes([b])) for b in event(BODY, chunk=3).data])),
    ("no content type", event(BODY, event_headers(Content_Type=None))),
    ("content type of control characters", event(BODY, event_headers(Content_Type="text/\x01plain"))),
    ("header names in lower case", event(BODY, LOWER)),
    ("header names in upper case", event(BODY, UPPER)),
    ("100 Continue first", event(BODY, interim=b"HTTP/1.1 100 Continue\r\nLambda-Runtime-Aws-Request-Id: wrong\r\n\r\n")),
    ("103 Early Hints first", event(BODY, interim=b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n")),
    ("no reason phrase", Action(event(BODY).data.replace(b"200 Whatever", b"200"))),
    ("until the connection closes", answer(head(200, event_headers() + [("Connection", "close")]) + BODY)),
    ("HTTP/1.0", answer(event(BODY).data.replace(b"HTTP/1.1", b"HTTP/1.0"))),
    ("many other headers", event(BODY, event_headers() + [(f"X-{n}", "v" * 500) for n in range(100)])),
]


@pytest.mark.parametrize("name,action", DELIVERIES, ids=ids(DELIVERIES))
def test_event_arrives_whole(play, name, action):
    out = play("echo", [action, accepted()])
    assert out.calls == ["GET next", "POST response", "GET next"]
    response = out.only("POST response")
    assert response.path == f"/2018-06-01/runtime/invocation/{REQUEST_ID}/response"
    assert response.body == BODY
    assert (out.exit_status, out.log) == (0, [])


SIZES = [
    ("empty", b"", {}), ("empty, chunked", b"", {"chunk": 7}), ("10 kB, chunked", b"x" * 10000, {"chunk": 4096}),
    ("6 MiB", LARGEST_EVENT, {}), ("6 MiB, chunked", LARGEST_EVENT, {"chunk": 32768}),
]


@pytest.mark.parametrize("name,body,options", SIZES, ids=ids(SIZES))
def test_event_of_any_size(play, name, body, options):
    out = play("probe", [event(body, **options), accepted()])
    assert out.calls == ["GET next", "POST response", "GET next"]
    assert out.exit_status == 0


def test_largest_event_is_not_changed(play):
    body = bytes(range(256)) * (6291456 // 256)
    out = play("echo", [event(body), accepted(), event(body, chunk=100000), accepted()])
    assert [r.body == body for r in out.requests if r.method == "POST"] == [True, True]


TOO_LARGE = [
    ("announced", event(b"x" * (8 * MIB + 1)), 8 * MIB + 1),
    ("chunked", event(b"x" * (9 * MIB), chunk=65536), 9 * MIB),
]


@pytest.mark.parametrize("name,action,size", TOO_LARGE, ids=ids(TOO_LARGE))
def test_event_beyond_our_limit_is_answered(play, name, action, size):
    out = play("echo", [action, accepted(), event(b"1"), accepted()])
    error = out.only("POST error")
    assert json.loads(error.body) == {
        "errorMessage": f"the event has {size} bytes, and this runtime takes at most {8 * MIB}: pass a reference to the data",
        "errorType": "Runtime.EventTooLarge",
        "stackTrace": [],
    }
    assert error.header("Lambda-Runtime-Function-Error-Type") == "Runtime.EventTooLarge"
    assert out.only("POST response").body == b"1"
    assert {r.connection for r in out.requests} == {1}, "the connection must stay usable"
    assert out.exit_status == 0


def test_event_beyond_the_arena_is_answered(play):
    out = play("probe", [event(b"x" * MIB), accepted(), event(b"x" * MIB, chunk=5000), accepted(), event(b"1"), accepted()],
               PROBE_ARENA_BYTES="200000")
    assert out.calls == ["GET next", "POST error", "GET next", "POST error", "GET next", "POST response", "GET next"]
    assert json.loads(out.requests[1].body)["errorType"] == "Runtime.EventTooLarge"
    assert f"has {MIB} bytes" in json.loads(out.requests[3].body)["errorMessage"]


def test_endless_event_ends_the_connection(play):
    endless = Action(head(200, event_headers() + [("Transfer-Encoding", "chunked")]),
                     pieces=itertools.repeat((0, b"100000\r\n" + b"x" * MIB + b"\r\n")), keep=False)
    out = play("echo", [endless, event(b"1"), accepted()])
    assert out.calls == ["GET next", "GET next", "POST response", "GET next"]
    assert out.exit_status == 0


def test_invocation_fields(play):
    fields = {
        "Lambda-Runtime-Deadline-Ms": "1542409706888",
        "Lambda-Runtime-Client-Context": '{"client":{"app_title":"ä"}}',
        "Lambda-Runtime-Cognito-Identity": '{"cognitoIdentityId":"x"}',
        "Lambda-Runtime-Aws-Tenant-Id": "tenant 1",
    }
    out = play("probe", [event(b"inspect", event_headers(**fields)), accepted()])
    seen = json.loads(out.only("POST response").body)
    del seen["pid"]
    trace = dict(event_headers())["Lambda-Runtime-Trace-Id"]
    assert seen == {
        "requestId": REQUEST_ID, "arn": ARN, "traceId": trace, "environmentTraceId": trace, "event": "inspect",
        "deadlineMs": 1542409706888, "clientContext": '{"client":{"app_title":"ä"}}',
        "cognitoIdentity": '{"cognitoIdentityId":"x"}', "tenantId": "tenant 1",
    }


def test_absent_fields_are_empty_and_do_not_linger(play):
    bare = [("lambda-runtime-aws-request-id", "second")]
    out = play("probe", [event(b"inspect"), accepted(), event(b"inspect", bare), accepted()],
               _X_AMZN_TRACE_ID="from the outside")
    second = json.loads([r for r in out.requests if r.method == "POST"][1].body)
    assert second["requestId"] == "second"
    assert second["environmentTraceId"] == "unset"
    assert [second[name] for name in ("arn", "traceId", "clientContext", "cognitoIdentity", "tenantId")] == [""] * 5


@pytest.mark.parametrize("deadline", [None, "", "soon", "-1", "99999999999999999999", "12.5", "0x10"])
def test_deadline_that_is_not_told_is_the_longest(play, deadline):
    out = play("probe", [event(b"inspect", event_headers(**{"Lambda-Runtime-Deadline-Ms": deadline})), accepted()])
    seen = json.loads(out.only("POST response").body)["deadlineMs"]
    assert 0 <= time.time() * 1000 + 900000 - seen < 60000


HOSTILE = "a\x01b\x7fc"


@pytest.mark.parametrize("name", ["Trace-Id", "Client-Context", "Aws-Tenant-Id", "Invoked-Function-Arn", "Invocation-Id"])
def test_control_characters_in_a_header_are_refused(play, name):
    out = play("probe", [event(b"inspect", event_headers(**{f"Lambda-Runtime-{name}": HOSTILE})), accepted()])
    response = out.only("POST response")
    assert "\x01" not in response.head.decode() and "\\u0001" not in response.body.decode()
    assert response.header("Lambda-Runtime-Invocation-Id") is None
    assert [line["header"] for line in out.log] == [name]


def test_header_over_the_limit_is_refused(play):
    out = play("probe", [event(b"inspect", event_headers(**{"Lambda-Runtime-Client-Context": "x" * 16385})), accepted()])
    assert json.loads(out.only("POST response").body)["clientContext"] == ""
    assert [line["header"] for line in out.log] == ["Client-Context"]


BAD_IDS = [
    ("missing", None), ("empty", ""), ("slash", "a/b"), ("dots", "../x"), ("query", "a?b"), ("fragment", "a#b"),
    ("space", "a b"), ("percent", "a%2Fb"), ("not ASCII", "ä"), ("control character", "a\x01b"), ("too long", "a" * 129),
    ("header injection", "a\rX-Evil: 1"),
]


@pytest.mark.parametrize("name,request_id", BAD_IDS, ids=ids(BAD_IDS))
def test_invocation_that_cannot_be_answered_is_skipped(play, name, request_id):
    out = play("echo", [event(b'"canary"', event_headers(request_id)), event(b"2", event_headers("good-1")), accepted()])
    assert out.calls == ["GET next", "GET next", "POST response", "GET next"]
    assert out.only("POST response").path.endswith("/invocation/good-1/response")
    assert out.messages("ERROR") == ["an invocation has no usable Lambda-Runtime-Aws-Request-Id and can't be answered"]
    assert out.exit_status == 0


@pytest.mark.parametrize("length", [1, 128])
def test_request_id_length(play, length):
    out = play("echo", [event(b"1", event_headers("a" * length)), accepted()])
    assert out.only("POST response").path.endswith("/" + "a" * length + "/response")


def test_unusable_invocations_without_end_end_the_process(play):
    out = play("echo", [event(b"1", event_headers(None))] * 100)
    assert (out.exit_status, len(out.requests)) == (1, 16)
    assert out.messages("FATAL") == ["the Runtime API sends only unusable invocations; ending"]


@pytest.mark.parametrize("code", [204, 301, 302, 307, 400, 401, 403, 404, 407, 410, 429, 500, 502, 503, 504])
def test_other_status_ends_the_process_at_once(play, code):
    moved = Action(head(code, [("Location", "http://127.0.0.1:1/x"), ("WWW-Authenticate", "Basic"),
                               ("Proxy-Authenticate", "Basic"), ("Retry-After", "5"), *event_headers()]
                        + ([] if code == 204 else [("Content-Length", "2")])) + (b"" if code == 204 else b"{}"))
    out = play("echo", [moved])
    assert (out.exit_status, out.calls) == (1, ["GET next"])
    assert out.end_seconds < SOON_S
    assert [(line["level"], line["status"]) for line in out.log] == [("FATAL", code)]


GARBAGE = [
    ("not HTTP", b"hello\r\n\r\n"), ("no status", b"HTTP/1.1 abc\r\n\r\n"), ("nothing", b""),
    ("half a status line", b"HTTP/1.1 2"), ("half of the headers", b"HTTP/1.1 200 OK\r\nLambda-Run"),
    ("NUL in a header", b"HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: a\0b\r\nContent-Length: 0\r\n\r\n"),
    ("half of the event", event(b"x" * 1000).data[:-500]),
    ("half of a chunk", event(b"x" * 1000, chunk=300).data[:-500]),
    ("no last chunk", event(b"x" * 1000, chunk=300).data[:-5]),
    ("a bad chunk size", event(b"x" * 1000, chunk=300).data.replace(b"12c\r\n", b"zz\r\n")),
]


@pytest.mark.parametrize("name,data", GARBAGE, ids=ids(GARBAGE))
def test_broken_answer_is_asked_for_again(play, name, data):
    out = play("echo", [answer(data), event(b"1"), accepted()])
    assert out.calls == ["GET next", "GET next", "POST response", "GET next"], "half an event is never handled"
    assert out.only("POST response").body == b"1"
    assert out.exit_status == 0


def test_lost_connection_is_made_again_with_growing_delays_then_exit_1(play):
    out = play("echo", [drop()] * 6)
    assert (out.exit_status, out.calls) == (1, ["GET next"] * 6)
    times = [r.at for r in out.requests]
    gaps = [after - before for before, after in zip(times, times[1:])]
    assert all(gap >= wanted for gap, wanted in zip(gaps, [0.010, 0.020, 0.040, 0.080, 0.160]))
    assert gaps[4] < 1
    assert [line["delayMs"] for line in out.log if line["level"] == "WARN"] == [10, 20, 40, 80, 160]
    assert out.messages("FATAL") == ["the Runtime API can't be reached; ending"]


def test_count_of_reconnects_starts_again_after_success(play):
    out = play("echo", ([drop()] * 5 + [event(b"1"), accepted()]) * 3)
    assert out.exit_status == 0
    assert out.calls == (["GET next"] * 6 + ["POST response"]) * 3 + ["GET next"]


@pytest.mark.parametrize("action", [drop(reset=True), RejectConnection()], ids=["reset", "closed at once"])
def test_other_ways_to_lose_a_connection(play, action):
    out = play("echo", [action, action, event(b"1"), accepted()])
    assert out.only("POST response").body == b"1"
    assert out.exit_status == 0


def test_lost_kept_connection_is_made_again_only_by_us(play):
    """libcurl would send again at once and by itself, which nobody could tell from a first try."""
    out = play("echo", [event(b"1"), accepted(), drop(), event(b"2"), accepted()])
    assert out.calls == ["GET next", "POST response", "GET next", "GET next", "POST response", "GET next"]
    assert out.requests[3].at - out.requests[2].at >= 0.010
    assert [line["delayMs"] for line in out.log] == [10]


def test_connection_closed_between_calls_needs_no_retry(play):
    out = play("echo", [event(b"1"), accepted(keep=False), event(b"2", delay=0.05), accepted()])
    assert out.calls == ["GET next", "POST response", "GET next", "POST response", "GET next"]
    assert out.exit_status == 0


def test_one_connection_for_everything(play):
    out = play("echo", [event(b"1"), accepted(), event(b"2", chunk=1), accepted()] * 20)
    assert {r.connection for r in out.requests} == {1}


def test_refused_connection_then_exit_1(player):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = "127.0.0.1:%d" % listener.getsockname()[1]
    begin = time.monotonic()
    process = player.start("echo", address)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert 0.310 <= time.monotonic() - begin < 5
    assert output.count(b"no connection to the Runtime API") == 5


def test_api_that_comes_up_late_is_found(play, player):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    process = player.start("echo", f"127.0.0.1:{port}")
    time.sleep(0.1)
    with socket.create_server(("127.0.0.1", port)) as listener:
        connection, _ = listener.accept()
        assert connection.recv(4096).startswith(b"GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\n")
    connection.close()
    process.terminate()


def test_next_waits_without_any_timeout(play):
    """Longer than every delay and retry of ours; the sandbox may be frozen for hours."""
    out = play("echo", [event(b"1", delay=7.0), accepted()])
    assert out.calls == ["GET next", "POST response", "GET next"]
    assert {r.connection for r in out.requests} == {1} and out.log == []


def test_request_is_plain(play):
    out = play("echo", [], http_proxy="http://127.0.0.1:1", HTTP_PROXY="http://127.0.0.1:1", ALL_PROXY="http://127.0.0.1:1",
               all_proxy="socks5://127.0.0.1:1")
    request = out.only("GET next")
    assert request.head.startswith(b"GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\n")
    assert sorted(name.lower() for name, _ in request.headers) == ["accept", "host", "user-agent"]
    assert request.header("User-Agent").startswith("arazzo-lambda-runtime/")


ADDRESSES = [
    ("not set", None), ("empty", ""), ("with a path", "127.0.0.1:9001/x"), ("with a user", "u:p@127.0.0.1:9001"),
    ("with a scheme", "http://127.0.0.1"), ("with a space", "127.0.0.1 :9001"), ("with CR LF", "127.0.0.1\r\nX: y"),
    ("too long", "a" * 257),
]


@pytest.mark.parametrize("name,address", ADDRESSES, ids=ids(ADDRESSES))
def test_unusable_address_is_refused(player, name, address):
    process = player.start("echo", "", AWS_LAMBDA_RUNTIME_API=address)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    line = json.loads(output)
    assert line["level"] == "FATAL" and "AWS_LAMBDA_RUNTIME_API" in line["reason"] and "host:port" in line["reason"]
