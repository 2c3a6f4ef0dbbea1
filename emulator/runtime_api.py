"""The Lambda Runtime API (2018-06-01) that one bootstrap process talks to.

Routes and headers only; the state machine behind them is `environment`. Faults can be injected into its operations
`Next`, `Response`, `Error`, `InitError` and `RestoreNext` like into a service's.
"""

import re
import time

from . import faults as fault_plan
from .wire import Response, json_response

PREFIX = "/2018-06-01/runtime"
OPERATIONS = ("Next", "Response", "Error", "InitError", "RestoreNext")
SPOILS_DELIVERY = ("reset_after", "truncate")

_ROUTES = (
    ("GET", re.compile(PREFIX + "/invocation/next"), "Next"),
    ("POST", re.compile(PREFIX + "/invocation/([^/]+)/response"), "Response"),
    ("POST", re.compile(PREFIX + "/invocation/([^/]+)/error"), "Error"),
    ("POST", re.compile(PREFIX + "/init/error"), "InitError"),
    ("GET", re.compile(PREFIX + "/restore/next"), "RestoreNext"),
)


class Refused(Exception):
    """The Runtime API refuses a call."""

    def __init__(self, status, error_type, message):
        super().__init__(message)
        self.status, self.error_type = status, error_type


class _Kill:
    """Ends the one environment that made the call."""

    def __init__(self, environment):
        self._environment = environment
        self.now = environment.kill

    def doom(self):
        self._environment.doomed = True


class RuntimeApi:
    def __init__(self, environment, faults):
        self._environment, self._faults = environment, faults

    def handle(self, request, connection):
        if self._environment.doomed:
            connection.wait_until_gone()
            return Response(reset=True)
        found = _route(request)
        if found is None:
            return json_response(404, {"errorType": "NotFound", "errorMessage": f"{request.method} {request.path}"})
        operation, request_id = found

        def apply():
            return self._apply(operation, request_id, request, connection)
        fault = self._faults.take(operation)
        if fault is None:
            return apply()
        response = fault_plan.serve(fault, apply, connection, request_id or operation, _Kill(self._environment))
        if operation == "Next" and fault.kind in SPOILS_DELIVERY:
            self._environment.undeliver()
        return response

    def _apply(self, operation, request_id, request, connection):
        content_type = request.header("Content-Type")
        error_type = request.header("Lambda-Runtime-Function-Error-Type")
        invocation_id = request.header("Lambda-Runtime-Invocation-Id")
        environment = self._environment
        try:
            if operation == "Next":
                return self._next(connection)
            if operation == "Response":
                environment.respond(request_id, request.body, content_type, invocation_id)
            elif operation == "Error":
                environment.fail(request_id, request.body, error_type, content_type, invocation_id)
            elif operation == "InitError":
                environment.fail_init(request.body, error_type, content_type)
            else:
                return self._restore_next()
        except Refused as refusal:
            return json_response(refusal.status, {"errorType": refusal.error_type, "errorMessage": str(refusal)})
        return json_response(202, {"status": "OK"})

    def _next(self, connection):
        invocation = self._environment.next(connection)
        if invocation is None:
            return Response(reset=True)
        settings = self._environment.settings
        deadline = int((time.time() + settings.timeout) * 1000)
        headers = _event_headers(settings, invocation, deadline)
        return Response(200, headers, invocation.event, chunked=settings.chunked_events)

    def _restore_next(self):
        if self._environment.settings.initialization_type != "snap-start":
            raise Refused(403, "InvalidStateTransition", "restore/next is only for the initialization type snap-start")
        return Response(200)


def _route(request):
    """The operation and the request id in the path; None for what is not in the API."""
    for method, pattern, operation in _ROUTES:
        match = pattern.fullmatch(request.target)
        if match and request.method == method:
            return operation, match.group(1) if match.groups() else None
    return None


def _event_headers(settings, invocation, deadline):
    headers = {
        "Content-Type": "application/json" if settings.event_content_type else None,
        "Lambda-Runtime-Aws-Request-Id": invocation.request_id,
        "Lambda-Runtime-Deadline-Ms": str(deadline),
        "Lambda-Runtime-Invoked-Function-Arn": settings.invoked_arn(invocation),
        "Lambda-Runtime-Trace-Id": invocation.trace_id,
        "Lambda-Runtime-Client-Context": invocation.client_context,
        "Lambda-Runtime-Aws-Tenant-Id": invocation.tenant_id,
        "Lambda-Runtime-Invocation-Id": settings.invocation_id(invocation),
    }
    return {name: value for name, value in headers.items() if value is not None}
