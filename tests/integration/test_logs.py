"""What a function says of itself: the keys of its log lines, the metrics, the trace that the called API becomes a part of."""

import collections
import json
import time

import pytest

import emf
from image_run import FAILED, WORKFLOW, run, start

NAMESPACE = "Images/Nightly"
METRICS = {"AWS_LAMBDA_LOG_FORMAT": "JSON", "POWERTOOLS_METRICS_NAMESPACE": NAMESPACE, "POWERTOOLS_SERVICE_NAME": "images"}
CLOUDWATCH_BYTES = 256 * 1024
ROOT = "1-5bef4de7-ad49b0e87f6ef6c87fc2e700"
TRACE = f"Root={ROOT};Parent=9a9197af755a6419;Sampled=1"
HTTP = {"AWS_LAMBDA_LOG_FORMAT": "JSON", "ARAZZO_DOCUMENT": "secrets.arazzo.yaml", "ARAZZO_POLL_SECONDS": "0"}
INPUTS = {"key": "key-of-a-vault", "login": {"user": "ada", "password": "some-password", "pins": ["pin-of-hers"]}}


def no_duplicates(pairs):
    assert len(dict(pairs)) == len(pairs), pairs
    return dict(pairs)


def lines_of(aws, seen=0):
    """The function's own lines, parsed: each is JSON with every member once, and short enough."""
    texts = [line.text for line in aws.logs()[seen:] if line.stream != "platform"]
    assert all(len(text.encode()) < CLOUDWATCH_BYTES for text in texts)
    return [json.loads(text, object_pairs_hook=no_duplicates) for text in texts]


def steps_of(lines):
    return [line for line in lines if line["message"] == "step"]


def metrics_of(lines):
    """The metrics of each line that has some, checked against CloudWatch's rules."""
    return [emf.check(line, time.time() * 1000) for line in lines if "_aws" in line]


def total(lines):
    counted = collections.Counter()
    for metrics in metrics_of(lines):
        counted.update(metrics)
    return dict(counted)


# ---- keys ----

def test_each_line_has_powertools_keys(emulator):
    aws = emulator(METRICS, cold=True)
    aws.image_builder.script(["PENDING", "AVAILABLE"])
    responses = run(aws)
    lines = lines_of(aws)
    invocations = aws.invocations()
    steps = steps_of(lines)
    assert len(lines) == 2 * len(responses) and len(steps) == len(responses) == len(invocations)
    for line in lines:
        assert line["level"] == "INFO" and line["timestamp"].endswith("Z") and ":" in line["location"]
        assert (line["service"], line["function_name"], line["function_memory_size"]) == ("images", "arazzo", 128)
        assert line["function_arn"].startswith("arn:aws:lambda:")
        assert line["runId"] == line["correlation_id"] == responses[0]["runId"]
        assert line["workflowId"] == WORKFLOW
    assert [line["function_request_id"] for line in steps] == [one.request_id for one in invocations]
    assert [f"Root={line['xray_trace_id']}" for line in steps] == [one.trace_id.split(";")[0] for one in invocations]
    assert [line["cold_start"] for line in steps] == [True] + [False] * (len(steps) - 1)
    assert [line["stepId"] for line in steps] == ["createImage", "getImage", "getImage"]
    assert [line["status"] for line in steps] == ["RUNNING", "RUNNING", "SUCCEEDED"]


def test_the_correlation_id_is_the_id_that_the_event_gives(emulator):
    aws = emulator(METRICS)
    seen = len(aws.logs())
    run(aws, start(runId="nightly-7"))
    assert {line["correlation_id"] for line in lines_of(aws, seen)} == {"nightly-7"}


def test_a_refused_event_has_no_run(emulator):
    aws = emulator(METRICS)
    run(aws, start(runId="before"))
    seen = len(aws.logs())
    assert aws.invoke({"inputs": {"x": 1}}).function_error
    (line,) = lines_of(aws, seen)
    assert (line["level"], line["message"]) == ("ERROR", "the event was refused")
    assert not {"runId", "correlation_id", "workflowId"} & set(line)
    assert line["function_request_id"]


