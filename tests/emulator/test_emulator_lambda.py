"""Lambda: the Invoke API through boto3 and Python, the Runtime API through a bootstrap process."""

import base64
import json
import os
import re
import threading
import time

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from raw_client import BOOTSTRAP, CREATE

from emulator.errors import ServiceError

SYNC_LIMIT = 6291456
RESPONSE_LIMIT = 6291556


def sdk(aws):
    return boto3.client("lambda", config=Config(retries={"total_max_attempts": 1}), **aws.client_arguments("lambda"))


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def eventually_logged(aws, request_id, value):
    """What is written after the response arrives on its own time."""
    end = time.monotonic() + 5
    while value not in [line.json for line in aws.logs(request_id)]:
        assert time.monotonic() < end, [line.text for line in aws.logs()]
        time.sleep(0.01)


# Success, and what the runtime is given

def test_a_synchronous_invocation_through_boto3(lambda_aws):
    aws = lambda_aws()
    answer = sdk(aws).invoke(FunctionName="arazzo", Payload=b'{"do":"describe","n":1}', LogType="Tail")
    payload = json.loads(answer["Payload"].read())
    assert (answer["StatusCode"], answer["ExecutedVersion"], payload["event"]["n"]) == (200, "$LATEST", 1)
    assert "FunctionError" not in answer
    log = base64.b64decode(answer["LogResult"]).decode()
    request_id = answer["ResponseMetadata"]["RequestId"]
    assert payload["headers"]["lambda-runtime-aws-request-id"] == request_id
    assert f"START RequestId: {request_id} Version: $LATEST" in log and "Init Duration" in log


@pytest.mark.parametrize("name", ["arazzo", "arazzo:$LATEST", "123456789012:function:arazzo",
                                  "arn:aws:lambda:eu-west-1:123456789012:function:arazzo"])
def test_names_of_the_function(lambda_aws, name):
    answer = sdk(lambda_aws()).invoke(FunctionName=name, Payload=b"{}")
    assert answer["StatusCode"] == 200 and "FunctionError" not in answer


@pytest.mark.parametrize("arguments, code, status", [
    ({"FunctionName": "other"}, "ResourceNotFoundException", 404),
    ({"FunctionName": "arazzo", "Qualifier": "live"}, "ResourceNotFoundException", 404),
    ({"FunctionName": "arazzo", "Payload": b"{"}, "InvalidRequestContentException", 400),
    ({"FunctionName": "arazzo", "ClientContext": "???"}, "InvalidRequestContentException", 400),
    ({"FunctionName": "arazzo", "InvocationType": "Later"}, "InvalidParameterValueException", 400),
])
def test_refusals(lambda_aws, arguments, code, status):
    with pytest.raises(ClientError) as caught:
        sdk(lambda_aws()).invoke(**arguments)
    response = caught.value.response
    assert (response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]) == (code, status)


def test_a_dry_run_runs_nothing(lambda_aws):
    aws = lambda_aws()
    assert sdk(aws).invoke(FunctionName="arazzo", InvocationType="DryRun")["StatusCode"] == 204
    assert aws.invocations() == []


def test_the_headers_of_next(lambda_aws):
    aws = lambda_aws(function_timeout=9)
    before = time.time()
    result = aws.invoke({}, client_context={"custom": {"a": "b"}}, trace_id="Root=1-5759e988-bd862e3fe1be46a994272793")
    headers = result.payload["headers"]
    assert before + 8.9 <= int(headers["lambda-runtime-deadline-ms"]) / 1000 <= time.time() + 9.1
    assert headers["lambda-runtime-invoked-function-arn"] == "arn:aws:lambda:eu-west-1:123456789012:function:arazzo"
    assert headers["lambda-runtime-trace-id"] == "Root=1-5759e988-bd862e3fe1be46a994272793"
    assert json.loads(headers["lambda-runtime-client-context"]) == {"custom": {"a": "b"}}
    assert headers["lambda-runtime-invocation-id"] != headers["lambda-runtime-aws-request-id"]
    assert headers["content-type"] == "application/json" and headers["content-length"] == "2"
    assert result.invocation.attempts[0].outcome.invocation_id_echoed


