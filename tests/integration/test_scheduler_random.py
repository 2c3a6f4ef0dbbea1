"""Runs in scheduler mode in which several things go wrong at once, drawn from a seed: what holds for each alone holds for
them together.

ARAZZO_RANDOM_RUNS is how many seeds are tried (default 24); a failure names its seed and its faults.
"""

import os
import random

import pytest

from scheduler_mode import SCRIPTS, SETTINGS, check_images, check_nothing_left, check_results, start

SEEDS = range(int(os.environ.get("ARAZZO_RANDOM_RUNS", "24")))
# How often an undisturbed run calls each, or a little more.
CALLS = {"CreateSchedule": 6, "ListSchedules": 6, "UpdateSchedule": 5, "GetSchedule": 2, "CreateImage": 1, "GetImage": 3,
         "DeleteImage": 1, "Response": 6}
REFUSED = {"CreateSchedule": (402, 409), "ListSchedules": (402,), "UpdateSchedule": (402, 409), "GetImage": (429, 503)}
SECONDS = (0, 1, 5, 30, 61, 70, 200, 400, 3000, 15000)
MOST_REQUESTS = 40


def kill(draw):
    operation = draw.choice(list(CALLS))
    moments = ["before", "applied"] + ["answered"] * (operation != "Response")
    return {"operation": operation, "kind": "kill", "call": draw.randint(1, CALLS[operation]),
            "when": draw.choice(moments), "times": draw.choice([1, 1, 2, 3])}


def refusal(draw):
    operation = draw.choice(list(REFUSED))
    return {"operation": operation, "kind": "status", "call": draw.randint(1, CALLS[operation]),
            "status": draw.choice(REFUSED[operation]), "times": draw.choice([1, 1, 2])}


def delivery(draw):
    operation = draw.choice(["Fire", "Deliver"])
    kind = draw.choice(["twice", "late"] + ["dropped"] * (operation == "Fire"))
    options = {"attempts": draw.randint(1, 4)} if kind == "dropped" else {"after": draw.choice(SECONDS)}
    return {"operation": operation, "kind": kind, "call": draw.randint(1, 7), "times": draw.choice([1, 2, None]), **options}


@pytest.mark.parametrize("early", [False, True], ids=["timer", "early"])
@pytest.mark.parametrize("seed", SEEDS)
def test_faults_together(emulator, seed, early):
    draw = random.Random(f"{seed} {early}")
    aws = emulator({**SETTINGS, **({"ARAZZO_EARLY_WAKE": "true", "ARAZZO_POLL_SECONDS": "900"} if early else {})},
                   concurrency=2)
    script = draw.choice(list(SCRIPTS.values()))
    aws.image_builder.script([[0, "PENDING"], [500, "BUILDING"], [1100, script[-1]]] if early else script)
    aws.image_builder.send_events(early)
    aws.scheduler.deletion_delay = draw.choice([0, 0, 0, 30, 100])
    faults = [draw.choice([kill, kill, refusal, delivery])(draw) for _ in range(draw.randint(1, 4))]
    for fault in faults:
        aws.fault(**fault)
    run = aws.run_scheduled(start())
    try:
        check(aws, run, script)
    except AssertionError as error:
        raise AssertionError(f"{faults}, deletion delay {aws.scheduler.deletion_delay}: {error}") from error


def check(aws, run, script):
    """Somebody is told: the result, or, where every attempt at an event was killed or refused, the failure."""
    assert run.results or run.failures
    if run.results:
        check_images(aws, script)
        check_results(run, script)
    check_nothing_left(aws, run)
    assert len(aws.image_builder.requests()) < MOST_REQUESTS
