"""Each role may do what is needed, and nothing else: what is needed is derived from what is deployed (permissions.py)."""

import copy
import json
import subprocess

import botocore.session
import pytest

import permissions
from template import ACCOUNT, PARAMETERS, REGION, TEMPLATE, Template, definition

KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/0a1b2c3d-0000-4000-8000-000000000000"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/boundary"
EVERYWHERE = {"xray", "logs"}
NO_RESOURCES = {"scheduler:ListSchedules"}
LOOPS = ["state-machine", "scheduler"]


@pytest.fixture(scope="module")
def document():
    return permissions.load(permissions.DOCUMENT)


@pytest.fixture(params=["", KEY], ids=["without-key", "with-key"])
def key(request):
    return request.param


@pytest.fixture(params=LOOPS)
def deployed(request, template, key):
    """The resources of a stack in each mode."""
    return template.deployed(Continuation=request.param, EarlyWake="true", KmsKeyArn=key)


@pytest.fixture
def roles(deployed):
    return permissions.roles_of(deployed)


def needed_by_function(deployed, document, key):
    function = deployed["ArazzoFunction"]
    destinations = [function["EventInvokeConfig"], deployed.get("VersionInvokeConfig", {})]
    return (permissions.workflow_actions(document) | permissions.FUNCTION_LOGS | permissions.FUNCTION_TRACES
            | permissions.continuation_actions(function["Environment"]["Variables"])
            | set().union(*map(permissions.destination_actions, destinations)) | (permissions.KEY if key else set()))


def needed_by_state_machine(key):
    return (permissions.task_actions(json.loads(definition())) | permissions.STATE_MACHINE_LOGS
            | permissions.STATE_MACHINE_TRACES | (permissions.KEY if key else set()))


def needed_by_fan_out(key, other=""):
    return (permissions.task_actions(json.loads(definition("fan-out"))) | permissions.MAP_ACTIONS | permissions.MAP_EXECUTION_ACTIONS
            | permissions.STATE_MACHINE_LOGS | permissions.STATE_MACHINE_TRACES | (permissions.KEY if key else set())
            | ({"sts:AssumeRole"} if other else set()))


def needed_by_starter(deployed, key):
    targets = [deployed["Schedule"]["Target"], *deployed["EventRule"]["Targets"]]
    started = {permissions.TARGET_ACTIONS[target["Arn"]] for target in targets}
    return started | {"sqs:SendMessage"} | (permissions.KEY if key else set())


def needed_by_schedules(key):
    """They invoke the function, and send what they can't deliver to the queue that the function names."""
    return {"lambda:InvokeFunction", "sqs:SendMessage"} | (permissions.KEY if key else set())


def surplus_and_lack(deployed, document, key):
    """By role: (what it may do without need, what it needs and may not do). Roles that are as they should be are left out."""
    needed = {"FunctionRole": needed_by_function(deployed, document, key), "StarterRole": needed_by_starter(deployed, key)}
    if "RunStateMachine" in deployed:
        needed["StateMachineRole"] = needed_by_state_machine(key)
    if "FanOutStateMachine" in deployed:
        needed["FanOutRole"] = needed_by_fan_out(key)
    if "ContinuationGroup" in deployed:
        needed["ContinuationRole"] = needed_by_schedules(key)
    granted = {name: permissions.granted(role) for name, role in permissions.roles_of(deployed).items()}
    assert granted.keys() == needed.keys()
    return {name: (granted[name] - needed[name], needed[name] - granted[name]) for name in granted if granted[name] != needed[name]}


def test_steps_call_operations_of_the_description(document):
    known = set().union(*map(permissions.operations_of, permissions.descriptions_of(document)))
    assert {step["operationId"] for workflow in document["workflows"] for step in workflow["steps"]} <= known


def test_roles_may_do_what_they_need_and_nothing_else(deployed, document, key):
    assert surplus_and_lack(deployed, document, key) == {}


def every_grant():
    """(mode, role, action) of the whole template."""
    template = Template(TEMPLATE.read_text())
    return [(loop, name, action) for loop in LOOPS
            for name, role in permissions.roles_of(template.deployed(Continuation=loop, KmsKeyArn=KEY)).items()
            for action in sorted(permissions.granted(role))]