def test_optional_headers_of_next_can_be_absent(lambda_aws):
    aws = lambda_aws(tracing=False, invocation_ids=False, event_content_type=False, chunked_events=True)
    result = aws.invoke({"text": "x" * 10000})
    headers = result.payload["headers"]
    absent = {"lambda-runtime-trace-id", "lambda-runtime-invocation-id", "content-type", "content-length"}
    assert not absent & set(headers) and headers["transfer-encoding"] == "chunked"
    assert result.payload["event"] == {"text": "x" * 10000}
    made = lambda_aws().invoke().payload["headers"]["lambda-runtime-trace-id"]
    assert re.fullmatch("Root=1-.*;Parent=.*;Sampled=0", made)


def test_the_environment_is_lambdas_and_nothing_is_inherited_but_path(lambda_aws, monkeypatch):
    monkeypatch.setenv("EMULATOR_TEST_LEAK", "1")
    aws = lambda_aws(environment={"MINE": "1", "AWS_LAMBDA_LOG_FORMAT": "JSON", "LANG": None}, memory_size=256)
    payload = aws.invoke().payload
    seen = payload["environment"]
    assert "EMULATOR_TEST_LEAK" not in seen and "HOME" not in seen and "LANG" not in seen
    expected = {
        "MINE": "1", "AWS_LAMBDA_LOG_FORMAT": "JSON", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256", "_HANDLER": "arazzo",
        "AWS_LAMBDA_FUNCTION_NAME": "arazzo", "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST", "PATH": os.environ["PATH"],
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand", "LAMBDA_TASK_ROOT": payload["cwd"], **aws.sdk_environment(),
    }
    assert {name: seen.get(name) for name in expected} == expected
    assert seen["AWS_LAMBDA_LOG_GROUP_NAME"] == "/aws/lambda/arazzo" and seen["AWS_LAMBDA_LOG_STREAM_NAME"]


def test_an_environment_is_kept_between_invocations(lambda_aws):
    aws = lambda_aws()
    first, second = aws.invoke(), aws.invoke()
    assert first.payload["pid"] == second.payload["pid"]
    assert first.invocation.attempts[0].init_ms and second.invocation.attempts[0].init_ms is None


def test_output_is_captured_for_its_invocation(lambda_aws):
    aws = lambda_aws()
    first, second = aws.invoke({"do": "log"}), aws.invoke({"do": "log"})
    for result in (first, second):
        own = [(line.stream, line.text) for line in result.logs if line.stream != "platform"]
        assert sorted(own) == [("stderr", "to stderr"), ("stdout", "to stdout")]
        assert [line.text for line in aws.logs(result.request_id)] == [line.text for line in result.logs]


# Failures

def test_a_function_error(lambda_aws):
    aws = lambda_aws()
    answer = sdk(aws).invoke(FunctionName="arazzo", Payload=b'{"do":"error"}')
    assert answer["FunctionError"] == "Unhandled" and answer["StatusCode"] == 200
    assert json.loads(answer["Payload"].read())["errorMessage"] == "as told: ü"
    assert aws.invocations()[0].attempts[0].outcome.error_type_header == "Function.TestFailure"


def test_an_error_type_header_of_another_form_is_stored_as_unknown(lambda_aws):
    result = lambda_aws().invoke({"do": "error", "header": "Arazzo.Failure"})
    assert result.payload["errorType"] == "Test.Failure"
    assert result.invocation.attempts[0].outcome.error_type_header == "Runtime.Unknown"


@pytest.mark.parametrize("event, text", [
    ({"do": "exit", "status": 3}, "Runtime exited with error: exit status 3"),
    ({"do": "exit", "status": 0}, "Runtime exited without providing a reason"),
    ({"do": "signal", "signal": "SIGSEGV"}, "Runtime exited with error: signal: segmentation fault"),
    ({"do": "signal", "signal": "SIGKILL"}, "Runtime exited with error: signal: killed"),
])
def test_an_exit_and_the_next_invocation(lambda_aws, event, text):
    aws = lambda_aws()
    result = aws.invoke(event)
    assert result.function_error == "Unhandled"
    message = f"RequestId: {result.request_id} Error: {text}"
    assert result.payload == {"errorType": "Runtime.ExitError", "errorMessage": message}
    assert aws.invoke().function_error is None


