"""What must never happen: payloads in logs, log lines made by outsiders, memory that grows."""

import json
import os
import pathlib
import time

import pytest

from conftest import ids
from fault_server import accepted, answer, drop, event, event_headers, status

CANARY = b"canary-7f3a"
EVENT = b'{"password":"' + CANARY + b'"}'
FAULTS = [
    ("accepted", [event(EVENT), accepted()]),
    ("refused", [event(EVENT), status(400, CANARY)]),
    ("late", [event(EVENT), status(410, CANARY)]),
    ("too large for Lambda", [event(EVENT), status(413, CANARY)]),
    ("server error", [event(EVENT), status(500, CANARY)]),
    ("lost once", [event(EVENT), drop(), accepted()]),
    ("lost twice", [event(EVENT), drop(), drop()]),
    ("no request id", [event(EVENT, event_headers(None))]),
    ("event too large", [event(EVENT * 500000), accepted()]),
    ("half an event", [answer(event(EVENT).data[:-1])]),
    ("refused header", [event(EVENT, event_headers(**{"Lambda-Runtime-Trace-Id": "\x01" + CANARY.decode()})), accepted()]),
    ("next refused", [status(403, CANARY)]),
]


@pytest.mark.parametrize("name,script", FAULTS, ids=ids(FAULTS))
def test_payload_is_never_logged(play, name, script):
    out = play("echo", script, AWS_LAMBDA_LOG_LEVEL="TRACE")
    assert CANARY not in out.output


def test_error_message_is_never_logged(play):
    out = play("probe", [event(b"fail A.B " + CANARY), status(400)], AWS_LAMBDA_LOG_LEVEL="TRACE")
    assert out.messages("ERROR") and CANARY not in out.output


@pytest.mark.parametrize("form", ["JSON", "Text"])
def test_outsiders_cannot_write_log_lines(play, form):
    evil = "x\u2028\x85\r[fake] line"
    out = play("echo", [event(b"1", event_headers(evil)), event(b"1", event_headers('a"}{"level":"FATAL"')), event(b"1"), accepted()],
               AWS_LAMBDA_LOG_FORMAT=form)
    lines = out.output.decode().split("\n")
    assert len(lines) == 4 and lines[3] == "", "a refused header and two unusable invocations"
    assert "\r" not in out.output.decode()
    if form == "JSON":
        assert [line["level"] for line in out.log] == ["WARN", "ERROR", "ERROR"]


def test_log_fields_of_an_invocation_end_with_it(play):
    """They may point into memory that is gone; a warning while waiting for the next one must not read it."""
    out = play("probe", [event(b"common run-1"), accepted(), drop(), event(b"common run-2"), status(410), event(b"x"), status(410)])
    assert [(line["level"], line.get("runId"), "function_request_id" in line) for line in out.log] == [
        ("INFO", "run-1", True), ("WARN", None, False), ("INFO", "run-2", True), ("WARN", "run-2", True),
        ("WARN", None, True)]


def resident_kb(process):
    text = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return int(text.split("VmRSS:")[1].split()[0])


@pytest.mark.skipif(bool(os.environ.get("ARAZZO_WRAP")), reason="measures the program itself")
def test_memory_does_not_grow(play):
    seen = {}

    def one(n):
        trace = f"Root=1-{n:08x}-" + "a" * 800
        return event(b"x" * 20000, event_headers(f"id-{n}", **{"Lambda-Runtime-Trace-Id": trace}))

    def meanwhile(process, server):
        for round_number in range(2):
            server.wait_idle(lambda: process.poll() is not None, held=round_number + 1)
            seen[round_number] = resident_kb(process)
            if round_number == 0:
                for connection in server.connections:  # the held request is lost, and asked again
                    with server.changed:
                        server.script.extend(action for n in range(1500) for action in (one(n), accepted()))
                    connection.shutdown(2)
        process.terminate()

    warm = [action for n in range(200) for action in (one(n), accepted())]
    out = play("probe", warm, meanwhile=meanwhile, ASAN_OPTIONS="quarantine_size_mb=1:detect_leaks=0")
    assert out.exit_status == 0
    assert seen[1] - seen[0] < 600, "1,500 invocations with traces of 800 bytes"


def test_examples_say_what_they_should(play):
    out = play("hello", [event(b'{"a":1}', event_headers("id-1")), accepted()])
    assert json.loads(out.only("POST response").body) == {"message": "Hello from C", "requestId": "id-1"}
    assert [(line["message"], line["eventBytes"], line["function_request_id"]) for line in out.log] == [("said hello", 7, "id-1")]
    assert time.strptime(out.log[0]["timestamp"][:19], "%Y-%m-%dT%H:%M:%S")
