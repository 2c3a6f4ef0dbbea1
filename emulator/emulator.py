"""Puts the emulator together: the services, their listeners, the clock, the credentials, and the verbs for tests.

    with Emulator(bootstrap=path, task_root=path) as aws:
        aws.image_builder.script(["PENDING", "AVAILABLE"])
        result = aws.invoke({"inputs": {}})
"""

import base64
import json
import os
import pathlib

from . import scheduled_run
from .agenda import Agenda
from .clock import VirtualClock
from .control import ControlApi
from .credentials import CredentialStore
from .deliveries import DELIVER, FIRE
from .function import Function, FunctionSettings
from .image_builder import ImageBuilder
from .image_events import ImageEvents
from .image_events import event as eventbridge_event
from .invoke_api import InvokeApi, attempt_result
from .runtime_api import OPERATIONS as RUNTIME_OPERATIONS
from .scheduler import Scheduler
from .server import Server
from .tls import Certificates

DEFAULT_REGION = "eu-west-1"
DEFAULT_ACCOUNT = "123456789012"
MAX_RUN_INVOCATIONS = 200
MAX_SETTLE_SECONDS = 60


class _NoFunction:
    """Stands in for the function where the services are used alone."""

    def running(self):
        return []

    def now(self):
        pass

    doom = now


