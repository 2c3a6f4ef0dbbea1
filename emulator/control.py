"""The control API: what a scenario says and asks, as JSON over HTTP, under `/_emulator/`.

Each route is one verb of the Python API; the table at the end is the whole API. A refused argument is a 400 with a
message that says what to write instead.
"""

import json
from urllib.parse import parse_qs

from .errors import ServiceError
from .wire import json_response

PREFIX = "/_emulator/"


class ControlApi:
    def __init__(self, emulator):
        self._emulator = emulator

    def handle(self, request, _connection):
        name = request.path.removeprefix(PREFIX) if request.path.startswith(PREFIX) else None
        verb = _VERBS.get((request.method, name))
        if verb is None:
            known = ", ".join(sorted(f"{method} {PREFIX}{path}" for method, path in _VERBS))
            return json_response(404, {"message": f"No {request.method} {request.path}; there is {known}"})
        try:
            return json_response(200, verb(self._emulator, _arguments(request)))
        except (ValueError, TypeError, KeyError, ServiceError) as error:
            return json_response(400, {"message": f"{type(error).__name__}: {error}"})


def _arguments(request):
    """The body's object, or the query's names."""
    if request.body:
        value = json.loads(request.body)
        if not isinstance(value, dict):
            raise ValueError("the body is not a JSON object")
        return value
    return {name: values[-1] for name, values in parse_qs(request.query).items()}


def _reset(emulator, _arguments):
    emulator.reset()
    return {}


def _script(emulator, arguments):
    emulator.image_builder.script(arguments["script"], arguments.get("recipe"), arguments.get("arn"))
    return {}


def _add_fault(emulator, arguments):
    return emulator.fault(**arguments).as_dict()


def _clear_faults(emulator, _arguments):
    emulator.clear_faults()
    return {}


def _faults(emulator, _arguments):
    function = emulator.function.faults() if emulator.function else []
    return {"imagebuilder": emulator.image_builder.faults(), "scheduler": emulator.scheduler.faults(),
            "runtime": function}


def _limit(emulator, arguments):
    emulator.image_builder.limit(**arguments)
    return {}


def _clock(emulator, arguments):
    clock = emulator.clock
    unknown = sorted(set(arguments) - {"advance", "factor", "skew"})
    if unknown:
        raise ValueError(f"clock takes advance, factor and skew, not {unknown}")
    if "factor" in arguments:
        clock.set_factor(float(arguments["factor"]))
    if "advance" in arguments:
        clock.advance(float(arguments["advance"]))
    if "skew" in arguments:
        emulator.image_builder.set_skew(float(arguments["skew"]))
    return {"now": clock.now(), "factor": clock.factor, "time": clock.iso()}


def _requests(emulator, arguments):
    services = {"imagebuilder": emulator.image_builder, "scheduler": emulator.scheduler}
    name = arguments.get("service", "imagebuilder")
    if name not in services:
        raise ValueError(f"service {name!r} is not one of {', '.join(services)}")
    return {"requests": [entry.as_dict() for entry in services[name].requests(arguments.get("operation"))]}


def _schedules(emulator, _arguments):
    scheduler = emulator.scheduler
    return {"schedules": scheduler.schedules(), "history": scheduler.history(), "deadLetters": scheduler.dead_letters()}


def _scheduler(emulator, arguments):
    unknown = sorted(set(arguments) - {"deletionDelay", "group"})
    if unknown or not arguments:
        raise ValueError(f"scheduler takes deletionDelay and group, not {unknown}")
    if "deletionDelay" in arguments:
        emulator.scheduler.deletion_delay = float(arguments["deletionDelay"])
    if "group" in arguments:
        emulator.scheduler.add_group(arguments["group"])
    return {}


def _put_event(emulator, arguments):
    return {"requestId": emulator.put_event(arguments).request_id}


def _send_image_events(emulator, arguments):
    emulator.image_builder.send_events(bool(arguments["enabled"]))
    return {}


def _run_scheduled(emulator, arguments):
    return emulator.run_scheduled(**arguments).as_dict()


def _logs(emulator, arguments):
    lines = emulator.need_function().logs(arguments.get("requestId"))
    return {"logs": [{"time": line.time, "stream": line.stream, "requestId": line.request_id, "text": line.text}
                     for line in lines]}


def _invocations(emulator, _arguments):
    return {"invocations": [invocation.as_dict() for invocation in emulator.need_function().invocations()]}


def _redeliver(emulator, arguments):
    return emulator.need_function().redeliver(arguments.get("requestId")).as_dict()


def _kill(emulator, _arguments):
    emulator.need_function().kill()
    return {}


def _credentials(emulator, arguments):
    """`{"expire": null}` is the role's token; a name in it is an access key."""
    actions = {"expire": emulator.credential_store.expire, "renew": emulator.credential_store.renew}
    unknown = sorted(set(arguments) - set(actions))
    if unknown or not arguments:
        raise ValueError(f"credentials takes expire and renew, each with an access key or null, not {unknown}")
    for name, access_key in arguments.items():
        actions[name](access_key)
    return {}


_VERBS = {
    ("GET", ""): lambda emulator, _: emulator.description(),
    ("POST", "reset"): _reset,
    ("POST", "script"): _script,
    ("GET", "faults"): _faults,
    ("POST", "faults"): _add_fault,
    ("DELETE", "faults"): _clear_faults,
    ("POST", "limit"): _limit,
    ("GET", "clock"): _clock,
    ("POST", "clock"): _clock,
    ("GET", "requests"): _requests,
    ("GET", "images"): lambda emulator, _: {"images": emulator.image_builder.images()},
    ("GET", "schedules"): _schedules,
    ("POST", "scheduler"): _scheduler,
    ("POST", "events"): _put_event,
    ("POST", "image-events"): _send_image_events,
    ("POST", "run-scheduled"): _run_scheduled,
    ("GET", "destinations"): lambda emulator, _: {"destinations": emulator.destinations()},
    ("GET", "logs"): _logs,
    ("GET", "invocations"): _invocations,
    ("POST", "redeliver"): _redeliver,
    ("POST", "kill"): _kill,
    ("POST", "credentials"): _credentials,
}
