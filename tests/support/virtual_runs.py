"""Many runs at once in virtual time: what statemachine/run-workflow.asl.json does for each, by one loop over a list of moments.

Each invocation is of the real function, in the emulator; the waits between them only move the emulator's clock. So 200 runs of
half an hour take seconds, and the service's limit of requests a second, which is on the same clock, is met as it would be.
The invocations follow one another: what happens inside of one (AWS_MAX_ATTEMPTS above 1) takes no virtual time.
"""

import dataclasses
import heapq
import random

MAX_INVOCATIONS = 3000


@dataclasses.dataclass
class Run:
    name: str
    event: dict                 # of the next invocation
    started: float              # virtual seconds
    ended: float = None
    answer: dict = None         # the last one
    error: dict = None          # {"name", "message"}, where the execution failed
    waits: list = dataclasses.field(default_factory=list)      # (action, seconds)

    @property
    def is_over(self):
        return self.ended is not None

    @property
    def invocations(self):
        return len(self.waits) + 1


class VirtualRuns:
    """`latency`: virtual seconds that an invocation and the transitions around it take, between two numbers."""

    def __init__(self, aws, latency=(0.1, 0.4), seed=1):
        self._aws, self._latency, self._random = aws, latency, random.Random(seed)
        self._moments, self.runs = [], {}

    def start(self, name, given, at):
        """Begins a run `at` seconds from now, of the emulator's clock; `given` is the execution's input."""
        moment = self._aws.clock.now() + at
        event = {"workflowId": "", "runId": "", "inputs": None, "run": {"executionId": name}, **given}
        handed_on = {member: event[member] for member in ("workflowId", "runId", "inputs", "run")}
        self.runs[name] = Run(name, {**handed_on, "delivery": {"retryCount": 0}}, moment)
        self._push(moment, name)
        return self.runs[name]

    def go(self):
        """Until all runs are over."""
        while self._moments:
            moment, _, name = heapq.heappop(self._moments)
            self._aws.clock.advance(max(0, moment - self._aws.clock.now()))
            self._step(self.runs[name])

    def _push(self, moment, name):
        heapq.heappush(self._moments, (moment, len(self._moments) + self._random.random(), name))

    def _step(self, run):
        result = self._aws.invoke(run.event)
        now = self._aws.clock.now() + self._random.uniform(*self._latency)
        answer = run.answer = result.payload
        if result.function_error:
            return self._end(run, now, {"name": answer["errorType"], "message": answer["errorMessage"]})
        if answer["status"] == "FAILED":
            return self._end(run, now, answer["error"])
        if answer["status"] != "RUNNING":
            return self._end(run, now, unsuccessful(answer))
        if run.invocations >= MAX_INVOCATIONS:
            raise RuntimeError(f"the run {run.name} does not end")
        run.waits.append((answer["lastStep"]["action"], answer["waitSeconds"]))
        run.event = {name: answer[name] for name in ("status", "runId", "workflowId", "nextStepId", "state")}
        run.event["delivery"] = {"retryCount": 0}
        return self._push(now + answer["waitSeconds"], run.name)

    def _end(self, run, now, error):
        run.ended, run.error, run.event = now, error, None


def unsuccessful(answer):
    """The error of an execution whose build was none, as with FailOnUnsuccessfulBuild; None for another one."""
    status = answer["outputs"].get("finalStatus")
    if status not in ("FAILED", "CANCELLED"):
        return None
    return {"name": "Arazzo.UnsuccessfulBuild", "message": f"the final status is {status}"}
