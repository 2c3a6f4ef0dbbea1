"""Runs of the shipped workflow in which one request, each in turn, or a streak of requests goes wrong.

Whatever happens to a request: no DELETE that should not be, one image, and the same outputs as without the fault.
"""

import pytest

from contract import check_response
from image_run import (FAILED, IMAGE, SCRIPTS, advance, deliver, expected_outputs, final_status, frame, operations,
                       run, start)

# Errors that certainly did not take effect, or that are harmless to repeat: kind and options of the emulator's fault.
REFUSALS = {
    "429-too-many-requests": ("status", {"status": 429}),
    "429-throttling": ("status", {"status": 429, "type": "ThrottlingException"}),
    "429-call-rate": ("status", {"status": 429, "type": "CallRateLimitExceededException"}),
    "429-retry-after": ("status", {"status": 429, "retry_after": 90}),
    "429-retry-after-date": ("status", {"status": 429, "retry_after": "Fri, 01 Jan 2021 00:00:00 GMT"}),
    "429-html": ("status", {"status": 429, "body": "<html>slow down</html>"}),
    "400-throttling": ("status", {"status": 400, "type": "ThrottlingException"}),
    "400-request-limit": ("status", {"status": 400, "type": "RequestLimitExceeded"}),
    "500": ("status", {"status": 500}),
    "500-applied": ("status", {"status": 500, "applied": True}),
    "502": ("status", {"status": 502}),
    "503": ("status", {"status": 503}),
    "503-slow-down": ("status", {"status": 503, "type": "SlowDown", "retry_after": 1}),
    "504": ("status", {"status": 504}),
    "504-applied": ("status", {"status": 504, "applied": True}),
}
# Answers that are none, or that say nothing.
SPOILT = {
    "reset-before": ("reset", {}),
    "reset-after": ("reset_after", {}),
    "html": ("html", {}),
    "html-503": ("html", {"status": 503}),
    "truncated": ("truncate", {}),
    "truncated-to-nothing": ("truncate", {"keep": 0}),
    "malformed": ("malformed", {}),
    "malformed-after-the-value": ("malformed", {"body": '{"image":{"state":{"status":"FAILED"}}}}'}),
    "empty": ("empty", {}),
    "text-html": ("content_type", {"value": "text/html"}),
    "oversized": ("oversize", {"megabytes": 9}),
}
FAULTS = {**REFUSALS, **SPOILT}
CALLS = {"CreateImage": 1, "GetImage": 3, "DeleteImage": 1}


def each_call():
    for script_name in ("available-after-polls", "failed-after-polls"):
        script = SCRIPTS[script_name]
        for operation, calls in CALLS.items():
            if operation == "DeleteImage" and final_status(script) == "AVAILABLE":
                continue
            for call in range(1, calls + 1):
                yield pytest.param(script, operation, call, id=f"{script_name}-{operation}-{call}")


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
@pytest.mark.parametrize("script, operation, call", each_call())
def test_one_request_goes_wrong(aws, script, operation, call, fault):
    kind, options = fault
    aws.image_builder.script(script)
    aws.image_builder.fault(operation, kind, call=call, **options)
    responses = run(aws)
    check_end(aws, script, responses)
    waits = [each["waitSeconds"] for each in responses if each["lastStep"]["action"] == "wait"]
    if kind.startswith("reset") and operation == "GetImage" and waits == []:
        # A GET whose reused connection was closed is sent once more on a new one (RFC 9110 9.2.2), within one attempt.
        assert operations(aws).count("GetImage") in (len(script), len(script) + 1)
    else:
        assert waits == [90 if options.get("retry_after") == 90 else 60]


def check_end(aws, script, responses):
    """The outputs are those of an undisturbed run; DELETE was sent only where the build did not succeed."""
    assert responses[-1]["status"] == "SUCCEEDED", responses[-1]
    assert responses[-1]["outputs"] == expected_outputs(script)
    failed = final_status(script) != "AVAILABLE"
    assert [image["arn"] for image in aws.image_builder.images()] == ([] if failed else [IMAGE])
    sent = operations(aws)
    made = [entry for entry in aws.image_builder.requests("CreateImage") if entry.parameters is not None]
    assert len({entry.client_token for entry in made}) == 1
    if not failed:
        assert "DeleteImage" not in sent
    else:
        assert set(sent[sent.index("DeleteImage"):]) == {"DeleteImage"}


