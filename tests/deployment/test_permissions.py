"""Each role may do what is needed, and nothing else: what is needed is derived from what is deployed (permissions.py)."""

import copy
import json
import subprocess

import botocore.session
import pytest

import permissions
from template import ACCOUNT, PARAMETERS, REGION, definition

KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/0a1b2c3d-0000-4000-8000-000000000000"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/boundary"
EVERYWHERE = {"xray", "logs"}


@pytest.fixture(scope="module")
def document():
    return permissions.load(permissions.DOCUMENT)


@pytest.fixture(params=["", KEY], ids=["without-key", "with-key"])
def key(request):
    return request.param


@pytest.fixture
def roles(template, key):
    return {name: template.resolve(role, KmsKeyArn=key) for name, role in template.of_type("AWS::IAM::Role").items()}


def needed_by_function(document, key):
    return (permissions.workflow_actions(document) | permissions.FUNCTION_LOGS | permissions.FUNCTION_TRACES | {"sqs:SendMessage"}
            | (permissions.KEY if key else set()))


def needed_by_state_machine(key):
    return (permissions.task_actions(json.loads(definition())) | permissions.STATE_MACHINE_LOGS
            | permissions.STATE_MACHINE_TRACES | (permissions.KEY if key else set()))


def test_steps_call_operations_of_the_description(document):
    known = set().union(*map(permissions.operations_of, permissions.descriptions_of(document)))
    assert {step["operationId"] for workflow in document["workflows"] for step in workflow["steps"]} <= known


def test_function(roles, document, key):
    assert permissions.granted(roles["FunctionRole"]) == needed_by_function(document, key)


def test_state_machine(roles, key):
    assert permissions.granted(roles["StateMachineRole"]) == needed_by_state_machine(key)


def test_starter(roles, key):
    needed = {"states:StartExecution", "sqs:SendMessage"} | (permissions.KEY if key else set())
    assert permissions.granted(roles["StarterRole"]) == needed


@pytest.mark.parametrize("member, action", [(member, action) for (_, member), actions in permissions.BY_MEMBER.items()
                                            for action in sorted(actions)])
def test_a_member_of_the_request_brings_its_action(document, member, action):
    other = copy.deepcopy(document)
    payload = other["workflows"][0]["steps"][0]["requestBody"]["payload"]
    payload.pop(member, None)
    assert action not in permissions.workflow_actions(other)
    payload[member] = "$inputs.x"
    assert action in permissions.workflow_actions(other)


def test_an_unknown_member_is_no_silent_pass(document):
    other = copy.deepcopy(document)
    other["workflows"][0]["steps"][0]["requestBody"]["payload"]["surprise"] = 1
    with pytest.raises(KeyError):
        permissions.workflow_actions(other)


def test_another_step_needs_another_action(document):
    other = copy.deepcopy(document)
    other["workflows"][0]["steps"].append({"stepId": "list", "operationId": "ListImages"})
    assert "imagebuilder:ListImages" in permissions.workflow_actions(other) - permissions.workflow_actions(document)


def granted_actions(template):
    resolved = [template.resolve(role, KmsKeyArn=KEY) for role in template.of_type("AWS::IAM::Role").values()]
    return set().union(*map(permissions.granted, resolved))


def all_actions(template):
    """Also those that this file speaks of, but the shipped document does not need."""
    return granted_actions(template).union(*permissions.BY_MEMBER.values())


def test_actions_of_image_builder_exist(template):
    """By botocore's model: each of the service's operations is an action of that name."""
    model = botocore.session.Session().get_service_model("imagebuilder")
    names = {f"imagebuilder:{name}" for name in model.operation_names}
    assert {action for action in granted_actions(template) if action.startswith("imagebuilder:")} <= names


def test_all_actions_exist(template, program):
    """By the list of IAM's actions that cfn-lint brings along."""
    script = ("import cfnlint, json, pathlib; "
              "print((pathlib.Path(cfnlint.__file__).parent / 'data/AdditionalSpecs/Policies.json').read_text())")
    done = subprocess.run([program, "-c", script], capture_output=True, text=True, check=True)
    services = json.loads(done.stdout)
    exists = {f"{service}:{action}" for service, content in services.items() for action in content["Actions"]}
    assert {action for action in all_actions(template) if action.lower() not in exists} == set()
    assert "imagebuilder:getimagereceipt" not in exists


def test_no_wildcard_in_an_action(template):
    assert not [action for action in all_actions(template) if "*" in action]


def test_resources_are_narrowed(roles):
    """Only what has no resources may be allowed on all of them."""
    for role in roles.values():
        for statement in permissions.statements(role):
            if "*" in permissions.as_list(statement["Resource"]):
                assert {action.split(":")[0] for action in permissions.as_list(statement["Action"])} <= EVERYWHERE, statement


def resource_of(role, action):
    return [statement["Resource"] for statement in permissions.statements(role) if action in permissions.as_list(statement["Action"])]


@pytest.mark.parametrize("action", ["CreateImage", "GetImage", "DeleteImage"])
def test_images_are_those_of_the_recipe(roles, action):
    assert resource_of(roles["FunctionRole"], f"imagebuilder:{action}") == [f"arn:aws:imagebuilder:{REGION}:{ACCOUNT}:image/web/*"]


def test_what_is_built_is_what_was_given(roles):
    assert resource_of(roles["FunctionRole"], "imagebuilder:GetImageRecipe") == [PARAMETERS["ImageRecipeArn"]]
    assert resource_of(roles["FunctionRole"], "imagebuilder:GetInfrastructureConfiguration") == [
        PARAMETERS["InfrastructureConfigurationArn"]]


def test_runs_under_way_may_call_their_version(roles):
    assert resource_of(roles["StateMachineRole"], "lambda:InvokeFunction") == ["<ArazzoFunction.Arn>:*"]


@pytest.mark.parametrize("boundary", ["", BOUNDARY])
def test_boundary(template, boundary):
    for role in template.of_type("AWS::IAM::Role").values():
        assert template.resolve(role, PermissionsBoundaryArn=boundary).get("PermissionsBoundary", "") == boundary


def test_services_act_for_this_account_only(roles):
    """Lambda itself is the one that does not say for whom it acts."""
    for name, role in roles.items():
        for statement in role["AssumeRolePolicyDocument"]["Statement"]:
            condition = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
            assert statement.get("Condition") == (None if name == "FunctionRole" else condition)
