"""Runs of the shipped workflow: events, scripts of the build's states, and what a run must have sent."""

import copy
import json

from contract import check_response

RECIPE = "arn:aws:imagebuilder:eu-west-1:123456789012:image-recipe/web/1.0.0"
INFRASTRUCTURE = "arn:aws:imagebuilder:eu-west-1:123456789012:infrastructure-configuration/small"
IMAGE = "arn:aws:imagebuilder:eu-west-1:123456789012:image/web/1.0.0/1"
INPUTS = {"imageRecipeArn": RECIPE, "infrastructureConfigurationArn": INFRASTRUCTURE}
WORKFLOW = "build-image-with-failure-cleanup"
DOCUMENT = "descriptions/arazzo/amazon-ec2-image-builder-build-image-with-failure-cleanup-workflow.yml"

FAILED = {"status": "FAILED", "reason": "the instance was lost"}
# The name of each case, what the polls answer in turn.
SCRIPTS = {
    "available-after-polls": ["PENDING", "BUILDING", "AVAILABLE"],
    "failed-after-polls": ["PENDING", "BUILDING", FAILED],
    "cancelled-after-polls": ["PENDING", "TESTING", "CANCELLED"],
}


def start(**more):
    return {"inputs": dict(INPUTS), **more}


def final_status(script):
    last = script[-1]
    return last if isinstance(last, str) else last.get("status")


def expected_outputs(script, image=IMAGE):
    status = final_status(script)
    return {"imageBuildVersionArn": image, "finalStatus": status,
            "deletedArn": image if status in ("FAILED", "CANCELLED") else None}


def operations(aws):
    """Image Builder's operations in the order of their arrival."""
    return [entry.operation for entry in aws.image_builder.requests()]


def run(aws, event=None, most=60):
    """The whole run, as the state machine does it; all responses, each checked against the contract."""
    results = aws.run(event or start(), most=most)
    for result in results:
        assert not result.function_error, result.payload
        check_response(result.payload)
    return [result.payload for result in results]


def advance(aws, steps, event=None):
    """The response after so many steps of a run."""
    response = event or start()
    for _ in range(steps):
        result = aws.invoke(response)
        assert not result.function_error, result.payload
        response = check_response(result.payload)
    return response


def deliver(aws, event):
    result = aws.invoke(event)
    assert not result.function_error, result.payload
    return check_response(result.payload)


def content(response):
    """The state's content, which is opaque to everybody but these tests."""
    return json.loads(response["state"]["run"])


def frame(response):
    """The workflow that is under way, as the state holds it. What says nothing, such as no waits, is left out."""
    return content(response)["frames"][-1]


def changed(event, path, value):
    """A copy of the event with one member set."""
    made = copy.deepcopy(event)
    at = made
    for name in path[:-1]:
        at = at[name]
    at[path[-1]] = value
    return made
