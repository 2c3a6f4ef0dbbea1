"""How long the libcurl transport waits for each part of a request, and what it tells.

The clock of the program under test runs faster than this one, so that limits of many seconds are short here.
"""

import socket
import time

import pytest

from fault_server import FaultServer, broken
from transport_client import Client, not_sent, sent

SPEED = 20


def hang(connection):
    connection.hang()


def begins(text):
    return broken(text, "hang")


def drip(part, pause):
    def script(connection):
        connection.request()
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" if part == "x" else "HTTP/1.1 200 OK\r\n")
        for _ in range(1000):
            connection.send(part)
            time.sleep(pause)
    return script


# ---- What is left for the whole request ----

@pytest.mark.parametrize("text, what", [
    ("", "no answer began"), ("HTTP/1.1 200 OK\r\nX", "the answer did not end"),
    ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab", "the answer did not end"),
    ("HTTP/1.1 100 Continue\r\n\r\n", "the answer did not end")])
def test_a_hanging_answer_times_out(text, what):
    with FaultServer(begins(text)) as server, Client() as client:
        began = time.monotonic()
        result = sent(client.send("PUT", server.url, timeout_ms=300))
        assert 0.25 < time.monotonic() - began < 3
    assert result["code"] == "timeout"
    assert f"127.0.0.1: {what} in the 300 ms that were left (name " in result["error"]
    assert len(server.requests) == 1


@pytest.mark.parametrize("part", ["x", "X-A: 1\r\n"], ids=["body", "headers"])
def test_an_answer_that_drips_times_out(part):
    with FaultServer(drip(part, 0.05)) as server, Client() as client:
        began = time.monotonic()
        assert sent(client.send("GET", server.url, timeout_ms=400))["code"] == "timeout"
        assert time.monotonic() - began < 3


# ---- Each part's own limit ----

def told(result, text):
    assert result["code"] == "timeout"
    assert text in result["error"]


def test_a_name_server_that_does_not_answer():
    began = time.monotonic()
    with Client(clock_speed=SPEED) as client:
        told(not_sent(client.send("POST", "http://silent.invalid/", timeout_ms=60000)),
             "silent.invalid: the host name was not resolved within 5000 ms (name ")
        assert not_sent(client.send("GET", "http://127.0.0.1:9/", timeout_ms=60000))["code"] == "network"
    assert time.monotonic() - began < 5


def test_an_address_that_does_not_answer(silent_address):
    with Client(clock_speed=SPEED) as client:
        result = not_sent(client.send("POST", silent_address, timeout_ms=60000))
    told(result, ": no connection was made within 5000 ms (name ")
    assert "security groups" in result["error"]


@pytest.fixture
def silent_address():
    """A listener whose queue is full drops further connections."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    address = listener.getsockname()
    queued = []
    for _ in range(3):
        one = socket.socket()
        one.setblocking(False)
        one.connect_ex(address)
        queued.append(one)
    time.sleep(0.1)
    yield f"http://127.0.0.1:{address[1]}/"
    for one in [*queued, listener]:
        one.close()


def test_a_handshake_that_does_not_end():
    with FaultServer(hang) as server, Client(clock_speed=SPEED) as client:
        told(not_sent(client.send("POST", server.url.replace("http:", "https:"), timeout_ms=60000)),
             "127.0.0.1: the TLS handshake did not end within 5000 ms (name ")


def test_an_answer_that_does_not_begin():
    with FaultServer(begins("")) as server, Client(clock_speed=SPEED) as client:
        told(sent(client.send("POST", server.url, timeout_ms=60000)), "127.0.0.1: no answer began within 30000 ms (name ")


@pytest.mark.parametrize("text", ["HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab",
                                  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n"])
def test_an_answer_that_stops(text):
    with FaultServer(begins(text)) as server, Client(clock_speed=SPEED) as client:
        told(sent(client.send("POST", server.url, timeout_ms=60000)), "127.0.0.1: the answer did not end within 10000 ms (name ")


def test_a_slow_answer_that_goes_on_is_waited_for():
    """For longer than one pause may be: 15 parts, each after 1 s of the client's clock."""
    def script(connection):
        connection.request()
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n")
        for _ in range(15):
            time.sleep(0.05)
            connection.send("x")
    with FaultServer(script) as server, Client(clock_speed=SPEED) as client:
        assert client.send("GET", server.url, timeout_ms=60000)["bodyBytes"] == 15


def test_the_phase_that_took_the_time_is_told():
    def script(connection):
        connection.request()
        time.sleep(0.2)
        connection.send("HTTP/1.1 200 OK\r\n")
        connection.hang()
    with FaultServer(script) as server, Client() as client:
        text = sent(client.send("GET", server.url, timeout_ms=500))["error"]
    spent = dict(part.rsplit(" ", 2)[0:2] for part in text.split("(")[1].split(")")[0].split(", "))
    assert int(spent["answer"]) >= 190 and int(spent["body"]) > 0
    assert int(spent["answer"]) + int(spent["body"]) >= 480
