"""AWS's own tools accept the template, without a network: cfn-lint and the SAM translator."""

import re

import pytest

from template import TEMPLATE

KEY = "arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d-0000-4000-8000-000000000000"


def changed(tmp_path, old, new):
    """A copy of the template in which the first `old` is `new`, beside what it refers to."""
    text = TEMPLATE.read_text()
    assert old in text
    path = tmp_path / "template.yaml"
    path.write_text(text.replace(old, new, 1))
    return path


def versions(translated):
    return {name: resource for name, resource in translated["template"]["Resources"].items()
            if resource["Type"] == "AWS::Lambda::Version"}


def test_lint_finds_nothing(lint):
    assert lint(TEMPLATE) == []


@pytest.mark.parametrize("old, new, rule", [
    ("MemorySize: 128", "MemorySize: 12", "E"),
    ("!GetAtt FunctionRole.Arn", "!GetAtt FunctionRol.Arn", "E"),
    ("TreatMissingData: notBreaching", "TreatMissingData: breachNot", "E3030"),
], ids=["memory", "reference", "enumeration"])
def test_lint_looks(lint, tmp_path, old, new, rule):
    assert re.search(rf":{rule}\w*:", "\n".join(lint(changed(tmp_path, old, new))))


@pytest.mark.parametrize("architecture", ["x86_64", "arm64"])
@pytest.mark.parametrize("key", ["", KEY])
def test_translator_accepts(translate, architecture, key):
    made = translate(Architecture=architecture, KmsKeyArn=key)
    assert "error" not in made, made


def test_translator_looks(translate, tmp_path):
    path = changed(tmp_path, "AutoPublishAlias: live", "AutoPublishAlias: [live]")
    assert "ArazzoFunction" in translate(path)["error"]


def test_translator_makes_no_role_and_no_permission(translate):
    """What a role may do stands in the template; nothing is added behind its back."""
    resources = translate()["template"]["Resources"]
    roles = {name for name, resource in resources.items() if resource["Type"] == "AWS::IAM::Role"}
    assert roles == {"FunctionRole", "StateMachineRole", "StarterRole"}
    assert not [name for name, resource in resources.items() if resource["Type"] in ("AWS::IAM::Policy", "AWS::Lambda::Permission")]
    assert not any("ManagedPolicyArns" in resources[name]["Properties"] for name in roles)


def test_run_keeps_its_version(translate):
    """The definition names the version, which outlives the deployment that replaces it."""
    made = translate()
    (name, version), = versions(made).items()
    substitutions = made["template"]["Resources"]["RunStateMachine"]["Properties"]["DefinitionSubstitutions"]
    assert substitutions["FunctionArn"] == {"Ref": name}
    assert (version["DeletionPolicy"], version["UpdateReplacePolicy"]) == ("Retain", "Retain")


def test_new_code_is_a_new_version(translate):
    assert versions(translate(code="1")).keys() != versions(translate(code="2")).keys()


def test_new_settings_are_a_new_version(translate, template):
    """The description is replaced with the values of all parameters that configure the function: CloudFormation makes a version."""
    function = template.resources["ArazzoFunction"]["Properties"]
    configuration = {name: value for name, value in function.items() if name not in ("EventInvokeConfig", "VersionDescription", "Tags")}
    used = {name for name in template.parameters if f"'{name}'" in repr(configuration)}
    (version,) = versions(translate()).values()
    described = set(re.findall(r"\$\{(\w+)\}", version["Properties"]["Description"]["Fn::Sub"]))
    assert described == used == {"Architecture", "PollSeconds", "RunTimeoutSeconds", "LogLevel", "KmsKeyArn"}
