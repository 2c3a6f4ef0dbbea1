"""What each kind of answer comes to: the response of one invocation, and how many requests were sent.

GET may be repeated; POST carries no idempotency token, so that it may not. Retries inside the invocation are off but where a
test says otherwise.
"""

import email.utils
import pathlib
import time

import pytest

from contract import check_response
from http_double import HttpDouble

DOCUMENTS = pathlib.Path(__file__).resolve().parents[1] / "data" / "documents"
DOCUMENT = "outcomes.arazzo.yaml"
TIMEOUT_SECONDS = 3     # of the function: it gives up a request half a second before
SLOW = 60

WAIT, FAIL, AMBIGUOUS, DONE = "wait", "Arazzo.StepFailed", "Arazzo.AmbiguousOutcome", "SUCCEEDED"
SENT_TWICE = ". The request may have been carried out, and POST without an idempotency token can't be sent again safely"

PAGE = "<!DOCTYPE html><html><body>Sign in to the network</body></html>"
ELSEWHERE = {"Location": "https://other.test/open?token=1"}
MOVED = ("; it leads to https://other.test/open; redirects are not followed: put the server that answers by itself into the "
         "description's servers")

# name: answer, what it comes to for GET and for POST, and what is said of it after "step call failed: " or "step call: "
OPEN = {
    "301": ({"status": 301, "headers": ELSEWHERE}, FAIL, FAIL, "status 301" + MOVED),
    "302": ({"status": 302, "headers": ELSEWHERE}, FAIL, FAIL, "status 302" + MOVED),
    "303": ({"status": 303, "headers": ELSEWHERE}, FAIL, FAIL, "status 303" + MOVED),
    "307": ({"status": 307, "headers": ELSEWHERE}, FAIL, FAIL, "status 307" + MOVED),
    "308": ({"status": 308, "headers": ELSEWHERE}, FAIL, FAIL, "status 308" + MOVED),
    "301-page": ({"status": 301, "headers": {**ELSEWHERE, "Content-Type": "text/html"}, "body": PAGE}, FAIL, FAIL,
                 "status 301" + MOVED),
    "400": ({"status": 400}, FAIL, FAIL, "status 400"),
    "403": ({"status": 403, "json": {"message": "no"}}, FAIL, FAIL, "status 403"),
    "403-page": ({"status": 403, "headers": {"Content-Type": "text/html"}, "body": PAGE}, FAIL, FAIL, "status 403"),
    "404": ({"status": 404}, FAIL, FAIL, "status 404"),
    "408": ({"status": 408}, FAIL, FAIL, "status 408"),
    "429": ({"status": 429}, WAIT, WAIT, None),
    "500": ({"status": 500}, WAIT, AMBIGUOUS, "status 500"),
    "502-page": ({"status": 502, "headers": {"Content-Type": "text/html"}, "body": PAGE}, WAIT, AMBIGUOUS, "status 502"),
    "503": ({"status": 503}, WAIT, AMBIGUOUS, "status 503"),
    "504": ({"status": 504}, WAIT, AMBIGUOUS, "status 504"),
    "reset": ({"reset": True}, WAIT, AMBIGUOUS, ""),
    "partial-body": ({"json": {"a": 1}, "keep": 3}, WAIT, AMBIGUOUS, ""),
    "no-body": ({"json": {"a": 1}, "keep": 0}, WAIT, AMBIGUOUS, ""),
    "page": ({"headers": {"Content-Type": "text/html"}, "body": PAGE}, WAIT, AMBIGUOUS,
             "status 200, but the answer can't be evaluated: the body should be JSON, but is something else (text/html)"),
    "timeout": ({"seconds": SLOW}, WAIT, AMBIGUOUS, ""),
    "slow-headers": ({"headSeconds": SLOW}, WAIT, AMBIGUOUS, ""),
    "slow-body": ({"json": {"a": 1}, "bodySeconds": SLOW}, WAIT, AMBIGUOUS, ""),
}


def xml(status, body, **headers):
    return {"status": status, "body": body, "headers": {"Content-Type": "application/xml", **headers}}


def query_error(code, message="said"):
    return (f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
            "<RequestId>r-1</RequestId></ErrorResponse>")


def s3_error(code, more="", message="said"):
    return f'<?xml version="1.0"?>\n<Error><Code>{code}</Code><Message>{message}</Message>{more}<RequestId>r-1</RequestId></Error>'


EC2_ERROR = ("<Response><Errors><Error><Code>{}</Code><Message>said</Message></Error></Errors>"
             "<RequestID>r-1</RequestID></Response>")
WEST = ("; the bucket is in us-west-2, but the request was signed for eu-west-1: run the workflow in us-west-2 "
        "(AWS_REGION), or give it a bucket of eu-west-1")
HOST = "b.s3.us-west-2.amazonaws.com"