def test_a_timeout_kills_the_process(lambda_aws):
    aws = lambda_aws(function_timeout=0.3)
    pid = aws.invoke().payload["pid"]
    result = aws.invoke({"do": "sleep", "seconds": 30})
    text = f"RequestId: {result.request_id} Error: Task timed out after 0.30 seconds"
    assert result.payload == {"errorType": "Sandbox.Timedout", "errorMessage": text} and not alive(pid)
    assert aws.invoke().payload["pid"] != pid


def test_an_exit_after_the_response_is_not_an_error(lambda_aws):
    aws = lambda_aws()
    first, second = aws.invoke({"do": "exit after"}), aws.invoke()
    assert first.function_error is None and second.function_error is None and second.payload["pid"] != first.payload


@pytest.mark.parametrize("how, error_type, text", [
    ("error", "Test.InitFailed", "no document"),
    ("exit", "Runtime.ExitError", "exit status 7"),
    ("sleep", "Sandbox.Timedout", "Task timed out after 0.40 seconds"),
])
def test_a_failed_init_reaches_the_caller_each_time(lambda_aws, how, error_type, text):
    aws = lambda_aws(environment={"INIT_DO": how}, init_timeout=0.4)
    for _ in range(2):
        result = aws.invoke()
        assert result.function_error == "Unhandled" and result.payload["errorType"] == error_type
        assert text in result.payload["errorMessage"]
    if how == "exit":
        assert "giving up" in [line.text for line in result.logs]


@pytest.mark.parametrize("content, text", [(None, "no such file"), (b"\x7fELF junk", "exec format error")])
def test_a_bootstrap_that_does_not_start(lambda_aws, tmp_path, content, text):
    bootstrap = tmp_path / "bootstrap"
    if content:
        bootstrap.write_bytes(content)
        bootstrap.chmod(0o755)
    result = lambda_aws(bootstrap=bootstrap).invoke()
    assert result.payload["errorType"] == "Runtime.InvalidEntrypoint" and text in result.payload["errorMessage"]


def test_misuse_of_the_runtime_api_is_refused(lambda_aws):
    aws = lambda_aws()
    result = aws.invoke({"do": "misuse"})
    assert result.payload == {"next while running": 403, "stale id": 400, "wrong invocation id": 400,
                              "init/error after init": 403, "restore/next on demand": 403, "unknown path": 404}
    eventually_logged(aws, result.request_id, {"answered": 202, "again": 403})


# Sizes

def test_the_largest_event_and_response_pass(lambda_aws):
    aws = lambda_aws()
    event = json.dumps({"do": "big", "bytes": RESPONSE_LIMIT, "pad": ""}).encode()
    event = event[:-2] + b"x" * (SYNC_LIMIT - len(event)) + event[-2:]
    result = aws.invoke(event)
    assert len(event) == SYNC_LIMIT and result.function_error is None and len(result.raw) == RESPONSE_LIMIT


@pytest.mark.parametrize("kind, limit", [("RequestResponse", SYNC_LIMIT), ("Event", 262144)])
def test_an_event_over_the_limit_is_refused(lambda_aws, kind, limit):
    aws = lambda_aws()
    with pytest.raises(ClientError) as caught:
        sdk(aws).invoke(FunctionName="arazzo", InvocationType=kind, Payload=b'"' + b"x" * (limit - 1) + b'"')
    assert caught.value.response["Error"]["Code"] == "RequestEntityTooLargeException"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 413
    assert aws.invocations() == []