def change_action(deployed, role, action, to):
    """Replaces an action of a role in place, by none or by several."""
    for statement in permissions.statements(permissions.roles_of(deployed)[role]):
        actions = permissions.as_list(statement["Action"])
        if action in actions:
            statement["Action"] = [each for each in actions if each != action] + to


@pytest.mark.parametrize("loop, role, action", every_grant())
def test_an_action_that_is_missing_is_found(template, document, loop, role, action):
    changed = template.deployed(Continuation=loop, KmsKeyArn=KEY)
    change_action(changed, role, action, [])
    assert surplus_and_lack(changed, document, KEY) == {role: (set(), {action})}


@pytest.mark.parametrize("loop", LOOPS)
def test_an_action_too_many_is_found(template, document, loop):
    for role in permissions.roles_of(template.deployed(Continuation=loop)):
        changed = template.deployed(Continuation=loop)
        statement = permissions.statements(permissions.roles_of(changed)[role])[0]
        statement["Action"] = permissions.as_list(statement["Action"]) + ["s3:GetObject"]
        assert surplus_and_lack(changed, document, "") == {role: ({"s3:GetObject"}, set())}


# ---- The fan-out

OTHER = "arn:aws:iam::210987654321:role/arazzo-FanOutTargetRole-1"
MORE = [f"arn:aws:imagebuilder:{REGION}:{ACCOUNT}:{name}"
        for name in ("image-recipe/db/1.0.0", "image/db/*", "infrastructure-configuration/big")]


@pytest.mark.parametrize("other", ["", OTHER])
def test_fan_out(template, key, other):
    """What its tasks need, and other accounts' roles only where there are some."""
    roles = permissions.roles_of(template.deployed(KmsKeyArn=key, FanOutRoleArns=other))
    role = template.deployed(KmsKeyArn=key, FanOutRoleArns=other)["FanOutRole"]
    assert [task for task in permissions.tasks_of(json.loads(definition("fan-out"))) if "Credentials" in task]
    assert permissions.granted(roles["FanOutRole"]) == needed_by_fan_out(key, other)
    assert resource_of(role, "sts:AssumeRole") == ([[OTHER]] if other else [])
    assert resource_of(role, "states:StartExecution") == ["<RunStateMachine>"]
    assert resource_of(role, "states:DescribeExecution") == [f"arn:aws:states:{REGION}:{ACCOUNT}:execution:<RunStateMachine.Name>:*"]


def test_fan_out_can_not_stop_a_run(template):
    """What it may stop are its own items, which only wait."""
    stopping = [resource for role in template.deployed("AWS::IAM::Role", FanOutCallerArn=OTHER).values()
                for resource in resource_of(role, "states:StopExecution")]
    assert stopping == []


def test_map(template):
    """A Distributed Map starts executions of its own state machine, whose names have a slash and the Map's label."""
    policy = template.resolve(template.resources["FanOutMapPolicy"])["Properties"]
    start, under_way = policy["PolicyDocument"]["Statement"]
    assert policy["Roles"] == ["<FanOutRole>"]
    assert (set(permissions.as_list(start["Action"])), start["Resource"]) == (permissions.MAP_ACTIONS, "<FanOutStateMachine>")
    assert set(under_way["Action"]) == permissions.MAP_EXECUTION_ACTIONS
    assert under_way["Resource"] == f"arn:aws:states:{REGION}:{ACCOUNT}:execution:<FanOutStateMachine.Name>/*"


@pytest.mark.parametrize("caller", ["", OTHER])
def test_target_of_another_account(template, key, caller):
    """The one role that is named may start runs here and look at them; without one there is no such role."""
    target = template.resources["FanOutTargetRole"]
    assert template.resolve(template.conditions[target["Condition"]], FanOutCallerArn=caller) == bool(caller)
    role = template.resolve(target["Properties"], KmsKeyArn=key, FanOutCallerArn=caller)
    assert role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == {"AWS": caller}
    assert permissions.granted(role) == {"states:StartExecution", "states:DescribeExecution"} | (permissions.KEY if key else set())
    assert resource_of(role, "states:StartExecution") == ["<RunStateMachine>"]