@pytest.mark.parametrize("operation", CALLS)
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_retried_in_the_invocation(emulator, operation, fault):
    """With AWS's usual three attempts a single fault costs a retry, not a wait.

    Spoilt bodies count as transient failures, too (design, section 6).
    """
    kind, options = fault
    if options.get("retry_after") == 90 or kind == "oversize":
        pytest.skip("a wait of 90 s, and an answer that would be as large again, are left to a later invocation")
    aws = emulator({"AWS_MAX_ATTEMPTS": "3"})
    aws.image_builder.script([FAILED])
    aws.image_builder.fault(operation, kind, call=1, **options)
    responses = run(aws)
    check_end(aws, [FAILED], responses)
    assert [each["lastStep"]["action"] for each in responses] == ["next", "goto", "end"]
    assert operations(aws).count(operation) == 2


@pytest.mark.parametrize("operation, steps", [("CreateImage", 0), ("GetImage", 1), ("DeleteImage", 2)])
def test_hang_ends_by_the_function_timeout(emulator, operation, steps):
    """A request that is never answered leaves time to say so: the invocation itself does not time out."""
    aws = emulator(function_timeout=2)
    aws.image_builder.script([FAILED])
    before = advance(aws, steps)
    aws.image_builder.fault(operation, "hang")
    response = deliver(aws, before)
    assert (response["status"], response["lastStep"]["action"], response["waitSeconds"]) == ("RUNNING", "wait", 60)
    check_end(aws, [FAILED], run(aws, response))


STREAKS = {
    "429": ("status", {"status": 429}),
    "503": ("status", {"status": 503}),
    "reset-after": ("reset_after", {}),
    "html": ("html", {}),
    "truncated": ("truncate", {}),
}


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS.keys())
@pytest.mark.parametrize("operation", CALLS)
@pytest.mark.parametrize("fault", STREAKS.values(), ids=STREAKS.keys())
def test_ten_faults_in_a_row_are_survived(aws, script, operation, fault):
    kind, options = fault
    if operation == "DeleteImage" and final_status(script) == "AVAILABLE":
        pytest.skip("an available image is never deleted")
    aws.image_builder.script(script if operation != "GetImage" or kind in ("status", "html") else script[-1:])
    aws.image_builder.fault(operation, kind, call=1, times=10, **options)
    responses = run(aws)
    check_end(aws, script, responses)
    waits = [each["lastStep"]["action"] for each in responses].count("wait")
    # See above: resets of connections that were kept from before cost no wait.
    assert waits == 10 or (waits >= 8 and kind == "reset_after" and operation == "GetImage")


@pytest.mark.parametrize("operation, image_exists", [("CreateImage", False), ("GetImage", True), ("DeleteImage", True)])
@pytest.mark.parametrize("fault", [("status", {"status": 503}), ("reset", {}), ("html", {})],
                         ids=["503", "reset", "html"])
def test_eleven_faults_in_a_row_end_the_run(aws, operation, image_exists, fault):
    kind, options = fault
    aws.image_builder.script([FAILED])
    aws.image_builder.fault(operation, kind, times=None, **options)
    responses = run(aws)
    last = responses[-1]
    assert (last["status"], last["error"]["name"]) == ("FAILED", "Arazzo.StepFailed")
    assert [each["lastStep"]["action"] for each in responses][-11:] == ["wait"] * 10 + ["fail"]
    assert len(aws.image_builder.images()) == image_exists
    assert operations(aws).count("DeleteImage") == (11 if operation == "DeleteImage" else 0)
    assert set(last["outputs"]) == {"imageBuildVersionArn", "finalStatus", "deletedArn"}


def test_oversized_for_ever_says_so(aws):
    aws.image_builder.script(["AVAILABLE"])
    aws.image_builder.fault("GetImage", "oversize", times=None, megabytes=9)
    last = run(aws)[-1]
    assert (last["status"], last["error"]["name"]) == ("FAILED", "Arazzo.ResponseTooLarge")
    assert "DeleteImage" not in operations(aws)


def test_waits_start_anew_with_each_poll(aws):
    """Ten waits are for one request: a poll that was answered ends the count."""
    aws.image_builder.script(["PENDING", "PENDING", "AVAILABLE"])
    for call in (1, 11, 21):
        aws.image_builder.fault("GetImage", "status", call=call, times=9, status=503)
    responses = run(aws)
    assert responses[-1]["outputs"]["finalStatus"] == "AVAILABLE"
    assert max(frame(each).get("waits", 0) for each in responses[:-1]) == 9


REFUSED = {
    "400": {"status": 400},
    "402-quota": {"status": 402},
    "403-forbidden": {"status": 403},
    "403-access-denied": {"status": 403, "type": "AccessDeniedException"},
    "404": {"status": 404},
    "400-in-use": {"status": 400, "type": "ResourceInUseException"},
    "400-mismatch": {"status": 400, "type": "IdempotentParameterMismatchException"},
    "418": {"status": 418, "body": "short and stout"},
    "301": {"status": 301, "headers": {"Location": "http://127.0.0.1:1/"}, "body": ""},
}


