"""A Runtime API on a loopback socket that misbehaves on request.

A script is a list of actions; each request that arrives consumes the next one (that is for its method). What was received is kept byte for byte, so
that tests can assert on what went over the wire. After the last action requests are held unanswered, as the real API does
while there is nothing to invoke. It speaks HTTP by hand: an HTTP library would not send what these tests need to send.
"""

import dataclasses
import socket
import struct
import threading
import time


@dataclasses.dataclass
class Request:
    method: str
    path: str
    headers: list  # of (name, value) as received
    head: bytes
    body: bytes
    at: float
    connection: int

    def header(self, name):
        """The value of the only header of that name, or None."""
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        assert len(values) <= 1, f"{name} was sent {len(values)} times"
        return values[0] if values else None


class Action:
    """Answers one request, of any method or of `method` only. `keep` is False when the connection ends with it."""

    at_accept = False  # consumed by a new connection, before any request
    early = False  # answers when the head has arrived, without reading the body
    keep = True

    def __init__(self, data=b"", keep=True, early=False, delay=0.0, pieces=None, reset=False, method=None):
        self.data, self.keep, self.early = data, keep, early
        self.delay, self.pieces, self.reset, self.method = delay, pieces, reset, method

    def perform(self, connection):
        time.sleep(self.delay)
        if self.data:
            connection.sendall(self.data)
        for pause, piece in self.pieces or []:
            time.sleep(pause)
            connection.sendall(piece)
        if self.reset:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


class RejectConnection(Action):
    at_accept = True
    keep = False


def head(status, headers, reason="Whatever"):
    lines = [f"HTTP/1.1 {status} {reason}"] + [f"{name}: {value}" for name, value in headers]
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n"


def status(code, body=b"{}", **options):
    """A plain answer, as posts get it."""
    return Action(head(code, [("Content-Length", len(body))]) + body, **options)


REQUEST_ID = "8476a536-e9f4-11e8-9739-2dfe598c3fcd"
ARN = "arn:aws:lambda:eu-central-1:123456789012:function:f"


def event_headers(request_id=REQUEST_ID, **changes):
    """The headers of an invocation; a change of None leaves one out. Underscores in names stand for hyphens."""
    headers = {
        "Content-Type": "application/json",
        "Lambda-Runtime-Aws-Request-Id": request_id,
        "Lambda-Runtime-Deadline-Ms": str(int(time.time() * 1000) + 3000),
        "Lambda-Runtime-Invoked-Function-Arn": ARN,
        "Lambda-Runtime-Trace-Id": "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1",
    }
    headers.update({name.replace("_", "-"): value for name, value in changes.items()})
    return [(name, value) for name, value in headers.items() if value is not None]


def event(body=b"{}", headers=None, chunk=0, interim=b"", **options):
    """An invocation; with `chunk`, in chunks of that many bytes and without Content-Length."""
    headers = event_headers() if headers is None else headers
    if not chunk:
        return Action(interim + head(200, headers + [("Content-Length", len(body))]) + body, method="GET", **options)
    parts = [body[at : at + chunk] for at in range(0, len(body), chunk)]
    wire = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
    return Action(interim + head(200, headers + [("Transfer-Encoding", "chunked")]) + wire, method="GET", **options)


def accepted(**options):
    return status(202, b'{"status":"OK"}', method="POST", **options)


def drop(**options):
    """The request is read, and the connection closed without an answer."""
    return Action(keep=False, **options)


def answer(data, keep=False, **options):
    """Any bytes."""
    return Action(data, keep=keep, **options)


class FaultServer:
    def __init__(self, script):
        self.script, self.requests, self.held = list(script), [], 0
        self.changed = threading.Condition()
        self.connections = []
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.address = "127.0.0.1:%d" % self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def wait_idle(self, is_over, held=1, timeout=60.0):
        """Waits until the script is used up and `held` more requests wait for an answer, or until is_over()."""
        end = time.monotonic() + timeout
        with self.changed:
            while not self._idle(held) and not is_over():
                if time.monotonic() > end:
                    raise TimeoutError(f"{len(self.script)} actions left after {[r.path for r in self.requests]}")
                self.changed.wait(0.02)

    def _idle(self, held):
        return not self.script and self.held >= held

    def close(self):
        for item in [self.listener, *self.connections]:
            try:
                item.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            item.close()

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with self.changed:
                self.connections.append(connection)
                number = len(self.connections)
                if self.script and self.script[0].at_accept:
                    self.script.pop(0)
                    connection.close()
                    self.changed.notify_all()
                    continue
            threading.Thread(target=self._serve, args=(connection, number), daemon=True).start()

    def _serve(self, connection, number):
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            buffer = b""
            while True:
                buffer, action = self._one(connection, number, buffer)
                if action is None:
                    return
                action.perform(connection)
                if not action.keep:
                    connection.close()
                    return
        except OSError:
            pass

    def _one(self, connection, number, buffer):
        while b"\r\n\r\n" not in buffer:
            piece = connection.recv(65536)
            if not piece:
                return buffer, None
            buffer += piece
        start, _, rest = buffer.partition(b"\r\n\r\n")
        first, *lines = start.decode("utf-8", "surrogateescape").split("\r\n")
        headers = [tuple(line.split(": ", 1)) if ": " in line else (line.rstrip(":"), "") for line in lines]
        method, path, _ = first.split(" ")
        length = int(dict((k.lower(), v) for k, v in headers).get("content-length", 0))
        with self.changed:
            early = bool(self.script) and self.script[0].early
        chunks, have = [rest], len(rest)
        while have < length and not early:
            piece = connection.recv(1 << 20)
            if not piece:
                return b"", None
            chunks.append(piece)
            have += len(piece)
        data = b"".join(chunks)
        request = Request(method, path, headers, start, data[:length], time.monotonic(), number)
        with self.changed:
            self.requests.append(request)
            action = next((a for a in self.script if a.method in (None, method)), None)
            if action is None:
                self.held += 1
            else:
                self.script.remove(action)
            self.changed.notify_all()
        if action is None:
            self._hold(connection)
        return data[length:], action

    def _hold(self, connection):
        """Until the client goes away."""
        try:
            while connection.recv(4096):
                pass
        except OSError:
            pass
