"""Plain records of the Lambda side: an invocation, each attempt at it, what came out, and what was logged."""

import base64
import dataclasses
import json
import threading
import time

LOG_TAIL_BYTES = 4096


@dataclasses.dataclass(frozen=True)
class LogLine:
    time: float             # seconds since 1970
    stream: str             # stdout, stderr, or platform
    request_id: str         # None for what was written outside of an invocation
    text: str

    @property
    def json(self):
        """The line's JSON value, or None."""
        try:
            return json.loads(self.text)
        except ValueError:
            return None


@dataclasses.dataclass
class Outcome:
    """What an execution environment made of an event."""

    payload: bytes
    function_error: str = None      # 'Unhandled', or None for success
    error_type_header: str = None   # Lambda-Runtime-Function-Error-Type as stored by the platform
    content_type: str = None        # of the runtime's POST
    invocation_id_echoed: bool = None


def error_outcome(error_type, message):
    payload = json.dumps({"errorType": error_type, "errorMessage": message}).encode("utf-8")
    return Outcome(payload, "Unhandled", error_type)


@dataclasses.dataclass
class Attempt:
    outcome: Outcome = None
    duration_ms: float = 0.0        # delivery of the event to its answer
    init_ms: float = None           # process start to the first `next`; only where this attempt started it
    max_memory_mb: float = 0
    started: float = None           # virtual seconds; only of asynchronous ones
    logs: list = dataclasses.field(default_factory=list)

    @property
    def payload(self):
        """The answer's JSON value, or its bytes where it is none."""
        try:
            return json.loads(self.outcome.payload)
        except ValueError:
            return self.outcome.payload

    @property
    def function_error(self):
        return self.outcome.function_error

    def as_dict(self):
        payload = self.payload
        return {"functionError": self.function_error, "durationMs": self.duration_ms, "initMs": self.init_ms,
                "payload": payload.decode("utf-8", "replace") if isinstance(payload, bytes) else payload,
                "errorType": self.outcome.error_type_header, "maxMemoryMb": self.max_memory_mb}


@dataclasses.dataclass(eq=False)
class Invocation:
    request_id: str
    event: bytes
    kind: str = "RequestResponse"   # or Event
    client_context: str = None      # JSON text
    tenant_id: str = None
    trace_id: str = None
    qualifier: str = None           # of the function, as the caller gave it
    attempts: list = dataclasses.field(default_factory=list)
    state: str = "pending"          # pending, succeeded, failed
    destination: dict = None        # the last record of an asynchronous one
    open: int = 0                   # deliveries of an asynchronous one that have not ended
    received: float = dataclasses.field(default_factory=time.time)
    done: threading.Event = dataclasses.field(default_factory=threading.Event, repr=False)

    def wait(self, seconds=30):
        """Wait until it is over, retries included; itself, or TimeoutError."""
        if not self.done.wait(seconds):
            raise TimeoutError(f"invocation {self.request_id} is still {self.state} after {seconds} s")
        return self

    def wait_attempts(self, count, seconds=30):
        """Wait until there were so many attempts; itself, or TimeoutError."""
        end = time.monotonic() + seconds
        while len(self.attempts) < count:
            if time.monotonic() > end:
                raise TimeoutError(f"invocation {self.request_id} has {len(self.attempts)} attempts, not {count}")
            time.sleep(0.005)
        return self

    def finish(self, state):
        self.state = state
        self.done.set()

    def as_dict(self):
        return {"requestId": self.request_id, "type": self.kind, "state": self.state,
                "event": self.event.decode("utf-8", "replace"), "destination": self.destination,
                "attempts": [attempt.as_dict() for attempt in self.attempts]}


@dataclasses.dataclass
class InvokeResult:
    """What the caller of the Lambda service gets."""

    status: int
    raw: bytes = b""
    request_id: str = None
    function_error: str = None
    executed_version: str = None
    logs: list = dataclasses.field(default_factory=list)
    invocation: Invocation = None

    @property
    def payload(self):
        try:
            return json.loads(self.raw) if self.raw else None
        except ValueError:
            return self.raw

    def log_tail(self):
        """X-Amz-Log-Result: the last 4 KB of the log, in base64."""
        text = "".join(line.text + "\n" for line in self.logs).encode("utf-8")
        return base64.b64encode(text[-LOG_TAIL_BYTES:]).decode("ascii")