def test_no_cold_start_where_nobody_waits(emulator):
    aws = emulator(METRICS, cold=True, initialization_type="provisioned-concurrency")
    run(aws)
    lines = lines_of(aws)
    assert {line["cold_start"] for line in lines} == {False}
    assert "ColdStart" not in total(lines)


def test_a_step_of_another_workflow_is_told_with_it(emulator, documents, server):
    server.script("GET", "/things/a", {"json": {"name": "a"}})
    aws = emulator({**METRICS, "ARAZZO_DOCUMENT": "nested.arazzo.yaml"}, task_root=str(documents))
    seen = len(aws.logs())
    aws.invoke({"workflowId": "call", "inputs": {"id": "a"}})
    lines = lines_of(aws, seen)
    (step,) = steps_of(lines)
    assert (step["workflowId"], step["stepWorkflowId"], step["stepId"]) == ("call", "read-one", "get")
    assert [line["workflowId"] for line in lines if "_aws" in line] == ["call"]


# ---- metrics ----

def test_metrics_of_a_run(emulator):
    aws = emulator(METRICS, cold=True)
    aws.image_builder.script(["PENDING", "BUILDING", "AVAILABLE"])
    responses = run(aws)
    lines = lines_of(aws)
    counted = total(lines)
    duration = counted.pop("RunDuration")
    assert 0 <= duration < 60
    assert counted == {"Steps": 4, "Polls": 2, "Waits": 0, "Retries": 0, "RunsSucceeded": 1, "RunsFailed": 0, "ColdStart": 1}
    assert len(metrics_of(lines)) == len(responses)
    directives = [line["_aws"]["CloudWatchMetrics"] for line in lines if "_aws" in line]
    assert [len(each) for each in directives] == [2, 1, 1, 1]
    assert {each["Namespace"] for line in directives for each in line} == {NAMESPACE}
    assert directives[0][0]["Dimensions"] == [["service", "workflowId"]]
    assert directives[0][1]["Dimensions"] == [["function_name", "service"]]
    units = {metric["Name"]: metric["Unit"] for line in directives for each in line for metric in each["Metrics"]}
    assert units.pop("RunDuration") == "Seconds"
    assert set(units.values()) == {"Count"}


SCENES = {
    "cleaned-up": ([FAILED], None, {"Steps": 3, "RunsSucceeded": 1, "RunsFailed": 0}),
    "refused": (["AVAILABLE"], ("CreateImage", "status", {"status": 403}), {"Steps": 1, "RunsSucceeded": 0, "RunsFailed": 1}),
    "throttled": (["AVAILABLE"], ("GetImage", "status", {"status": 429}), {"Steps": 3, "Waits": 1, "RunsSucceeded": 1}),
    "not-json": (["AVAILABLE"], ("GetImage", "html", {}), {"Steps": 3, "Waits": 1, "Polls": 0, "RunsSucceeded": 1}),
}


@pytest.mark.parametrize("states, fault, want", SCENES.values(), ids=SCENES.keys())
def test_metrics_of_what_may_happen(emulator, states, fault, want):
    aws = emulator(METRICS)
    aws.image_builder.script(states)
    if fault:
        operation, kind, options = fault
        aws.image_builder.fault(operation, kind, times=1, **options)
    seen = len(aws.logs())
    run(aws)
    counted = total(lines_of(aws, seen))
    assert {name: counted[name] for name in want} == want


def test_retries_of_the_document(emulator, documents, server):
    aws = emulator({**METRICS, **HTTP}, task_root=str(documents))
    server.script("PUT", "/vault/key-of-a-vault", {"status": 503}, {"json": {"answer": "fine"}})
    seen = len(aws.logs())
    run(aws, {"inputs": INPUTS})
    counted = total(lines_of(aws, seen))
    assert (counted["Retries"], counted["Steps"], counted["RunsSucceeded"]) == (1, 3, 1)


