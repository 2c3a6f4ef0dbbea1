"""The libcurl transport against a server that misbehaves: what comes back, and what reached the server.

The count of requests at the server is the point of most tests: one send() never makes a POST, PUT or DELETE arrive
twice.
"""

import contextlib
import socket
import time

import pytest

from fault_server import FaultServer, always, broken
from transport_client import Client, not_sent, sent

UNSAFE = ["POST", "PUT", "DELETE", "PATCH", "PURGE"]
SAFE = ["GET", "HEAD", "OPTIONS"]


# ---- Answers ----

def test_an_answer_with_headers_and_body():
    with FaultServer(always(body="hello", headers=["X-A: 1", "x-a:  2 "])) as server, Client() as client:
        result = client.send("GET", server.url + "/p")
    assert result == {"status": 200, "headers": [["Content-Length", "5"], ["X-A", "1"], ["x-a", "2"]], "bodyBytes": 5,
                      "body": "hello"}


@pytest.mark.parametrize("status", [204, 301, 302, 307, 400, 401, 403, 404, 417, 421, 429, 500, 503])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_status_is_an_answer_and_never_followed(status, method):
    headers = ["Location: /elsewhere", "WWW-Authenticate: Basic", "Retry-After: 1"]
    with FaultServer(always(status=f"{status} X", headers=headers)) as server, Client() as client:
        result = client.send(method, server.url + "/p", body="b" if method == "POST" else None)
    assert result["status"] == status
    assert ["Location", "/elsewhere"] in result["headers"]
    assert len(server.requests) == 1


def test_chunks_are_joined_and_trailers_dropped():
    def script(connection):
        connection.request()
        connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n"
                        "3\r\nabc\r\n2;ext=1\r\nde\r\n0\r\nX-T: 1\r\n\r\n")
    with FaultServer(script) as server, Client() as client:
        result = client.send("GET", server.url)
    assert (result["status"], result["body"]) == (200, "abcde")
    assert [name for name, _ in result["headers"]] == ["Transfer-Encoding", "Trailer"]


def test_interim_responses_are_dropped():
    def script(connection):
        connection.request()
        connection.send("HTTP/1.1 100 Continue\r\nX-I: 1\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n")
        connection.answer(body="ok", headers=["X-F: 1"])
    with FaultServer(script) as server, Client() as client:
        result = client.send("PUT", server.url, body="b")
    assert (result["status"], result["body"]) == (200, "ok")
    assert [name for name, _ in result["headers"]] == ["Content-Length", "X-F"]


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd", "deflate", "unheard-of"])
def test_an_encoded_body_is_handed_over_as_it_came(encoding):
    with FaultServer(always(body="\x1f\x8bnot decoded", headers=[f"Content-Encoding: {encoding}"])) as server, Client() as client:
        result = client.send("GET", server.url)
    assert (result["status"], result["bodyBytes"]) == (200, 13)
    assert ["Content-Encoding", encoding] in result["headers"]


def test_folded_header_lines_are_unfolded():
    def script(connection):
        connection.request()
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-A: 1\r\n 2\r\nX-B: 3\r\n\r\n")
    with FaultServer(script) as server, Client() as client:
        result = client.send("GET", server.url)
    assert [[name, value.split()] for name, value in result["headers"][1:]] == [["X-A", ["1", "2"]], ["X-B", ["3"]]]


def test_a_body_that_ends_with_the_connection():
    def script(connection):
        connection.request()
        connection.send("HTTP/1.0 200 OK\r\n\r\nall of it")
    with FaultServer(script) as server, Client() as client:
        assert client.send("GET", server.url)["body"] == "all of it"


def test_head_has_no_body():
    def script(connection):
        connection.request()
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        connection.hang()
    with FaultServer(script) as server, Client() as client:
        result = client.send("HEAD", server.url)
    assert (result["status"], result["bodyBytes"]) == (200, 0)


def test_the_largest_body():
    with FaultServer(always(body="x" * 8388608)) as server, Client() as client:
        assert client.send("GET", server.url)["bodyBytes"] == 8388608


# ---- What goes onto the wire ----

def test_no_header_is_added_but_user_agent():
    with FaultServer(always()) as server, Client() as client:
        client.send("GET", server.url + "/p", [["Host", "signed.example.com"], ["X-Empty", ""], ["X-A", " a  b "]])
    [head] = server.heads()
    lines = head.split("\r\n")
    assert lines[0] == "GET /p HTTP/1.1"
    assert [line for line in lines[1:] if not line.startswith("User-Agent: arazzo-lambda/")] == [
        "Host: signed.example.com", "X-Empty:", "X-A: a  b"]


