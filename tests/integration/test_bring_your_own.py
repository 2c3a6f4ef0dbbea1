"""docs/bring-your-own-workflow.md, as it stands: its commands in a copy of the tree, and its workflow as the template deploys it."""

import json
import os
import pathlib
import re
import subprocess
import sys

import pytest

from contract import check_response
from http_double import HttpDouble

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests/deployment"))

from template import ACCOUNT, REGION, TEMPLATE, Template  # noqa: E402  (on the path now)

PAGE = (ROOT / "docs/bring-your-own-workflow.md").read_text()
COMMANDS = [line for block in re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL) for line in block.splitlines()]
PREPARATIONS = [command for command in COMMANDS if not command.startswith("build/")]
BY_ARAZZO = [command for command in COMMANDS if command.startswith("build/release/arazzo ")]
ANSWERS = dict(re.findall(r"^\| `(\w+)` \| `([^`]+)` \|$", PAGE, re.MULTILINE))
POLICY = json.loads((ROOT / "docs/examples/backup-table-policy.json").read_text())
BACKUP = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/orders/backup/01"
OUTPUTS = {"backupArn": BACKUP, "finalStatus": "AVAILABLE", "bytes": 52428800}


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """Where the page's first commands were run."""
    folder = tmp_path_factory.mktemp("tree")
    for name in ("arazzo", "openapi"):
        (folder / "descriptions" / name).mkdir(parents=True)
    for name in ("scripts", "docs"):
        (folder / name).symlink_to(ROOT / name)
    (folder / "build").mkdir()
    (folder / "build/release").symlink_to(ROOT / os.environ.get("ARAZZO_BUILD", "build/dev"))
    for command in PREPARATIONS:
        subprocess.run(command, shell=True, cwd=folder, check=True)
    return folder


def details(status):
    return {"BackupArn": BACKUP, "BackupName": "orders-by-arazzo", "BackupStatus": status, "BackupSizeBytes": 52428800}


@pytest.fixture
def dynamodb():
    """Answers as DynamoDB does: the backup, then that it is being made, then that it is there."""
    with HttpDouble() as double:
        double.script("POST", "/", {"json": {"BackupDetails": details("CREATING")}},
                      *({"json": {"BackupDescription": {"BackupDetails": details(status)}}} for status in ("CREATING", "AVAILABLE")))
        yield double


def environment(dynamodb):
    return {"AWS_REGION": REGION, "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_ENDPOINT_URL_DYNAMODB": dynamodb.url}


def check_requests(dynamodb):
    targets = [request.headers["x-amz-target"].partition(".")[2] for request in dynamodb.requests]
    assert targets == ["CreateBackup", "DescribeBackup", "DescribeBackup"]
    assert dynamodb.requests[0].json == {"TableName": "orders", "BackupName": "orders-by-arazzo"}
    assert all("/dynamodb/aws4_request" in request.headers["authorization"] for request in dynamodb.requests)


def test_the_page_has_each_kind_of_command():
    assert len(PREPARATIONS) == 2 and [command.split()[1] for command in BY_ARAZZO] == ["validate", "run", "policy"]


@pytest.mark.parametrize("command", BY_ARAZZO, ids=lambda command: command.split()[1])
def test_command(tree, dynamodb, command):
    quick = command.replace("--poll-seconds 5", "--poll-seconds 0")
    done = subprocess.run(quick, shell=True, cwd=tree, capture_output=True, text=True, env={**os.environ, **environment(dynamodb)})
    assert done.returncode == 0, done.stderr
    if " run " in command:
        assert check_response(json.loads(done.stdout))["outputs"] == OUTPUTS
        check_requests(dynamodb)


def deployed():
    """The template with the page's answers."""
    given = {"ImageRecipeArn": "", "InfrastructureConfigurationArn": "", "WorkflowPolicyArn": f"arn:aws:iam::{ACCOUNT}:policy/backup-orders"}
    return Template(TEMPLATE.read_text()).deployed(**{**given, **{name: ANSWERS[name] for name in ("WorkflowDocument", "WorkflowInputs")}})


def test_deployed_it_runs_by_the_schedule(tree, dynamodb, emulator):
    stack = deployed()
    variables = {name: str(value) for name, value in stack["ArazzoFunction"]["Environment"]["Variables"].items()}
    aws = emulator({**variables, "AWS_ENDPOINT_URL_DYNAMODB": dynamodb.url}, task_root=str(tree))
    results = aws.run(json.loads(stack["Schedule"]["Target"]["Input"]))
    assert not any(result.function_error for result in results), results[-1].payload
    assert [result.payload.get("waitSeconds") for result in results] == [0, 60, None]
    assert check_response(results[-1].payload)["outputs"] == OUTPUTS
    check_requests(dynamodb)


def test_a_backup_that_is_deleted_meanwhile_is_a_failure(tree, emulator, dynamodb):
    dynamodb.script("POST", "/", {"json": {"BackupDetails": details("CREATING")}},
                    {"json": {"BackupDescription": {"BackupDetails": details("DELETED")}}})
    aws = emulator({"ARAZZO_DOCUMENT": ANSWERS["WorkflowDocument"], "AWS_ENDPOINT_URL_DYNAMODB": dynamodb.url}, task_root=str(tree))
    last = aws.run({"inputs": json.loads(ANSWERS["WorkflowInputs"])})[-1].payload
    assert (last["status"], last["error"]["name"]) == ("FAILED", "Arazzo.StepFailed")


def test_the_policy_allows_what_the_steps_call_on_what_they_are_for():
    allowed = {statement["Action"]: statement["Resource"] for statement in POLICY["Statement"]}
    document = (ROOT / "docs/examples/backup-table.yml").read_text()
    assert allowed.keys() == {f"dynamodb:{name}" for name in re.findall(r"operationId: (\w+)", document)}
    assert all(f"table/{json.loads(ANSWERS['WorkflowInputs'])['tableName']}" in resource for resource in allowed.values())


def test_the_answers_are_parameters_that_take_them():
    parameters = Template(TEMPLATE.read_text()).parameters
    for name, value in ANSWERS.items():
        assert re.fullmatch(parameters[name]["AllowedPattern"], value), name