@pytest.mark.parametrize("operation, steps", [("CreateImage", 0), ("GetImage", 1), ("DeleteImage", 2)])
@pytest.mark.parametrize("fault", REFUSED.values(), ids=REFUSED.keys())
def test_a_refusal_ends_the_run_and_deletes_nothing(aws, operation, steps, fault):
    if (operation, fault["status"]) == ("DeleteImage", 404):
        pytest.skip("a delivery that may be a second one takes 404 as done: test_redelivery")
    aws.image_builder.script([FAILED])
    before = advance(aws, steps)
    aws.image_builder.fault(operation, "status", **fault)
    last = deliver(aws, before)
    assert (last["status"], last["error"]["name"], last["error"]["statusCode"]) == (
        "FAILED", "Arazzo.StepFailed", fault["status"])
    assert operations(aws).count(operation) == 1
    assert len(aws.image_builder.images()) == (steps > 0)
    if "type" in fault:
        assert last["error"]["awsErrorType"] == fault["type"]
    assert last["error"]["stepId"] in last["error"]["message"]
    assert str(fault["status"]) in last["error"]["message"]


def test_error_tells_what_aws_said(aws):
    """The service's own message is what the person needs who must act."""
    aws.image_builder.fault("CreateImage", "status", status=400, type="InvalidParameterException",
                            message="the recipe is deprecated")
    error = check_response(aws.invoke(start()).payload)["error"]
    assert error["awsErrorType"] == "InvalidParameterException"
    assert error["requestId"] == aws.image_builder.requests()[0].request_id
    assert "the recipe is deprecated" in error["message"]


@pytest.fixture
def skewed(emulator):
    """An emulator of its own: what its function learns of the clock must not reach other tests."""
    return emulator(cold=True, function_name="skewed")


@pytest.mark.parametrize("operation, steps", [("CreateImage", 0), ("GetImage", 1), ("DeleteImage", 2)])
@pytest.mark.parametrize("seconds", [-86400, -600, 600, 86400], ids=["a-day-behind", "behind", "ahead", "a-day-ahead"])
def test_a_wrong_clock_is_signed_around(skewed, seconds, operation, steps):
    """After a thaw the sandbox's clock may be off. The answer's date tells by how much: one request more, though the
    function is allowed one try only; what was learned serves the invocations that follow."""
    skewed.image_builder.script([FAILED])
    before = advance(skewed, steps)
    skewed.image_builder.set_skew(seconds)
    responses = run(skewed, before)
    check_end(skewed, [FAILED], responses)
    assert [each["lastStep"]["attempts"] for each in responses] == [2] + [1] * (2 - steps)
    assert [entry.status for entry in skewed.image_builder.requests()].count(403) == 1
    assert "wait" not in [each["lastStep"]["action"] for each in responses]


def test_a_clock_that_is_set_right_again(skewed):
    """What was learned is given up when it is what makes the signature wrong."""
    skewed.image_builder.script([FAILED])
    skewed.image_builder.set_skew(600)
    before = advance(skewed, 1)
    skewed.image_builder.set_skew(0)
    responses = run(skewed, before)
    check_end(skewed, [FAILED], responses)
    assert [each["lastStep"]["attempts"] for each in responses] == [2, 1]


@pytest.mark.parametrize("operation, steps", [("CreateImage", 0), ("GetImage", 1), ("DeleteImage", 2)])
def test_a_refused_signature_that_the_clock_does_not_explain(skewed, operation, steps):
    """Nothing tells that it was the clock: the run ends, and nothing is deleted for it."""
    skewed.image_builder.script([FAILED])
    before = advance(skewed, steps)
    skewed.image_builder.set_skew(600, dated=False)
    last = deliver(skewed, before)
    assert (last["status"], last["error"]["name"], last["error"]["awsErrorType"]) == (
        "FAILED", "Arazzo.StepFailed", "InvalidSignatureException")
    assert last["error"]["message"].startswith(f"step {last['error']['stepId']} failed: status 403 "
                                               "InvalidSignatureException: Signature expired")
    assert last["lastStep"]["attempts"] == 1
    assert len(skewed.image_builder.images()) == (steps > 0)


def test_throttled_three_times_in_each_invocation(emulator):
    """Both kinds of retries together: three requests in an invocation, then a wait."""
    aws = emulator({"AWS_MAX_ATTEMPTS": "3"})
    aws.image_builder.script(["AVAILABLE"])
    aws.image_builder.fault("GetImage", "status", times=4, status=429, retry_after=0)
    responses = run(aws)
    assert [(each["lastStep"]["action"], each["lastStep"]["attempts"]) for each in responses] == [
        ("next", 1), ("wait", 3), ("end", 2)]
