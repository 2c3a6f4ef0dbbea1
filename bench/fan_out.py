#!/usr/bin/env python3
"""200 runs at once against an Image Builder that throttles: requests, refusals, and when they came.

    bench/fan_out.py [--build build/dev] [--runs 200] [--seconds-per-build 600]

prints the tables of docs/fan-out.md. The function is the real one; time is virtual (tests/support/virtual_runs.py), so what happens
inside of one invocation takes none: each sends one request (AWS_MAX_ATTEMPTS=1), as it is when the retry quota is used up.
"""

import argparse
import collections
import pathlib
import random
import statistics
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests/support")]

from emulator import Emulator  # noqa: E402  (the folders must be on the path first)
from virtual_runs import VirtualRuns  # noqa: E402

POLL_SECONDS = 60
ACCOUNT = "arn:aws:imagebuilder:eu-west-1:123456789012"
# (requests a second that are let through, seconds over which the starts are spread)
SCENARIOS = [(5, POLL_SECONDS), (5, 0), (2, POLL_SECONDS), (1, POLL_SECONDS)]


def item(number):
    """The start event of a run, with a recipe of its own; every fourth build fails."""
    return {"inputs": {"imageRecipeArn": f"{ACCOUNT}:image-recipe/web-{number:03}/1.0.0",
                       "infrastructureConfigurationArn": f"{ACCOUNT}:infrastructure-configuration/small"},
            "runId": f"run-{number:03}"}


def final_status(number):
    return "FAILED" if number % 4 == 0 else "AVAILABLE"


def script_builds(aws, count, seconds, source):
    """Builds of about `seconds`: it is the runs that are alike, not what they build."""
    for number in range(count):
        timeline = [[0, "PENDING"], [30, "BUILDING"], [seconds + source.uniform(0, 120), final_status(number)]]
        aws.image_builder.script(timeline, recipe=f"web-{number:03}")


def perform(aws, count, rate, spread, seconds=600, seed=7):
    """All runs to their end: what became of them."""
    source = random.Random(seed)
    script_builds(aws, count, seconds, source)
    aws.image_builder.limit(rate)
    runs = VirtualRuns(aws)
    for number in range(count):
        runs.start(f"run-{number:03}", item(number), source.uniform(0, spread))
    runs.go()
    return list(runs.runs.values())


def most_in_a_row(run):
    most = row = 0
    for action, _ in run.waits:
        row = row + 1 if action == "wait" else 0
        most = max(most, row)
    return most


def requests_per_second(entries):
    """How many seconds had so many requests, from the first to the last request."""
    seconds = collections.Counter(int(entry.virtual_time) for entry in entries)
    first, last = min(seconds), max(seconds)
    return collections.Counter(seconds[second] for second in range(first, last + 1))


def is_right(run, number):
    answer = run.answer
    return answer["status"] == "SUCCEEDED" and answer["outputs"]["finalStatus"] == final_status(number)


def summary(runs, entries):
    refused = [entry for entry in entries if entry.status == 429]
    return {"right": sum(is_right(run, number) for number, run in enumerate(runs)),
            "requests": len(entries) / len(runs), "throttled": len(refused) / len(entries),
            "row": max(map(most_in_a_row, runs)), "peak": max(requests_per_second(entries)),
            "median": statistics.median(run.ended - run.started for run in runs) / 60,
            "longest": max(run.ended - run.started for run in runs) / 60}


def histogram(entries, bounds=(0, 1, 3, 5, 10, 20, 50)):
    """Seconds with 0 requests, 1 to 2, 3 to 4 …, as a share of all seconds."""
    counted = requests_per_second(entries)
    total = sum(counted.values())
    ends = (*bounds[1:], max(counted) + 1)
    return [sum(number for requests, number in counted.items() if low <= requests < high) / total
            for low, high in zip(bounds, ends)]


def print_tables(measured, count):
    print(f"| limit, requests/s | starts spread over | runs of {count} that ended rightly | requests a run | throttled | most in a row "
          "| peak, requests in a second | median run, min | longest run, min |")
    print("|---|---|---|---|---|---|---|---|---|")
    for rate, spread, values, _ in measured:
        print(f"| {rate} | {spread} s | {values['right']} | {values['requests']:.1f} | {values['throttled']:.0%} | {values['row']} "
              f"| {values['peak']} | {values['median']:.0f} | {values['longest']:.0f} |")
    print("\n| share of the seconds with … requests | 0 | 1-2 | 3-4 | 5-9 | 10-19 | 20-49 | 50 and more |")
    print("|---|---|---|---|---|---|---|---|")
    for rate, spread, _, shares in measured:
        print(f"| {rate}/s, spread {spread} s | " + " | ".join(f"{share:.1%}" for share in shares) + " |")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build/dev")
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--seconds-per-build", type=int, default=600)
    options = parser.parse_args()
    measured = []
    with Emulator(bootstrap=str(ROOT / options.build / "bootstrap"), task_root=str(ROOT),
                  environment={"AWS_MAX_ATTEMPTS": "1", "ARAZZO_POLL_SECONDS": str(POLL_SECONDS)}) as aws:
        for rate, spread in SCENARIOS:
            aws.image_builder.reset()
            runs = perform(aws, options.runs, rate, spread, options.seconds_per_build)
            entries = aws.image_builder.requests()
            measured.append((rate, spread, summary(runs, entries), histogram(entries)))
    print_tables(measured, options.runs)


if __name__ == "__main__":
    main()
