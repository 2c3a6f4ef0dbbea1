"""EventBridge Scheduler: its operations through boto3 and raw requests, and what brings events to the function."""

import json
import pathlib
import time

import pytest
from botocore.exceptions import ClientError
from botocore.parsers import create_parser
from raw_client import BOOTSTRAP, call_scheduler, client, create

from emulator import Emulator

FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:arazzo"
ROLE = "arn:aws:iam::123456789012:role/scheduler"
QUEUE = "arn:aws:sqs:eu-west-1:123456789012:queue"
CASES = json.loads(pathlib.Path(__file__).with_name("scheduler-cases.json").read_text())
CHAIN = {"do": "chain", "left": 4, "seconds": 100}


def at(seconds):
    """A time of day so many seconds from now, or some part of a second more."""
    return time.strftime("at(%Y-%m-%dT%H:%M:%S)", time.gmtime(time.time() + seconds + 1))


def schedule(seconds=100, target=None, **changes):
    """The body of CreateSchedule; None removes a member."""
    made = {"ScheduleExpression": at(seconds), "FlexibleTimeWindow": {"Mode": "OFF"}, "ActionAfterCompletion": "DELETE",
            "Target": _without_nones({"Arn": FUNCTION, "RoleArn": ROLE, "Input": "{}", **(target or {})})}
    return _without_nones({**made, **changes})


def _without_nones(value):
    return {name: member for name, member in value.items() if member is not None}


def put(aws, name="one", body=None, **changes):
    return call_scheduler(aws, "POST", f"/schedules/{name}", body or schedule(**changes))


def update(aws, name="one", **changes):
    return call_scheduler(aws, "PUT", f"/schedules/{name}", schedule(**changes))


def delete(aws, name="one"):
    return call_scheduler(aws, "DELETE", f"/schedules/{name}")


def names(aws, query=""):
    answer = call_scheduler(aws, "GET", f"/schedules{query}")
    return [each["Name"] for each in json.loads(answer.body)["Schedules"]]


def cases(kind):
    return [pytest.param(case, id=case["name"]) for case in CASES[kind]]


# The operations

def test_life_of_a_schedule_through_boto3(aws):
    sdk = client(aws, service="scheduler")
    body = {name: value for name, value in schedule().items() if name != "ActionAfterCompletion"}
    arn = sdk.create_schedule(Name="one", **body)["ScheduleArn"]
    assert arn == "arn:aws:scheduler:eu-west-1:123456789012:schedule/default/one"
    told = sdk.get_schedule(Name="one")
    assert (told["Arn"], told["State"], told["Target"]["Input"], told["GroupName"]) == (arn, "ENABLED", "{}", "default")
    assert sdk.update_schedule(Name="one", **{**body, "ScheduleExpression": at(7000)})["ScheduleArn"] == arn
    assert sdk.get_schedule(Name="one")["ScheduleExpression"] != told["ScheduleExpression"]
    assert [each["Name"] for each in sdk.list_schedules(NamePrefix="o", GroupName="default")["Schedules"]] == ["one"]
    sdk.delete_schedule(Name="one", GroupName="default")
    for call in (sdk.get_schedule, sdk.delete_schedule):
        with pytest.raises(ClientError) as caught:
            call(Name="one")
        answer = caught.value.response
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 404 and "one" in answer["Message"]
        assert answer["Error"]["Code"] == "ResourceNotFoundException"


@pytest.mark.parametrize("operation, method, target, body", [
    ("CreateSchedule", "POST", "/schedules/two", schedule()),
    ("UpdateSchedule", "PUT", "/schedules/one", schedule(7000)),
    ("GetSchedule", "GET", "/schedules/one?groupName=default", None),
    ("ListSchedules", "GET", "/schedules?MaxResults=1", None),
    ("DeleteSchedule", "DELETE", "/schedules/one?clientToken=a&groupName=default", None),
])
def test_answers_parse_with_the_models_output_shape(aws, operation, method, target, body):
    put(aws)
    answer = call_scheduler(aws, method, target, body)
    shape = client(aws, service="scheduler").meta.service_model.operation_model(operation).output_shape
    parsed = create_parser("rest-json").parse(
        {"status_code": answer.status, "headers": answer.headers, "body": answer.body}, shape)
    assert answer.status == 200 and set(parsed) - {"ResponseMetadata"} <= set(shape.members)
    assert aws.scheduler.requests(operation)[-1].applied


