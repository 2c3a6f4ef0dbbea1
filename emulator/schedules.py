"""The one-time schedules of an account: what is stored, the rules that the model does not hold, and a history.

A client reads the machine's clock, so a schedule that is made for a time of day is due as many virtual seconds from now
as that time is ahead of the machine's clock.
"""

import calendar
import dataclasses
import re
import time

from .errors import ServiceError

DEFAULT_GROUP = "default"
MAX_INPUT_BYTES = 262144        # Lambda's quota for an asynchronous payload
_AT = re.compile(r"at\((\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\)")
_LAMBDA_ARN = re.compile(r"arn:aws(-[a-z]+)*:lambda:[a-z0-9-]+:\d{12}:function:[A-Za-z0-9_-]+(:[A-Za-z0-9_$-]+)?")
# What the model has and this emulator does nothing with, so that nobody relies on it.
_NOT_HERE = ("StartDate", "EndDate")
# What UpdateSchedule sets anew as a whole, and GetSchedule tells.
_OWN = ("ActionAfterCompletion", "Description", "FlexibleTimeWindow", "KmsKeyArn", "ScheduleExpression",
        "ScheduleExpressionTimezone", "State", "Target")


def scheduled_time(expression):
    """The seconds since 1970 of an `at(…)` expression in UTC."""
    match = _AT.fullmatch(expression)
    try:
        return calendar.timegm(time.strptime(match.group(1), "%Y-%m-%dT%H:%M:%S"))
    except (AttributeError, ValueError):
        text = f"Invalid Schedule Expression {expression!r}: the emulator takes at(yyyy-mm-ddThh:mm:ss)"
        raise _invalid(text) from None


def check_schedule(parameters):
    """The rules for CreateSchedule and UpdateSchedule that the model does not hold."""
    moment, now = scheduled_time(parameters["ScheduleExpression"]), time.time()
    if moment <= now:
        raise _invalid(f"{parameters['ScheduleExpression']} is {now - moment:.1f} s in the past")
    if parameters.get("ScheduleExpressionTimezone", "UTC") != "UTC":
        raise _invalid("The emulator takes schedules in UTC only")
    window = parameters["FlexibleTimeWindow"]
    if (window["Mode"] == "FLEXIBLE") != ("MaximumWindowInMinutes" in window):
        raise _invalid("MaximumWindowInMinutes must be given with the mode FLEXIBLE, and only with it")
    used = [name for name in _NOT_HERE if name in parameters]
    if used:
        raise _invalid(f"The emulator does not implement {', '.join(used)}")
    _check_target(parameters["Target"])


def _check_target(target):
    if not _LAMBDA_ARN.fullmatch(target["Arn"]):
        raise _invalid(f"Provided Arn {target['Arn']!r} is not that of a Lambda function, the only target here")
    if set(target) - {"Arn", "RoleArn", "Input", "RetryPolicy", "DeadLetterConfig"}:
        raise _invalid(f"Target has members that do not fit a Lambda function: {', '.join(sorted(target))}")
    size = len(target.get("Input", "").encode("utf-8"))
    if size > MAX_INPUT_BYTES:
        raise _invalid(f"Target.Input has {size} bytes; the limit is {MAX_INPUT_BYTES}")


def _invalid(text):
    return ServiceError("ValidationException", text)


@dataclasses.dataclass(eq=False)
class Schedule:
    name: str
    group: str
    arn: str
    parameters: dict            # of the last CreateSchedule or UpdateSchedule
    creation: dict              # the parameters of CreateSchedule, its client token among them
    due: float = 0.0            # virtual seconds
    created: float = 0.0        # seconds since 1970
    modified: float = 0.0
    version: int = 0            # counts the updates
    fired: int = 0              # how often it came to its target, doubles included
    ended: str = None           # None as long as it exists; then 'completed' or 'deleted'
    appointments: list = dataclasses.field(default_factory=list)

    @property
    def target(self):
        return self.parameters["Target"]

    def plan(self, appointment):
        """What happens to it next; what was to happen is off."""
        self.forget()
        self.appointments.append(appointment)

    def forget(self):
        for appointment in self.appointments:
            appointment.cancel()
        self.appointments.clear()

    def summary(self):
        return {"Arn": self.arn, "Name": self.name, "GroupName": self.group, "CreationDate": self.created,
                "LastModificationDate": self.modified, "State": self.parameters.get("State", "ENABLED"),
                "Target": {"Arn": self.target["Arn"]}}

    def describe(self):
        own = {name: self.parameters[name] for name in _OWN if name in self.parameters}
        defaults = {"State": "ENABLED", "ScheduleExpressionTimezone": "UTC", "ActionAfterCompletion": "NONE"}
        return {**self.summary(), **defaults, **own}

    def as_dict(self):
        """For tests: with what became of it."""
        return {"name": self.name, "group": self.group, "arn": self.arn, "due": self.due, "fired": self.fired,
                "updates": self.version, "ended": self.ended, "expression": self.parameters["ScheduleExpression"],
                "input": self.target.get("Input"), "target": self.target}


class Schedules:
    """Not safe for threads by itself: Scheduler calls it under its lock."""

    def __init__(self, region, account):
        self._region, self._account = region, account
        self.clear()

    def clear(self):
        self._schedules, self.history = {}, []
        self.groups = {DEFAULT_GROUP}

    def create(self, parameters):
        """A new schedule, or the one that this call made before, as its client token tells; and whether it is new."""
        key = self._key(parameters)
        known = self._schedules.get(key)
        if known is not None:
            if "ClientToken" in parameters and parameters == known.creation:
                return known, False
            raise ServiceError("ConflictException", f"Schedule {key[1]} already exists.")
        group, name = key
        arn = f"arn:aws:scheduler:{self._region}:{self._account}:schedule/{group}/{name}"
        made = self._schedules[key] = Schedule(name, group, arn, parameters, parameters)
        made.created = made.modified = time.time()
        self.history.append(made)
        return made, True

    def update(self, parameters):
        found = self.find(parameters)
        found.parameters, found.version, found.modified = parameters, found.version + 1, time.time()
        return found

    def find(self, parameters):
        key = self._key(parameters)
        if key not in self._schedules:
            raise ServiceError("ResourceNotFoundException", f"Schedule {key[1]} does not exist.")
        return self._schedules[key]

    def end(self, schedule, how):
        schedule.ended = how
        schedule.forget()
        self._schedules.pop((schedule.group, schedule.name), None)

    def all(self, group=None, prefix=None, state=None):
        """Those that exist, by group and name."""
        if group is not None:
            self._check_group(group)
        return [known for key, known in sorted(self._schedules.items())
                if group in (None, known.group) and known.name.startswith(prefix or "")
                and state in (None, known.parameters.get("State", "ENABLED"))]

    def _key(self, parameters):
        group = parameters.get("GroupName", DEFAULT_GROUP)
        self._check_group(group)
        return group, parameters["Name"]

    def _check_group(self, group):
        if group not in self.groups:
            raise ServiceError("ResourceNotFoundException", f"Schedule group {group} does not exist.")
