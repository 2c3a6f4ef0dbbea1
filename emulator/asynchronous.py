"""Lambda's queue of asynchronous events: each is delivered at least once, tried again after the function failed, and
its end is told to the function's destinations.

The delays between attempts are on the virtual clock. A doubled delivery has the same request id, and retries and a
destination record of its own: that is how Lambda shows it.
"""

import contextlib
import json
import threading

from .deliveries import DELIVER, delivery_plan


class Stopped(Exception):
    """The emulator ends: nothing runs any more."""


class AsyncQueue:
    def __init__(self, function, clock, agenda):
        self._function, self._clock, self._agenda = function, clock, agenda
        self.plan = delivery_plan()
        self._lock = threading.Lock()
        self._running, self._records = 0, []

    def send(self, invocation):
        fault = self.plan.take(DELIVER)
        delays = {None: [0], "twice": [0, fault and fault.options.get("after", 0)],
                  "late": [fault and fault.options.get("after", 0)]}[fault and fault.kind]
        invocation.open = len(delays)
        for delay in delays:
            self._after(delay, invocation, 1)

    @property
    def running(self):
        """How many deliveries are in the function, or wait for a place in it."""
        with self._lock:
            return self._running

    def records(self):
        """What was sent to the destinations, in order."""
        with self._lock:
            return list(self._records)

    def clear(self):
        self.plan.clear()
        with self._lock:
            self._records.clear()

    def _after(self, delay, invocation, number):
        if delay:
            self._agenda.after(delay, lambda: self._start(invocation, number))
        else:
            self._start(invocation, number)

    def _start(self, invocation, number):
        with self._lock:
            self._running += 1
        threading.Thread(target=self._deliver, args=(invocation, number), daemon=True).start()

    def _deliver(self, invocation, number):
        try:
            with contextlib.suppress(Stopped):
                self._attempt(invocation, number)
        finally:
            with self._lock:
                self._running -= 1

    def _attempt(self, invocation, number):
        since = self._clock.now()
        attempt = self._function.attempt(invocation)
        if attempt is None:
            return                  # forgotten by a reset
        attempt.started = since
        settings = self._function.settings
        delays = settings.async_retry_delays[:settings.maximum_retry_attempts]
        if attempt.function_error and number <= len(delays):
            self._after(delays[number - 1], invocation, number + 1)
            return
        invocation.destination = self._record(invocation, attempt, number)
        invocation.open -= 1
        if not invocation.open:
            invocation.finish("failed" if attempt.function_error else "succeeded")

    def _record(self, invocation, attempt, number):
        """What Lambda sends to the on-success or on-failure destination."""
        shown, settings = attempt.as_dict(), self._function.settings
        failed = {"functionError": shown["functionError"]} if attempt.function_error else {}
        record = {
            "version": "1.0", "timestamp": self._clock.iso(),
            "requestContext": {"requestId": invocation.request_id,
                               "functionArn": f"{settings.arn}:{invocation.qualifier or settings.version}",
                               "condition": "RetriesExhausted" if failed else "Success",
                               "approximateInvokeCount": number},
            "requestPayload": json.loads(invocation.event),
            "responseContext": {"statusCode": 200, "executedVersion": settings.version, **failed},
            "responsePayload": shown["payload"],
        }
        with self._lock:
            self._records.append(record)
        return record
