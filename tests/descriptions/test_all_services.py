"""Every service of the installed botocore: it is described, or refused with a reason; and the description is valid.

The descriptions are made here and now. A sample of each protocol is validated by the schema of OpenAPI; with
ARAZZO_SERVICES=all every one is, which takes minutes.
"""

import json
import os
import re
import subprocess
import sys
import time

import botocore.session
import pytest
import yaml

from openapi.document import Document
from openapi.refusal import Refusal

METHODS = {"get", "put", "post", "delete", "patch", "head"}
# Signed with version 2 only.
REFUSED = {"importexport", "sdb"}
SAMPLE = ["lambda", "efs", "codeartifact", "dynamodb", "secretsmanager", "stepfunctions", "sqs", "sns", "iam",
          "autoscaling", "rds", "ec2", "s3", "route53", "cloudfront", "s3control"]
SECONDS = 10        # for one service, EC2 too; a tenth of that is usual
BATCH = 50

SESSION = botocore.session.get_session()
LOADER = SESSION.get_component("data_loader")
SERVICES = sorted(SESSION.get_available_services())


def described(service):
    return Document(service, LOADER.load_service_model(service, "service-2"), LOADER.load_data("endpoints")).build()


def references(value):
    """All $ref below a value."""
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from references(one)


def check_references(document):
    components = document["components"]
    known = {f"#/components/{kind}/{name}" for kind in ("schemas", "parameters") for name in components[kind]}
    assert set(references(document)) <= known


def check_operation(path, operation):
    """Parameters are declared once, and the path's are those of its template."""
    places = [(parameter["name"], parameter["in"]) for parameter in operation["parameters"]]
    assert len(set(places)) == len(places)
    template = set(re.findall(r"{([^}]*)}", path.split("#")[0]))
    assert template == {name for name, place in places if place == "path"}


def check_operations(service, document):
    """Each operation of the model is there once, or named among the omitted."""
    found = []
    for path, item in document["paths"].items():
        for method in METHODS & set(item):
            check_operation(path, item[method])
            found.append(item[method]["operationId"])
    omitted = document["info"].get("x-aws-omitted", {})
    model = LOADER.load_service_model(service, "service-2")
    assert sorted([*found, *omitted]) == sorted(model["operations"])


@pytest.mark.parametrize("service", SERVICES)
def test_service(service):
    started = time.monotonic()
    if service in REFUSED:
        with pytest.raises(Refusal):
            described(service)
        return
    document = described(service)
    assert time.monotonic() - started < SECONDS
    check_references(document)
    check_operations(service, document)


def names():
    if os.environ.get("ARAZZO_SERVICES") == "all":
        return [service for service in SERVICES if service not in REFUSED]
    return [service for service in SAMPLE if service in SERVICES]


def batches():
    chosen = names()
    return [chosen[at:at + BATCH] for at in range(0, len(chosen), BATCH)]


@pytest.mark.parametrize("services", batches(), ids=lambda services: f"{services[0]}-to-{services[-1]}")
def test_valid_by_the_schema_of_openapi(validators, tmp_path, services):
    for service in services:
        (tmp_path / f"{service}.json").write_text(json.dumps(described(service)))
    done = validators("../validate.mjs", *(tmp_path / f"{service}.json" for service in services))
    verdicts = [json.loads(line) for line in done.stdout.splitlines()]
    assert [verdict for verdict in verdicts if not verdict["valid"]] == []
    assert len(verdicts) == len(services) and done.returncode == 0, done.stderr


def test_written_text_is_the_document(root, tmp_path):
    """What libyaml writes reads back as what was described: S3 has the oddest texts."""
    path = tmp_path / "s3.yaml"
    program = root / "scripts" / "generate-openapi"
    subprocess.run([sys.executable, "-B", str(program), "s3", "-o", str(path)], check=True)
    assert yaml.load(path.read_text(), getattr(yaml, "CSafeLoader", yaml.SafeLoader)) == described("s3")
