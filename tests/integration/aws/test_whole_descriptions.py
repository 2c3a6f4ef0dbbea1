"""Whole descriptions of services, one of each kind: the first step of a workflow is loaded, compiled and sent.

Nothing answers where it is sent to, so that the run is still RUNNING and waits. With ARAZZO_SERVICES=all it is every
service of botocore, which takes minutes.
"""

import json
import os
import subprocess

import yaml
from moto_server import python_with_moto

SAMPLE = ["accessanalyzer", "apigateway", "cloudformation", "cloudfront", "dynamodb", "ec2", "iam", "lambda", "s3",
          "sagemaker"]
REFUSED = {"importexport", "sdb"}
ENVIRONMENT = {"AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "one", "AWS_SECRET_ACCESS_KEY": "two",
               "AWS_ENDPOINT_URL": "http://127.0.0.1:9"}
METHODS = ("get", "put", "post", "delete", "patch", "head")


def services(program):
    if os.environ.get("ARAZZO_SERVICES") != "all":
        return SAMPLE
    script = "import botocore.session as s; print(' '.join(s.get_session().get_available_services()))"
    found = subprocess.run([program, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    return sorted(set(found) - REFUSED)


def operations(description):
    """Every operation; those with the fewest parameters that must be given come first."""
    found = [item[method] for item in description["paths"].values() for method in METHODS if method in item]
    return sorted(found, key=lambda one: (one.get("requestBody", {}).get("required", False), len(required(one)),
                                          one["operationId"]))


def required(operation):
    return [parameter for parameter in operation["parameters"] if parameter["required"]]


def step(operation):
    given = [{"name": one["name"], "in": one["in"], "value": one["schema"].get("enum", ["x"])[0]}
             for one in required(operation)]
    body = {"requestBody": {"payload": {}}} if operation.get("requestBody", {}).get("required") else {}
    return {"stepId": "first", "operationId": operation["operationId"], "parameters": given, **body}


def workflow(service, folder, workspace):
    """Writes the service's whole description and a workflow of one step; the workflow's path."""
    path = folder / f"{service}.yaml"
    workspace.generate(service, path)
    description = yaml.load(path.read_text(), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    document = {"arazzo": "1.0.1", "info": {"title": service, "version": "1"},
                "sourceDescriptions": [{"name": "source", "url": path.name, "type": "openapi"}],
                "workflows": [{"workflowId": "one", "steps": [step(operations(description)[0])]}]}
    (folder / "one.arazzo.yaml").write_text(json.dumps(document))
    return folder / "one.arazzo.yaml"


def pytest_generate_tests(metafunc):
    program = python_with_moto("moto.server, flask, yaml")
    metafunc.parametrize("service", services(program) if program else SAMPLE)


def test_loads(arazzo, workspace, tmp_path, service):
    document = workflow(service, tmp_path, workspace)
    done = arazzo("step", document, stdin='{"inputs": {}}', environment=ENVIRONMENT)
    assert done.exit_status == 0, done.stderr
    assert (done.json["status"], done.json["lastStep"]["action"]) == ("RUNNING", "wait"), done.json
