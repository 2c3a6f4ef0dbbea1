"""EC2 Image Builder: verifies, validates, applies and answers one request, under the faults of the scenario.

The order is AWS's: who signed it, which operation it is, whether its parameters are valid, whether it is throttled, and
only then what it does. Five operations do something; the model's others are recognised, and refused by name.
"""

import email.utils
import pathlib
import threading
import time
import uuid

from . import faults as fault_plan
from .errors import ServiceError
from .image_operations import Operations, check_parameters
from .images import Images
from .journal import Journal
from .service_model import Model
from .signature import Verifier
from .wire import json_response

SERVICE = "imagebuilder"
ADDITIONS = pathlib.Path(__file__).with_name("imagebuilder-additions.json")


class ImageBuilder:
    def __init__(self, store, clock, region, account, functions, on_line=None):
        """`functions` tells which invocations are running, and kills them where a fault says so."""
        self._model = Model(SERVICE, ADDITIONS)
        self._functions = functions
        self._lock = threading.Lock()
        self._tokens = {}
        self._images = Images(clock, self._model.service.shape_for("ImageStatus").enum)
        self._operations = Operations(self._images, region, account)
        self._journal = Journal(clock, on_line)
        self._verifier = Verifier(store, SERVICE, region)
        self._faults = fault_plan.FaultPlan(self._model.service.operation_names)
        self._dated = True

    # What a scenario says and asks

    def script(self, entries, recipe=None, arn=None):
        """How images go on: for all made from now on, for those of one recipe name, or for one existing image."""
        with self._lock:
            self._images.script(entries, recipe, arn)

    def fault(self, operation, kind, call=None, times=1, applied=None, **options):
        """Let the n-th `call` of an operation (or the next `times` calls) go wrong; see `faults`."""
        return self._faults.add(operation, kind, call, times, applied, **options)

    def faults(self):
        return self._faults.as_list()

    def clear_faults(self):
        self._faults.clear()

    def requests(self, operation=None):
        """The requests received so far, in order; all, or those of one operation."""
        return self._journal.entries(operation)

    def images(self):
        """ARN and status of every image that exists."""
        with self._lock:
            return [{"arn": image.arn, "status": self._images.status(image)} for image in self._images.all()]

    def set_skew(self, seconds, dated=True):
        """How far the service's clock is ahead of this machine's, for the check of signing times.

        Its answers are dated by that clock, unless `dated` is False: then nothing tells that it was the clock.
        """
        self._verifier.skew_seconds = float(seconds)
        self._dated = dated

    def reset(self):
        with self._lock:
            self._images.clear()
            self._tokens.clear()
        self._faults.clear()
        self._journal.clear()
        self.set_skew(0)

    # What a client sends

    def handle(self, request, connection):
        request_id = str(uuid.uuid4())
        entry = self._journal.open(request, request_id, self._functions.running())
        try:
            response = self._answer(request, connection, entry)
        except ServiceError as error:
            response = error.response(request_id)
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
        entry.client_token = entry.parameters.get("clientToken")
        check_parameters(operation.name, entry.parameters)

        def apply():
            return self._apply(operation, entry)
        fault = self._faults.take(operation.name)
        if fault is None:
            return apply()
        entry.fault = fault.as_dict()
        return fault_plan.serve(fault, apply, connection, entry.request_id, self._functions)

    def _apply(self, operation, entry):
        try:
            with self._lock:
                answer = self._once(operation, entry)
        except ServiceError as error:
            return error.response(entry.request_id)
        entry.applied = True
        entry.image_status = answer.get("image", {}).get("state", {}).get("status")
        return json_response(200, answer, {"x-amzn-RequestId": entry.request_id})

    def _once(self, operation, entry):
        """The operation's answer; the first one again where the client token was seen before."""
        key = (operation.name, entry.client_token)
        if entry.client_token and key in self._tokens:
            parameters, answer = self._tokens[key]
            if parameters != entry.parameters:
                raise ServiceError("IdempotentParameterMismatchException",
                                   "The client token was used before with other parameters.")
            return answer
        answer = {"requestId": entry.request_id, **self._operations.run(operation.name, entry.parameters)}
        self._model.check_answer(operation, answer, unmodelled=self._images.unmodelled)
        if entry.client_token:
            self._tokens[key] = entry.parameters, answer
        return answer
