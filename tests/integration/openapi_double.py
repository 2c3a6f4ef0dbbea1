"""A server that answers by an OpenAPI description and finds fault with every request that is not as described.

    double.answers("getThing", {"json": {"id": "1"}}, {"status": 404})
    double.answers("getThing", "example")
    double.on("GET /things/7", {"status": 404})

The last answer of an operation stays; what is written for one target, without its query, comes before what is written for
the operation. An answer is what HttpDouble takes, and may have
"example": True for a body made of the schema, overlaid by the members of "json"; or it is a function of the call. `violations`
holds what was wrong; a test that does not look at them fails (see `checked`).
"""

import contextlib
import json
import threading

import yaml

from http_double import HttpDouble
from openapi_description import Description


class OpenApiDouble(HttpDouble):
    def __init__(self, description, base="", also=()):
        """`description` is the path of an OpenAPI file, `also` those of others; `base` the path of the server's URL."""
        super().__init__()
        self.description = Description(yaml.safe_load(description.read_text()), base)
        for more in also:
            self.description.join(Description(yaml.safe_load(more.read_text()), base))
        self._base = base
        self._answering = threading.Lock()
        self.forget()

    @property
    def server(self):
        """The server's URL, as the description has to give it."""
        return self.url + self._base

    def forget(self):
        """As if just started."""
        with self._answering:
            self.requests, self.calls, self.violations = [], [], []
            self._answers, self._targets = {}, {}

    def answers(self, operation, *answers):
        self.description.operation(operation)  # a misspelt name must not pass for an operation without requests
        self._answers[operation] = list(answers)

    def on(self, target, *answers):
        self._targets[target] = list(answers)

    def called(self):
        """The operations in the order of their requests."""
        with self._answering:
            return [call.operation for call in self.calls]

    def take(self, request):
        call, wrong = self.description.read(request)
        with self._answering:
            self.requests.append(request)
            self.calls.append(call)
            self.violations.extend(wrong)
            return self._answer(call)

    def _answer(self, call):
        target = f"{call.method} {call.request.target.partition('?')[0]}"
        waiting = self._targets.get(target) or self._answers.get(call.operation)
        if call.operation is None or not waiting:
            if call.operation:
                self.violations.append(f"{call.operation}: the test has no answer for it")
            return {"status": 404, "json": {"message": "no answer"}}
        answer = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        answer = answer(call) if callable(answer) else answer
        return self._completed(call, {"example": True} if answer == "example" else dict(answer))

    def _completed(self, call, answer):
        operation, status = self.description.operation(call.operation), answer.get("status", 200)
        if answer.get("example"):
            made = self.description.example(operation, status)
            answer["json"] = {**made, **answer.get("json", {})} if isinstance(made, dict) else answer.get("json", made)
        if "json" in answer and "body" not in answer:
            media = answer.get("headers", {}).get("Content-Type", "application/json")
            for fault in self.description.answer_faults(operation, status, media, answer["json"]):
                self.violations.append(f"{call.operation}: the test's own answer {json.dumps(answer['json'])}: {fault}")
        elif "body" not in answer and not answer.get("reset"):
            answer["body"] = ""
        return answer


@contextlib.contextmanager
def checked(double):
    """The double for one test: nothing of before, and at the end nothing wrong."""
    double.forget()
    yield double
    assert double.violations == []
