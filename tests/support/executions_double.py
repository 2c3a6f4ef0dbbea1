"""Step Functions' API towards what starts executions: StartExecution and DescribeExecution, on loopback.

An execution stays RUNNING until the test ends it. As at AWS, a name that is
taken gives the execution that has it while that one runs with the same input, and ExecutionAlreadyExists after that.
(API reference, StartExecution: "StartExecution is idempotent for STANDARD workflows".) Who signed a request is not looked at.
"""

import dataclasses
import http.server
import json
import threading
import time


@dataclasses.dataclass
class Execution:
    arn: str
    name: str
    machine: str
    input: str
    status: str = "RUNNING"
    starts: int = 0             # attempts to start it
    looks: int = 0              # descriptions of it, for whoever counts them
    started_at: float = dataclasses.field(default_factory=time.monotonic)
    output: str = None
    error: str = None
    cause: str = None

    @property
    def event(self):
        return json.loads(self.input)

    def succeed(self, output):
        self.output, self.status = json.dumps(output), "SUCCEEDED"

    def fail(self, error=None, cause=None, status="FAILED"):
        self.error, self.cause, self.status = error, cause, status

    def described(self):
        members = {"executionArn": self.arn, "stateMachineArn": self.machine, "name": self.name, "status": self.status,
                   "startDate": 1.0, "input": self.input, "output": self.output, "error": self.error, "cause": self.cause}
        return {name: value for name, value in members.items() if value is not None}


class Refused(Exception):
    """Raised with the name of the error that the API answers with."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


class ExecutionsDouble:
    """Context manager. Two functions may change an execution, or raise Refused: `on_start(execution)` at each attempt to start
    one that is not over, after it exists; `on_describe(execution)` before each description."""

    def __init__(self):
        self._lock = threading.Lock()
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self.play()

    def play(self, on_start=None, on_describe=None):
        """Begins anew, without executions."""
        self.on_start, self.on_describe, self.executions = on_start, on_describe, {}

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def port(self):
        return self._server.server_address[1]

    def started(self):
        """The executions, in the order of their beginning."""
        with self._lock:
            return list(self.executions.values())

    def _start(self, arguments):
        machine, name = arguments["stateMachineArn"], arguments["name"]
        arn = f"{machine.replace(':stateMachine:', ':execution:')}:{name}"
        known = self.executions.setdefault(arn, Execution(arn, name, machine, arguments["input"]))
        if known.status != "RUNNING" or known.input != arguments["input"]:
            raise Refused("ExecutionAlreadyExists")
        known.starts += 1
        if self.on_start:
            self.on_start(known)
        return {"executionArn": arn, "startDate": 1.0}

    def _describe(self, arguments):
        known = self.executions.get(arguments["executionArn"])
        if known is None:
            raise Refused("ExecutionDoesNotExist")
        if self.on_describe:
            self.on_describe(known)
        return known.described()

    def forget(self, execution):
        """As if it had never been started."""
        del self.executions[execution.arn]

    def _call(self, operation, arguments):
        with self._lock:
            return {"StartExecution": self._start, "DescribeExecution": self._describe}[operation](arguments)

    def _handler(double):
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                arguments = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
                operation = self.headers.get("X-Amz-Target", "").removeprefix("AWSStepFunctions.")
                try:
                    self.reply(200, double._call(operation, arguments))
                except Refused as refusal:
                    self.reply(400, {"__type": refusal.code, "message": "refused by the test"})

            def reply(self, status, value):
                body = json.dumps(value).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/x-amz-json-1.0")
                self.send_header("Content-Length", str(len(body)))
                self.send_header("x-amzn-RequestId", "00000000-0000-4000-8000-000000000000")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        return Handler
