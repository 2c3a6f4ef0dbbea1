"""`arazzo policy` grants the shipped workflow what template.yaml grants it; and its table of permissions speaks of actions and
resources that there are, by the list of IAM that cfn-lint brings along."""

import json
import os
import re
import subprocess

import pytest

import permissions
from template import ACCOUNT, PARAMETERS, REGION, ROOT

ARAZZO = ROOT / os.environ.get("ARAZZO_BUILD", "build/dev") / "arazzo"
INPUTS = [f"--input={name[0].lower()}{name[1:]}={value}" for name, value in PARAMETERS.items()]
RULE = re.compile(r'\{"(?P<service>[a-z0-9-]+)", "(?P<operation>[A-Za-z0-9*]+)", (?P<given>NULL|"[^"]+"),\s*'
                  r'(?P<action>NULL|"[^"]*"),\s*(?P<resource>[^,]+),\s*(?:NULL|"[^"]+")\}')
LIST = ("import cfnlint, pathlib; "
        "print((pathlib.Path(cfnlint.__file__).parent / 'data/AdditionalSpecs/Policies.json').read_text())")


def arazzo_policy(*arguments):
    done = subprocess.run([ARAZZO, "policy", permissions.DOCUMENT, *arguments], capture_output=True, text=True, check=True,
                          env={"PATH": os.environ["PATH"]})
    return json.loads(done.stdout), done.stderr


def pairs(statements):
    return {(action, resource) for statement in statements for action in permissions.as_list(statement["Action"])
            for resource in permissions.as_list(statement["Resource"])}


def test_the_shipped_workflow_is_granted_what_the_template_grants(template):
    role = template.resolve(template.of_type("AWS::IAM::Role")["FunctionRole"])
    [granted] = [policy["PolicyDocument"] for policy in role["Policies"] if policy["PolicyName"] == "Workflow"]
    policy, notes = arazzo_policy("--account", ACCOUNT, "--region", REGION, *INPUTS)
    assert pairs(policy["Statement"]) == pairs(granted["Statement"])
    assert policy["Version"] == granted["Version"]
    assert notes == ""


def test_an_action_more_is_seen(template):
    role = template.resolve(template.of_type("AWS::IAM::Role")["FunctionRole"])
    policy, notes = arazzo_policy("--account", ACCOUNT, "--region", REGION)
    assert pairs(policy["Statement"]) != pairs(permissions.statements(role))
    assert "imageRecipeArn is not known here" in notes


# ---- the table ----

def macros(source):
    return dict(re.findall(r"^#define ([A-Z_]+) (\".*\")$", source, re.MULTILINE))


def rules():
    source = (ROOT / "cli/policy/policy_table.c").read_text()
    defined = macros(source)
    table = source[source.index("policy_rules[]"):source.index("policy_makes[]")]
    for found in RULE.finditer(table):
        resource = "".join(re.findall(r'"([^"]*)"', re.sub(r"\b([A-Z_]{3,})\b(?![^\"]*\"[^\"]*$)",
                                                           lambda name: defined.get(name[1], name[1]), found["resource"])))
        assert resource, found[0]
        yield found["service"], found["operation"], found["action"].strip('"'), resource, found["given"].strip('"')


RULES = sorted({rule[:4] for rule in rules()})


def test_every_rule_is_read():
    source = (ROOT / "cli/policy/policy_table.c").read_text()
    table = source[source.index("policy_rules[]"):source.index("policy_makes[]")]
    assert len(list(rules())) == table.count("{\"") > 100


def test_members_bring_what_the_template_test_says():
    brought = {(operation, given): {action} for service, operation, action, _, given in rules()
               if service == "imagebuilder" and action != "NULL"}
    assert brought == permissions.BY_MEMBER


@pytest.fixture(scope="module")
def known(program):
    return json.loads(subprocess.run([program, "-c", LIST], capture_output=True, text=True, check=True).stdout)


def actions_of(known, service, operation, action):
    """What a rule's action may be; those of a pattern are all actions that fit."""
    if action != "NULL":
        return [action] if action else []
    if operation.endswith("*"):
        return []
    return [f"{service}:{operation}"]


def formats(known, action):
    """The patterns of ARNs that an action has, as regular expressions; empty where it has no resources."""
    service, name = action.split(":")
    resources = {kind.lower(): content for kind, content in known[service]["Resources"].items()}
    return [re.sub(r"\$\{[A-Za-z]+\}", "[^:]*", each) for kind in known[service]["Actions"][name.lower()].get("Resources", [])
            for each in resources[kind.lower()]["ARNFormats"]]


def as_arn(service, resource):
    filled = re.sub(r"\{(partition|region|account)\}", "", resource if resource.startswith("arn:") else f"arn::{service}:::{resource}")
    return re.sub(r"\{[^}]*\}", "x", filled.replace("{Path}", "/"))


def fits(arn, pattern):
    """Whether the ARN is one of the pattern; a kind of resource that is '*' is any."""
    kind = re.search(r":([a-z-]+)/\.\*$", pattern)
    return bool(re.fullmatch(pattern, re.sub(r":\*/", f":{kind[1]}/", arn) if kind else arn))


@pytest.mark.parametrize("service, operation, action, resource", RULES, ids=[" ".join(rule[:3]) + " " + rule[3] for rule in RULES])
def test_rule(known, service, operation, action, resource):
    for one in actions_of(known, service, operation, action):
        prefix, name = one.split(":")
        assert name.lower() in known[prefix]["Actions"], one
        allowed = formats(known, one)
        if resource == "*":
            continue
        assert allowed, f"{one} has no resources"
        assert any(fits(as_arn(service, resource), each) for each in allowed), (one, as_arn(service, resource), allowed)