# The same for signed requests, with the error's type; the request id is always "r-1".
SIGNED = {
    "permanent-redirect": (
        xml(301, s3_error("PermanentRedirect", f"<Endpoint>{HOST}</Endpoint>"), **{"x-amz-bucket-region": "us-west-2"}),
        FAIL, FAIL, "PermanentRedirect",
        f"status 301 PermanentRedirect: said; it leads to the host {HOST}; redirects are not followed{WEST}"),
    "temporary-redirect": (
        xml(307, s3_error("TemporaryRedirect", f"<Endpoint>{HOST}</Endpoint>"), Location=f"https://{HOST}/k?X-Amz-Signature=1"),
        FAIL, FAIL, "TemporaryRedirect",
        f"status 307 TemporaryRedirect: said; it leads to https://{HOST}/k; redirects are not followed: put the server"),
    "signed-for-another-region": (
        xml(400, s3_error("AuthorizationHeaderMalformed", "<Region>us-west-2</Region>")), FAIL, FAIL,
        "AuthorizationHeaderMalformed", "status 400 AuthorizationHeaderMalformed: said" + WEST),
    "s3": (xml(404, s3_error("NoSuchKey")), FAIL, FAIL, "NoSuchKey", "status 404 NoSuchKey: said"),
    "s3-by-header": (xml(403, "<Error><Code>AccessDenied</Code><Message>said</Message></Error>", **{"x-amz-request-id": "r-1"}),
                     FAIL, FAIL, "AccessDenied", "status 403 AccessDenied: said"),
    "s3-what-was-signed": (
        xml(403, s3_error("SignatureDoesNotMatch", "<StringToSign>AWS4\nsecret</StringToSign>", "not it.\nsecret")),
        FAIL, FAIL, "SignatureDoesNotMatch", "status 403 SignatureDoesNotMatch: not it."),
    "s3-slow-down": (xml(503, s3_error("SlowDown")), WAIT, WAIT, "SlowDown", None),
    "s3-internal": (xml(500, s3_error("InternalError")), WAIT, AMBIGUOUS, "InternalError", "status 500 InternalError: said"),
    "s3-success-that-is-none": (
        xml(200, s3_error("InternalError")), WAIT, AMBIGUOUS, "InternalError",
        "status 500 InternalError: said (the service answered with a success, but its body is this error)"),
    "s3-object-like-an-error": (xml(200, s3_error("InternalError"), ETag='"1"', **{"x-amz-request-id": "r-1"}), DONE, DONE,
                                None, None),
    "query": (xml(400, query_error("InvalidParameterValue")), FAIL, FAIL, "InvalidParameterValue",
              "status 400 InvalidParameterValue: said"),
    "query-throttled": (xml(400, query_error("Throttling")), WAIT, WAIT, "Throttling", None),
    "query-success": (xml(200, "<R><A>1</A><ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></R>"),
                      DONE, DONE, None, None),
    "ec2": (xml(400, EC2_ERROR.format("InvalidKeyPair.NotFound")), FAIL, FAIL, "InvalidKeyPair.NotFound",
            "status 400 InvalidKeyPair.NotFound: said"),
    "ec2-throttled": (xml(503, EC2_ERROR.format("RequestLimitExceeded")), WAIT, WAIT, "RequestLimitExceeded", None),
    "expired": (xml(400, query_error("ExpiredToken")), FAIL, FAIL, "ExpiredToken", "status 400 ExpiredToken: said"),
    "json-rpc": ({"status": 400, "json": {"__type": "com.amazonaws.x#ValidationException", "Message": "said"},
                  "headers": {"x-amzn-RequestId": "r-1"}},
                 FAIL, FAIL, "ValidationException", "status 400 ValidationException: said"),
    "rest-json": ({"status": 409, "json": {"message": "said"},
                   "headers": {"x-amzn-RequestId": "r-1", "x-amzn-ErrorType": "ConflictException:http://internal.test/"}},
                  FAIL, FAIL, "ConflictException", "status 409 ConflictException: said"),
    "query-compatible": ({"status": 400, "json": {"__type": "com.amazonaws.sqs#QueueDoesNotExist", "message": "said"},
                          "headers": {"x-amzn-RequestId": "r-1", "x-amzn-query-error": "AWS.NonExistentQueue;Sender"}},
                         FAIL, FAIL, "AWS.NonExistentQueue", "status 400 AWS.NonExistentQueue: said"),
    "front-end": (xml(403, "<AccessDeniedException>\n  <Message>said</Message>\n</AccessDeniedException>",
                      **{"x-amzn-RequestId": "r-1"}),
                  FAIL, FAIL, "AccessDeniedException", "status 403 AccessDeniedException: said"),
}


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    """A server for the whole file, and the folder of documents that name it: the function starts once."""
    folder = tmp_path_factory.mktemp("outcomes")
    with HttpDouble() as double:
        for source in DOCUMENTS.glob("outcomes.*"):
            (folder / source.name).write_text(source.read_text().replace("http://server.test", double.url))
        yield double, str(folder)


