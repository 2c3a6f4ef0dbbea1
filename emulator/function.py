"""A Lambda function: its settings, its execution environments, and every invocation that it got.

One environment serves one invocation at a time; more invocations than `concurrency` wait for their turn. What Lambda
does with asynchronous ones is in `asynchronous`.
"""

import contextlib
import dataclasses
import os
import secrets
import threading
import time
import uuid

from .asynchronous import AsyncQueue, Stopped
from .environment import Environment, EnvironmentLost
from .deliveries import DELIVER
from .faults import FaultPlan
from .invocation import Attempt, Invocation, error_outcome
from .runtime_api import OPERATIONS

MAX_LOST_ENVIRONMENTS = 5


@dataclasses.dataclass
class FunctionSettings:
    command: list                           # what starts the bootstrap: a path, or a wrapper and its arguments
    task_root: str
    environment: dict = dataclasses.field(default_factory=dict)     # None as a value removes the variable
    name: str = "arazzo"
    handler: str = "arazzo"
    version: str = "$LATEST"
    region: str = "eu-west-1"
    account: str = "123456789012"
    memory_size: int = 128
    timeout: float = 30.0                   # seconds for an event
    init_timeout: float = 10.0              # seconds from the start of the process to its first `next`
    concurrency: int = 1
    aliases: tuple = ()                     # the qualifiers that it has besides $LATEST
    async_retry_delays: tuple = (60, 120)   # virtual seconds
    maximum_retry_attempts: int = 2         # of an asynchronous event, after the first one
    chunked_events: bool = False            # deliver events without Content-Length
    event_content_type: bool = True         # deliver events with a Content-Type
    tracing: bool = True                    # deliver a trace id
    invocation_ids: bool = True             # deliver Lambda-Runtime-Invocation-Id
    initialization_type: str = "on-demand"
    shutdown_grace: float = 0.0             # seconds between SIGTERM and SIGKILL; 0: SIGKILL only, as Lambda does

    @property
    def arn(self):
        return f"arn:aws:lambda:{self.region}:{self.account}:function:{self.name}"

    def invoked_arn(self, invocation):
        """What the runtime is told: with the qualifier that the caller used."""
        return f"{self.arn}:{invocation.qualifier}" if invocation.qualifier else self.arn

    def invocation_id(self, invocation):
        """Opaque to the runtime, and unlike the request id."""
        return f"inv/{uuid.uuid5(uuid.NAMESPACE_OID, invocation.request_id)}" if self.invocation_ids else None

    def process_environment(self, runtime_api):
        """The variables of the bootstrap: Lambda's and the scenario's; PATH is all that is inherited."""
        stream = time.strftime("%Y/%m/%d", time.gmtime()) + f"/[{self.version}]{secrets.token_hex(16)}"
        own = {
            "PATH": os.environ.get("PATH", "/usr/local/bin:/usr/bin:/bin"), "LANG": "en_US.UTF-8", "TZ": ":UTC",
            "AWS_LAMBDA_RUNTIME_API": runtime_api, "_HANDLER": self.handler, "LAMBDA_TASK_ROOT": str(self.task_root),
            "LAMBDA_RUNTIME_DIR": "/var/runtime", "AWS_REGION": self.region, "AWS_DEFAULT_REGION": self.region,
            "AWS_LAMBDA_FUNCTION_NAME": self.name, "AWS_LAMBDA_FUNCTION_VERSION": self.version,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(self.memory_size),
            "AWS_LAMBDA_INITIALIZATION_TYPE": self.initialization_type, "AWS_LAMBDA_LOG_FORMAT": "Text",
            "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{self.name}", "AWS_LAMBDA_LOG_STREAM_NAME": stream,
        }
        return {name: str(value) for name, value in {**own, **self.environment}.items() if value is not None}