def test_a_response_over_the_limit_is_413_then_403_and_the_environment_goes_on(lambda_aws):
    aws = lambda_aws()
    pid = aws.invoke().payload["pid"]
    result = aws.invoke({"do": "big", "bytes": RESPONSE_LIMIT + 1})
    assert result.payload["errorType"] == "Function.ResponseSizeTooLarge" and result.function_error == "Unhandled"
    assert aws.invoke().payload["pid"] == pid
    eventually_logged(aws, result.request_id, {"response": 413, "error": 403})


# Concurrency

@pytest.mark.parametrize("concurrency", [1, 2])
def test_concurrent_invocations_wait_or_get_environments_of_their_own(lambda_aws, concurrency):
    aws = lambda_aws(concurrency=concurrency)
    results = []

    def invoke():
        results.append(aws.invoke({"do": "sleep", "seconds": 0.2}))
    threads = [threading.Thread(target=invoke) for _ in range(3)]
    for thread in threads:
        thread.start()
    time.sleep(0.1)
    most = len(aws.function.running())
    for thread in threads:
        thread.join()
    assert [result.payload for result in results] == ["slept"] * 3 and most == concurrency


# Asynchronous invocations, deliveries, and kills

def test_an_asynchronous_invocation_is_accepted_and_runs(lambda_aws):
    aws = lambda_aws()
    answer = sdk(aws).invoke(FunctionName="arazzo", InvocationType="Event", Payload=b"{}")
    assert answer["StatusCode"] == 202 and answer["Payload"].read() == b""
    (invocation,) = aws.invocations()
    assert invocation.wait().state == "succeeded" and invocation.attempts[0].payload["event"] == {}


def test_a_failing_one_is_retried_twice_on_the_virtual_clock_then_recorded(lambda_aws):
    aws = lambda_aws()
    invocation = aws.invoke_async({"do": "error"}).wait_attempts(1)
    for attempts, delay in ((1, 60), (2, 120)):
        time.sleep(0.05)
        aws.clock.advance(delay - 1)
        time.sleep(0.05)
        assert len(invocation.attempts) == attempts
        aws.clock.advance(1)
        invocation.wait_attempts(attempts + 1)
    record = invocation.wait().destination
    assert invocation.state == "failed" and len(invocation.attempts) == 3
    assert record["requestContext"]["condition"] == "RetriesExhausted"
    assert record["requestContext"]["approximateInvokeCount"] == 3
    assert record["responsePayload"]["errorType"] == "Test.Failure"


def test_retries_of_a_clock_that_runs_fast(lambda_aws):
    invocation = lambda_aws(clock_factor=1000).invoke_async({"do": "exit", "status": 1})
    assert len(invocation.wait().attempts) == 3


def test_redelivery_has_the_same_event_and_request_id(lambda_aws):
    aws = lambda_aws()
    first = aws.invoke({"n": 7})
    aws.invoke({"n": 8})
    again, last = aws.redeliver(first.request_id), aws.redeliver()
    assert again.payload["headers"]["lambda-runtime-aws-request-id"] == first.request_id == again.request_id
    assert again.payload["event"] == {"n": 7} and last.payload["event"] == {"n": 8}
    assert len(first.invocation.attempts) == 2


@pytest.mark.parametrize("when, images, status", [("before", 0, None), ("applied", 1, None), ("answered", 1, 200)])
def test_kill_around_a_request_to_image_builder(lambda_aws, when, images, status):
    aws = lambda_aws(function_timeout=20)
    aws.image_builder.fault("CreateImage", call=1, kind="kill", when=when)
    event = {"do": "image", "parameters": CREATE}
    result = aws.invoke(event)
    assert result.payload["errorMessage"].endswith("Runtime exited with error: signal: killed")
    assert len(aws.image_builder.images()) == images
    (entry,) = aws.image_builder.requests("CreateImage")
    assert entry.status == status and entry.invocations == [result.request_id]
    again = aws.redeliver()
    assert again.payload.endswith(":image/web/1.0.0/1") and len(aws.image_builder.images()) == 1


