"""What the template promises, as far as its text tells; much of it is what lint and translator do not see."""

import json
import re
import shlex

import pytest

from aws_command import check_command
from event_pattern import matches
from template import ACCOUNT, PARAMETERS, REGION, ROOT, STACK, TEMPLATE, Template, definition, sample

TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:alarms"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/0a1b2c3d-0000-4000-8000-000000000000"
TEXT = Template(TEMPLATE.read_text())
PATTERNS = {name: parameter["AllowedPattern"] for name, parameter in TEXT.parameters.items() if "AllowedPattern" in parameter}
ALARMED = {
    "ExecutionsFailedAlarm": ("AWS/States", "ExecutionsFailed"),
    "ExecutionsTimedOutAlarm": ("AWS/States", "ExecutionsTimedOut"),
    "FailedRunsAlarm": ("AWS/SQS", "NumberOfMessagesSent"),
    "UndeliveredStepsAlarm": ("AWS/SQS", "ApproximateNumberOfMessagesVisible"),
    "UnreportedResultsAlarm": ("AWS/Lambda", "DestinationDeliveryFailures"),
    "FunctionErrorsAlarm": ("AWS/Lambda", "Errors"),
    "UndeliveredStartsAlarm": ("AWS/SQS", "ApproximateNumberOfMessagesVisible"),
    "FailedInvocationsAlarm": ("AWS/SQS", "ApproximateNumberOfMessagesVisible"),
    "GuardExceededAlarm": (f"Arazzo/{STACK}", "GuardExceeded"),
    "FanOutsFailedAlarm": ("AWS/States", "ExecutionsFailed"),
    "FanOutsTimedOutAlarm": ("AWS/States", "ExecutionsTimedOut"),
}
ONLY = {"state-machine": {"ExecutionsFailedAlarm", "ExecutionsTimedOutAlarm", "FanOutsFailedAlarm", "FanOutsTimedOutAlarm"},
        "scheduler": {"FailedRunsAlarm", "UndeliveredStepsAlarm", "UnreportedResultsAlarm"}}
LOOPS = list(ONLY)
OTHER = {"WorkflowDocument": "descriptions/arazzo/backup-table.yml", "WorkflowInputs": '{"tableName": "orders"}',
         "WorkflowPolicyArn": f"arn:aws:iam::{ACCOUNT}:policy/backup-table"}
EARLY = {"Continuation": "scheduler", "EarlyWake": "true"}

