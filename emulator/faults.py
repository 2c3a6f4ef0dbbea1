"""Injected faults: which call of which operation goes wrong, and how its answer is spoilt.

A fault names an operation and either its n-th call since the last reset (`call`, for `times` calls in a row) or,
without `call`, the next `times` calls. The first fault in the list that matches applies; one fault a call. The same
plan serves the AWS services (`CreateImage` …, `CreateSchedule` …) and the Runtime API (`Next`, `Response`, `Error`,
`InitError`); with other kinds, those of `deliveries`, it serves the delivery of events.
"""

import dataclasses
import threading

from .errors import IMAGE_BUILDER_ERRORS, ServiceError
from .wire import MAX_BODY_BYTES, Response

ANY_OPERATION = "*"
FOREVER = None
MAX_OVERSIZE_MEGABYTES = 512
MAX_SLOW_SECONDS = 3600
MAX_AFTER_SECONDS = 7 * 24 * 3600


@dataclasses.dataclass(frozen=True)
class Kind:
    applied: bool           # whether the operation takes effect, unless the fault says otherwise
    options: tuple = ()
    required: tuple = ()
    needs_answer: bool = False  # spoils the operation's own answer, so the operation must run


KINDS = {
    "status": Kind(False, ("status", "type", "message", "retry_after", "headers", "body"), ("status",)),
    "reset": Kind(False),
    "reset_after": Kind(True),
    "slow": Kind(True, ("seconds",), ("seconds",), needs_answer=True),
    "hang": Kind(False),
    "truncate": Kind(True, ("keep",), needs_answer=True),
    "html": Kind(False, ("status",)),
    "malformed": Kind(True, ("body",), needs_answer=True),
    "empty": Kind(True),
    "content_type": Kind(True, ("value",), needs_answer=True),
    "oversize": Kind(True, ("megabytes",), ("megabytes",), needs_answer=True),
    "kill": Kind(True, ("when",)),
}
KILL_MOMENTS = ("before", "applied", "answered")


@dataclasses.dataclass
class Fault:
    operation: str
    kind: str
    call: int = None
    times: int = 1
    applied: bool = None
    options: dict = dataclasses.field(default_factory=dict)
    hits: int = 0
    kinds: dataclasses.InitVar[dict] = KINDS

    def __post_init__(self, kinds):
        kind = kinds.get(self.kind)
        if kind is None:
            raise ValueError(f"fault kind {self.kind!r} is unknown; kinds: {', '.join(kinds)}")
        self._check_options(kind)
        self._check_numbers()
        if self.applied is None:
            self.applied = kind.applied and self.options.get("when") != "before"
        if kind.needs_answer and not self.applied:
            raise ValueError(f"fault {self.kind!r} spoils the operation's answer: it can't have applied=False")

    def _check_options(self, kind):
        unknown = sorted(set(self.options) - set(kind.options))
        missing = sorted(set(kind.required) - set(self.options))
        if unknown or missing:
            raise ValueError(f"fault {self.kind!r}: unknown options {unknown}, missing options {missing}; "
                             f"it takes {list(kind.options)}")
        if self.options.get("when", "applied") not in KILL_MOMENTS:
            raise ValueError(f"fault 'kill': when is {self.options['when']!r}, not one of {', '.join(KILL_MOMENTS)}")

    def _check_numbers(self):
        for name, number in (("call", self.call), ("times", self.times), ("status", self.options.get("status")),
                             ("attempts", self.options.get("attempts"))):
            if number is not None and (not isinstance(number, int) or number < 1):
                raise ValueError(f"fault {self.kind!r}: {name} is {number!r}, not a whole number from 1")
        for name, most in (("seconds", MAX_SLOW_SECONDS), ("megabytes", MAX_OVERSIZE_MEGABYTES),
                           ("keep", MAX_BODY_BYTES), ("after", MAX_AFTER_SECONDS)):
            number = self.options.get(name, 0)
            if not isinstance(number, (int, float)) or not 0 <= number <= most:
                raise ValueError(f"fault {self.kind!r}: {name} is {number!r}, not a number from 0 to {most}")

    def matches(self, operation, number):
        if self.operation not in (operation, ANY_OPERATION) or (self.times is not FOREVER and self.hits >= self.times):
            return False
        return self.call is None or number >= self.call

    def as_dict(self):
        return {"operation": self.operation, "kind": self.kind, "call": self.call, "times": self.times,
                "applied": self.applied, "hits": self.hits, **self.options}


