"""Commands of the AWS CLI, held to botocore's models: the operation is there, and has the options."""

import re

import botocore.session

# Commands that are not operations by name, with their options.
CUSTOM_COMMANDS = {("logs", "tail"): {"region", "follow"}}
# Operations that an older botocore does not know yet, with their options.
NEWER = {("stepfunctions", "redrive-execution"): {"execution-arn", "client-token"}}
GLOBAL_OPTIONS = {"region", "output", "query", "profile", "cli-binary-format", "no-paginate", "max-items"}


def option_name(member):
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", member).lower()


def options_of(service, command):
    """The options of a command; a KeyError where there is no such one."""
    if (service, command) in CUSTOM_COMMANDS:
        return CUSTOM_COMMANDS[service, command]
    model = botocore.session.Session().get_service_model(service)
    operations = {option_name(operation): operation for operation in model.operation_names}
    if command not in operations:
        return NEWER[service, command]
    shape = model.operation_model(operations[command]).input_shape
    names = {option_name(member) for member in (shape.members if shape else {})}
    # A flag is also there as its contrary.
    return names | {f"no-{name}" for name in names} | GLOBAL_OPTIONS


def check_command(words):
    assert words[0] == "aws"
    given = {word[2:] for word in words if word.startswith("--")}
    unknown = given - options_of(words[1], words[2])
    assert not unknown, f"aws {words[1]} {words[2]} has no {unknown}"
