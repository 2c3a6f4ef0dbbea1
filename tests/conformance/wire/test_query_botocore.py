"""Compares our parameters of AWS's query protocols with those of botocore's serializers, for generated inputs of services."""

import json
import random
import sys
import pathlib
from urllib.parse import unquote

import botocore.serialize
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import shapes  # noqa: E402

SEED = 20260114
MOST = 60  # operations of one service
EACH = 4   # inputs of one operation
QUERY = ["autoscaling", "cloudformation", "elasticbeanstalk", "elb", "elbv2", "iam", "rds", "ses", "sns", "sqs", "sts"]


def cases(service):
    dice = random.Random(f"{SEED} {service}")
    model = shapes.service_model(service)
    names = [name for name in model.operation_names if model.operation_model(name).input_shape]
    for name in dice.sample(names, min(MOST, len(names))):
        operation = model.operation_model(name)
        for _ in range(EACH):
            yield operation, shapes.value(dice, operation.input_shape)


def botocores(protocol, operation, value):
    serializer = botocore.serialize.create_serializer(protocol, include_validation=False)
    body = dict(serializer.serialize_to_request(value, operation)["body"])
    return {name: str(item) for name, item in body.items() if name not in ("Action", "Version")}


def pairs(text):
    """The pairs of a query, in which a plus is no space."""
    split = [pair.split("=", 1) for pair in text.split("&") if pair]
    made = {unquote(name): unquote(item) for name, item in split}
    assert len(made) == len(split), "a parameter comes twice"
    return made


def compare(service, protocol, flavour):
    generated = list(cases(service))
    lines = [{"as": flavour, "schema": shapes.Notation().schema(operation.input_shape), "value": shapes.as_json(value)}
             for operation, value in generated]
    count = 0
    for (operation, value), line, found in zip(generated, lines, shapes.ours(lines)):
        wanted = botocores(protocol, operation, value)
        assert "is" in found, found
        assert pairs(found["is"]) == wanted, f"{operation.name} {json.dumps(line['value'])}"
        count += len(wanted)
    assert count > 100, "hardly any parameters were compared"


@pytest.mark.parametrize("service", QUERY)
def test_query(service):
    if shapes.service_model(service).metadata["protocol"] != "query":
        pytest.skip("this botocore has no query protocol for it")
    compare(service, "query", "query")


def test_ec2():
    compare("ec2", "ec2", "ec2")


def test_keys_of_maps_are_called_by_what_values_and_maps_are_called():
    """OpenAPI has no name for the keys of a map; ours are told from these."""
    seen = set()
    for service in QUERY + ["ec2", "s3", "route53", "cloudfront", "s3control"]:
        model = shapes.service_model(service)
        for structure in map(model.shape_for, model.shape_names):
            for shape in getattr(structure, "members", {}).values():
                if shape.type_name == "map":
                    seen.add((shape.serialization.get("name") == "Tag", shape.key.serialization.get("name", "key"),
                              shape.value.serialization.get("name", "value")))
    assert seen == {(False, "key", "value"), (False, "Name", "Value"), (True, "Key", "Value")}
