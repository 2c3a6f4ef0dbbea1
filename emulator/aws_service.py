"""A REST-JSON service of AWS, whatever it does: verifies, validates, applies and answers one request, under the faults
of the scenario, and keeps a journal.

The order is AWS's: who signed it, which operation it is, whether its parameters are valid, whether it is throttled, and
only then what it does. What an operation does is the subclass's: `run`, and, before the faults, `check`.
"""

import email.utils
import threading
import time
import uuid

from . import faults as fault_plan
from .errors import ServiceError
from .journal import Journal
from .request_limit import RequestLimit
from .signature import Verifier
from .wire import json_response


class AwsService:
    def __init__(self, model, style, store, clock, region, functions, on_line=None):
        """`functions` tells which invocations are running, and kills them where a fault says so."""
        name = model.service.service_name
        self._model, self._style, self._functions = model, style, functions
        self._lock = threading.RLock()
        self._journal = Journal(name, clock, on_line)
        self._verifier = Verifier(store, name, region)
        self._faults = fault_plan.FaultPlan(model.service.operation_names)
        self._limit = RequestLimit(clock)
        self._dated = True

    # What a subclass says

    def check(self, operation, parameters):
        """Refuse, with a ServiceError, what the model allows and the service does not."""

    def run(self, operation, entry):
        """Apply the operation to `entry.parameters`, under the lock; its answer."""
        raise NotImplementedError

    # What a scenario says and asks

    @property
    def operations(self):
        return self._model.service.operation_names

    def fault(self, operation, kind, call=None, times=1, applied=None, **options):
        """Let the n-th `call` of an operation (or the next `times` calls) go wrong; see `faults`."""
        return self._faults.add(operation, kind, call, times, applied, **options)

    def faults(self):
        return self._faults.as_list()

    def clear_faults(self):
        self._faults.clear()

    def limit(self, rate, burst=None):
        """Refuse what comes beyond so many requests a (virtual) second, as throttled; None: refuse none. See `request_limit`."""
        self._limit.set(rate, burst)

    def requests(self, operation=None):
        """The requests received so far, in order; all, or those of one operation."""
        return self._journal.entries(operation)

    def set_skew(self, seconds, dated=True):
        """How far the service's clock is ahead of this machine's, for the check of signing times.

        Its answers are dated by that clock, unless `dated` is False: then nothing tells that it was the clock.
        """
        self._verifier.skew_seconds = float(seconds)
        self._dated = dated

    def reset(self):
        self.clear_faults()
        self._limit.set(None)
        self._journal.clear()
        self.set_skew(0)

    # What a client sends

    def handle(self, request, connection):
        request_id = str(uuid.uuid4())
        entry = self._journal.open(request, request_id, self._functions.running())
        try:
            response = self._answer(request, connection, entry)
        except ServiceError as error:
            response = error.response(request_id, self._style.member)
        if self._dated:
            now = time.time() + self._verifier.skew_seconds
            response.headers.setdefault("Date", email.utils.formatdate(now, usegmt=True))
        self._journal.close(entry, response)
        return response

    def _answer(self, request, connection, entry):
        operation = self._model.operation(request)
        entry.operation = operation and operation.name
        self._verifier.verify(request)
        if operation is None:
            raise ServiceError("UnknownOperationException", f"No operation is {request.method} {request.path}")
        entry.parameters = self._model.parameters(operation, request)
        entry.client_token = entry.parameters.get("clientToken") or entry.parameters.get("ClientToken")
        self.check(operation.name, entry.parameters)
        self._limit.take()

        def apply():
            return self._apply(operation, entry)
        fault = self._faults.take(operation.name)
        if fault is None:
            return apply()
        entry.fault = fault.as_dict()
        return fault_plan.serve(fault, apply, connection, entry.request_id, self._functions, self._style)

    def _apply(self, operation, entry):
        try:
            with self._lock:
                answer = self.run(operation, entry)
        except ServiceError as error:
            return error.response(entry.request_id, self._style.member)
        entry.applied = True
        return json_response(200, answer, {"x-amzn-RequestId": entry.request_id})
