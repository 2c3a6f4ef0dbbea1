"""A small HTTP server: it records each request and gives the answers that the test has written, in their order.

The last answer of a path stays. An answer is {"status", "headers", "body", "json"}, or {"reset": true} to cut the
connection after the request was read. "seconds" is how long nothing is sent, "headSeconds" how long after the status line,
"bodySeconds" after the first byte of the body; "keep" is how many bytes of the body are sent before the connection ends.
"""

import dataclasses
import http.server
import json
import socket
import struct
import threading
import time


@dataclasses.dataclass
class Received:
    method: str
    target: str
    headers: dict
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def setup(self):
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = self.server.double.take(Received(self.command, self.path, headers, body))
        if answer.get("reset"):
            # A linger of 0 seconds makes close() send RST.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            return
        try:
            self._send(answer)
        except OSError:
            self.close_connection = True    # the client did not wait for it

    def _send(self, answer):
        text = answer["body"] if "body" in answer else json.dumps(answer.get("json", {}))
        content = text if isinstance(text, bytes) else text.encode()
        time.sleep(answer.get("seconds", 0))
        self.send_response_only(answer.get("status", 200))
        if "headSeconds" in answer:
            self.flush_headers()
            time.sleep(answer["headSeconds"])
        usual = {"Date": self.date_time_string(), "Content-Type": "application/json"}
        for name, value in {**usual, **answer.get("headers", {})}.items():
            if value is not None:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self._send_body(content, answer)

    def _send_body(self, content, answer):
        if "bodySeconds" in answer:
            self.wfile.write(content[:1])
            content = content[1:]
            time.sleep(answer["bodySeconds"])
        self.wfile.write(content[:answer.get("keep")])
        self.close_connection = self.close_connection or "keep" in answer

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _answer

    def log_message(self, *_):
        pass


class HttpDouble:
    def __init__(self):
        self.requests = []
        self._script = {}
        self._lock = threading.Lock()
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        self._server.double = self
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    def script(self, method, path, *answers):
        """What requests of a method to a path, without its query, are answered."""
        self._script[method, path] = list(answers)

    def take(self, request):
        with self._lock:
            self.requests.append(request)
            answers = self._script.get((request.method, request.target.partition("?")[0]))
            if not answers:
                return {"status": 404, "json": {"message": f"no script for {request.method} {request.target}"}}
            return answers.pop(0) if len(answers) > 1 else answers[0]

    def sent(self):
        """"GET /path" … in the order of their arrival."""
        with self._lock:
            return [f"{request.method} {request.target}" for request in self.requests]