@pytest.fixture
def call(emulator, scene):
    """One invocation of one workflow against the answers; the response, and what was sent."""
    double, folder = scene

    def invoke(kind, method, *answers, timeout=30, environment=None):
        aws = emulator({"ARAZZO_DOCUMENT": DOCUMENT, **(environment or {})}, task_root=folder, function_timeout=timeout)
        double.requests.clear()
        # A connection that is used again may be reset before the request was read, which is another outcome.
        closed = [{**answer, "headers": {"Connection": "close", **answer.get("headers", {})}} for answer in answers]
        double.script(method, "/" + kind, *closed)
        result = aws.invoke({"workflowId": f"{kind}-{method}", "inputs": {}})
        assert not result.function_error, result.payload
        return check_response(result.payload), double.sent()
    return invoke


def check_outcome(response, outcome, said):
    if outcome == WAIT:
        assert (response["status"], response["nextStepId"], response["waitSeconds"], response["lastStep"]["action"]) == (
            "RUNNING", "call", 60, "wait")
    elif outcome == DONE:
        assert response["status"] == "SUCCEEDED"
    else:
        assert (response["status"], response["error"]["name"]) == ("FAILED", outcome)
        start = "step call failed: " if outcome == FAIL else "step call: "
        assert response["error"]["message"].startswith(start + said), response["error"]["message"]
        assert (SENT_TWICE in response["error"]["message"]) == (outcome == AMBIGUOUS)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("answer, get, post, said", OPEN.values(), ids=OPEN.keys())
def test_open(call, method, answer, get, post, said):
    slow = {"seconds", "headSeconds", "bodySeconds"} & set(answer)
    response, sent = call("open", method, answer, timeout=TIMEOUT_SECONDS if slow else 30)
    assert sent == [f"{method} /open"]
    check_outcome(response, get if method == "GET" else post, said)
    status = response["lastStep"].get("statusCode")
    assert status == (None if slow or {"reset", "keep"} & set(answer) else answer.get("status", 200))
    assert "awsErrorType" not in response.get("error", {})


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("answer, get, post, error_type, said", SIGNED.values(), ids=SIGNED.keys())
def test_signed(call, method, answer, get, post, error_type, said):
    response, sent = call("signed", method, answer)
    assert sent == [f"{method} /signed"]
    check_outcome(response, get if method == "GET" else post, said)
    assert response["lastStep"]["requestId"] == "r-1"
    if "error" in response:
        assert (response["error"]["awsErrorType"], response["error"]["requestId"]) == (error_type, "r-1")
        assert "secret" not in response["error"]["message"]


REPEATED = {
    "429": ({"status": 429}, True),
    "throttled": ({"status": 400, "headers": {"x-amzn-ErrorType": "ThrottlingException"}}, True),
    "500": ({"status": 500}, False),
    "503": ({"status": 503}, False),
    "reset": ({"reset": True}, False),
    "partial-body": ({"json": {"a": 1}, "keep": 3}, False),
    "page": ({"headers": {"Content-Type": "text/html"}, "body": PAGE}, False),
}


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("answer, certainly_not_applied", REPEATED.values(), ids=REPEATED.keys())
def test_repeated_in_the_invocation(call, method, answer, certainly_not_applied):
    response, sent = call("open", method, answer, {"json": {}}, environment={"AWS_MAX_ATTEMPTS": "2"})
    repeated = method == "GET" or certainly_not_applied
    assert sent == [f"{method} /open"] * (1 + repeated)
    assert response["lastStep"]["attempts"] == 1 + repeated
    check_outcome(response, DONE if repeated else AMBIGUOUS, "")


def test_retry_after_is_handed_up(call):
    response, _ = call("open", "POST", {"status": 429, "headers": {"Retry-After": "90"}})
    assert (response["status"], response["waitSeconds"]) == ("RUNNING", 90)


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD"])
def test_a_wrong_clock(call, method):
    """The answer's date says so; HEAD has no body, hence no error type."""
    date = email.utils.formatdate(time.time() + 3600, usegmt=True)
    refused = xml(403, "" if method == "HEAD" else s3_error("RequestTimeTooSkewed"), Date=date)
    response, sent = call("signed", method, refused, xml(200, "<A/>"), environment={"OWN_FUNCTION": method})
    assert (response["status"], response["lastStep"]["attempts"]) == ("SUCCEEDED", 2)
    assert sent == [f"{method} /signed"] * 2


def test_a_refused_connection_was_not_sent(emulator, scene):
    aws = emulator({"ARAZZO_DOCUMENT": DOCUMENT, "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:1"}, task_root=scene[1])
    response = check_response(aws.invoke({"workflowId": "signed-POST", "inputs": {}}).payload)
    check_outcome(response, WAIT, None)