class Emulator:
    """Runs from construction to `stop`, or as a context manager.

    `bootstrap` is a path, or a list: a wrapper with its arguments. Without one there are the other services only.
    `environment` is added to Lambda's own. `on_line` gets a readable line for each request, `on_log` each line of the
    function's log. Any other keyword is a field of FunctionSettings.
    """

    def __init__(self, bootstrap=None, task_root=None, environment=None, function_name="arazzo", function_timeout=30,
                 region=DEFAULT_REGION, account=DEFAULT_ACCOUNT, tls=False, clock_factor=0, on_line=None, on_log=None,
                 **settings):
        self.region, self.account, self._servers = region, account, []
        self.certificates = self.function = None
        self.clock = VirtualClock(clock_factor)
        self.agenda = Agenda(self.clock)
        self.credential_store = CredentialStore()
        self.credentials = self.credential_store.role
        if bootstrap is not None:
            command, root = _command(bootstrap, task_root)
            made = FunctionSettings(command, root, {}, function_name, region=region, account=account,
                                    timeout=function_timeout, **settings)
            self.function = Function(made, self.clock, self.agenda, on_log)
        elif settings:
            raise ValueError(f"{sorted(settings)} need a bootstrap")
        self._invoke_api = InvokeApi(self.function, on_line)
        self._make_services(on_line)
        try:
            self._listen(tls)
        except BaseException:
            self.stop()
            raise
        if self.function:
            self.function.settings.environment.update({**self.sdk_environment(), **(environment or {})})

    def _make_services(self, on_line):
        functions, place = self.function or _NoFunction(), (self.region, self.account)
        events = ImageEvents(self.agenda, self.put_event)
        self.image_builder = ImageBuilder(self.credential_store, self.clock, *place, functions, events, on_line)
        self.scheduler = Scheduler(self.credential_store, self.clock, self.agenda, *place, functions,
                                   self._invoke_target, on_line)

    def _invoke_target(self, arn, text):
        self._invoke_api.invoke(text.encode("utf-8"), "Event", name=arn)

    def _listen(self, tls):
        self.endpoints = {"lambda": self._serve("lambda", self._invoke_api.handle),
                          "imagebuilder": self._serve("imagebuilder", self.image_builder.handle),
                          "scheduler": self._serve("scheduler", self.scheduler.handle),
                          "control": self._serve("control", ControlApi(self).handle)}
        if tls:
            self.certificates = Certificates()
            for name, context in (("imagebuilder_https", self.certificates.good),
                                  ("imagebuilder_https_wrong_host", self.certificates.wrong_host)):
                self.endpoints[name] = self._serve(name, self.image_builder.handle, context)

    def _serve(self, name, handler, tls_context=None):
        server = Server(name, handler, tls_context)
        self._servers.append(server)
        return server.url

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        """End everything: bootstrap processes first, then the listeners, then the temporary certificates."""
        self.clock.close()
        if self.function:
            self.function.stop()
        for server in self._servers:
            server.stop()
        if self.certificates:
            self.certificates.remove()

    def reset(self, cold=True):
        """Back to the start, with the same endpoints and credentials; the clock's time goes on.

        The function's processes end, unless `cold` is False: starting one takes most of a short test's time.
        """
        self.agenda.clear()
        if self.function:
            self.function.reset(cold)
        self.image_builder.reset()
        self.scheduler.reset()
        self.credential_store.renew_all()

    # Lambda

    def invoke(self, event=None, client_context=None, kind="RequestResponse", trace_id=None, qualifier=None):
        """Invoke with a JSON value, or bytes as they are. Raises ServiceError where the service refuses."""
        body = event if isinstance(event, bytes) else json.dumps({} if event is None else event).encode("utf-8")
        context = None if client_context is None else base64.b64encode(json.dumps(client_context).encode()).decode()
        name = f"{self.need_function().settings.name}:{qualifier}" if qualifier else None
        return self._invoke_api.invoke(body, kind, name, client_context=context, trace_id=trace_id)

    def invoke_async(self, event=None, qualifier=None):
        """Invoke asynchronously: the Invocation, whose `wait()` waits for the end of its retries."""
        return self.invoke(event, kind="Event", qualifier=qualifier).invocation

    def put_event(self, event):
        """Deliver an EventBridge event as a rule does whose target is the function; members not given are those of an
        Image State Change. The Invocation."""
        return self.invoke_async(eventbridge_event(self.clock, self.region, self.account, event))

    def destinations(self):
        """What was sent to the function's on-success and on-failure destinations, in order."""
        return self.need_function().queue.records()

    def run(self, event=None, most=MAX_RUN_INVOCATIONS):
        """Invoke as the state machine does, until the run is over: every result, the last one last.

        Each RUNNING response is the next event, after the virtual clock has gone on by its waitSeconds.
        """
        results = []
        while len(results) < most:
            results.append(self.invoke(event))
            event = results[-1].payload
            if results[-1].function_error or event["status"] != "RUNNING":
                return results
            self.clock.advance(event["waitSeconds"])
        raise RuntimeError(f"the run is still RUNNING after {most} invocations; next step: {event.get('nextStepId')}")

    def run_scheduled(self, event=None, qualifier=None, **options):
        """Invoke asynchronously, and let schedules and retries bring the invocations that follow; a ScheduledRun."""
        self.invoke_async(event, qualifier)
        return self.finish_scheduled(**options)

    def finish_scheduled(self, most=MAX_RUN_INVOCATIONS, seconds=MAX_SETTLE_SECONDS, until=None):
        """Go on until no schedule, retry or invocation is left, or `until(run)`: a ScheduledRun of all since the last
        reset."""
        return scheduled_run.finish(self, most, seconds, until)

    def settle(self, seconds=MAX_SETTLE_SECONDS):
        """Wait until no asynchronous invocation runs and nothing is due."""
        scheduled_run.settle(self, seconds)

    def redeliver(self, request_id=None):
        """Deliver the last event (or that of a request id) once more, with the same request id."""
        function = self.need_function()
        attempt = function.redeliver(request_id)
        invocation = function.invocation(request_id) if request_id else function.invocations()[-1]
        return attempt_result(function, invocation, attempt)

    def kill(self):
        """Kill the bootstrap now."""
        self.need_function().kill()

    def logs(self, request_id=None):
        return self.need_function().logs(request_id)

    def invocations(self):
        return self.need_function().invocations()

    def need_function(self):
        if self.function is None:
            raise ValueError("the emulator was started without a bootstrap: there is no function")
        return self.function

    # All

    def fault(self, operation, kind, **options):
        """Inject a fault into an operation of Image Builder, of Scheduler or of the Runtime API, or into a delivery."""
        if operation in (*RUNTIME_OPERATIONS, DELIVER):
            return self.need_function().fault(operation, kind, **options)
        if operation in (*self.scheduler.operations, FIRE):
            return self.scheduler.fault(operation, kind, **options)
        return self.image_builder.fault(operation, kind, **options)

    def clear_faults(self):
        self.image_builder.clear_faults()
        self.scheduler.clear_faults()
        if self.function:
            self.function.clear_faults()

    def load(self, scenario):
        """Apply a scenario: a script alone, or an object with script, recipes, faults, limit and clockFactor."""
        scenario = {"script": scenario} if isinstance(scenario, list) else scenario
        unknown = sorted(set(scenario) - {"script", "recipes", "faults", "limit", "clockFactor"})
        if unknown:
            raise ValueError(f"a scenario has script, recipes, faults, limit and clockFactor, not {unknown}")
        if "script" in scenario:
            self.image_builder.script(scenario["script"])
        for recipe, script in scenario.get("recipes", {}).items():
            self.image_builder.script(script, recipe=recipe)
        for fault in scenario.get("faults", []):
            self.fault(**fault)
        if "limit" in scenario:
            self.image_builder.limit(**scenario["limit"])
        if "clockFactor" in scenario:
            self.clock.set_factor(scenario["clockFactor"])

    # For clients

    def sdk_environment(self, https=False):
        """Environment variables that point an AWS SDK, or `arazzo`, at this emulator."""
        values = {**self.credentials.environment(), "AWS_REGION": self.region,
                  "AWS_ENDPOINT_URL_IMAGEBUILDER": self.endpoints["imagebuilder_https" if https else "imagebuilder"],
                  "AWS_ENDPOINT_URL_SCHEDULER": self.endpoints["scheduler"]}
        return {**values, "AWS_CA_BUNDLE": self.certificates.ca} if https else values

    def client_arguments(self, service, credentials=None):
        """Keyword arguments for boto3.client(service, …)."""
        return {"endpoint_url": self.endpoints[service], "region_name": self.region,
                **(credentials or self.credentials).boto3()}

    def description(self):
        """What the command line prints when it is ready."""
        found = {"endpoints": self.endpoints, "environment": self.sdk_environment(), "account": self.account}
        if self.function:
            found["function"] = {"name": self.function.settings.name, "arn": self.function.settings.arn}
        if self.certificates:
            found["tls"] = {"ca": self.certificates.ca, "otherCa": self.certificates.other_ca}
        return found


def start(**arguments):
    """A running emulator; the caller stops it."""
    return Emulator(**arguments)


def _command(bootstrap, task_root):
    """The command line of the bootstrap, with its program's path made absolute, and the folder it starts in."""
    words = [bootstrap] if isinstance(bootstrap, (str, os.PathLike)) else list(bootstrap)
    # The process starts in the task root, so what names a file must not depend on the folder.
    words = [os.path.abspath(word) if os.path.exists(word) or (os.sep in str(word) and not index) else os.fspath(word)
             for index, word in enumerate(words)]
    root = pathlib.Path(task_root) if task_root is not None else pathlib.Path(words[-1]).parent
    if not root.is_dir():
        raise ValueError(f"task root {str(root)!r} is not a folder")
    return words, str(root.resolve())