class FaultPlan:
    def __init__(self, operations, kinds=None):
        self._operations, self._kinds = frozenset(operations) | {ANY_OPERATION}, kinds or KINDS
        self._lock = threading.Lock()
        self.clear()

    def clear(self):
        with self._lock:
            self._faults, self._calls = [], {}

    def add(self, operation, kind, call=None, times=1, applied=None, **options):
        if operation not in self._operations:
            raise ValueError(f"operation {operation!r} is unknown; operations: {', '.join(sorted(self._operations))}")
        fault = Fault(operation, kind, call, times, applied, options, kinds=self._kinds)
        with self._lock:
            self._faults.append(fault)
        return fault

    def take(self, operation):
        """Count a call, and the fault that it meets, or None."""
        with self._lock:
            number = self._calls[operation] = self._calls.get(operation, 0) + 1
            found = next((fault for fault in self._faults if fault.matches(operation, number)), None)
            if found:
                found.hits += 1
            return found

    def calls(self, operation):
        with self._lock:
            return self._calls.get(operation, 0)

    def as_list(self):
        with self._lock:
            return [fault.as_dict() for fault in self._faults]


def serve(fault, apply, connection, request_id, kill, style=IMAGE_BUILDER_ERRORS):
    """Answer one call under a fault. `apply` runs the operation; `kill` ends the bootstrap processes."""
    response = apply() if fault.applied else Response()
    if fault.kind == "status":
        return _status(fault.options, request_id, style)
    return _EFFECTS[fault.kind](fault.options, response, connection, kill)


def _status(options, request_id, style):
    status = options["status"]
    error_type = options.get("type", style.types.get(status))
    headers = dict(options.get("headers", {}))
    if "retry_after" in options:
        headers["Retry-After"] = str(options["retry_after"])
    if "body" in options:
        return Response(status, headers, options["body"].encode("utf-8"))
    # 502 and 504 come from the proxy in front of a service, which knows nothing of the service's error types.
    if error_type is None and status in (502, 504):
        return Response(status, {"Content-Type": "text/html", **headers}, _page(status))
    message = options.get("message", f"Injected fault: {status} {error_type or ''}".rstrip())
    return ServiceError(error_type, message, status, headers).response(request_id, style.member)


def _page(status):
    return f"<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>\n".encode()


def _reset(*_):
    return Response(reset=True)


def _slow(options, response, connection, *_):
    connection.wait(options["seconds"])
    return response


def _hang(_options, _response, connection, *_):
    connection.wait_until_gone()
    return Response(reset=True)


def _truncate(options, response, *_):
    response.keep = options.get("keep", len(response.body) // 2)
    return response


def _html(options, _response, *_):
    return Response(options.get("status", 200), {"Content-Type": "text/html; charset=utf-8"},
                    b"<!DOCTYPE html><html><body>Sign in to the network</body></html>\n")


def _malformed(options, response, *_):
    whole = response.body
    response.body = options["body"].encode("utf-8") if "body" in options else whole[:max(1, len(whole) * 2 // 3)]
    return response


def _empty(_options, response, *_):
    response.body = b""
    return response


def _content_type(options, response, *_):
    response.headers["Content-Type"] = options.get("value", "text/plain; charset=utf-8")
    return response


def _oversize(options, response, *_):
    """Still the JSON object that it was, with one member of padding more."""
    size = int(options["megabytes"] * 1024 * 1024)
    padding = b'"padding": "' + b"x" * max(0, size - len(response.body) - 16) + b'"'
    inner = response.body.strip()[1:-1].strip()
    response.body = b"{" + padding + (b", " + inner if inner else b"") + b"}"
    return response


def _kill(options, response, _connection, kill):
    if options.get("when") == "answered":
        # Doomed first: the process may run on for microseconds, but nothing that it posts is taken any more.
        kill.doom()
        response.after_send = kill.now
        return response
    kill.now()
    return Response(reset=True)


_EFFECTS = {"reset": _reset, "reset_after": _reset, "slow": _slow, "hang": _hang,
            "truncate": _truncate, "html": _html, "malformed": _malformed, "empty": _empty,
            "content_type": _content_type, "oversize": _oversize, "kill": _kill}