def test_the_own_user_agent_and_accept_are_sent():
    with FaultServer(always()) as server, Client() as client:
        client.send("GET", server.url, [["user-agent", "me"], ["accept", "a/b"]])
    [head] = server.heads()
    assert "user-agent: me" in head and "accept: a/b" in head and "arazzo" not in head


@pytest.mark.parametrize("method, body, length", [
    ("POST", None, 0), ("PUT", None, 0), ("PATCH", None, 0), ("POST", "", 0), ("DELETE", "", 0), ("GET", "", 0),
    ("POST", "abc", 3), ("PUT", "abc", 3), ("GET", "abc", 3), ("DELETE", "abc", 3), ("PURGE", "abc", 3),
    ("GET", None, None), ("DELETE", None, None), ("OPTIONS", None, None), ("HEAD", None, None), ("PURGE", None, None),
    ("M-SEARCH", None, None)])
def test_methods_bodies_and_lengths(method, body, length):
    with FaultServer(always()) as server, Client() as client:
        assert client.send(method, server.url + "/p", body=body)["status"] == 200
    [(_, head, received)] = server.requests
    assert head.startswith(f"{method} /p HTTP/1.1\r\n")
    assert received == (body or "").encode()
    lengths = [line for line in head.split("\r\n") if line.lower().startswith("content-length")]
    assert lengths == ([] if length is None else [f"Content-Length: {length}"])
    assert not any(word in head.lower() for word in ("expect", "content-type", "accept", "transfer-encoding"))


def test_a_large_body_arrives_without_expect():
    with FaultServer(always()) as server, Client() as client:
        assert client.send("POST", server.url, bodyBytes=8388608)["status"] == 200
    [(_, head, body)] = server.requests
    assert len(body) == 8388608 and "Expect" not in head


@pytest.mark.parametrize("target", [
    "/a/../b/./c//d", "/%2e%2E/%41%3a", "/GetImage?imageBuildVersionArn=arn%3Aaws%3Ax%2Fy", "/a:b@c!$&'()*+,;=~",
    "/?a=b+c&a=&a", "/{x}[y]|z^\"<>`\\", "/a?b?c/d", "/a%", "/a%zz"])
def test_the_url_is_sent_as_given(target):
    with FaultServer(always()) as server, Client() as client:
        client.send("GET", server.url + target)
    [head] = server.heads()
    assert head.split("\r\n")[0] == f"GET {target} HTTP/1.1"


@pytest.mark.parametrize("target, line", [("", "GET / HTTP/1.1"), ("?a=b", "GET /?a=b HTTP/1.1")])
def test_an_empty_path_is_the_root(target, line):
    with FaultServer(always()) as server, Client() as client:
        client.send("GET", server.url + target)
    assert server.heads()[0].split("\r\n")[0] == line


@pytest.mark.parametrize("method, path, headers", [
    ("GET", "/", [["X-A", "1\r\nX-Evil: 1"]]), ("GET", "/", [["X-A\r\nX-Evil", "1"]]), ("GET /evil", "/", []),
    ("GET", "/a b", []), ("GET", "/a\r\nX-Evil: 1", []), ("GET", "/#f", []),
    ("POST", "/", [["Transfer-Encoding", "chunked"]]),
    ("POST", "/", [["Content-Length", "5"]])])
def test_what_would_inject_is_refused_before_any_connection(method, path, headers):
    with FaultServer(always()) as server, Client() as client:
        result = not_sent(client.send(method, server.url + path, headers))
    assert result["code"] == "invalid"
    assert server.connections == 0


def test_content_length_of_the_signed_request_is_sent_once():
    with FaultServer(always()) as server, Client() as client:
        client.send("POST", server.url, [["Content-Length", "3"]], body="abc")
    assert server.heads()[0].lower().count("content-length") == 1


# ---- Broken and hostile answers ----

