"""One execution environment: a bootstrap process and the state machine of its Runtime API.

    init -> ready <-> running -> responded -> ready …        (`next` makes ready, delivery makes running)

`run` brings one invocation through it and says what came out: the runtime's answer, its exit, or a timeout. An
environment that ended is spent; the function makes a new one. Not modelled: freezing, extensions, streamed responses.
"""

import re
import threading
import time

from .bootstrap_process import BootstrapProcess
from .invocation import Attempt, LogLine, Outcome, error_outcome
from .runtime_api import Refused, RuntimeApi
from .server import Server

MAX_RESPONSE_BYTES = 6291556
CLIENT_CHECK_SECONDS = 0.5
_ERROR_TYPE = re.compile(r"(Runtime|Function)\.[A-Z][A-Za-z]+")


class EnvironmentLost(Exception):
    """A warm environment ended before it took the event: the event goes to a new one."""


class Environment:
    def __init__(self, settings, faults, log):
        self.settings, self._log = settings, log
        self._condition = threading.Condition()
        self._phase, self._started = "init", time.monotonic()
        self._current = self._attempt = self._outcome = self._delivered = None
        self._used, self._answered_id = False, None         # answered, and not yet asked for the next
        self._init_ms, self._waiter, self._dead, self.doomed, self._failed_init = None, 0, False, False, False
        self._server = Server("runtime", RuntimeApi(self, faults).handle)
        try:
            with self._condition:
                self._process = BootstrapProcess(settings.command, settings.task_root,
                                                 settings.process_environment(self._server.address),
                                                 self._on_line, self._on_exit)
        except OSError:
            self._server.stop()
            raise

    # For the function

    @property
    def usable(self):
        with self._condition:
            return not (self._dead or self.doomed or self._failed_init) and self._process.running

    @property
    def current_id(self):
        current = self._current
        return current.request_id if current else None

    def run(self, invocation):
        attempt = Attempt()
        with self._condition:
            cold, self._used = not self._used, True
            self._current, self._attempt, self._delivered = invocation, attempt, None
            self._outcome = self._outcome if cold else None     # an init error may have come already
            self._write("platform", f"START RequestId: {invocation.request_id} Version: {self.settings.version}",
                        invocation.request_id)
            self._condition.notify_all()
            self._wait_for_outcome(time.monotonic())
            delivered, answered = self._delivered, self._outcome
            # From here on a late response is not taken: the caller is told otherwise already.
            self.doomed = self.doomed or answered is None
        if answered is None and not cold and delivered is None:
            self.kill()
            raise EnvironmentLost()
        attempt.outcome = answered or self._failure(invocation.request_id, delivered)
        attempt.init_ms = self._init_ms if cold else None
        self._report(attempt, delivered)
        return attempt

    def kill(self):
        """End the process at once; what it still posts is not taken."""
        self.doomed = True
        self._process.end()

    def close(self):
        self._process.end(self.settings.shutdown_grace)
        with self._condition:
            self._dead = True
            self._condition.notify_all()
        self._server.stop()

    def _wait_for_outcome(self, since):
        while self._outcome is None and not self._dead:
            limit = (since + self.settings.init_timeout if self._delivered is None
                     else self._delivered + self.settings.timeout)
            left = limit - time.monotonic()
            if left <= 0:
                return
            self._condition.wait(left)

    def _failure(self, request_id, delivered):
        """The outcome where the runtime gave none: it exited, or its time is up."""
        with self._condition:
            dead = self._dead
        if dead:
            return error_outcome("Runtime.ExitError", f"RequestId: {request_id} Error: {self._process.exit_text()}")
        self.kill()
        seconds = self.settings.init_timeout if delivered is None else self.settings.timeout
        text = f"RequestId: {request_id} Error: Task timed out after {seconds:.2f} seconds"
        self._write("platform", text, request_id)
        return error_outcome("Sandbox.Timedout", text)

    def _report(self, attempt, delivered):
        attempt.duration_ms = round((time.monotonic() - (delivered or self._started)) * 1000, 2)
        request_id = self._current.request_id
        init = "" if attempt.init_ms is None else f"\tInit Duration: {attempt.init_ms} ms"
        self._write("platform", f"END RequestId: {request_id}", request_id)
        self._write("platform", f"REPORT RequestId: {request_id}\tDuration: {attempt.duration_ms} ms\t"
                    f"Billed Duration: {int(attempt.duration_ms) + 1} ms\t"
                    f"Memory Size: {self.settings.memory_size} MB\tMax Memory Used: {attempt.max_memory_mb} MB{init}",
                    request_id)
        with self._condition:
            self._current = self._attempt = None

    # From the process

    def _on_line(self, stream, text):
        """What is written between a response and the next `next` still belongs to the one that was answered."""
        self._write(stream, text, self._answered_id or self.current_id)

    def _write(self, stream, text, request_id):
        attempt, line = self._attempt, LogLine(time.time(), stream, request_id, text)
        if attempt is not None and request_id in (None, self.current_id):
            attempt.logs.append(line)
        self._log(line)

    def _on_exit(self):
        with self._condition:
            self._dead = True
            self._condition.notify_all()

    # For the Runtime API

    def next(self, connection):
        """Wait for an event and take it; None where this `next` is over because of its client or the process."""
        self._drain()               # what was written until now belongs to the invocation before
        with self._condition:
            if self._phase == "running":
                raise Refused(403, "InvalidStateTransition", "State transition from Running to Ready is not allowed")
            if self._init_ms is None:
                self._init_ms = round((time.monotonic() - self._started) * 1000, 2)
            self._phase, self._answered_id = "ready", None
            self._waiter += 1
            return self._take_event(connection, self._waiter)

    def _take_event(self, connection, waiter):
        while not self._dead and not self.doomed and waiter == self._waiter and not connection.gone():
            if self._current is not None and self._delivered is None:
                self._phase, self._delivered = "running", time.monotonic()
                self._condition.notify_all()
                return self._current
            self._condition.wait(CLIENT_CHECK_SECONDS)
        return None

    def undeliver(self):
        """The event did not arrive: the next `next` gets it again."""
        with self._condition:
            if self._phase == "running":
                self._phase, self._delivered = "responded", None

    def respond(self, request_id, body, content_type, invocation_id):
        self._drain()
        with self._condition:
            self._check_answerable(request_id, invocation_id)
            too_large = len(body) > MAX_RESPONSE_BYTES
            outcome = Outcome(body, content_type=content_type)
            if too_large:
                outcome = error_outcome("Function.ResponseSizeTooLarge", "Response payload size exceeded maximum "
                                        f"allowed payload size ({MAX_RESPONSE_BYTES} bytes).")
            self._settle("responded", outcome, invocation_id)
        if too_large:
            raise Refused(413, "RequestEntityTooLarge",
                          f"Exceeded maximum allowed payload size ({MAX_RESPONSE_BYTES} bytes).")

    def fail(self, request_id, body, error_type, content_type, invocation_id):
        self._drain()
        with self._condition:
            self._check_answerable(request_id, invocation_id)
            outcome = Outcome(body, "Unhandled", stored_error_type(error_type), content_type)
            self._settle("responded", outcome, invocation_id)

    def fail_init(self, body, error_type, content_type):
        self._drain()
        with self._condition:
            if self._phase != "init" or self._outcome is not None:
                raise Refused(403, "InvalidStateTransition", "init/error is allowed only once, before the first next")
            self._failed_init = True    # spends the environment, even where the process does not exit as it must
            self._settle("init", Outcome(body, "Unhandled", stored_error_type(error_type), content_type), None)

    def _check_answerable(self, request_id, invocation_id):
        if self.doomed:
            raise Refused(410, "Gone", "The invocation is over: its environment is being ended")
        if request_id == self._answered_id:
            raise Refused(403, "InvalidStateTransition", "This invocation has been answered already")
        current = self._current
        if current is None or current.request_id != request_id or self._phase != "running":
            raise Refused(400, "InvalidRequestID", "Invalid request ID")
        if invocation_id is not None and invocation_id != self.settings.invocation_id(current):
            raise Refused(400, "InvalidInvocationID", "Lambda-Runtime-Invocation-Id is not the one that was delivered")

    def _settle(self, phase, outcome, invocation_id):
        outcome.invocation_id_echoed = invocation_id is not None
        self._phase, self._outcome, self._answered_id = phase, outcome, self.current_id
        if self._attempt is not None:
            self._attempt.max_memory_mb = self._process.max_memory_mb()
        self._condition.notify_all()

    def _drain(self):
        with self._condition:
            process = self._process
        process.drain()


def stored_error_type(given):
    """Lambda keeps the header's error type only where it has the documented form."""
    return given if given and _ERROR_TYPE.fullmatch(given) else "Runtime.Unknown"