@pytest.mark.parametrize("operation, when, error", [
    ("Next", "before", "Runtime.ExitError"),
    ("Next", "applied", "Runtime.ExitError"),
    ("Response", "before", "Runtime.ExitError"),
    ("Response", "applied", None),
    ("Response", "answered", None),
])
def test_kill_around_calls_of_the_runtime_api(lambda_aws, operation, when, error):
    aws = lambda_aws()
    aws.fault(operation, "kill", when=when)
    result = aws.invoke({"n": 1})
    assert (result.payload.get("errorType") if result.function_error else None) == error
    assert aws.invoke({"n": 2}).payload["event"] == {"n": 2}


@pytest.mark.parametrize("kind, options", [("truncate", {"keep": 3}), ("reset_after", {}), ("reset", {})])
def test_an_event_whose_delivery_was_cut_is_delivered_again(lambda_aws, kind, options):
    aws = lambda_aws()
    aws.fault("Next", kind, **options)
    result = aws.invoke({"n": 1})
    assert result.payload["event"] == {"n": 1} and aws.function.faults()[0]["hits"] == 1
    assert aws.invoke({"n": 2}).payload["pid"] == result.payload["pid"]


@pytest.mark.parametrize("status", [400, 403, 410, 413, 500])
def test_a_runtime_api_that_refuses_a_response(lambda_aws, status):
    aws = lambda_aws()
    aws.fault("Response", "status", status=status, times=2)
    result = aws.invoke({"do": "big", "bytes": 100})
    assert result.payload["errorType"] == "Test.TooBig"
    eventually_logged(aws, result.request_id, {"response": status, "error": 202})


def test_a_run_follows_running_responses_on_the_virtual_clock(lambda_aws):
    aws = lambda_aws()
    results = aws.run({"do": "run", "left": 3})
    assert [result.payload["status"] for result in results] == ["RUNNING", "RUNNING", "RUNNING", "SUCCEEDED"]
    assert aws.clock.now() == 180
    with pytest.raises(RuntimeError, match="still RUNNING after 2"):
        aws.run({"do": "run", "left": 3}, most=2)
    assert aws.run({"do": "error"})[-1].function_error == "Unhandled"


def test_a_wrapper_before_the_bootstrap(lambda_aws, tmp_path):
    bootstrap = os.path.relpath(BOOTSTRAP)
    aws = lambda_aws(bootstrap=["env", "WRAPPED=1", bootstrap], task_root=tmp_path)
    payload = aws.invoke().payload
    assert payload["environment"]["WRAPPED"] == "1" and payload["cwd"] == str(tmp_path)


def test_reset_ends_what_is_running_and_stops_retries(lambda_aws):
    aws = lambda_aws(function_timeout=30)
    invocation = aws.invoke_async({"do": "sleep", "seconds": 30})
    while not aws.function.running():
        time.sleep(0.01)
    aws.reset()
    invocation.wait_attempts(1)
    aws.clock.advance(60)
    assert aws.invoke().function_error is None and len(invocation.attempts) == 1


def test_shutdown_with_grace_lets_the_bootstrap_end_itself(lambda_aws):
    aws = lambda_aws(shutdown_grace=5, environment={"INIT_DO": "tell the end"})
    aws.invoke()
    start = time.monotonic()
    aws.stop()
    assert "ended by SIGTERM" in [line.text for line in aws.logs()] and time.monotonic() - start < 4


def test_kill_now(lambda_aws):
    aws = lambda_aws()
    pid = aws.invoke().payload["pid"]
    aws.kill()
    assert not alive(pid) and aws.invoke().function_error is None


def test_stop_ends_the_processes(lambda_aws):
    aws = lambda_aws()
    pid = aws.invoke().payload["pid"]
    aws.stop()
    assert not alive(pid)


def test_reset_starts_cold_and_forgets(lambda_aws):
    aws = lambda_aws()
    pid = aws.invoke().payload["pid"]
    aws.reset()
    assert aws.invocations() == [] and aws.logs() == [] and not alive(pid)
    assert aws.invoke().invocation.attempts[0].init_ms


def test_without_a_bootstrap_there_is_no_function(aws):
    with pytest.raises(ServiceError, match="without a bootstrap"):
        aws.invoke({})
