"""Every kind of fault, as it is seen on the wire."""

import json
import socket
import time

import pytest
from raw_client import ARN, call, call_create, create, get_target

IMAGE = f"{ARN}:image/web/1.0.0/1"


def applied(aws):
    return len(aws.image_builder.images())


@pytest.mark.parametrize("status, given, error", [
    (429, {}, "TooManyRequestsException"),
    (429, {"type": "CallRateLimitExceededException", "retry_after": 7}, "CallRateLimitExceededException"),
    (500, {}, "ServiceException"),
    (503, {}, "ServiceUnavailableException"),
    (502, {}, None),
    (504, {}, None),
    (400, {"type": "InvalidRequestException", "message": "as told"}, "InvalidRequestException"),
])
def test_status(aws, status, given, error):
    aws.image_builder.fault("CreateImage", "status", status=status, **given)
    answer = call_create(aws)
    assert (answer.status, answer.error, applied(aws)) == (status, error, 0)
    assert answer.headers.get("retry-after") == (str(given["retry_after"]) if "retry_after" in given else None)
    assert (answer.message == given.get("message", answer.message)) if error else answer.body.startswith(b"<html>")
    assert call_create(aws).status == 200


def test_reset_before_the_answer(aws):
    aws.image_builder.fault("CreateImage", "reset")
    answer = call_create(aws)
    assert (answer.reset, answer.raw, applied(aws)) == (True, b"", 0)


def test_reset_after_the_operation_was_applied(aws):
    aws.image_builder.fault("CreateImage", "reset_after")
    answer = call_create(aws)
    assert (answer.reset, answer.raw, applied(aws)) == (True, b"", 1)
    (entry,) = aws.image_builder.requests()
    assert entry.applied and entry.status is None and entry.fault["kind"] == "reset_after"


def test_slow_answer(aws):
    aws.image_builder.fault("CreateImage", "slow", seconds=0.3)
    start = time.monotonic()
    assert call_create(aws).status == 200
    assert 0.3 <= time.monotonic() - start < 3


@pytest.mark.parametrize("with_effect", [False, True])
def test_hang(aws, with_effect):
    aws.image_builder.fault("GetImage", "hang", applied=with_effect)
    target = get_target(create(aws))
    with pytest.raises(socket.timeout):
        call(aws, "GET", target, seconds=0.2)
    assert aws.image_builder.requests("GetImage")[0].applied is with_effect


def test_truncated_body(aws):
    aws.image_builder.fault("CreateImage", "truncate", keep=10)
    answer = call_create(aws)
    assert (len(answer.body), applied(aws)) == (10, 1)
    assert int(answer.headers["content-length"]) > 10


def test_html_instead_of_json(aws):
    aws.image_builder.fault("CreateImage", "html")
    answer = call_create(aws)
    assert (answer.status, applied(aws)) == (200, 0)
    assert answer.headers["content-type"].startswith("text/html") and b"<html>" in answer.body


def test_json_cut_short(aws):
    aws.image_builder.fault("CreateImage", "malformed")
    answer = call_create(aws)
    assert answer.status == 200 and int(answer.headers["content-length"]) == len(answer.body) > 0
    with pytest.raises(ValueError):
        json.loads(answer.body)


def test_a_body_as_told(aws):
    aws.image_builder.fault("CreateImage", "malformed", body='{"a": NaN}')
    assert call_create(aws).body == b'{"a": NaN}'


def test_empty_body(aws):
    aws.image_builder.fault("CreateImage", "empty")
    answer = call_create(aws)
    assert (answer.status, answer.body, answer.headers["content-length"], applied(aws)) == (200, b"", "0", 1)


def test_wrong_content_type(aws):
    aws.image_builder.fault("CreateImage", "content_type", value="application/octet-stream")
    answer = call_create(aws)
    assert answer.headers["content-type"] == "application/octet-stream" and json.loads(answer.body)["requestId"]


def test_oversized_body_is_still_the_same_json(aws):
    aws.image_builder.fault("CreateImage", "oversize", megabytes=3)
    answer = call_create(aws)
    assert abs(len(answer.body) - 3 * 1024 * 1024) < 64
    assert json.loads(answer.body)["imageBuildVersionArn"] == IMAGE


def test_the_nth_call_and_the_next_calls(aws):
    aws.image_builder.fault("GetImage", "status", call=2, times=2, status=429)
    target = get_target(create(aws))
    statuses = [call(aws, "GET", target).status for _ in range(5)]
    assert statuses == [200, 429, 429, 200, 200]


def test_a_fault_for_ever_until_cleared(aws):
    aws.image_builder.fault("*", "status", times=None, status=503)
    assert [call_create(aws).status for _ in range(3)] == [503] * 3
    aws.image_builder.clear_faults()
    assert call_create(aws).status == 200


def test_a_throttled_call_takes_no_step_of_the_sequence(aws):
    aws.image_builder.script(["PENDING", "AVAILABLE"])
    aws.image_builder.fault("GetImage", "status", status=429)
    target = get_target(create(aws))
    call(aws, "GET", target)
    assert json.loads(call(aws, "GET", target).body)["image"]["state"]["status"] == "PENDING"


def test_faults_do_not_hide_a_bad_request(aws):
    aws.image_builder.fault("CreateImage", "status", status=500)
    assert call_create(aws, surprise=1).status == 400
    assert call_create(aws).status == 500


@pytest.mark.parametrize("arguments, text", [
    (("GetImages", "reset", {}), "operation 'GetImages' is unknown"),
    (("GetImage", "explode", {}), "kind 'explode' is unknown"),
    (("GetImage", "status", {}), "missing options ['status']"),
    (("GetImage", "reset", {"seconds": 1}), "unknown options ['seconds']"),
    (("GetImage", "slow", {"seconds": "1"}), "seconds is '1'"),
    (("GetImage", "slow", {"seconds": 1, "applied": False}), "can't have applied=False"),
    (("GetImage", "reset", {"call": 0}), "call is 0"),
    (("GetImage", "oversize", {"megabytes": 513}), "megabytes is 513"),
    (("GetImage", "kill", {"when": "later"}), "when is 'later'"),
])
def test_a_wrong_fault_is_refused(aws, arguments, text):
    operation, kind, options = arguments
    with pytest.raises(ValueError) as caught:
        aws.image_builder.fault(operation, kind, **options)
    assert text in str(caught.value)
