"""Services that speak rest-json, with input in methods, paths and queries: what a run leaves behind, seen by boto3."""

import base64
import io
import json
import zipfile

import pytest

TRUST = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
                                                 "Principal": {"Service": "lambda.amazonaws.com"}}]}


@pytest.fixture
def role(account, name):
    """The ARN of a role that a function may have."""
    made = account.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))
    return made["Role"]["Arn"]


def package():
    """A deployment package in base64."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("index.py", "def handler(event, context):\n    return event\n")
    return base64.b64encode(packed.getvalue()).decode()


def test_lambda(account, outputs, name, role):
    found = outputs("lambda", {"name": name, "role": role, "zip": package(), "obsoleteTags": ["old", "older"]})
    arn = f"arn:aws:lambda:eu-west-1:123456789012:function:{name}"
    assert found == {"function": arn, "version": "1", "alias": f"{arn}:live", "memory": 256}
    client = account.client("lambda")
    function = client.get_function(FunctionName=name)
    assert function["Tags"] == {"kind": "example"}
    assert function["Configuration"]["Environment"]["Variables"] == {"STAGE": "live"}
    assert client.get_alias(FunctionName=name, Name="live")["FunctionVersion"] == "1"


def test_efs(account, outputs, name):
    found = outputs("efs", {"token": name})
    client = account.client("efs")
    [system] = client.describe_file_systems(CreationToken=name)["FileSystems"]
    assert (system["FileSystemId"], system["Encrypted"]) == (found["fileSystem"], True)
    assert system["Tags"] == [{"Key": "Name", "Value": name}]
    [point] = client.describe_access_points(FileSystemId=found["fileSystem"])["AccessPoints"]
    assert (point["AccessPointId"], point["RootDirectory"]["Path"]) == (found["accessPoint"], "/data")


def test_wrong_secret(account, run, name):
    """The service refuses the first request, and nothing was made."""
    response, _ = run("efs", {"token": name}, AWS_SECRET_ACCESS_KEY="wrong")
    assert (response["status"], response["error"]["statusCode"]) == ("FAILED", 403)
    assert account.client("efs").describe_file_systems(CreationToken=name)["FileSystems"] == []