INPUTS = {name[0].lower() + name[1:]: value for name, value in PARAMETERS.items()}
RECIPE = "arn:aws:imagebuilder:eu-west-1:123456789012:image-recipe/"
VALUES = [
    ("ImageRecipeArn", RECIPE + "web/1.0.0", True),
    ("ImageRecipeArn", RECIPE + "web_server-2/1.x.x", True),
    ("ImageRecipeArn", "arn:aws-cn:imagebuilder:cn-north-1:123456789012:image-recipe/web/1.0.0", True),
    ("ImageRecipeArn", RECIPE + "web", False),
    ("ImageRecipeArn", RECIPE + "Web/1.0.0", False),
    ("ImageRecipeArn", RECIPE + "*/1.0.0", False),
    ("ImageRecipeArn", RECIPE.replace("image-recipe", "container-recipe") + "web/1.0.0", False),
    ("ImageRecipeArn", RECIPE + 'web/1.0.0"}, "x": {"', False),
    ("InfrastructureConfigurationArn", PARAMETERS["InfrastructureConfigurationArn"], True),
    ("InfrastructureConfigurationArn", RECIPE + "web/1.0.0", False),
    ("ImageRecipeArn", "", True),
    ("InfrastructureConfigurationArn", "", True),
    ("WorkflowDocument", "", True),
    ("WorkflowDocument", OTHER["WorkflowDocument"], True),
    ("WorkflowDocument", "/etc/passwd.yml", False),
    ("WorkflowDocument", "descriptions/arazzo/backup-table", False),
    ("WorkflowInputs", "{}", True),
    ("WorkflowInputs", OTHER["WorkflowInputs"], True),
    ("WorkflowInputs", "orders", False),
    ("WorkflowInputs", '{"a": "<aws.scheduler.execution-id>"}', False),
    ("WorkflowInputs", '{"a": "it\'s"}', False),
    ("WorkflowPolicyArn", "", True),
    ("WorkflowPolicyArn", OTHER["WorkflowPolicyArn"], True),
    ("WorkflowPolicyArn", "backup-table", False),
    ("ScheduleExpression", "cron(0 2 * * ? *)", True),
    ("ScheduleExpression", "cron(0/15 8-17 ? * MON-FRI *)", True),
    ("ScheduleExpression", "cron(0 2 * * *)", False),
    ("ScheduleExpression", "rate(1 day)", True),
    ("ScheduleExpression", "rate(2 days)", True),
    ("ScheduleExpression", "rate(0 days)", False),
    ("ScheduleExpression", "rate(daily)", False),
    ("ScheduleExpression", "at(2026-11-22T02:00:00)", True),
    ("ScheduleExpression", "at(tomorrow)", False),
    ("ScheduleTimezone", "Europe/Berlin", True),
    ("ScheduleTimezone", "America/Argentina/Buenos_Aires", True),
    ("ScheduleTimezone", "Etc/GMT+1", True),
    ("ScheduleTimezone", "Central European Time", False),
    ("AlarmTopicArn", "", True),
    ("AlarmTopicArn", TOPIC, True),
    ("AlarmTopicArn", "alarms", False),
    ("KmsKeyArn", "", True),
    ("KmsKeyArn", KEY, True),
    ("KmsKeyArn", KEY.replace("key/", "alias/"), False),
    ("FanOutBuildArns", "", True),
    ("FanOutBuildArns", RECIPE + "db/1.x.x", True),
    ("FanOutBuildArns", RECIPE.replace("image-recipe", "image") + "db/*", True),
    ("FanOutBuildArns", PARAMETERS["InfrastructureConfigurationArn"], True),
    ("FanOutBuildArns", RECIPE.replace("image-recipe", "image") + "*", False),
    ("FanOutBuildArns", RECIPE + "*", False),
    ("FanOutBuildArns", "*", False),
    ("FanOutRoleArns", "", True),
    ("FanOutRoleArns", "arn:aws:iam::210987654321:role/arazzo-FanOutTargetRole-1", True),
    ("FanOutRoleArns", "arn:aws:iam::210987654321:role/*", False),
    ("FanOutRoleArns", "arn:aws:iam::*:role/x", False),
    ("FanOutCallerArn", "", True),
    ("FanOutCallerArn", "arn:aws:iam::210987654321:role/arazzo-FanOutRole-1", True),
    ("FanOutCallerArn", "arn:aws:iam::210987654321:root", False),
    ("FanOutCallerArn", "*", False),
    ("PermissionsBoundaryArn", "", True),
    ("PermissionsBoundaryArn", "arn:aws:iam::123456789012:policy/team/boundary", True),
    ("PermissionsBoundaryArn", "arn:aws:iam::aws:policy/PowerUserAccess", True),
    ("PermissionsBoundaryArn", "arn:aws:iam::123456789012:role/boundary", False),
]


@pytest.mark.parametrize("name, value, good", VALUES, ids=[f"{name}-{value or 'empty'}" for name, value, _ in VALUES])
def test_pattern(name, value, good):
    assert (re.fullmatch(PATTERNS[name], value) is not None) == good


def test_each_pattern_takes_and_refuses():
    for good in (True, False):
        assert {name for name, _, is_good in VALUES if is_good == good} == set(PATTERNS)


