"""What the template promises, as far as its text tells; much of it is what lint and translator do not see."""

import json
import re
import shlex

import botocore.session
import pytest

from template import ACCOUNT, PARAMETERS, REGION, ROOT, STACK, TEMPLATE, Template, definition, sample

TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:alarms"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/0a1b2c3d-0000-4000-8000-000000000000"
TEXT = Template(TEMPLATE.read_text())
PATTERNS = {name: parameter["AllowedPattern"] for name, parameter in TEXT.parameters.items() if "AllowedPattern" in parameter}
ALARMED = {
    "ExecutionsFailedAlarm": ("AWS/States", "ExecutionsFailed"),
    "ExecutionsTimedOutAlarm": ("AWS/States", "ExecutionsTimedOut"),
    "FunctionErrorsAlarm": ("AWS/Lambda", "Errors"),
    "UndeliveredStartsAlarm": ("AWS/SQS", "ApproximateNumberOfMessagesVisible"),
    "FailedInvocationsAlarm": ("AWS/SQS", "ApproximateNumberOfMessagesVisible"),
    "GuardExceededAlarm": (f"Arazzo/{STACK}", "GuardExceeded"),
}

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
    assert ("Default" in parameter) == (name not in PARAMETERS)


@pytest.mark.parametrize("name", sorted(set(PATTERNS) - set(PARAMETERS)))
def test_default_fits_its_pattern(name):
    assert re.fullmatch(PATTERNS[name], TEXT.parameters[name]["Default"])


def test_nothing_starts_by_itself(template):
    assert template.resolve(template.resources["Schedule"])["Properties"]["State"] == "DISABLED"
    assert template.resolve(template.resources["EventRule"])["Properties"]["State"] == "DISABLED"


def test_substitutions_are_those_of_the_definition(template):
    machine = template.resources["RunStateMachine"]["Properties"]
    assert (ROOT / machine["DefinitionS3Location"]).read_text() == definition()
    assert set(machine["DefinitionSubstitutions"]) == set(re.findall(r"\$\{(\w+)\}", definition()))
    assert template.parameters["FailOnUnsuccessfulBuild"]["Default"] == "true"


def test_state_machine_outlasts_the_run_s_own_guard(template):
    assert json.loads(definition())["TimeoutSeconds"] > template.parameters["RunTimeoutSeconds"]["MaxValue"]


def test_task_outlasts_the_function(template):
    timeout = template.resources["ArazzoFunction"]["Properties"]["Timeout"]
    tasks = [state for state in json.loads(definition())["States"].values() if state["Type"] == "Task"]
    assert all(task["TimeoutSeconds"] > timeout >= 30 for task in tasks)


def test_function_variables_are_documented(template):
    readme = (ROOT / "README.md").read_text()
    variables = template.resources["ArazzoFunction"]["Properties"]["Environment"]["Variables"]
    assert all(f"`{name}`" in readme for name in variables)


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
    configuration = template.resolve(template.resources["ArazzoFunction"])["Properties"]["EventInvokeConfig"]
    assert configuration["DestinationConfig"]["OnFailure"] == {"Type": "SQS", "Destination": "<FailedInvocations.Arn>"}


@pytest.mark.parametrize("key", ["", KEY], ids=["without-key", "with-key"])
def test_everything_that_rests_is_encrypted(template, key):
    resolved = {name: template.resolve(resource, KmsKeyArn=key)["Properties"] for name, resource in template.resources.items()}
    for name in template.of_type("AWS::SQS::Queue"):
        assert (resolved[name].get("KmsMasterKeyId", ""), "SqsManagedSseEnabled" in resolved[name]) == (key, not key)
    for name in template.of_type("AWS::Logs::LogGroup"):
        assert resolved[name].get("KmsKeyId", "") == key
    assert resolved["ArazzoFunction"].get("KmsKeyArn", "") == key
    assert resolved["Schedule"].get("KmsKeyArn", "") == key
    assert resolved["RunStateMachine"].get("EncryptionConfiguration", {}).get("KmsKeyId", "") == key


@pytest.mark.parametrize("name", TEXT.of_type("AWS::Logs::LogGroup"))
def test_logs_are_kept_as_long_as_asked(template, name):
    assert template.resolve(template.resources[name])["Properties"]["RetentionInDays"] == 30


def test_state_is_not_logged(template):
    logging = template.resources["RunStateMachine"]["Properties"]["LoggingConfiguration"]
    assert logging["IncludeExecutionData"] is False


@pytest.mark.parametrize("topic", ["", TOPIC], ids=["without-topic", "with-topic"])
def test_alarms(template, topic):
    alarms = {name: template.resolve(alarm, AlarmTopicArn=topic) for name, alarm in template.of_type("AWS::CloudWatch::Alarm").items()}
    assert {name: (alarm["Namespace"], alarm["MetricName"]) for name, alarm in alarms.items()} == ALARMED
    for alarm in alarms.values():
        assert alarm.get("AlarmActions") == ([topic] if topic else None)
        assert alarm["TreatMissingData"] == "notBreaching"


def test_dashboard_is_json_and_shows_every_alarm(template):
    body = json.loads(template.resolve(template.resources["Dashboard"])["Properties"]["DashboardBody"])
    shown = [alarm for widget in body["widgets"] for alarm in widget["properties"].get("alarms", [])]
    assert sorted(shown) == sorted(f"<{name}.Arn>" for name in ALARMED)
    for widget in body["widgets"]:
        assert 0 <= widget["x"] and widget["x"] + widget["width"] <= 24
        assert widget["type"] == "alarm" or widget["properties"]["region"] == REGION


TAGGED = ("AWS::Serverless::Function", "AWS::StepFunctions::StateMachine", "AWS::IAM::Role", "AWS::Logs::LogGroup", "AWS::SQS::Queue",
          "AWS::CloudWatch::Alarm")


@pytest.mark.parametrize("name", [name for name, resource in TEXT.resources.items() if resource["Type"] in TAGGED])
def test_tags(name):
    assert TEXT.resources[name]["Properties"]["Tags"] in ({"Service": "arazzo-lambda"}, [{"Key": "Service", "Value": "arazzo-lambda"}])


# Commands of the AWS CLI that are not operations by name.
CUSTOM_COMMANDS = {("logs", "tail"): {"region", "follow"}}
GLOBAL_OPTIONS = {"region", "output"}


def option_name(member):
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", member).lower()


@pytest.mark.parametrize("name", TEXT.outputs)
def test_output_is_a_command(template, name):
    """Each can be pasted into a shell, and is a command of the AWS CLI with options that its operation has."""
    words = shlex.split(template.resolve(template.outputs[name])["Value"])
    assert words[0] == "aws"
    service, command = words[1], words[2]
    given = {word[2:] for word in words if word.startswith("--")}
    if (service, command) in CUSTOM_COMMANDS:
        assert given <= CUSTOM_COMMANDS[service, command]
        return
    model = botocore.session.Session().get_service_model(service)
    operations = {option_name(operation): operation for operation in model.operation_names}
    members = model.operation_model(operations[command]).input_shape.members
    assert given - GLOBAL_OPTIONS - {"max-items"} <= {option_name(member) for member in members}
    assert "region" in given


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