@pytest.mark.parametrize("case", cases("refused"))
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_refused_schedules(aws, method, case):
    put(aws)
    changes = {**({"target": case["target"]} if "target" in case else {}), **case.get("change", {})}
    name = "two" if method == "POST" else "one"
    answer = call_scheduler(aws, method, f"/schedules/{name}", schedule(**changes))
    assert (answer.error, answer.status) == (case["type"], 404 if "NotFound" in case["type"] else 400)
    assert case["text"] in answer.message, answer.message
    assert [each["updates"] for each in aws.scheduler.schedules()] == [0]


@pytest.mark.parametrize("case", cases("refused_lists"))
def test_refused_lists(aws, case):
    answer = call_scheduler(aws, "GET", f"/schedules?{case['query']}")
    assert (answer.error, answer.status) == ("ValidationException", 400) and case["text"] in answer.message


def test_what_an_older_model_refuses(aws):
    assert put(aws, "1", target={"RoleArn": "arn:aws:iam::123456789012:role/team/scheduler"}).status == 200
    assert names(aws, "?NamePrefix=1") == ["1"]


@pytest.mark.parametrize("size, status", [(262144, 200), (262145, 400)])
def test_the_longest_input(aws, size, status):
    assert put(aws, target={"Input": '"' + "ü" * (size // 2 - 1) + "x" * (size % 2) + '"'}).status == status


@pytest.mark.parametrize("name, status", [("a" * 64, 200), ("a" * 65, 400), ("a%2Fb", 400), ("a.b-c_D", 200)])
def test_names(aws, name, status):
    assert put(aws, name).status == status


def test_a_name_that_exists_is_a_conflict_unless_it_is_the_same_call(aws):
    body = schedule(ClientToken="a")
    assert [put(aws, body=body).status for _ in range(2)] == [200, 200]
    for changed in ({**body, "ClientToken": "b"}, {**body, "Description": "other"}, schedule()):
        answer = put(aws, body=changed)
        assert (answer.status, answer.error) == (409, "ConflictException") and "already exists" in answer.message
    assert len(aws.scheduler.history()) == 1


def test_without_a_client_token_the_same_call_is_a_conflict(aws):
    body = schedule()
    assert [put(aws, body=body).status for _ in range(2)] == [200, 409]


def test_an_update_replaces_the_whole(aws):
    put(aws, Description="first")
    assert update(aws, ActionAfterCompletion=None).status == 200
    told = json.loads(call_scheduler(aws, "GET", "/schedules/one").body)
    assert "Description" not in told and told["ActionAfterCompletion"] == "NONE"
    assert update(aws, "two").status == 404


def test_groups_that_the_emulator_was_told_of(aws):
    aws.scheduler.add_group("runs")
    assert put(aws, GroupName="runs").status == 200 and put(aws).status == 200
    assert names(aws, "?ScheduleGroup=runs") == ["one"] and names(aws) == ["one", "one"]
    assert call_scheduler(aws, "DELETE", "/schedules/one?groupName=runs").status == 200
    assert names(aws, "?ScheduleGroup=runs") == [] and names(aws) == ["one"]
    assert call_scheduler(aws, "GET", "/schedules?ScheduleGroup=none").status == 404


def test_lists_go_on_with_their_token(aws):
    for name in ("b2", "a1", "b1", "b3"):
        put(aws, name)
    assert names(aws, "?NamePrefix=b") == ["b1", "b2", "b3"]
    first = json.loads(call_scheduler(aws, "GET", "/schedules?MaxResults=3").body)
    assert [each["Name"] for each in first["Schedules"]] == ["a1", "b1", "b2"]
    assert names(aws, f"?MaxResults=3&NextToken={first['NextToken']}") == ["b3"]


def test_the_signature_is_verified(aws):
    answer = call_scheduler(aws, "GET", "/schedules", service="imagebuilder")
    assert (answer.status, answer.error) == (403, "InvalidSignatureException")


def test_operations_that_are_not_here(aws):
    answer = call_scheduler(aws, "GET", "/schedule-groups")
    assert answer.status == 400 and "does not implement ListScheduleGroups" in answer.message


FAULTS = [
    ("status", {"status": 429}, 429, "ThrottlingException", False),
    ("status", {"status": 402}, 402, "ServiceQuotaExceededException", False),
    ("status", {"status": 409}, 409, "ConflictException", False),
    ("status", {"status": 500, "applied": True}, 500, "InternalServerException", True),
    ("reset", {}, None, None, False),
    ("reset_after", {}, None, None, True),
    ("slow", {"seconds": 0.01}, 200, None, True),
]


@pytest.mark.parametrize("kind, options, status, error, applied", FAULTS)
def test_faults(aws, kind, options, status, error, applied):
    aws.fault("CreateSchedule", kind, **options)
    answer = put(aws)
    assert (answer.status, answer.error, len(aws.scheduler.schedules())) == (status, error, applied)
    assert error is None or "Injected fault" in answer.message
    aws.clear_faults()
    assert aws.scheduler.faults() == [] and put(aws, "two").status == 200


@pytest.mark.parametrize("arguments, text", [
    (("Fire", "reset"), "unknown; kinds: twice, late, dropped, lost"),
    (("Fire", "late"), "missing options ['after']"),
    (("Fire", "dropped", None, 1, None), None),
    (("CreateSchedule", "twice"), "unknown; kinds: status"),
])
def test_wrong_faults_are_refused(aws, arguments, text):
    operation, kind, *_ = arguments
    if text is None:
        assert aws.fault(operation, kind).as_dict()["kind"] == kind
        return
    with pytest.raises(ValueError) as caught:
        aws.fault(operation, kind)
    assert text in str(caught.value)


# When schedules are due

@pytest.fixture(scope="module")
def module_aws():
    with Emulator(bootstrap=BOOTSTRAP, function_timeout=5, aliases=("live",), concurrency=2) as aws:
        yield aws


@pytest.fixture
def function(module_aws):
    """With a function, whose process stays from test to test."""
    module_aws.reset(cold=False)
    return module_aws


def events(aws):
    """The events that came by schedules, with the virtual seconds at which they were due."""
    return [invocation for invocation in aws.invocations() if invocation.kind == "Event"]


def test_it_fires_when_it_is_due_and_is_deleted(function):
    put(function, target={"Input": '{"n":1}'})
    function.clock.advance(99)
    function.settle()
    assert events(function) == []
    function.clock.advance(3)
    function.settle()
    (event,) = events(function)
    assert event.wait().attempts[0].payload["event"] == {"n": 1}
    (schedule_record,) = function.scheduler.history()
    assert (schedule_record["fired"], schedule_record["ended"], function.scheduler.schedules()) == (1, "completed", [])


@pytest.mark.parametrize("changes, fired", [({"ActionAfterCompletion": "NONE"}, 1), ({"State": "DISABLED"}, 0)])
def test_those_that_stay(function, changes, fired):
    put(function, **changes)
    function.clock.advance(102)
    function.settle()
    assert [each["fired"] for each in function.scheduler.schedules()] == [fired]


def test_deletion_can_be_late(function):
    function.scheduler.deletion_delay = 60
    put(function)
    function.clock.advance(102)
    function.settle()
    assert put(function).status == 409 and names(function) == ["one"]
    function.clock.advance(60)
    function.settle()
    assert names(function) == []


def test_an_update_after_the_firing_lets_it_fire_again(function):
    function.scheduler.deletion_delay = 60
    put(function)
    function.clock.advance(102)
    function.settle()
    update(function, seconds=200)
    function.clock.advance(100)
    function.settle()
    assert names(function) == ["one"]
    function.finish_scheduled()
    assert len(events(function)) == 2 and names(function) == []


def test_an_update_moves_it(function):
    put(function)
    update(function, seconds=500, target={"Input": '{"n":2}'})
    function.clock.advance(400)
    function.settle()
    assert events(function) == []
    assert function.finish_scheduled().attempts == 1
    assert events(function)[0].attempts[0].payload["event"] == {"n": 2}


def test_a_deleted_one_does_not_fire(function):
    put(function)
    assert delete(function).status == 200 and delete(function).status == 404
    assert function.finish_scheduled().attempts == 0


def test_context_attributes_are_replaced(function):
    names_of = ["schedule-arn", "scheduled-time", "execution-id", "attempt-number", "other"]
    text = json.dumps({name: f"<aws.scheduler.{name}>" for name in names_of})
    put(function, target={"Input": text})
    expression = function.scheduler.schedules()[0]["expression"]
    function.finish_scheduled()
    given = events(function)[0].attempts[0].payload["event"]
    assert given["schedule-arn"].endswith(":schedule/default/one") and len(given["execution-id"]) == 16
    assert given["scheduled-time"] == expression[3:-1] + "Z"
    assert (given["attempt-number"], given["other"]) == ("1", "<aws.scheduler.other>")


@pytest.mark.parametrize("arn, invoked", [(FUNCTION, FUNCTION), (f"{FUNCTION}:live", f"{FUNCTION}:live"),
                                          (f"{FUNCTION}:$LATEST", f"{FUNCTION}:$LATEST")])
def test_the_targets_qualifier(function, arn, invoked):
    put(function, target={"Arn": arn})
    function.finish_scheduled()
    headers = events(function)[0].attempts[0].payload["headers"]
    assert headers["lambda-runtime-invoked-function-arn"] == invoked


@pytest.mark.parametrize("arn", [f"{FUNCTION}:old", FUNCTION + "2"])
@pytest.mark.parametrize("queue", [None, {"Arn": QUEUE}])
def test_a_target_that_does_not_exist(function, arn, queue):
    put(function, target={"Arn": arn, "DeadLetterConfig": queue, "Input": '{"n":1}'})
    run = function.finish_scheduled()
    assert run.attempts == 0 and run.schedules[0]["ended"] == "completed"
    told = [(letter["queue"], letter["errorCode"], letter["body"]) for letter in run.dead_letters]
    assert told == ([(QUEUE, "ResourceNotFoundException", '{"n":1}')] if queue else [])


@pytest.mark.parametrize("policy, attempts, seconds", [({"MaximumRetryAttempts": 0}, 1, 0),
                                                       ({"MaximumRetryAttempts": 2}, 3, 180),
                                                       ({"MaximumEventAgeInSeconds": 200}, 3, 180)])
def test_one_that_is_lost_goes_to_the_dead_letter_queue(function, policy, attempts, seconds):
    function.fault("Fire", "lost")
    put(function, target={"DeadLetterConfig": {"Arn": QUEUE}, "RetryPolicy": policy})
    due = function.scheduler.schedules()[0]["due"]
    run = function.finish_scheduled()
    assert [letter["attempts"] for letter in run.dead_letters] == [attempts] and run.attempts == 0
    assert function.clock.now() == pytest.approx(due + seconds) and run.left() == []


# Whole runs

@pytest.mark.parametrize("case", cases("firings"))
def test_a_chain_of_schedules(function, case):
    for fault in case["faults"]:
        function.fault(**fault)
    begin = function.clock.now()
    run = function.run_scheduled(CHAIN)
    assert (sum(each["fired"] for each in run.schedules), run.attempts) == (case["fired"], case["attempts"])
    assert run.left() == [] and run.failures == []
    expected = case.get("at")
    if expected:
        moments = [invocation.attempts[0].started - begin for invocation in run.invocations[1:]]
        assert moments == pytest.approx(expected, abs=6)
    if case["fired"] > 1:
        assert {payload["status"] for payload in run.results} == {"SUCCEEDED"}


def test_a_run_of_many_polls_is_quick(function):
    begin = time.monotonic()
    run = function.run_scheduled({**CHAIN, "left": 30})
    assert len(run.schedules) == 30 and len(run.results) == 1
    assert time.monotonic() - begin < 10


def test_a_run_can_be_stopped_on_its_way(function):
    run = function.run_scheduled(CHAIN, until=lambda run: len(run.schedules) == 2)
    assert len(run.schedules) == 2 and run.left() and run.results == []
    assert len(function.finish_scheduled().results) == 1


def test_a_run_without_end_is_told(function):
    with pytest.raises(RuntimeError, match="not over after 5 invocations; schedules: \\['run-"):
        function.run_scheduled({**CHAIN, "left": 30}, most=5)


def test_retries_of_a_failing_function_are_followed(function):
    begin = function.clock.now()
    run = function.run_scheduled({"do": "error"})
    assert (run.attempts, [failure["errorType"] for failure in run.failures]) == (3, ["Test.Failure"])
    assert function.clock.now() - begin == 180


def test_records_of_both_destinations(function):
    function.run_scheduled({"do": "log"})
    function.run_scheduled({"do": "error"}, qualifier="live")
    success, failure = function.destinations()
    assert success["requestContext"]["condition"] == "Success" and success["responsePayload"] == "logged"
    assert success["responseContext"] == {"statusCode": 200, "executedVersion": "$LATEST"}
    assert failure["requestContext"]["condition"] == "RetriesExhausted"
    assert failure["requestContext"]["functionArn"] == f"{FUNCTION}:live"
    assert failure["responseContext"]["functionError"] == "Unhandled"


@pytest.mark.parametrize("attempts", [0, 1])
def test_maximum_retry_attempts(lambda_aws, attempts):
    aws = lambda_aws(maximum_retry_attempts=attempts)
    assert aws.run_scheduled({"do": "error"}).attempts == attempts + 1


def test_a_doubled_delivery_has_one_request_id_and_two_records(function):
    function.fault("Deliver", "twice", after=30)
    begin = function.clock.now()
    run = function.run_scheduled({"do": "describe"})
    assert function.clock.now() - begin == 30 and len(run.invocations) == 1 and len(run.records) == 2
    ids = {payload["headers"]["lambda-runtime-aws-request-id"] for payload in run.payloads}
    assert ids == {run.invocations[0].request_id} and run.invocations[0].state == "succeeded"


def test_reset_forgets_schedules_firings_and_groups(aws):
    aws.scheduler.add_group("runs")
    aws.fault("Fire", "lost")
    put(aws)
    aws.reset()
    assert (aws.scheduler.history(), aws.scheduler.faults(), aws.scheduler.requests()) == ([], [], [])
    assert put(aws, GroupName="runs").status == 404 and aws.agenda.done()


# EventBridge

def test_an_event_is_delivered_with_its_envelope(function):
    function.put_event({"resources": ["arn:x"], "detail": {"a": 1}})
    function.settle()
    given = events(function)[0].attempts[0].payload["event"]
    assert set(given) == {"version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail"}
    assert (given["source"], given["detail-type"]) == ("aws.imagebuilder", "EC2 Image Builder Image State Change")
    assert (given["resources"], given["detail"], given["time"][-1]) == (["arn:x"], {"a": 1}, "Z")


def test_images_tell_of_their_states_when_asked(function):
    failed = {"status": "FAILED", "reason": "x"}
    function.image_builder.script([[0, "PENDING"], [60, "BUILDING"], [90, "BUILDING"], [600, failed]])
    create(function)
    function.image_builder.send_events()
    arn = create(function, clientToken="b")
    gone = create(function, clientToken="c")
    function.clock.advance(100)
    function.settle()
    client(function).delete_image(imageBuildVersionArn=gone)
    function.clock.advance(1000)
    function.settle()
    told = [json.loads(event.event) for event in events(function)]
    assert [event["resources"] for event in told] == [[arn], [gone], [arn]]
    assert [event["detail"] for event in told[1:]] == [
        {"previous-state": {"status": "PENDING"}, "state": {"status": "BUILDING"}},
        {"previous-state": {"status": "BUILDING"}, "state": failed}]


def test_events_of_images_do_not_keep_a_run_alive(function):
    function.image_builder.script([[0, "PENDING"], [86400, "AVAILABLE"]])
    function.image_builder.send_events()
    create(function)
    begin = function.clock.now()
    assert function.run_scheduled({"do": "describe"}).attempts == 1 and function.clock.now() == begin
