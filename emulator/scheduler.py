"""EventBridge Scheduler: one-time schedules that invoke the function when the virtual clock reaches them.

Schedules can be created, updated, told, listed and deleted; the model's other operations are recognised, and refused by
name. Update replaces the schedule as a whole, as AWS does: what is not given is not kept.
"""

import pathlib
import time

from .aws_service import AwsService
from .deliveries import FIRE
from .errors import SCHEDULER_ERRORS, ServiceError
from .firing import FiringQueue
from .schedules import Schedules, check_schedule, scheduled_time
from .service_model import Model

SERVICE = "scheduler"
ADDITIONS = pathlib.Path(__file__).with_name("scheduler-additions.json")
DEFAULT_PAGE = 100
CHECKED = ("CreateSchedule", "UpdateSchedule")


class Scheduler(AwsService):
    def __init__(self, store, clock, agenda, region, account, functions, invoke, on_line=None):
        """`invoke(arn, text)` hands an event to a target; it raises ServiceError where the target refuses."""
        model = Model(SERVICE, ADDITIONS, SCHEDULER_ERRORS.types[400])
        super().__init__(model, SCHEDULER_ERRORS, store, clock, region, functions, on_line)
        self._clock, self._agenda = clock, agenda
        self._schedules = Schedules(region, account)
        self._firings = FiringQueue(clock, agenda, invoke)
        self.deletion_delay = 0         # virtual seconds between a schedule's completion and its deletion

    # What a scenario says and asks

    def add_group(self, name):
        """A schedule group that exists besides `default`."""
        with self._lock:
            self._schedules.groups.add(name)

    def fault(self, operation, kind, call=None, times=1, applied=None, **options):
        """As for every service; and of Fire: the n-th firing comes twice or late, is dropped, or lost."""
        if operation == FIRE:
            return self._firings.plan.add(operation, kind, call, times, applied, **options)
        return super().fault(operation, kind, call, times, applied, **options)

    def faults(self):
        return super().faults() + self._firings.plan.as_list()

    def clear_faults(self):
        super().clear_faults()
        self._firings.plan.clear()

    def schedules(self):
        """Those that exist."""
        with self._lock:
            return [schedule.as_dict() for schedule in self._schedules.all()]

    def history(self):
        """All that were ever made, in order."""
        with self._lock:
            return [schedule.as_dict() for schedule in self._schedules.history]

    def dead_letters(self):
        """What was given up, with the queue that it went to."""
        return list(self._firings.dead_letters)

    def reset(self):
        with self._lock:
            for schedule in self._schedules.all():
                schedule.forget()
            self._schedules.clear()
        self._firings.clear()
        self.deletion_delay = 0
        super().reset()

    # What a client sends

    def check(self, operation, parameters):
        if operation in CHECKED:
            check_schedule(parameters)

    def run(self, operation, entry):
        method = _METHODS.get(operation.name)
        if method is None:
            raise ServiceError("ValidationException", f"The emulator does not implement {operation.name}; it "
                               f"implements {', '.join(_METHODS)}")
        answer = method(self, entry.parameters)
        self._model.check_answer(operation, answer)
        return answer

    def _create(self, parameters):
        schedule, is_new = self._schedules.create(parameters)
        if is_new:
            self._set(schedule)
        return {"ScheduleArn": schedule.arn}

    def _update(self, parameters):
        schedule = self._schedules.update(parameters)
        self._set(schedule)
        return {"ScheduleArn": schedule.arn}

    def _get(self, parameters):
        return self._schedules.find(parameters).describe()

    def _delete(self, parameters):
        self._schedules.end(self._schedules.find(parameters), "deleted")
        return {}

    def _list(self, parameters):
        start, size = _page(parameters)
        found = self._schedules.all(*(parameters.get(name) for name in ("GroupName", "NamePrefix", "State")))
        following = {"NextToken": str(start + size)} if start + size < len(found) else {}
        return {"Schedules": [schedule.summary() for schedule in found[start:start + size]], **following}

    # What becomes of a schedule

    def _set(self, schedule):
        """Put it on the agenda for its time."""
        ahead = scheduled_time(schedule.parameters["ScheduleExpression"]) - time.time()
        schedule.due, version = self._clock.now() + ahead, schedule.version
        schedule.plan(self._agenda.at(schedule.due, lambda: self._due(schedule, version)))

    def _due(self, schedule, version):
        with self._lock:
            if schedule.ended or schedule.version != version:
                return
            disabled = schedule.parameters.get("State") == "DISABLED"
        if not disabled:
            self._firings.fire(schedule, lambda: self._fired(schedule), lambda: self._completed(schedule, version))

    def _fired(self, schedule):
        with self._lock:
            schedule.fired += 1

    def _completed(self, schedule, version):
        with self._lock:
            if schedule.ended or schedule.version != version:
                return
            if schedule.parameters.get("ActionAfterCompletion") == "DELETE":
                schedule.plan(self._agenda.after(self.deletion_delay, lambda: self._remove(schedule, version)))

    def _remove(self, schedule, version):
        with self._lock:
            if not schedule.ended and schedule.version == version:
                self._schedules.end(schedule, "completed")


def _page(parameters):
    token = parameters.get("NextToken", "0")
    if not token.isascii() or not token.isdigit():
        raise ServiceError("ValidationException", f"NextToken {token!r} was not given by this service")
    return int(token), parameters.get("MaxResults", DEFAULT_PAGE)


_METHODS = {"CreateSchedule": Scheduler._create, "UpdateSchedule": Scheduler._update, "GetSchedule": Scheduler._get,
            "DeleteSchedule": Scheduler._delete, "ListSchedules": Scheduler._list}
