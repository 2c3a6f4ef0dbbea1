"""A run whose every invocation is asynchronous: followed on the virtual clock from one appointment to the next.

Between two steps of the clock everything that is due is let come to its end, so that a run of hours takes as long as
its requests.
"""

import dataclasses
import time

SETTLED_CHECK_SECONDS = 0.001
OVER = ("SUCCEEDED", "FAILED")


@dataclasses.dataclass
class ScheduledRun:
    records: list           # what came to the destinations, in order
    schedules: list         # all that were ever made; see Schedule.as_dict
    dead_letters: list
    invocations: list

    @property
    def payloads(self):
        """What the function answered, where it did not fail."""
        return self._told("Success")

    @property
    def results(self):
        """Those of the answers that say that the run is over."""
        return [payload for payload in self.payloads if isinstance(payload, dict) and payload.get("status") in OVER]

    @property
    def failures(self):
        """The errors that reached the on-failure destination."""
        return self._told("RetriesExhausted")

    def _told(self, condition):
        return [record["responsePayload"] for record in self.records
                if record["requestContext"]["condition"] == condition]

    @property
    def attempts(self):
        return sum(len(invocation.attempts) for invocation in self.invocations)

    def as_dict(self):
        return {"results": self.results, "destinations": self.records, "schedules": self.schedules,
                "deadLetters": self.dead_letters,
                "invocations": [invocation.as_dict() for invocation in self.invocations]}

    def left(self):
        """The schedules that were not deleted."""
        return [schedule for schedule in self.schedules if schedule["ended"] is None]


def settle(aws, seconds):
    """Wait, in real time, until no invocation runs and nothing is due; TimeoutError after so many seconds."""
    end = time.monotonic() + seconds
    queue = aws.need_function().queue
    # The order matters: work that ends between both looks has put what follows on the agenda before it stops to count.
    while not (queue.running == 0 and aws.agenda.settled() and queue.running == 0):
        if time.monotonic() > end:
            raise TimeoutError(f"after {seconds} s there are still {queue.running} asynchronous invocations")
        time.sleep(SETTLED_CHECK_SECONDS)


def finish(aws, most, seconds, until=None):
    """Go on until no schedule, no retry and no invocation is left; what happened since the last reset.

    `until(run)` may end it before: it is asked between two steps of the clock.
    """
    while True:
        settle(aws, seconds)
        run = _told(aws)
        if aws.agenda.done() or (until and until(run)):
            return run
        if run.attempts >= most:
            raise RuntimeError(f"not over after {run.attempts} invocations; schedules: "
                               f"{[schedule['name'] for schedule in run.left()]}")
        aws.clock.advance(max(0.0, aws.agenda.next() - aws.clock.now()))


def _told(aws):
    asynchronous = [invocation for invocation in aws.invocations() if invocation.kind == "Event"]
    return ScheduledRun(aws.destinations(), aws.scheduler.history(), aws.scheduler.dead_letters(), asynchronous)
