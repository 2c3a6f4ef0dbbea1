"""Runs in scheduler mode, on the emulator's virtual clock, and what must hold at the end of each, whatever went wrong."""

import json
import urllib.request

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from image_run import FAILED, IMAGE, INPUTS, expected_outputs, operations

ROLE = "arn:aws:iam::123456789012:role/scheduler"
QUEUE = "arn:aws:sqs:eu-west-1:123456789012:events-that-were-lost"
SETTINGS = {"ARAZZO_CONTINUATION": "scheduler", "ARAZZO_SCHEDULER_ROLE_ARN": ROLE, "ARAZZO_SCHEDULER_DEAD_LETTER_ARN": QUEUE}
RUN_ID = "nightly-1"

# The name of each script, what the polls answer in turn, and what the workflow sends.
SCRIPTS = {
    "available": ["PENDING", "BUILDING", "AVAILABLE"],
    "failed": ["PENDING", "BUILDING", FAILED],
}


def start():
    return {"inputs": dict(INPUTS), "runId": RUN_ID}


def undisturbed(script):
    """How many requests each operation gets when nothing goes wrong."""
    deletes = int(deletes_image(script))
    events = 1 + len(script) + deletes
    return {"CreateImage": 1, "GetImage": len(script), "DeleteImage": deletes, "CreateSchedule": events,
            "ListSchedules": events + 1, "UpdateSchedule": events, "GetSchedule": 0, "DeleteSchedule": 0}


def deletes_image(script):
    return expected_outputs(script)["deletedArn"] is not None


def requests(aws):
    """How many requests each operation got, but for looks at, and deletions of, what has just fired: Scheduler may be the first to
    delete it."""
    fired = [schedule["name"] for schedule in aws.scheduler.history() if schedule["fired"]]
    sent = operations(aws) + [entry.operation for entry in aws.scheduler.requests()
                              if entry.operation not in ("GetSchedule", "DeleteSchedule") or entry.parameters["Name"] not in fired]
    return {operation: sent.count(operation) for operation in undisturbed(["AVAILABLE"])}


def check_end(aws, run, script, more=0):
    """One image, deleted where the document says so and never else; the same result each time that it came; nothing left.

    `more` is how many requests of each operation there may be beyond those of an undisturbed run.
    """
    check_images(aws, script)
    check_results(run, script)
    check_nothing_left(aws, run)
    sent, usual = requests(aws), undisturbed(script)
    assert {operation: count for operation, count in sent.items() if count > usual[operation] + more} == {}, sent


def check_images(aws, script):
    created = [entry for entry in aws.image_builder.requests("CreateImage") if entry.applied]
    assert len({entry.client_token for entry in created}) == 1
    deleted = [entry for entry in aws.image_builder.requests("DeleteImage") if entry.applied]
    assert len(deleted) == deletes_image(script)
    assert [image["arn"] for image in aws.image_builder.images()] == ([] if deleted else [IMAGE])
    if not deletes_image(script):
        assert "DeleteImage" not in operations(aws)


def check_results(run, script):
    """The result came at least once, and always the same."""
    told = [{name: result.get(name) for name in ("status", "runId", "outputs", "error")} for result in run.results]
    expected = {"status": "SUCCEEDED", "runId": RUN_ID, "outputs": expected_outputs(script), "error": None}
    assert told and all(each == expected for each in told), told or run.payloads


def check_nothing_left(aws, run):
    assert run.left() == [] and aws.scheduler.schedules() == []
    assert run.dead_letters == []


def signed_call(aws, method, name, body):
    """What somebody else, with the function's credentials, asks of Scheduler; the answer."""
    keys = aws.credentials
    request = AWSRequest(method, f"{aws.endpoints['scheduler']}/schedules/{name}", data=json.dumps(body),
                         headers={"Content-Type": "application/json"})
    SigV4Auth(Credentials(keys.access_key, keys.secret_key, keys.token), "scheduler", aws.region).add_auth(request)
    prepared = urllib.request.Request(request.url, request.data.encode(), dict(request.headers.items()), method=method)
    with urllib.request.urlopen(prepared, timeout=10) as answer:
        return answer
