"""POST /invocation/{id}/response and /error: what goes over the wire, and what each answer of the API means."""

import json
import re

import pytest

from conftest import ids
from fault_server import REQUEST_ID, accepted, drop, event, event_headers, status

LIMIT = 6291556


def test_response_is_verbatim(play):
    body = b'{ "b": 1.0,\n\t"a": "\xc3\xa4\xf0\x9f\x98\x80\\u0000", "n": 1e400 }\n'
    out = play("echo", [event(body), accepted()])
    response = out.only("POST response")
    assert response.body == body
    assert response.path == f"/2018-06-01/runtime/invocation/{REQUEST_ID}/response"
    assert response.header("Content-Type") == "application/json"
    assert response.header("Content-Length") == str(len(body))
    for name in ("Expect", "Transfer-Encoding", "Authorization", "Lambda-Runtime-Invocation-Id"):
        assert response.header(name) is None


def test_large_response_has_no_expect(play):
    body = b"x" * 6000000
    out = play("echo", [event(body), accepted()])
    response = out.only("POST response")
    assert (response.body == body, response.header("Expect")) == (True, None)


def test_any_bytes_go_through(play):
    body = bytes(range(256))
    assert play("echo", [event(body), accepted()]).only("POST response").body == body


@pytest.mark.parametrize("word,call", [(b"x", "POST response"), (b"fail A.B c", "POST error")])
def test_invocation_id_is_echoed(play, word, call):
    opaque = "AbC/+=; \xc3 9".strip()
    headers = event_headers(**{"Lambda-Runtime-Invocation-Id": opaque})
    out = play("probe", [event(word, headers), accepted(), event(word), accepted()])
    first, second = [r for r in out.requests if r.method == "POST"]
    assert f"Lambda-Runtime-Invocation-Id: {opaque}".encode() in first.head
    assert second.header("Lambda-Runtime-Invocation-Id") is None


# status, level of the one line that is logged
GOES_ON = [(400, "ERROR"), (403, "ERROR"), (404, "ERROR"), (409, "ERROR"), (410, "WARN"), (413, "ERROR"), (301, "ERROR")]


@pytest.mark.parametrize("word,call", [(b"x", "POST response"), (b"fail A.B c", "POST error")])
@pytest.mark.parametrize("code,level", GOES_ON)
def test_refusal_is_logged_and_the_loop_goes_on(play, word, call, code, level):
    out = play("probe", [event(word), status(code), event(b"x"), accepted()])
    assert out.calls == ["GET next", call, "GET next", "POST response", "GET next"], "no second report, no exit"
    assert [(line["level"], line["status"], line["function_request_id"]) for line in out.log] == [(level, code, REQUEST_ID)]
    assert out.exit_status == 0


@pytest.mark.parametrize("code", [200, 202, 204])
def test_success_is_silent(play, code):
    out = play("echo", [event(b"1"), status(code, b"" if code == 204 else b"{}")])
    assert (out.calls, out.log) == (["GET next", "POST response", "GET next"], [])


@pytest.mark.parametrize("word,call", [(b"x", "POST response"), (b"fail A.B c", "POST error")])
@pytest.mark.parametrize("code", [500, 502, 503])
def test_server_error_ends_the_process(play, word, call, code):
    out = play("probe", [event(word), status(code)])
    assert (out.exit_status, out.calls) == (1, ["GET next", call])
    assert [(line["level"], line["status"]) for line in out.log] == [("FATAL", code)]


def test_413_before_the_body_was_read(play):
    """The real API answers as soon as Content-Length tells it enough, and may close without reading on."""
    early = status(413, early=True, keep=False)
    out = play("echo", [event(b"x" * 6000000), early, event(b"1"), accepted()])
    assert out.calls[:2] == ["GET next", "POST response"]
    assert "POST error" not in out.calls and out.exit_status == 0
    assert out.requests[-2].body == b"1"


LOST = [
    ("taken the second time", accepted(), []),
    ("400 tells that it had arrived", status(400), ["the answer had arrived before its connection was lost"]),
    ("403 tells that it had arrived", status(403), ["the answer had arrived before its connection was lost"]),
]


@pytest.mark.parametrize("action", [drop(), drop(reset=True)], ids=["closed", "reset"])
@pytest.mark.parametrize("name,second,messages", LOST, ids=ids(LOST))
def test_answer_is_sent_once_more_when_its_connection_is_lost(play, action, name, second, messages):
    out = play("echo", [event(b'"e"'), action, second, event(b"2"), accepted()])
    assert out.calls == ["GET next", "POST response", "POST response", "GET next", "POST response", "GET next"]
    assert out.requests[1].body == out.requests[2].body == b'"e"'
    assert out.requests[2].at - out.requests[1].at >= 0.010
    assert out.messages("INFO") == messages and out.messages("ERROR") == []
    assert out.exit_status == 0


