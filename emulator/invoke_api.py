"""The Lambda service's Invoke operation, over HTTP for SDKs and as a method for tests.

`POST /2015-03-31/functions/{name}/invocations`, for the one function that the emulator has; the name may be a name, a
partial or a full ARN, with or without a qualifier that the function has. Signatures are not checked here: the function
under test does not call Lambda, and so that `curl` and state machine interpreters can.
"""

import base64
import json
import re
import time
import uuid
from urllib.parse import parse_qs, unquote

from .errors import ServiceError
from .invocation import InvokeResult
from .journal import clock_text
from .wire import Response

MAX_SYNC_BYTES = 6291456        # Lambda quota: 6 MB for a synchronous payload
MAX_ASYNC_BYTES = 262144        # Lambda quota: 256 KB for an asynchronous one
MAX_CLIENT_CONTEXT_BYTES = 3583
_PATH = re.compile(r"/2015-03-31/functions/([^/]+)/invocations/?")
_KINDS = ("RequestResponse", "Event", "DryRun")


class InvokeApi:
    def __init__(self, function=None, on_line=None):
        self._function, self._on_line = function, on_line

    def handle(self, request, _connection):
        start = time.time()
        response = self._answer(request)
        if self._on_line:
            problem = response.headers.get("x-amzn-ErrorType") or response.headers.get("X-Amz-Function-Error") or ""
            line = f"{clock_text(start)} lambda {request.method} {request.path} -> {response.status} {problem}".rstrip()
            self._on_line(f"{line} ({(time.time() - start) * 1000:.0f} ms)")
        return response

    def _answer(self, request):
        try:
            name = self._function_name(request)
            kind = request.header("X-Amz-Invocation-Type", "RequestResponse")
            result = self.invoke(request.body, kind, name, request.header("X-Amz-Client-Context"),
                                 request.header("X-Amzn-Trace-Id"), request.header("X-Amz-Tenant-Id"))
        except ServiceError as error:
            return error.response(str(uuid.uuid4()))
        return _http_response(result, request.header("X-Amz-Log-Type") == "Tail")

    def invoke(self, event, kind="RequestResponse", name=None, client_context=None, trace_id=None, tenant_id=None):
        """Invoke with an event in bytes; raises ServiceError where the Lambda service refuses."""
        function, qualifier = self._named(name)
        if kind not in _KINDS:
            raise ServiceError("InvalidParameterValueException",
                               f"Invocation type {kind!r} is not one of {', '.join(_KINDS)}")
        _check_event(event, kind)
        invocation = function.new_invocation(event or b"{}", kind, trace_id, tenant_id=tenant_id, qualifier=qualifier,
                                             client_context=_decoded_context(client_context))
        if kind == "DryRun":
            return InvokeResult(204, request_id=invocation.request_id)
        if kind == "Event":
            function.asynchronous(invocation)
            return InvokeResult(202, request_id=invocation.request_id, invocation=invocation)
        return attempt_result(function, invocation, function.synchronous(invocation))

    def _named(self, name):
        if self._function is None:
            raise ServiceError("ResourceNotFoundException", "The emulator was started without a bootstrap: no function")
        settings = self._function.settings
        plain, qualifier = _without_qualifier(name or settings.name, (settings.version, *settings.aliases))
        if plain not in (settings.name, settings.arn, f"{settings.account}:function:{settings.name}"):
            raise ServiceError("ResourceNotFoundException", f"Function not found: {name}; there is {settings.arn}")
        return self._function, qualifier

    def _function_name(self, request):
        match = _PATH.fullmatch(request.path)
        if not match or request.method != "POST":
            raise ServiceError("UnknownOperationException", f"No operation is {request.method} {request.path}")
        qualifier = parse_qs(request.query).get("Qualifier", [None])[0]
        return unquote(match.group(1)) + (f":{qualifier}" if qualifier else "")


def _without_qualifier(name, qualifiers):
    plain, _, last = name.rpartition(":")
    return (plain, last) if last in qualifiers else (name, None)


def attempt_result(function, invocation, attempt):
    """What the caller gets for a synchronous attempt."""
    return InvokeResult(200, attempt.outcome.payload, invocation.request_id, attempt.function_error,
                        function.settings.version, list(attempt.logs), invocation)


def _check_event(event, kind):
    limit = MAX_ASYNC_BYTES if kind == "Event" else MAX_SYNC_BYTES
    if len(event) > limit:
        raise ServiceError("RequestEntityTooLargeException", f"{len(event)} byte payload is too large for the {kind} "
                           f"invocation type (limit {limit} bytes)")
    try:
        json.loads(event or b"{}")
    except (ValueError, RecursionError) as error:
        raise ServiceError("InvalidRequestContentException",
                           f"Could not parse request body into json: {error}") from None


def _decoded_context(given):
    if given is None:
        return None
    try:
        text = base64.b64decode(given, validate=True).decode("utf-8")
        json.loads(text)
    except ValueError:
        raise ServiceError("InvalidRequestContentException",
                           "Client context must be a valid Base64-encoded JSON object.") from None
    if len(given) > MAX_CLIENT_CONTEXT_BYTES:
        raise ServiceError("InvalidRequestContentException", f"Client context is over {MAX_CLIENT_CONTEXT_BYTES} bytes")
    return " ".join(text.splitlines())      # one header line


def _http_response(result, with_log):
    headers = {"X-Amzn-RequestId": result.request_id, "X-Amz-Executed-Version": result.executed_version,
               "X-Amz-Function-Error": result.function_error,
               "X-Amz-Log-Result": result.log_tail() if with_log and result.status == 200 else None,
               "Content-Type": "application/json" if result.raw else None}
    return Response(result.status, {name: value for name, value in headers.items() if value is not None}, result.raw)
