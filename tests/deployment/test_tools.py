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


@pytest.mark.parametrize("architecture, key, loop", [("x86_64", "", "state-machine"), ("arm64", KEY, "scheduler")])
def test_translator_accepts(translate, architecture, key, loop):
    made = translate(Architecture=architecture, KmsKeyArn=key, Continuation=loop, EarlyWake="true")
    assert "error" not in made, made


def test_translator_looks(translate, tmp_path):
    path = changed(tmp_path, "AutoPublishAlias: live", "AutoPublishAlias: [live]")
    assert "ArazzoFunction" in translate(path)["error"]


PERMISSIONS = ("AWS::IAM::Role", "AWS::IAM::RolePolicy", "AWS::IAM::Policy", "AWS::Lambda::Permission")


def test_translator_makes_no_role_and_no_permission(translate, template):
    """What a role may do stands in the template; nothing is added behind its back."""
    resources = translate()["template"]["Resources"]
    made = {name for name, resource in resources.items() if resource["Type"] in PERMISSIONS}
    assert made == {name for name, resource in template.resources.items() if resource["Type"] in PERMISSIONS}
    managed = {name: resources[name]["Properties"]["ManagedPolicyArns"] for name in made if "ManagedPolicyArns" in resources[name]["Properties"]}
    assert managed == {"FunctionRole": {"Fn::If": ["HasWorkflowPolicy", [{"Ref": "WorkflowPolicyArn"}], {"Ref": "AWS::NoValue"}]}}


def test_run_keeps_its_version(translate):
    """The definition names the version, which outlives the deployment that replaces it."""
    made = translate()
    (name, version), = versions(made).items()
    substitutions = made["template"]["Resources"]["RunStateMachine"]["Properties"]["DefinitionSubstitutions"]
    assert substitutions["FunctionArn"] == {"Ref": name}
    assert (version["DeletionPolicy"], version["UpdateReplacePolicy"]) == ("Retain", "Retain")


def test_schedules_invoke_the_version(translate):
    """In the other mode as well: what starts a run, what wakes it, and what becomes of failed invocations is of one version."""
    made = translate(Continuation="scheduler", EarlyWake="true")["template"]["Resources"]
    (name,) = versions({"template": {"Resources": made}})
    version = {"Ref": name}
    assert made["Schedule"]["Properties"]["Target"]["Arn"]["Fn::If"][1] == version
    assert made["EventRule"]["Properties"]["Targets"][0]["Arn"]["Fn::If"][1] == version
    assert made["ImageStateRule"]["Properties"]["Targets"][0]["Arn"] == version
    assert [made[each]["Properties"]["FunctionName"] for each in ("EventRulePermission", "ImageStatePermission")] == [version] * 2
    configuration = made["VersionInvokeConfig"]
    assert configuration["Properties"]["Qualifier"] == {"Fn::GetAtt": [name, "Version"]}
    assert configuration["UpdateReplacePolicy"] == "Retain"


def test_new_code_is_a_new_version(translate):
    assert versions(translate(code="1")).keys() != versions(translate(code="2")).keys()


def test_new_settings_are_a_new_version(translate, template):
    """The description is replaced with the values of all parameters that configure the function: CloudFormation makes a version."""
    function = template.resources["ArazzoFunction"]["Properties"]
    configuration = {name: value for name, value in function.items() if name not in ("EventInvokeConfig", "VersionDescription", "Tags")}
    settled_by = [repr(configuration)] + [repr(each) for name, each in template.conditions.items() if f"'{name}'" in repr(configuration)]
    used = {name for name in template.parameters if any(f"'{name}'" in text for text in settled_by)}
    (version,) = versions(translate()).values()
    described = set(re.findall(r"\$\{(\w+)\}", version["Properties"]["Description"]["Fn::Sub"]))
    assert described == used == {"Architecture", "PollSeconds", "RunTimeoutSeconds", "LogLevel", "KmsKeyArn", "Continuation",
                                 "EarlyWake", "WorkflowDocument"}
