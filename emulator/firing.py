"""What happens when a schedule is due: its target gets the input, at least once.

An attempt that fails is made again after a delay that doubles, as the target's retry policy allows; then the input goes
to the dead-letter queue, where the target names one. A target that does not exist is not tried again. Each firing is of
what the schedule was when it was due: neither an update nor a deletion reaches an attempt that is under way.
"""

import secrets
import time

from .deliveries import FIRE, firing_plan
from .errors import ServiceError
from .schedules import scheduled_time

FIRST_RETRY_SECONDS, MAX_RETRY_SECONDS = 60, 3600
DEFAULT_RETRIES, DEFAULT_AGE_SECONDS = 185, 86400


class _Dropped(Exception):
    """An attempt that the scenario lets fail."""


class Firing:
    """One time that a schedule is due."""

    def __init__(self, schedule, fault, fired, completed):
        """`fired()` is called for each delivery, `completed()` once when there will be no more attempts."""
        self.schedule, self.target = schedule, schedule.target
        self.moment = scheduled_time(schedule.parameters["ScheduleExpression"])
        self.kind, self.options = (fault.kind, fault.options) if fault else (None, {})
        self.fired, self.completed = fired, completed

    def input(self, number):
        """The input of an attempt, its context attributes replaced."""
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.moment))
        attributes = {"schedule-arn": self.schedule.arn, "scheduled-time": stamp,
                      "execution-id": secrets.token_hex(8), "attempt-number": str(number)}
        text = self.target.get("Input", "{}")
        for name, value in attributes.items():
            text = text.replace(f"<aws.scheduler.{name}>", value)
        return text

    def drops(self, number):
        return self.kind == "lost" or (self.kind == "dropped" and number <= self.options.get("attempts", 1))

    def retries(self):
        return self.target.get("RetryPolicy", {}).get("MaximumRetryAttempts", DEFAULT_RETRIES)

    def age_limit(self):
        return self.target.get("RetryPolicy", {}).get("MaximumEventAgeInSeconds", DEFAULT_AGE_SECONDS)


class FiringQueue:
    def __init__(self, clock, agenda, invoke):
        """`invoke(arn, text)` hands an event to a target; it raises ServiceError where the target refuses."""
        self._clock, self._agenda, self._invoke = clock, agenda, invoke
        self.plan, self.dead_letters = firing_plan(), []

    def clear(self):
        self.plan.clear()
        self.dead_letters.clear()

    def fire(self, schedule, fired, completed):
        firing = Firing(schedule, self.plan.take(FIRE), fired, completed)
        since = self._clock.now()
        if firing.kind == "late":
            self._agenda.after(firing.options["after"], lambda: self._attempt(firing, 1, since))
        else:
            self._attempt(firing, 1, since)

    def _attempt(self, firing, number, since):
        try:
            if firing.drops(number):
                raise _Dropped()
            self._deliver(firing, number)
        except _Dropped:
            self._again(firing, number, since)
        except ServiceError as error:
            self._give_up(firing, number, error)
        else:
            firing.completed()

    def _deliver(self, firing, number):
        self._hand_over(firing, number)
        if firing.kind == "twice":
            self._agenda.after(firing.options.get("after", 0), lambda: self._hand_over(firing, number))

    def _hand_over(self, firing, number):
        self._invoke(firing.target["Arn"], firing.input(number))
        firing.fired()

    def _again(self, firing, number, since):
        delay = min(FIRST_RETRY_SECONDS * 2 ** (number - 1), MAX_RETRY_SECONDS)
        if number > firing.retries() or self._clock.now() + delay - since > firing.age_limit():
            self._give_up(firing, number, ServiceError("ThrottlingException", "The target took none of the attempts"))
        else:
            self._agenda.after(delay, lambda: self._attempt(firing, number + 1, since))

    def _give_up(self, firing, number, error):
        queue = firing.target.get("DeadLetterConfig", {}).get("Arn")
        if queue:
            self.dead_letters.append({"queue": queue, "scheduleArn": firing.schedule.arn, "body": firing.input(number),
                                      "attempts": number, "errorCode": error.error_type, "errorMessage": error.message})
        firing.completed()