@pytest.mark.parametrize("name", TEXT.parameters)
def test_parameter_is_described_bounded_and_grouped(name):
    parameter = TEXT.parameters[name]
    groups = TEXT.document["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    assert sum(group["Parameters"].count(name) for group in groups) == 1
    assert parameter["Description"]
    assert {"AllowedPattern", "AllowedValues", "MaxValue"} & set(parameter)
    assert "AllowedPattern" not in parameter or parameter["ConstraintDescription"]
    assert "Default" in parameter


@pytest.mark.parametrize("given, good", [
    ({}, True),
    ({"ImageRecipeArn": ""}, False),
    ({"InfrastructureConfigurationArn": ""}, False),
    ({"ImageRecipeArn": "", "InfrastructureConfigurationArn": "", **OTHER}, True),
], ids=["image", "no-recipe", "no-infrastructure", "other-workflow"])
def test_something_to_run_is_asked_for(template, given, good):
    (assertion,) = template.document["Rules"]["SomethingToRun"]["Assertions"]
    assert template.resolve(assertion["Assert"], **given) == good


@pytest.mark.parametrize("loop", ["state-machine", "scheduler"])
def test_another_workflow_takes_the_place_of_the_shipped_one(template, loop):
    """Its document, its inputs wherever runs are started, and its policy instead of Image Builder's."""
    given = {"ImageRecipeArn": "", "InfrastructureConfigurationArn": "", "Continuation": loop, **OTHER}
    deployed, inputs = template.deployed(**given), json.loads(OTHER["WorkflowInputs"])
    assert deployed["ArazzoFunction"]["Environment"]["Variables"]["ARAZZO_DOCUMENT"] == OTHER["WorkflowDocument"]
    assert deployed["FunctionRole"]["ManagedPolicyArns"] == [OTHER["WorkflowPolicyArn"]]
    assert "imagebuilder" not in json.dumps(deployed["FunctionRole"])
    (target,) = deployed["EventRule"]["Targets"]
    assert json.loads(deployed["Schedule"]["Target"]["Input"])["inputs"] == inputs
    assert json.loads(target["InputTransformer"]["InputTemplate"])["inputs"] == inputs
    words = shlex.split(template.shown(**given)["StartBuild"])
    assert json.loads(words[-1]) == {"inputs": inputs}


def test_the_shipped_workflow_has_no_other_policy(template):
    deployed = template.deployed()
    assert "ARAZZO_DOCUMENT" not in deployed["ArazzoFunction"]["Environment"]["Variables"]
    assert "ManagedPolicyArns" not in deployed["FunctionRole"]


@pytest.mark.parametrize("name", sorted(PATTERNS))
def test_default_fits_its_pattern(name):
    assert re.fullmatch(PATTERNS[name], TEXT.parameters[name]["Default"])


def test_nothing_starts_by_itself(template):
    assert template.resolve(template.resources["Schedule"])["Properties"]["State"] == "DISABLED"
    assert template.resolve(template.resources["EventRule"])["Properties"]["State"] == "DISABLED"


MACHINES = {"RunStateMachine": "run-workflow", "FanOutStateMachine": "fan-out"}


def test_machines_are_these(template):
    assert set(template.of_type("AWS::StepFunctions::StateMachine")) == set(MACHINES)


@pytest.mark.parametrize("resource, name", MACHINES.items())
def test_substitutions_are_those_of_the_definition(template, resource, name):
    machine = template.resources[resource]["Properties"]
    assert (ROOT / machine["DefinitionS3Location"]).read_text() == definition(name)
    assert set(machine["DefinitionSubstitutions"]) == set(re.findall(r"\$\{(\w+)\}", definition(name)))


def test_fan_out_has_room_for_all_that_may_run_at_once(template):
    most = json.loads(definition("fan-out"))["States"]["CheckTotal"]["Choices"][0]["NumericGreaterThan"]
    assert template.parameters["FanOutMaxConcurrency"]["MaxValue"] == most


def test_unsuccessful_builds_fail_unless_asked(template):
    assert template.parameters["FailOnUnsuccessfulBuild"]["Default"] == "true"


def test_state_machine_outlasts_the_run_s_own_guard(template):
    assert json.loads(definition())["TimeoutSeconds"] > template.parameters["RunTimeoutSeconds"]["MaxValue"]


def test_task_outlasts_the_function(template):
    timeout = template.resources["ArazzoFunction"]["Properties"]["Timeout"]
    tasks = [state for state in json.loads(definition())["States"].values() if state["Type"] == "Task"]
    assert all(task["TimeoutSeconds"] > timeout >= 30 for task in tasks)


def test_function_variables_are_documented(template):
    reference = (ROOT / "docs/reference.md").read_text()
    variables = template.resources["ArazzoFunction"]["Properties"]["Environment"]["Variables"]
    assert not [name for name in variables if f"`{name}`" not in reference]


def test_schedule_gives_a_start_event(template):
    target = template.resolve(template.resources["Schedule"])["Properties"]["Target"]
    event = json.loads(target["Input"])
    assert event["inputs"] == INPUTS
    assert event["run"] == {"scheduleArn": "<aws.scheduler.schedule-arn>", "scheduledTime": "<aws.scheduler.scheduled-time>"}
    assert event.keys() == sample("scheduler-start.json").keys()


def test_rule_gives_a_start_event(template):
    (target,) = template.resolve(template.resources["EventRule"])["Properties"]["Targets"]
    transformer = target["InputTransformer"]
    event = json.loads(transformer["InputTemplate"])
    assert (event["inputs"], event["run"]) == (INPUTS, {"eventId": "<id>"})
    assert set(re.findall(r"<(\w+)>", transformer["InputTemplate"])) == set(transformer["InputPathsMap"])
    assert (event.keys(), event["run"].keys()) == (sample("rule-start.json").keys(), sample("rule-start.json")["run"].keys())


def test_fan_out_of_the_output_is_a_list_of_start_events(template):
    words = shlex.split(template.resolve(template.outputs["StartFanOut"])["Value"])
    assert json.loads(words[words.index("--input") + 1]) == {"runs": [{"inputs": INPUTS}]}


def test_rule_takes_the_event_of_the_output(template):
    """What StartBuildByEvent sends is what the rule waits for."""
    words = shlex.split(template.resolve(template.outputs["StartBuildByEvent"])["Value"])
    (entry,) = json.loads(words[words.index("--entries") + 1])
    pattern = template.resolve(template.resources["EventRule"])["Properties"]["EventPattern"]
    assert (pattern["source"], pattern["detail-type"]) == ([entry["Source"]], [entry["DetailType"]])


@pytest.mark.parametrize("name", ["Schedule", "EventRule"])
def test_undelivered_starts_are_kept(template, name):
    properties = template.resolve(template.resources[name])["Properties"]
    target = properties.get("Target") or properties["Targets"][0]
    assert target["DeadLetterConfig"] == {"Arn": "<UndeliveredStarts.Arn>"}


def test_failed_asynchronous_invocations_are_kept(template):
    """Of the alias, and of the version that schedules invoke."""
    deployed = template.deployed(Continuation="scheduler")
    of_alias, of_version = deployed["ArazzoFunction"]["EventInvokeConfig"], deployed["VersionInvokeConfig"]
    assert of_alias["DestinationConfig"]["OnFailure"] == {"Type": "SQS", "Destination": "<FailedInvocations.Arn>"}
    assert of_version["DestinationConfig"]["OnFailure"] == {"Destination": "<FailedInvocations.Arn>"}
    assert of_version["DestinationConfig"]["OnSuccess"] == {"Destination": "<ResultsBus.Arn>"}


@pytest.mark.parametrize("key", ["", KEY], ids=["without-key", "with-key"])
def test_everything_that_rests_is_encrypted(template, key):
    resolved = {**template.deployed(KmsKeyArn=key), **template.deployed(KmsKeyArn=key, Continuation="scheduler")}
    for name in template.of_type("AWS::SQS::Queue"):
        assert (resolved[name].get("KmsMasterKeyId", ""), "SqsManagedSseEnabled" in resolved[name]) == (key, not key)
    for name in template.of_type("AWS::Logs::LogGroup"):
        assert resolved[name].get("KmsKeyId", "") == key
    assert resolved["ArazzoFunction"].get("KmsKeyArn", "") == key
    assert resolved["Schedule"].get("KmsKeyArn", "") == key
    for name in MACHINES:
        assert resolved[name].get("EncryptionConfiguration", {}).get("KmsKeyId", "") == key
    assert resolved["ResultsBus"].get("KmsKeyIdentifier", "") == key


@pytest.mark.parametrize("name", TEXT.of_type("AWS::Logs::LogGroup"))
def test_logs_are_kept_as_long_as_asked(template, name):
    assert template.resolve(template.resources[name])["Properties"]["RetentionInDays"] == 30


@pytest.mark.parametrize("name", MACHINES)
def test_state_is_not_logged(template, name):
    logging = template.resources[name]["Properties"]["LoggingConfiguration"]
    assert logging["IncludeExecutionData"] is False


def alarmed(loop):
    """The alarms of a mode."""
    return {name: metric for name, metric in ALARMED.items() if all(name not in names or loop == other for other, names in ONLY.items())}


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("topic", ["", TOPIC], ids=["without-topic", "with-topic"])
def test_alarms(template, topic, loop):
    alarms = template.deployed("AWS::CloudWatch::Alarm", AlarmTopicArn=topic, Continuation=loop)
    assert {name: (alarm["Namespace"], alarm["MetricName"]) for name, alarm in alarms.items()} == alarmed(loop)
    for alarm in alarms.values():
        assert alarm.get("AlarmActions") == ([topic] if topic else None)
        assert alarm["TreatMissingData"] == "notBreaching"


@pytest.mark.parametrize("loop", LOOPS)
def test_dashboard_is_json_and_shows_every_alarm(template, loop):
    body = json.loads(template.deployed(Continuation=loop)["Dashboard"]["DashboardBody"])
    shown = [alarm for widget in body["widgets"] for alarm in widget["properties"].get("alarms", [])]
    assert sorted(shown) == sorted(f"<{name}.Arn>" for name in alarmed(loop))
    for widget in body["widgets"]:
        assert 0 <= widget["x"] and widget["x"] + widget["width"] <= 24
        assert widget["type"] == "alarm" or widget["properties"]["region"] == REGION


@pytest.mark.parametrize("parameters", [{}, {"Continuation": "scheduler"}, EARLY], ids=["state-machine", "scheduler", "early-wake"])
def test_what_is_referred_to_is_there(template, parameters):
    """In each mode: nothing that is deployed names a resource that is not."""
    deployed = template.deployed(**parameters)
    text = json.dumps([deployed, template.shown(**parameters)])
    named = {name for name in re.findall(r"<(\w+)[.>]", text) if name in template.resources}
    assert named <= deployed.keys()
    assert len(named) > 10


SCHEDULER_VARIABLES = {"ARAZZO_SCHEDULER_ROLE_ARN": "<ContinuationRole.Arn>", "ARAZZO_SCHEDULER_GROUP": "<ContinuationGroup>",
                       "ARAZZO_SCHEDULER_DEAD_LETTER_ARN": "<UndeliveredSteps.Arn>"}


@pytest.mark.parametrize("parameters, variables", [
    ({}, {"ARAZZO_CONTINUATION": "return"}),
    ({"EarlyWake": "true", "KmsKeyArn": KEY}, {"ARAZZO_CONTINUATION": "return"}),
    ({"Continuation": "scheduler"}, {"ARAZZO_CONTINUATION": "scheduler", **SCHEDULER_VARIABLES}),
    ({**EARLY, "KmsKeyArn": KEY}, {"ARAZZO_CONTINUATION": "scheduler", **SCHEDULER_VARIABLES, "ARAZZO_EARLY_WAKE": "true",
                                   "ARAZZO_SCHEDULER_KMS_KEY_ARN": KEY}),
], ids=["default", "early-wake-needs-scheduler", "scheduler", "scheduler-with-all"])
def test_continuation_s_variables(template, parameters, variables):
    environment = template.deployed(**parameters)["ArazzoFunction"]["Environment"]["Variables"]
    names = ("ARAZZO_CONTINUATION", "ARAZZO_SCHEDULER", "ARAZZO_EARLY")
    assert {name: value for name, value in environment.items() if name.startswith(names)} == variables


def test_each_mode_has_only_its_own_loop(template):
    by_states, by_scheduler, early = (template.deployed(**each) for each in ({}, {"Continuation": "scheduler"}, EARLY))
    assert {name for name in by_states if "Continuation" in name or "Result" in name or "Image" in name} == set()
    assert {name for name in by_scheduler if "StateMachine" in name or "Image" in name} == set()
    assert early.keys() - by_scheduler.keys() == {"ImageStateRule", "ImageStatePermission"}


def event_of(payload):
    """What Lambda puts on the bus of an invocation that went well."""
    return {"source": "lambda", "detail-type": "Lambda Function Invocation Result - Success",
            "detail": {"requestPayload": {}, "responsePayload": payload}}


@pytest.mark.parametrize("payload, kept, kept_if_accepted", [
    ({"status": "RUNNING", "nextStepId": "getImage"}, False, False),
    ({"status": "SUCCEEDED", "outputs": {"finalStatus": "AVAILABLE"}}, False, False),
    ({"status": "SUCCEEDED", "outputs": {"finalStatus": None}}, False, False),
    ({"status": "SUCCEEDED", "outputs": {"finalStatus": "FAILED"}}, True, False),
    ({"status": "SUCCEEDED", "outputs": {"finalStatus": "CANCELLED"}}, True, False),
    ({"status": "FAILED", "outputs": {"finalStatus": None}, "error": {"name": "Arazzo.StepFailed"}}, True, True),
], ids=["running", "available", "unknown", "failed-build", "cancelled-build", "failed-run"])
def test_failed_runs_are_kept(template, payload, kept, kept_if_accepted):
    for accepted, expected in (("true", kept), ("false", kept_if_accepted)):
        rule = template.deployed(Continuation="scheduler", FailOnUnsuccessfulBuild=accepted)["FailedRunsRule"]
        assert matches(rule["EventPattern"], event_of(payload)) == expected
        assert rule["EventBusName"] == "<ResultsBus>" and rule["Targets"][0]["Arn"] == "<FailedRuns.Arn>"


@pytest.mark.parametrize("status, recipe, woken", [("AVAILABLE", "golden-image", True), ("FAILED", "golden-image", True),
                                                   ("BUILDING", "golden-image", False), ("AVAILABLE", "golden-image-2", False)])
def test_image_states_wake(template, status, recipe, woken):
    event = sample("image-state-change.json")
    event["detail"]["state"]["status"] = status
    event["resources"] = [arn.replace("image/golden-image/", f"image/{recipe}/") for arn in event["resources"]]
    given = {"ImageRecipeArn": RECIPE + "golden-image/1.0.0", **EARLY}
    assert matches(template.deployed(**given)["ImageStateRule"]["EventPattern"], event) == woken


@pytest.mark.parametrize("name, source", [("FailedRunsPolicy", "FailedRunsRule"), ("UndeliveredStartsPolicy", "EventRule")])
def test_queues_take_from_their_rule_only(template, name, source):
    (statement,) = template.deployed(Continuation="scheduler")[name]["PolicyDocument"]["Statement"]
    assert statement["Condition"] == {"ArnEquals": {"aws:SourceArn": f"<{source}.Arn>"}}


TAGGED = ("AWS::Serverless::Function", "AWS::StepFunctions::StateMachine", "AWS::IAM::Role", "AWS::Logs::LogGroup", "AWS::SQS::Queue",
          "AWS::CloudWatch::Alarm")


@pytest.mark.parametrize("name", [name for name, resource in TEXT.resources.items() if resource["Type"] in TAGGED])
def test_tags(name):
    assert TEXT.resources[name]["Properties"]["Tags"] in ({"Service": "arazzo-lambda"}, [{"Key": "Service", "Value": "arazzo-lambda"}])


CALLER = {"FanOutCallerArn": f"arn:aws:iam::{ACCOUNT}:role/fan-out"}
SHOWN = [(name, value) for parameters in ({}, EARLY, CALLER) for name, value in TEXT.shown(**parameters).items()]


def test_every_output_is_shown_in_some_mode():
    assert {name for name, _ in SHOWN} == set(TEXT.outputs)


@pytest.mark.parametrize("name, value", SHOWN, ids=[name for name, _ in SHOWN])
def test_output_is_a_command(name, value):
    """Each can be pasted into a shell, and is a command of the AWS CLI with options that its operation has."""
    words = shlex.split(value)
    check_command(words)
    assert "--region" in words


def test_configuration_of_sam():
    """Both environments name a stack, and neither names an account or a region."""
    text = (ROOT / "samconfig.toml").read_text()
    stacks = re.findall(r'^stack_name = "([^"]+)"', text, re.MULTILINE)
    assert re.findall(r"^\[(\w+)\.deploy\.parameters\]", text, re.MULTILINE) == ["default", "prod"]
    assert len(set(stacks)) == 2
    assert "region" not in text and not re.search(r"\d{12}", text)


def test_architecture_is_the_makefile_s():
    """Without a word from anybody, both mean the same; test_sam_build.py looks at what is built."""
    makefile = (ROOT / "Makefile").read_text()
    architecture = TEXT.parameters["Architecture"]
    assert re.search(r"^ARCH \?= (\S+)", makefile, re.MULTILINE)[1] == architecture["Default"]
    assert TEXT.resources["ArazzoFunction"]["Properties"]["Architectures"] == [{"Ref": "Architecture"}]
    assert architecture["AllowedValues"] == ["x86_64", "arm64"]


def test_makefile_has_only_what_sam_calls(template):
    targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    built = [name for name, resource in template.resources.items() if resource.get("Metadata", {}).get("BuildMethod") == "makefile"]
    assert targets == [f"build-{name}" for name in built]