def test_an_outcome_that_could_not_be_handed_on_is_counted_as_what_was_answered(emulator, documents, server):
    aws = emulator({**METRICS, **HTTP, "ARAZZO_MAX_STATE_BYTES": "1024"}, task_root=str(documents))
    server.script("PUT", "/vault/key-of-a-vault", {"json": {"answer": "x" * 2000}})
    seen = len(aws.logs())
    response = aws.invoke({"inputs": INPUTS}).payload
    assert (response["status"], response["error"]["name"]) == ("FAILED", "Arazzo.StateTooLarge")
    lines = lines_of(aws, seen)
    (step,) = steps_of(lines)
    assert (step["status"], step["errorName"], step["level"]) == ("FAILED", "Arazzo.StateTooLarge", "ERROR")
    assert total(lines)["RunsFailed"] == 1


def test_no_metrics_without_a_namespace(emulator):
    aws = emulator({"AWS_LAMBDA_LOG_FORMAT": "JSON"}, cold=True)
    run(aws)
    assert metrics_of(lines_of(aws)) == []


def test_a_service_without_a_name(emulator):
    aws = emulator({**METRICS, "POWERTOOLS_SERVICE_NAME": None}, cold=True)
    run(aws)
    lines = lines_of(aws)
    assert {line["service"] for line in lines if "_aws" in line} == {"service_undefined"}
    assert not any("service" in line for line in steps_of(lines))


OTHER_LINES = {"text": {"AWS_LAMBDA_LOG_FORMAT": "Text"}, "level": {"AWS_LAMBDA_LOG_LEVEL": "FATAL"}}


@pytest.mark.parametrize("settings", OTHER_LINES.values(), ids=OTHER_LINES.keys())
def test_metrics_are_json_at_every_format_and_level(emulator, settings):
    aws = emulator({**METRICS, **settings}, cold=True)
    responses = run(aws)
    texts = [line.text for line in aws.logs() if '"_aws"' in line.text]
    assert len(texts) == len(responses)
    assert total([json.loads(text) for text in texts])["RunsSucceeded"] == 1


def test_a_cold_start_is_counted_for_a_refused_event_too(emulator):
    aws = emulator(METRICS, cold=True)
    assert aws.invoke({}).function_error
    assert total(lines_of(aws)) == {"ColdStart": 1}


# ---- traces ----

def traces_of(aws):
    return [entry.header("X-Amzn-Trace-Id") for entry in aws.image_builder.requests()]


def test_the_called_api_gets_the_trace(emulator):
    aws = emulator(METRICS)
    assert not aws.invoke(start(), trace_id=TRACE).function_error
    assert traces_of(aws) == [TRACE]
    for entry in aws.image_builder.requests():
        assert "x-amzn-trace-id" not in entry.header("Authorization").lower()


def test_an_api_that_is_not_aws_gets_the_trace_too(emulator, documents, server):
    aws = emulator({**METRICS, **HTTP}, task_root=str(documents))
    server.script("PUT", "/vault/key-of-a-vault", {"json": {"answer": "fine"}})
    assert not aws.invoke({"inputs": INPUTS}, trace_id=TRACE).function_error
    assert [request.headers["x-amzn-trace-id"] for request in server.requests] == [TRACE]


def test_each_invocation_has_its_own_trace(emulator):
    aws = emulator(METRICS)
    seen = len(aws.invocations())
    run(aws)
    assert traces_of(aws) == [one.trace_id for one in aws.invocations()[seen:]]
    assert len(set(traces_of(aws))) > 1


def test_no_trace_where_lambda_gives_none(emulator):
    aws = emulator(METRICS, tracing=False)
    seen = len(aws.logs())
    run(aws)
    assert set(traces_of(aws)) == {None}
    assert not any("xray_trace_id" in line for line in lines_of(aws, seen))


def test_retries_carry_the_trace(emulator):
    aws = emulator({**METRICS, "AWS_MAX_ATTEMPTS": "2"})
    aws.image_builder.fault("CreateImage", "status", status=500, times=1)
    assert not aws.invoke(start(), trace_id=TRACE).function_error
    assert traces_of(aws) == [TRACE, TRACE]
