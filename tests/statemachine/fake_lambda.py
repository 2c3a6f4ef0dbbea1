"""A Lambda Invoke API whose answers are scripted: each invocation takes the next entry of a list.

An entry is one of
    {"answer": VALUE}                                  the function returns VALUE
    {"functionError": {"errorType": ..., ...}}         the function, or Lambda around it, fails with this body
    {"apiError": NAME, "status": N}                    the Lambda API itself answers with an error
    {"hangUp": true}                                   the connection closes without an answer
Anything may carry "times": N. Whatever is POSTed elsewhere (to /clock) is answered with 204. All requests are recorded,
and when each came (time.monotonic, seconds).
"""

import http.server
import json
import re
import threading
import time

INVOCATION = re.compile(r"/2015-03-31/functions/([^/]+)/invocations")
REQUEST_ID = "00000000-0000-4000-8000-000000000000"


def running(state, wait_seconds=0):
    """The entry for an answer with status RUNNING."""
    return {"answer": {"status": "RUNNING", "runId": "r", "workflowId": "w", "nextStepId": "s",
                       "waitSeconds": wait_seconds, "state": state}}


class FakeLambda:
    """Context manager: serves on 127.0.0.1, at a free port."""

    def __init__(self, script=()):
        self.play_next(script)
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self.handler_class())
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05})

    def play_next(self, script):
        """Starts anew with another script and no requests seen."""
        self.script = [entry for entry in script for _ in range(entry.get("times", 1))]
        self.requests = []
        self.times = []

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    @property
    def port(self):
        return self.server.server_address[1]

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def payloads(self):
        """What each invocation was given, in order."""
        return [body for path, body in self.requests if INVOCATION.match(path)]

    def next_entry(self):
        if self.script:
            return self.script.pop(0)
        return {"apiError": "ScriptExhaustedException", "status": 400}

    def handler_class(fake):
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                fake.times.append(time.monotonic())
                fake.requests.append((self.path, json.loads(body)))
                if INVOCATION.match(self.path):
                    self.play(fake.next_entry())
                else:
                    self.reply(204, b"")

            def play(self, entry):
                if "hangUp" in entry:
                    self.close_connection = True
                elif "apiError" in entry:
                    self.reply(entry["status"], json.dumps({"Message": "refused by the test"}).encode(),
                               {"x-amzn-ErrorType": entry["apiError"] + ":"})
                elif "functionError" in entry:
                    self.reply(200, json.dumps(entry["functionError"]).encode(),
                               {"X-Amz-Function-Error": "Unhandled"})
                else:
                    self.reply(200, json.dumps(entry["answer"]).encode())

            def reply(self, status, body, headers=None):
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("x-amzn-RequestId", REQUEST_ID)
                self.send_header("X-Amz-Executed-Version", "$LATEST")
                for name, value in (headers or {}).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        return Handler
