"""Which IAM actions a deployment needs, derived from what is deployed: the Arazzo document, its OpenAPI description, the state
machine, and the settings of the resources.

An operation of EC2 Image Builder is the action of its name. What else AWS asks for when an operation is called depends on the members
that the step gives it: AWS looks at the caller's permission for each thing that it is told to use. (AWS Service Authorization
Reference, EC2 Image Builder; Image Builder User Guide, "Identity-based policies".)
"""

import yaml

from template import ROOT

DOCUMENT = ROOT / "descriptions/arazzo/amazon-ec2-image-builder-build-image-with-failure-cleanup-workflow.yml"
METHODS = ("get", "put", "post", "delete", "patch", "head", "options")

# (operation, member of its request): the actions that the member brings.
BY_MEMBER = {
    ("CreateImage", "imageRecipeArn"): {"imagebuilder:GetImageRecipe"},
    ("CreateImage", "containerRecipeArn"): {"imagebuilder:GetContainerRecipe"},
    ("CreateImage", "infrastructureConfigurationArn"): {"imagebuilder:GetInfrastructureConfiguration"},
    ("CreateImage", "distributionConfigurationArn"): {"imagebuilder:GetDistributionConfiguration"},
    ("CreateImage", "workflows"): {"imagebuilder:GetWorkflow"},
    ("CreateImage", "tags"): {"imagebuilder:TagResource"},
    ("CreateImage", "executionRole"): {"iam:PassRole"},
}
# Members that bring none.
PLAIN_MEMBERS = {("CreateImage", "clientToken"), ("GetImage", "imageBuildVersionArn"), ("DeleteImage", "imageBuildVersionArn")}

# (Lambda Developer Guide, "Sending function logs"; "Visualize … X-Ray"; "Adding a destination".)
FUNCTION_LOGS = {"logs:CreateLogStream", "logs:PutLogEvents"}
FUNCTION_TRACES = {"xray:PutTraceSegments", "xray:PutTelemetryRecords"}
# (Step Functions Developer Guide, "Using CloudWatch Logs"; "X-Ray and Step Functions".)
STATE_MACHINE_LOGS = {f"logs:{name}" for name in (
    "CreateLogDelivery", "GetLogDelivery", "UpdateLogDelivery", "DeleteLogDelivery", "ListLogDeliveries", "PutResourcePolicy",
    "DescribeResourcePolicies", "DescribeLogGroups")}
STATE_MACHINE_TRACES = FUNCTION_TRACES | {"xray:GetSamplingRules", "xray:GetSamplingTargets"}
KEY = {"kms:Decrypt", "kms:GenerateDataKey"}
# (EventBridge Scheduler User Guide, "Setting up", "Encryption at rest"; docs/adr/0012 says which operations there are.)
SCHEDULES = {f"scheduler:{name}" for name in ("CreateSchedule", "UpdateSchedule", "GetSchedule", "DeleteSchedule", "ListSchedules")}
SCHEDULES_WITH_ROLE = {"iam:PassRole"}
SCHEDULES_WITH_KEY = {"kms:DescribeKey"}
# (Lambda Developer Guide, "Capturing records of Lambda asynchronous invocations".)
DESTINATION_ACTIONS = {"FailedInvocations": "sqs:SendMessage", "ResultsBus": "events:PutEvents"}
# What the target of a schedule or a rule is: the action that whoever invokes it needs.
TARGET_ACTIONS = {"<RunStateMachine>": "states:StartExecution", "<ArazzoFunction.Version>": "lambda:InvokeFunction"}
# (Step Functions Developer Guide, "IAM policies for calling Step Functions workflows", without StopExecution: template.yaml says why.)
TASK_ACTIONS = {
    "arn:aws:states:::lambda:invoke": {"lambda:InvokeFunction"},
    "arn:aws:states:::states:startExecution.sync:2": {
        "states:StartExecution", "states:DescribeExecution", "events:PutTargets", "events:PutRule", "events:DescribeRule"},
    "arn:aws:states:::aws-sdk:sfn:describeExecution": {"states:DescribeExecution"},
}
# (The same, "IAM policies for using Distributed Map states": of the state machine itself, and of the executions below it.)
MAP_ACTIONS = {"states:StartExecution"}
MAP_EXECUTION_ACTIONS = {"states:DescribeExecution", "states:StopExecution", "states:RedriveExecution"}


def operations_of(description):
    return {operation["operationId"] for item in description["paths"].values() for method, operation in item.items()
            if method in METHODS}


def step_members(step):
    """The names of what a step gives to its operation."""
    payload = step.get("requestBody", {}).get("payload", {})
    return set(payload) | {parameter["name"] for parameter in step.get("parameters", [])}


def step_actions(step):
    operation = step["operationId"]
    actions = {f"imagebuilder:{operation}"}
    for member in step_members(step):
        if (operation, member) not in PLAIN_MEMBERS:
            actions |= BY_MEMBER[operation, member]
    return actions


def workflow_actions(document):
    """The actions that all steps of a document need."""
    steps = [step for workflow in document["workflows"] for step in workflow["steps"]]
    return set().union(*map(step_actions, steps))


def load(path):
    return yaml.safe_load(path.read_text())


def descriptions_of(document):
    return [load((DOCUMENT.parent / source["url"]).resolve()) for source in document["sourceDescriptions"]]


def tasks_of(machine):
    """The tasks of a state machine, those of its Maps included."""
    states = list(machine["States"].values())
    inner = [task for state in states if state["Type"] == "Map" for task in tasks_of(state["ItemProcessor"])]
    return [state for state in states if state["Type"] == "Task"] + inner


def task_actions(definition):
    """The actions that the tasks of a state machine need."""
    return set().union(*(TASK_ACTIONS[task["Resource"]] for task in tasks_of(definition)))


def destination_actions(configuration):
    """What the function needs to hand on how its asynchronous invocations ended."""
    destinations = configuration.get("DestinationConfig", {}).values()
    return {DESTINATION_ACTIONS[each["Destination"][1:-1].split(".")[0]] for each in destinations}


def continuation_actions(environment):
    """What the function needs to bring its own next step, by its variables."""
    if environment["ARAZZO_CONTINUATION"] == "return":
        return set()
    return (SCHEDULES | (SCHEDULES_WITH_ROLE if "ARAZZO_SCHEDULER_ROLE_ARN" in environment else set())
            | (SCHEDULES_WITH_KEY if "ARAZZO_SCHEDULER_KMS_KEY_ARN" in environment else set()))


def as_list(value):
    return value if isinstance(value, list) else [value]


def statements(role):
    return [statement for policy in role.get("Policies", []) for statement in policy["PolicyDocument"]["Statement"]]


def roles_of(deployed):
    """The roles of a stack, each with the policies that are resources of their own."""
    roles = {name: dict(properties) for name, properties in deployed.items() if "AssumeRolePolicyDocument" in properties}
    for properties in deployed.values():
        for name in as_list(properties.get("RoleName", properties.get("Roles", []))) if "PolicyName" in properties else []:
            role = roles[name[1:-1]]
            role["Policies"] = role.get("Policies", []) + [properties]
    return roles


def granted(role):
    """The actions that a role's policies allow."""
    return {action for statement in statements(role) for action in as_list(statement["Action"])}