@pytest.mark.parametrize("body", [b"1", b"x" * 3000000], ids=["small", "large"])
def test_answer_that_is_lost_twice_is_not_sent_a_third_time(play, body):
    out = play("echo", [event(body), drop(), drop(), event(b"2"), accepted()])
    assert out.calls == ["GET next", "POST response", "POST response", "GET next", "POST response", "GET next"]
    assert out.messages("ERROR") == ["it is not known whether the answer arrived: the connection to the Runtime API is lost"]
    assert out.exit_status == 0


def test_lost_after_resend_410(play):
    out = play("echo", [event(b"1"), drop(), status(410)])
    assert out.messages("WARN")[-1].startswith("the answer came too late")


SIZES = [(LIMIT - 1, "POST response"), (LIMIT, "POST response"), (LIMIT + 1, "POST error"), (20000000, "POST error")]


@pytest.mark.parametrize("size,call", SIZES)
def test_size_is_checked_before_sending(play, size, call):
    out = play("probe", [event(b"large %d" % size), accepted()])
    assert out.calls == ["GET next", call, "GET next"]
    request = out.requests[1]
    if call == "POST response":
        assert request.body == b"x" * size
    else:
        error = json.loads(request.body)
        assert error["errorType"] == "Runtime.ResponseTooLarge"
        assert f"{size} bytes" in error["errorMessage"] and str(LIMIT) in error["errorMessage"]
        assert request.header("Lambda-Runtime-Function-Error-Type") == "Runtime.ResponseTooLarge"
        assert [(line["responseBytes"], line["limitBytes"]) for line in out.log] == [(size, LIMIT)]


# name, type, message
ERRORS = [
    ("plain", "Arazzo.InvalidEvent", "inputs: 'x' is missing"),
    ("not ASCII", "Arazzo.InvalidInput", "größer als 5 €, 日本語, 😀"),
    ("quotes and controls", "A.B", 'say "hi"\\ \n\r\n\t\x00\x1f\x7f end'),
    ("header injection", "A.B\r\nX-Evil: 1", "message\r\nX-Evil: 1\r\n\r\nGET / HTTP/1.1"),
    ("no type", "", "message"),
    ("no message", "Arazzo.Internal", ""),
    ("type that is not ASCII", "Größe.Überlauf", "x"),
]


@pytest.mark.parametrize("name,kind,message", ERRORS, ids=ids(ERRORS))
def test_error_report(play, name, kind, message):
    kind = kind.replace(" ", "_")  # the probe's words are divided by spaces
    out = play("probe", [event(b"fail " + kind.encode() + b" " + message.encode()), accepted()])
    error = out.only("POST error")
    assert error.path == f"/2018-06-01/runtime/invocation/{REQUEST_ID}/error"
    assert error.header("Content-Type") == "application/json"
    assert json.loads(error.body) == {"errorMessage": message, "errorType": kind or "Function.Unknown", "stackTrace": []}
    assert re.fullmatch(r"(Runtime|Function)\.[A-Z][A-Za-z]+", error.header("Lambda-Runtime-Function-Error-Type"))
    cause = error.header("Lambda-Runtime-Function-XRay-Error-Cause")
    assert re.fullmatch(r"[\x20-\x7e]*", cause)
    assert json.loads(cause)["exceptions"] == [{"type": kind or "Function.Unknown", "message": message, "stack": []}]
    assert error.header("X-Evil") is None and error.header("Expect") is None
    assert out.exit_status == 0


def test_error_text_that_is_not_utf8_is_mended(play):
    out = play("probe", [event(b"fail A.B bad \xff\xc3 \xed\xa0\x80 end"), accepted()])
    assert json.loads(out.only("POST error").body)["errorMessage"] == "bad \ufffd\ufffd \ufffd\ufffd\ufffd end"


def test_long_error_text_is_cut_between_characters(play):
    out = play("probe", [event(b"fail A.B x" + "ä".encode() * 500000), accepted()])
    error = out.only("POST error")
    message = json.loads(error.body)["errorMessage"]
    assert message == "x" + "ä" * ((32768 - 3 - 1) // 2) + "..."
    assert len(error.header("Lambda-Runtime-Function-XRay-Error-Cause")) < 65536


def test_error_is_reported_when_the_arena_is_used_up(play):
    out = play("probe", [event(b"exhaust"), accepted(), event(b"x"), accepted()])
    assert json.loads(out.only("POST error").body)["errorType"] == "Probe.Exhausted"
    assert out.only("POST response").body == b"null"
