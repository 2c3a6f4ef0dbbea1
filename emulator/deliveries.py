"""What can go wrong, at least once being the promise, with the delivery of an event: kinds for a fault plan.

`Deliver` is an asynchronous event on its way to the function, `Fire` a schedule on its way to its target. `call` counts
the events and the firings, not the attempts at one.
"""

from .faults import FaultPlan, Kind

DELIVER, FIRE = "Deliver", "Fire"

_KINDS = {
    "twice": Kind(True, ("after",)),        # a second time, `after` seconds later
    "late": Kind(True, ("after",), ("after",)),
}
_FIRING_KINDS = {
    **_KINDS,
    "dropped": Kind(False, ("attempts",)),  # so many attempts fail; the retry policy makes the next ones
    "lost": Kind(False),                    # every attempt fails
}


def delivery_plan():
    return FaultPlan([DELIVER], _KINDS)


def firing_plan():
    return FaultPlan([FIRE], _FIRING_KINDS)
