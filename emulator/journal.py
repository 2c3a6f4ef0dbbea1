"""The list of all requests that a service received, with what was answered; and one readable line for each."""

import dataclasses
import threading
import time


@dataclasses.dataclass
class Entry:
    service: str
    number: int                     # 1, 2, … in the order of arrival
    time: float                     # seconds since 1970
    virtual_time: float             # virtual seconds since the emulator started
    method: str
    target: str                     # as on the wire
    headers: list                   # (name, value) as on the wire
    body: str
    request_id: str
    invocations: list               # request ids of the Lambda invocations that were running
    operation: str = None           # None until the method and path were recognised
    parameters: dict = None         # None where the request was refused before they were known
    client_token: str = None
    status: int = None              # answered; None where nothing was, or not yet
    error_type: str = None
    image_status: str = None        # the image state that a GetImage answered
    fault: dict = None              # the injected fault that applied
    applied: bool = False           # whether the operation took effect
    duration_ms: float = None

    def header(self, name):
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def as_dict(self):
        return dataclasses.asdict(self)

    def line(self):
        """One line for people."""
        words = [clock_text(self.time), self.service, self.operation or f"{self.method} {self.target}", "->",
                 str(self.status) if self.status else "no answer"]
        words += [word for word in (self.error_type, self.image_status) if word]
        if self.fault:
            words.append(f"(fault: {self.fault['kind']})")
        return " ".join(words)


def clock_text(moment):
    return time.strftime("%H:%M:%S", time.localtime(moment))


class Journal:
    def __init__(self, service, clock, on_line=None):
        self._service, self._clock, self._on_line = service, clock, on_line
        self._lock = threading.Lock()
        self._entries = []
        self._number = 0

    def open(self, request, request_id, invocations):
        with self._lock:
            self._number += 1
            entry = Entry(self._service, self._number, time.time(), self._clock.now(), request.method, request.target,
                          list(request.headers), request.body.decode("utf-8", "replace"), request_id, invocations)
            self._entries.append(entry)
            return entry

    def close(self, entry, response):
        entry.duration_ms = round((time.time() - entry.time) * 1000, 3)
        if not response.reset:
            entry.status = response.status
            entry.error_type = response.headers.get("x-amzn-ErrorType")
        if self._on_line:
            self._on_line(entry.line())

    def entries(self, operation=None):
        with self._lock:
            return [entry for entry in self._entries if operation in (None, entry.operation)]

    def clear(self):
        with self._lock:
            self._entries.clear()
            self._number = 0