def test_further_builds_are_those_that_are_listed(template, document):
    """The function may do with them what it may do with its own recipe, and nothing without them."""
    role = template.resolve(template.resources["FunctionRole"], FanOutBuildArns=",".join(MORE))["Properties"]
    (statement,) = [each for each in permissions.statements(role) if each["Sid"] == "FanOut"]
    assert (set(statement["Action"]), statement["Resource"]) == (permissions.workflow_actions(document), MORE)
    none = template.resolve(template.resources["FunctionRole"])["Properties"]
    assert "FanOut" not in [each["Sid"] for each in permissions.statements(none)]


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
    given = {"KmsKeyArn": KEY, "FanOutRoleArns": OTHER, "FanOutBuildArns": ",".join(MORE), "FanOutCallerArn": OTHER}
    stacks = [template.deployed(Continuation=loop, **given) for loop in LOOPS]
    return set().union(*(permissions.granted(role) for stack in stacks for role in permissions.roles_of(stack).values()))


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
    assert not {"imagebuilder:getimagereceipt", "scheduler:putschedule"} & exists


def test_no_wildcard_in_an_action(template):
    assert not [action for action in all_actions(template) if "*" in action]


def test_resources_are_narrowed(roles):
    """Only what has no resources may be allowed on all of them."""
    for role in roles.values():
        for statement in permissions.statements(role):
            if "*" in permissions.as_list(statement["Resource"]):
                actions = set(permissions.as_list(statement["Action"])) - NO_RESOURCES
                assert {action.split(":")[0] for action in actions} <= EVERYWHERE, statement


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
    loop = roles.get("StateMachineRole") or roles["ContinuationRole"]
    assert resource_of(loop, "lambda:InvokeFunction") == ["<ArazzoFunction.Arn>:*"]


@pytest.fixture
def scheduler_roles(template):
    return permissions.roles_of(template.deployed(Continuation="scheduler", KmsKeyArn=KEY))


@pytest.mark.parametrize("action", sorted(permissions.SCHEDULES - NO_RESOURCES))
def test_schedules_are_those_of_the_group(scheduler_roles, action):
    assert resource_of(scheduler_roles["FunctionRole"], action) == [
        f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/<ContinuationGroup>/*"]


def test_only_the_role_of_the_schedules_is_passed_and_only_to_scheduler(scheduler_roles):
    (statement,) = [each for each in permissions.statements(scheduler_roles["FunctionRole"]) if each["Action"] == "iam:PassRole"]
    assert statement["Resource"] == "<ContinuationRole.Arn>"
    assert statement["Condition"] == {"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}}


@pytest.mark.parametrize("boundary", ["", BOUNDARY])
def test_boundary(template, boundary):
    for loop in LOOPS:
        for role in template.deployed("AWS::IAM::Role", Continuation=loop, PermissionsBoundaryArn=boundary).values():
            assert role.get("PermissionsBoundary", "") == boundary


# Lambda itself is the one that does not say for whom it acts; Scheduler also says for which group.
ACCOUNT_ONLY = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
TRUST = {"FunctionRole": None, "FanOutRole": ACCOUNT_ONLY, "StateMachineRole": ACCOUNT_ONLY, "StarterRole": ACCOUNT_ONLY,
         "ContinuationRole": {"StringEquals": {"aws:SourceAccount": ACCOUNT, "aws:SourceArn": "<ContinuationGroup.Arn>"}}}


def test_services_act_for_this_account_only(roles):
    for name, role in roles.items():
        assert [statement.get("Condition") for statement in role["AssumeRolePolicyDocument"]["Statement"]] == [TRUST[name]]


def test_only_who_starts_runs_may_be_the_starter(deployed):
    """A rule that invokes a function needs no role."""
    (statement,) = deployed["StarterRole"]["AssumeRolePolicyDocument"]["Statement"]
    by_rule = ["events.amazonaws.com"] if "RoleArn" in deployed["EventRule"]["Targets"][0] else []
    assert statement["Principal"]["Service"] == ["scheduler.amazonaws.com"] + by_rule