class Function:
    def __init__(self, settings, clock, agenda, on_log=None):
        self.settings, self._on_log = settings, on_log
        self.queue = AsyncQueue(self, clock, agenda)
        self._faults = FaultPlan(OPERATIONS)
        self._lock = threading.Lock()
        self._slots = threading.BoundedSemaphore(settings.concurrency)
        self._idle, self._busy, self._invocations, self._logs = [], [], {}, []
        self._stopped = False

    # What a scenario says and asks

    def fault(self, operation, kind, call=None, times=1, applied=None, **options):
        """Spoil a call of the Runtime API (Next, Response, Error, InitError, RestoreNext), or Deliver; see `faults`."""
        plan = self.queue.plan if operation == DELIVER else self._faults
        return plan.add(operation, kind, call, times, applied, **options)

    def faults(self):
        return self._faults.as_list() + self.queue.plan.as_list()

    def clear_faults(self):
        self._faults.clear()
        self.queue.plan.clear()

    def invocations(self):
        with self._lock:
            return list(self._invocations.values())

    def invocation(self, request_id):
        with self._lock:
            if request_id not in self._invocations:
                raise ValueError(f"there was no invocation with the request id {request_id!r}")
            return self._invocations[request_id]

    def logs(self, request_id=None):
        with self._lock:
            return [line for line in self._logs if request_id in (None, line.request_id)]

    def running(self):
        """The request ids of the invocations that are in an environment now."""
        with self._lock:
            return [environment.current_id for environment in self._busy if environment.current_id]

    def now(self):
        """Kill every environment, at once."""
        for environment in self._all():
            environment.kill()

    kill = now

    def doom(self):
        """Take nothing more from the environments that exist: they are about to be killed."""
        for environment in self._all():
            environment.doomed = True

    def reset(self, cold=True):
        """Forget invocations, logs and faults; `cold`: end the environments, so that the next invocation starts one."""
        self._faults.clear()
        self.queue.clear()
        with self._lock:
            self._invocations.clear()
            self._logs.clear()
        if cold:
            self._end_environments()

    def _end_environments(self):
        with self._lock:
            idle, self._idle = self._idle, []
            busy = list(self._busy)
        for environment in busy:
            environment.kill()
        for environment in idle:
            environment.close()

    def stop(self):
        with self._lock:
            self._stopped = True
            environments, self._idle = self._idle + self._busy, []
        for environment in environments:
            environment.close()

    # What the Lambda service does

    def synchronous(self, invocation):
        """Run an invocation to its end; its attempt."""
        self._remember(invocation)
        return self._once(invocation)

    def asynchronous(self, invocation):
        """Queue an invocation."""
        self._remember(invocation)
        self.queue.send(invocation)

    def attempt(self, invocation):
        """Run an invocation once; None where it was forgotten by a reset."""
        if invocation not in self.invocations():
            return None
        attempt = self._run(invocation)
        invocation.attempts.append(attempt)
        return attempt

    def redeliver(self, request_id=None):
        """Deliver an event (default: the last one) once more, as at-least-once delivery may; the new attempt."""
        known = self.invocations()
        if request_id is None and not known:
            raise ValueError("nothing was invoked yet, so there is nothing to deliver again")
        invocation = self.invocation(request_id) if request_id else known[-1]
        attempt = self._run(invocation)
        invocation.attempts.append(attempt)
        return attempt

    def new_invocation(self, event, kind="RequestResponse", trace_id=None, **more):
        made = f"Root=1-{int(time.time()):08x}-{secrets.token_hex(12)};Parent={secrets.token_hex(8)};Sampled=0"
        trace = (trace_id or made) if self.settings.tracing else None
        return Invocation(str(uuid.uuid4()), event, kind, trace_id=trace, **more)

    def _remember(self, invocation):
        with self._lock:
            self._invocations[invocation.request_id] = invocation

    def _once(self, invocation):
        attempt = self._run(invocation)
        invocation.attempts.append(attempt)
        invocation.finish("failed" if attempt.function_error else "succeeded")
        return attempt

    def _run(self, invocation):
        with self._slots:
            for _ in range(MAX_LOST_ENVIRONMENTS):
                with contextlib.suppress(EnvironmentLost):
                    return self._in_environment(invocation)
        return _failed("Runtime.ExitError", invocation, "Runtime exited before it took the event, again and again")

    def _in_environment(self, invocation):
        try:
            environment = self._acquire()
        except OSError as error:
            reason = f"fork/exec {self.settings.command[0]}: {error.strerror.lower()}"
            return _failed("Runtime.InvalidEntrypoint", invocation, reason)
        try:
            return environment.run(invocation)
        finally:
            self._release(environment)

    def _acquire(self):
        with self._lock:
            if self._stopped:
                raise Stopped("the emulator is stopped")
            spent = [environment for environment in self._idle if not environment.usable]
            self._idle = [environment for environment in self._idle if environment not in spent]
            environment = self._idle.pop() if self._idle else None
            if environment is None:
                environment = Environment(self.settings, self._faults, self._log)
            self._busy.append(environment)
        for one in spent:
            one.close()
        return environment

    def _release(self, environment):
        with self._lock:
            self._busy.remove(environment)
            keep = environment.usable and not self._stopped
            if keep:
                self._idle.append(environment)
        if not keep:
            environment.close()

    def _all(self):
        with self._lock:
            return self._idle + self._busy

    def _log(self, line):
        # No lock: this is called while the lock may be held by whoever starts the process; appending is atomic.
        self._logs.append(line)
        if self._on_log:
            self._on_log(line.text)


def _failed(error_type, invocation, text):
    return Attempt(error_outcome(error_type, f"RequestId: {invocation.request_id} Error: {text}"))
