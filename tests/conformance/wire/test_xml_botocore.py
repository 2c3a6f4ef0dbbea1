"""Compares our reading and writing of XML with botocore's parsers and serializers, for generated values of services' shapes."""

import base64
import json
import random
import sys
import pathlib
from xml.etree import ElementTree

import botocore.parsers
import botocore.serialize
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import shapes  # noqa: E402

SEED = 20260115
MOST = 60
EACH = 4
REST = ["cloudfront", "route53", "s3", "s3control"]
AMBIGUOUS = ["GetBucketNotification"]  # two of its members are the same element
READ = ["autoscaling", "cloudformation", "elbv2", "iam", "rds", "sns", "ec2", *REST]


def operations(service, dice, wanted):
    model = shapes.service_model(service)
    found = [model.operation_model(name) for name in model.operation_names]
    found = [operation for operation in found if wanted(operation)]
    return dice.sample(found, min(MOST, len(found)))


def body_shape(shape):
    """The shape of the body: the payload, or what is in no other place."""
    if shape is None:
        return None
    payload = shape.serialization.get("payload")
    body = shape.members[payload] if payload else shape
    has_stream = any(getattr(each, "is_eventstream", False) for each in [body, *getattr(body, "members", {}).values()])
    return body if body.type_name == "structure" and not has_stream else None


# ---- writing ----

def is_written(operation):
    body = body_shape(operation.input_shape)
    return body is not None and any("location" not in each.serialization for each in body.members.values()) \
        and "name" in body.serialization


def serialized(operation, value):
    payload = operation.input_shape.serialization.get("payload")
    serializer = botocore.serialize.create_serializer("rest-xml", include_validation=False)
    filled = {name: "x" for name, each in operation.input_shape.members.items()
              if each.serialization.get("location") == "uri" or name == "AccountId"}
    return serializer.serialize_to_request({**filled, **({payload: value} if payload else value)}, operation)["body"]


def canonical(node):
    children = sorted((canonical(each) for each in node), key=lambda each: each[0])
    return node.tag, sorted(node.attrib.items()), node.text or "", children


@pytest.mark.parametrize("says_wrapped", [False, True])
@pytest.mark.parametrize("service", REST)
def test_written(service, says_wrapped):
    dice = random.Random(f"{SEED} {service}")
    generated = [(operation, shapes.value(dice, body_shape(operation.input_shape)))
                 for operation in operations(service, dice, is_written) for _ in range(EACH)]
    generated = [(operation, value) for operation, value in generated if value]
    assert len(generated) > 30
    lines = [{"as": "aws-xml", "schema": shapes.Notation(says_wrapped).schema(body_shape(operation.input_shape)),
              "value": shapes.as_json(value)} for operation, value in generated]
    for (operation, value), line, found in zip(generated, lines, shapes.ours(lines)):
        wanted = canonical(ElementTree.fromstring(serialized(operation, value)))
        assert "is" in found, found
        assert canonical(ElementTree.fromstring(found["is"].encode())) == wanted, f"{operation.name} {json.dumps(line['value'])}"


# ---- reading ----

def answer(operation, body, value):
    """The content is put into a Result, even where a service does not: there it has no members in the elements' form."""
    content = shapes.members(body, value)
    return f"<{operation.name}Response><{operation.name}Result>{content}</{operation.name}Result></{operation.name}Response>"


def parsed(protocol, body, value):
    factory = botocore.parsers.ResponseParserFactory()
    factory.set_parser_defaults(timestamp_parser=lambda text: text, blob_parser=base64.b64decode)
    parser = factory.create_parser(protocol)
    root = ElementTree.fromstring(f"<r>{shapes.members(body, value)}</r>")
    return shapes.as_json(parser._parse_shape(body, root))


def is_read(operation):
    return body_shape(operation.output_shape) is not None and operation.name not in AMBIGUOUS


@pytest.mark.parametrize("says_wrapped", [False, True])
@pytest.mark.parametrize("service", READ)
def test_read(service, says_wrapped):
    dice = random.Random(f"{SEED} {service}")
    protocol = shapes.service_model(service).metadata["protocol"]
    generated = [(operation, body_shape(operation.output_shape))
                 for operation in operations(service, dice, is_read)]
    generated = [(operation, body, shapes.value(dice, body)) for operation, body in generated for _ in range(EACH)]
    lines = [{"as": "tree", "schema": shapes.Notation(says_wrapped).schema(body), "xml": answer(operation, body, value)}
             for operation, body, value in generated]
    count = 0
    for (operation, body, value), line, found in zip(generated, lines, shapes.ours(lines)):
        wanted = parsed(protocol, body, value)
        assert "is" in found, found
        tree = {name: item for name, item in found["is"].items() if name != operation.name + "Result"}
        assert tree == wanted, f"{operation.name} {line['xml']}"
        count += len(wanted)
    assert count > 50, "hardly any members were compared"


def plain(node):
    """The elements' form without a schema, from ElementTree."""
    made = {}
    for child in node:
        name = child.tag.rpartition("}")[2]
        held = made.get(name)
        made[name] = plain(child) if held is None else [*held, plain(child)] if isinstance(held, list) else [held, plain(child)]
    for name, text in node.attrib.items():
        if not name.startswith("{http://www.w3.org/2001/XMLSchema-instance}"):
            made.setdefault(name.rpartition("}")[2], text)
    return made if made else node.text or ""


@pytest.mark.parametrize("service", READ)
def test_read_without_schema(service):
    dice = random.Random(f"{SEED} {service}")
    generated = [(operation, body_shape(operation.output_shape))
                 for operation in operations(service, dice, is_read)]
    texts = [answer(operation, body, shapes.value(dice, body)) for operation, body in generated]
    for text, found in zip(texts, shapes.ours([{"as": "tree", "xml": text} for text in texts])):
        assert found == {"is": plain(ElementTree.fromstring(text))}, text