@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("text, then", [
    ("", "close"), ("", "reset"), ("HTTP/1.1 2", "close"), ("HTTP/1.1 2", "reset"),
    ("HTTP/1.1 200 OK\r\nX-A", "close"), ("HTTP/1.1 200 OK\r\nX-A", "reset"),
    ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", "close"),
    ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", "reset"),
    ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", "close"),
    ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", "reset"),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", "close"),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n", "close"),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nHTTP/1.1 500 X\r\n\r\n", "close"),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel", "reset"),
    ("HTTP/1.1 200 OK\r\nContent-Length: ten\r\n\r\n", "close"), ("HTTP/1.1 2x0 OK\r\n\r\n", "close"),
    ("HTTP/1.1 99 Low\r\n\r\n", "close"), ("\0\1\2\xff" * 100, "close"), ("<html>\r\n\r\n", "close"),
    ("HTTP/1.1 100 Continue\r\n\r\n", "close"), ("HTTP/1.1 100 Continue\r\n\r\n", "reset"),
    ("SSH-2.0-OpenSSH_9.2\r\n", "close"), ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", "close")])
def test_a_broken_answer_is_lost_and_not_sent_again(method, text, then):
    with FaultServer(broken(text, then)) as server, Client() as client:
        result = sent(client.send(method, server.url, body="b" if method == "POST" else None))
    assert result["code"] == "network"
    assert result["error"].startswith("127.0.0.1: ") or "101" in result["error"]
    assert len(server.requests) == 1


def test_a_connection_reset_before_the_request_was_read():
    with FaultServer(lambda connection: connection.reset()) as server, Client() as client:
        result = client.send("POST", server.url, body="b")
    assert result["code"] == "network" and result["sent"] in (True, False)
    assert server.requests == [] and server.connections == 1


def test_a_large_body_that_the_server_does_not_read():
    def script(connection):
        connection.reset()
    with FaultServer(script) as server, Client() as client:
        result = client.send("POST", server.url, bodyBytes=8388608)
    assert result["code"] == "network"
    assert server.connections == 1


@pytest.mark.parametrize("timeout_ms", [0, -1])
def test_without_time_nothing_is_sent(timeout_ms):
    with FaultServer(always()) as server, Client() as client:
        assert not_sent(client.send("GET", server.url, timeout_ms=timeout_ms))["code"] == "timeout"
    assert server.connections == 0


CHUNK = "10000\r\n" + "x" * 65536 + "\r\n"


@pytest.mark.parametrize("text, error", ids=["body", "chunks", "count", "headers", "header"], argvalues=[
    ("HTTP/1.1 200 OK\r\nContent-Length: 8388609\r\n\r\n" + "x" * 8388609,
     "the answer's body is longer than 8388608 bytes"),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNK * 140,
     "the answer's body is longer than 8388608 bytes"),
    ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n" + "X-A: 1\r\n" * 256 + "\r\n", "the answer has more than 256 headers"),
    ("HTTP/1.1 200 OK\r\n" + ("X-A: " + "x" * 8000 + "\r\n") * 40 + "\r\n",
     "the head of the answer is longer than 262144 bytes"),
    ("HTTP/1.1 200 OK\r\nX-A: " + "x" * 300000 + "\r\n\r\n", "longer than")])
def test_answers_beyond_a_limit(text, error):
    def script(connection):
        connection.request()
        connection.send(text)
        connection.hang()
    with FaultServer(script) as server, Client() as client:
        result = sent(client.send("PUT", server.url))
    assert result["code"] == "limit"
    assert error in result["error"]


def test_an_endless_answer_is_given_up_soon():
    def script(connection):
        connection.request()
        connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            connection.send(CHUNK)
    with FaultServer(script) as server, Client() as client:
        assert sent(client.send("GET", server.url))["code"] == "limit"


def test_endless_interim_responses_are_given_up():
    def script(connection):
        connection.request()
        while True:
            connection.send("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" * 100)
    with FaultServer(script) as server, Client() as client:
        assert sent(client.send("GET", server.url, timeout_ms=1000))["code"] in ("timeout", "limit", "network")


def test_the_client_is_usable_after_every_failure():
    def script(connection):
        if connection.number == 1:
            connection.request()
            connection.reset()
        always(body="fine")(connection)
    with FaultServer(script) as server, Client() as client:
        sent(client.send("POST", server.url))
        not_sent(client.send("BAD METHOD", server.url))
        assert client.send("GET", server.url)["body"] == "fine"


def test_memory_that_ends_at_any_point():
    with FaultServer(always(body="x" * 5000, headers=["X-A: 1"] * 30)) as server, Client() as client:
        for allowed in range(100):
            result = client.send("PUT", server.url, [["X-A", "1"]], body="b", failAfter=allowed)
            if "status" in result:
                break
            assert result["code"] == "memory", result
            assert result["sent"] == (len(server.requests) > 0)
            server.requests.clear()
    assert result["bodyBytes"] == 5000 and allowed > 8


