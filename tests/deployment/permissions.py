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
TASK_ACTIONS = {"arn:aws:states:::lambda:invoke": {"lambda:InvokeFunction"}}


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


def task_actions(definition):
    """The actions that the tasks of a state machine need."""
    tasks = [state for state in definition["States"].values() if state["Type"] == "Task"]
    return set().union(*(TASK_ACTIONS[task["Resource"]] for task in tasks))


def as_list(value):
    return value if isinstance(value, list) else [value]


def statements(role):
    return [statement for policy in role["Policies"] for statement in policy["PolicyDocument"]["Statement"]]


def granted(role):
    """The actions that a role's policies allow."""
    return {action for statement in statements(role) for action in as_list(statement["Action"])}