# ---- Connections: reused, stale, dead ----

def test_safe_methods_share_a_connection():
    with FaultServer(always()) as server, Client() as client:
        for method in SAFE * 2:
            assert client.send(method, server.url)["status"] == 200
    assert server.connections == 1


@pytest.mark.parametrize("method", UNSAFE)
def test_other_methods_get_a_connection_of_their_own(method):
    with FaultServer(always()) as server, Client() as client:
        client.send("GET", server.url)
        client.send(method, server.url)
        client.send(method, server.url)
    assert [number for number, _, _ in server.requests] == [1, 2, 3]


@pytest.mark.parametrize("method", UNSAFE)
@pytest.mark.parametrize("end", ["close", "reset"])
def test_a_request_without_an_answer_is_never_sent_twice(method, end):
    """The first connection answers once and then dies on the second request, as every other connection does at once."""
    def script(connection):
        connection.request()
        if connection.number == 1:
            connection.answer()
            connection.request()
        getattr(connection, end)()
    with FaultServer(script) as server, Client() as client:
        assert client.send("GET", server.url)["status"] == 200
        result = sent(client.send(method, server.url, body="b"))
        assert result["code"] == "network"
    assert [head.split()[0] for head in server.heads()] == ["GET", method]


@pytest.mark.parametrize("end", ["close", "reset"])
def test_a_safe_request_survives_a_dead_connection(end):
    def script(connection):
        connection.request()
        connection.answer(body=str(connection.number))
        if connection.number == 1:
            connection.request()
            getattr(connection, end)()
        else:
            always()(connection)
    with FaultServer(script) as server, Client() as client:
        assert client.send("GET", server.url)["body"] == "1"
        assert client.send("GET", server.url)["body"] == "2"
    assert [number for number, _, _ in server.requests] == [1, 1, 2]


def test_a_safe_request_is_sent_twice_at_most():
    def script(connection):
        connection.request()
        if connection.number == 1:
            connection.answer()
            connection.request()
    with FaultServer(script) as server, Client() as client:
        client.send("GET", server.url)
        assert sent(client.send("GET", server.url))["code"] == "network"
    assert len(server.requests) == 3


def test_a_connection_that_was_closed_in_between_is_replaced():
    def script(connection):
        connection.request()
        connection.answer()
    with FaultServer(script) as server, Client() as client:
        for _ in range(3):
            assert client.send("GET", server.url)["status"] == 200
            time.sleep(0.1)
    assert server.connections == 3 and len(server.requests) == 3


@pytest.mark.parametrize("seconds, connections", [(5, 1), (16, 2), (-60, 2)])
def test_a_connection_is_not_used_after_a_freeze(seconds, connections):
    """Only the wall clock knows of it; the monotonic one, by which libcurl goes, stood still."""
    with FaultServer(always()) as server, Client() as client:
        client.send("GET", server.url)
        client.command(frozen=seconds)
        assert client.send("GET", server.url)["status"] == 200
        assert client.send("GET", server.url)["status"] == 200
    assert server.connections == connections


def test_only_so_many_connections_are_kept():
    """The fifth is the one too many (LIMIT_CONNECTIONS is 4): the oldest is closed."""
    with contextlib.ExitStack() as stack:
        servers = [stack.enter_context(FaultServer(always())) for _ in range(5)]
        client = stack.enter_context(Client())
        for server in servers + servers[:1] + servers[4:]:
            client.send("GET", server.url)
            time.sleep(0.005)
        assert [server.connections for server in servers] == [2, 1, 1, 1, 1]


def test_a_forked_process_makes_its_own_connection():
    with FaultServer(always()) as server, Client() as client:
        client.send("GET", server.url)
        client.command(fork=True)
        assert client.send("GET", server.url)["status"] == 200
    assert [number for number, _, _ in server.requests] == [1, 2]


# ---- No connection ----

def test_a_refused_connection():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with Client() as client:
        result = not_sent(client.send("POST", f"http://127.0.0.1:{port}/"))
    assert result["code"] == "network"
    assert result["error"].startswith("127.0.0.1: no connection (") and "check that the server runs" in result["error"]


def test_a_name_that_does_not_exist():
    with Client() as client:
        result = not_sent(client.send("POST", "http://imagebuilder.nowhere-1.invalid/"))
    assert result["code"] == "network"
    assert "the host name has no address" in result["error"] and "region" in result["error"]
