"""The generator: what it makes of each part of a model, and what it refuses."""

import copy
import subprocess
import sys

import pytest

from openapi.document import Document
from openapi.refusal import Refusal

ENDPOINTS = {"partitions": [
    {"partition": "aws", "dnsSuffix": "amazonaws.com", "defaults": {"hostname": "{service}.{region}.{dnsSuffix}"},
     "regions": {"us-east-1": {}, "eu-west-1": {}},
     "services": {"one": {"endpoints": {"eu-west-1": {}, "fips-eu-west-1": {}}},
                  "everywhere": {"isRegionalized": False, "partitionEndpoint": "aws-global",
                                 "endpoints": {"aws-global": {"hostname": "everywhere.amazonaws.com"}}},
                  "own": {"defaults": {"hostname": "{service}.data.{region}.{dnsSuffix}"},
                          "endpoints": {"us-east-1": {}}}}},
    {"partition": "aws-cn", "dnsSuffix": "amazonaws.com.cn", "defaults": {"hostname": "{service}.{region}.{dnsSuffix}"},
     "regions": {"cn-north-1": {}}, "services": {}},
    {"partition": "aws-iso", "dnsSuffix": "c2s.ic.gov", "defaults": {"hostname": "{service}.{region}.{dnsSuffix}"},
     "regions": {"us-iso-east-1": {}}, "services": {}},
]}

SHAPES = {
    "String": {"type": "string"},
    "Integer": {"type": "integer"},
    "Blob": {"type": "blob"},
    "Tree": {"type": "structure", "members": {"name": {"shape": "String"}, "children": {"shape": "Trees"}}},
    "Trees": {"type": "list", "member": {"shape": "Tree"}, "min": 1, "max": 9},
    "Failure": {"type": "structure", "members": {"message": {"shape": "String"}}, "exception": True},
}


def model(operation=None, shapes=None, **metadata):
    return {
        "metadata": {"protocol": "rest-json", "endpointPrefix": "one", "serviceFullName": "One",
                     "apiVersion": "2020-01-01", **metadata},
        "operations": {"Do": {"http": {"method": "POST", "requestUri": "/do"}, **(operation or {})}},
        "shapes": {**SHAPES, **(shapes or {})},
    }


def build(source):
    return Document("one", source, ENDPOINTS).build()


def structure(members, required=(), **more):
    return {"type": "structure", "members": members, "required": list(required), **more}


def only_operation(document):
    [(path, item)] = document["paths"].items()
    [method] = set(item) - {"parameters"}
    return path, method, item[method]


SCALARS = [
    ("string", {"type": "string", "min": 1, "max": 5, "pattern": "a+", "enum": ["a", "b"]},
     {"type": "string", "minLength": 1, "maxLength": 5, "pattern": "a+", "enum": ["a", "b"]}),
    ("sensitive string", {"type": "string", "sensitive": True}, {"type": "string", "format": "password"}),
    ("integer", {"type": "integer", "min": 0, "max": 5},
     {"type": "integer", "format": "int32", "minimum": 0, "maximum": 5}),
    ("long", {"type": "long"}, {"type": "integer", "format": "int64"}),
    ("float", {"type": "float"}, {"type": "number", "format": "float"}),
    ("double", {"type": "double"}, {"type": "number", "format": "double"}),
    ("boolean", {"type": "boolean"}, {"type": "boolean"}),
    ("timestamp", {"type": "timestamp"}, {"type": "number"}),
    ("timestamp as text", {"type": "timestamp", "timestampFormat": "iso8601"},
     {"type": "string", "format": "date-time"}),
    ("blob", {"type": "blob", "max": 8}, {"type": "string", "contentEncoding": "base64", "maxLength": 8}),
    ("list", {"type": "list", "member": {"shape": "String"}, "min": 2},
     {"type": "array", "items": {"$ref": "#/components/schemas/String"}, "minItems": 2}),
    ("map", {"type": "map", "key": {"shape": "String"}, "value": {"shape": "Integer"}, "max": 3},
     {"type": "object", "propertyNames": {"$ref": "#/components/schemas/String"},
      "additionalProperties": {"$ref": "#/components/schemas/Integer"}, "maxProperties": 3}),
    ("union", structure({"a": {"shape": "String"}}, union=True),
     {"type": "object", "properties": {"a": {"$ref": "#/components/schemas/String"}},
      "minProperties": 1, "maxProperties": 1}),
    ("document", structure({}, document=True), {}),
    ("renamed and deprecated members",
     structure({"a": {"shape": "String", "locationName": "A", "deprecated": True}}, ["a"]),
     {"type": "object", "required": ["A"],
      "properties": {"A": {"$ref": "#/components/schemas/String", "deprecated": True}}}),
]


@pytest.mark.parametrize("name, shape, schema", SCALARS, ids=[case[0] for case in SCALARS])
def test_shape(name, shape, schema):
    output = structure({"it": {"shape": "It"}})
    document = build(model({"output": {"shape": "Out"}}, {"Out": output, "It": shape}))
    assert document["components"]["schemas"]["It"] == schema


def test_recursive_shape_refers_to_itself():
    schemas = build(model({"output": {"shape": "Tree"}}))["components"]["schemas"]
    assert schemas["Tree"]["properties"]["children"] == {"$ref": "#/components/schemas/Trees"}
    assert schemas["Trees"] == {"type": "array", "items": {"$ref": "#/components/schemas/Tree"},
                                "minItems": 1, "maxItems": 9}


def test_only_shapes_in_use_are_written():
    assert list(build(model({"output": {"shape": "Tree"}}))["components"]["schemas"]) == ["String", "Tree", "Trees"]


PARTS = structure({
    "label": {"shape": "String", "location": "uri", "locationName": "id"},
    "needed": {"shape": "String", "location": "querystring", "locationName": "n"},
    "also": {"shape": "String", "location": "querystring"},
    "optional": {"shape": "Integer", "location": "querystring"},
    "header": {"shape": "String", "location": "header", "locationName": "X-H"},
    "body": {"shape": "String"},
}, ["label", "needed", "also", "body"])


def test_parts_of_a_request_go_to_their_places():
    operation = {"http": {"method": "PUT", "requestUri": "/do/{id}?fixed=1"}, "input": {"shape": "In"}}
    path, method, described = only_operation(build(model(operation, {"In": PARTS})))
    assert (path, method) == ("/do/{id}?fixed=1#n&also", "put")
    assert [(p["name"], p["in"], p["required"]) for p in described["parameters"]] == [
        ("id", "path", True), ("n", "query", True), ("also", "query", True), ("optional", "query", False),
        ("X-H", "header", False)]
    assert described["requestBody"] == {"required": True, "content": {"application/json": {"schema": {
        "type": "object", "required": ["body"], "properties": {"body": {"$ref": "#/components/schemas/String"}}}}}}


PAYLOADS = [
    ("structure", "Tree", "application/json", {"$ref": "#/components/schemas/Tree"}),
    ("blob", "Blob", "application/octet-stream", {"type": "string"}),
    ("string", "String", "application/octet-stream", {"type": "string"}),
    ("event stream", "Events", "application/vnd.amazon.eventstream", {"$ref": "#/components/schemas/Events"}),
]


@pytest.mark.parametrize("name, shape, media_type, schema", PAYLOADS, ids=[case[0] for case in PAYLOADS])
def test_payload_member_is_the_body(name, shape, media_type, schema):
    whole = structure({"body": {"shape": shape}}, payload="body")
    events = {**structure({"a": {"shape": "Tree"}}), "eventstream": True}
    _, _, described = only_operation(build(model({"input": {"shape": "In"}, "output": {"shape": "Out"}},
                                                 {"In": whole, "Out": whole, "Events": events})))
    assert described["requestBody"] == {"required": False, "content": {media_type: {"schema": schema}}}
    assert described["responses"]["200"]["content"] == {media_type: {"schema": schema}}


def test_responses():
    output = structure({"tag": {"shape": "String", "location": "header", "locationName": "ETag"},
                        "a": {"shape": "String"}})
    operation = {"http": {"method": "GET", "requestUri": "/do", "responseCode": 202}, "output": {"shape": "Out"},
                 "errors": [{"shape": "Failure"}, {"shape": "Failure"}]}
    _, _, described = only_operation(build(model(operation, {"Out": output})))
    assert list(described["responses"]) == ["202", "480", "481"]
    assert described["responses"]["202"]["headers"] == {"ETag": {"schema": {"$ref": "#/components/schemas/String"}}}


def test_operation_without_output_has_no_content():
    assert only_operation(build(model()))[2]["responses"] == {"200": {"description": "Success"}}


def test_second_operation_of_a_path_and_method_gets_a_fragment():
    source = model()
    source["operations"]["Redo"] = copy.deepcopy(source["operations"]["Do"])
    assert list(build(source)["paths"]) == ["/do", "/do#Redo"]


SERVERS = [
    ("regions that are listed", "one", [
        ("http://one.{region}.amazonaws.com", ["eu-west-1"], "eu-west-1"),
        ("https://one.{region}.amazonaws.com", ["eu-west-1"], "eu-west-1"),
        ("http://one.{region}.amazonaws.com.cn", ["cn-north-1"], "cn-north-1"),
        ("https://one.{region}.amazonaws.com.cn", ["cn-north-1"], "cn-north-1")]),
    ("a service that the data does not know", "new", [
        ("http://new.{region}.amazonaws.com", ["eu-west-1", "us-east-1"], "us-east-1"),
        ("https://new.{region}.amazonaws.com", ["eu-west-1", "us-east-1"], "us-east-1"),
        ("http://new.{region}.amazonaws.com.cn", ["cn-north-1"], "cn-north-1"),
        ("https://new.{region}.amazonaws.com.cn", ["cn-north-1"], "cn-north-1")]),
    ("one host for all regions", "everywhere", [
        ("http://everywhere.amazonaws.com", None, None), ("https://everywhere.amazonaws.com", None, None)]),
    ("a host name of its own form", "own", [
        ("http://own.data.{region}.amazonaws.com", ["us-east-1"], "us-east-1"),
        ("https://own.data.{region}.amazonaws.com", ["us-east-1"], "us-east-1")]),
]


@pytest.mark.parametrize("name, prefix, expected", SERVERS, ids=[case[0] for case in SERVERS])
def test_servers(name, prefix, expected):
    servers = Document(prefix, model(endpointPrefix=prefix), ENDPOINTS).build()["servers"]
    regions = [server.get("variables", {}).get("region", {}) for server in servers]
    found = [(server["url"], region.get("enum"), region.get("default")) for server, region in zip(servers, regions)]
    assert found[:len(expected)] == expected


def test_host_prefix_gives_the_operation_its_own_servers():
    _, _, described = only_operation(build(model({"endpoint": {"hostPrefix": "data."}})))
    assert described["servers"][1]["url"] == "https://data.one.{region}.amazonaws.com"


def test_signing_name_is_the_endpoint_prefix_unless_given():
    assert build(model())["info"]["x-aws-signingName"] == "one"
    assert build(model(signingName="other"))["info"]["x-aws-signingName"] == "other"


def test_same_model_gives_same_document():
    source = model({"input": {"shape": "In"}}, {"In": PARTS})
    first = build(source)
    assert build(copy.deepcopy(source)) == first
    assert list(map(list, (first, first["paths"]))) == list(map(list, (build(source), build(source)["paths"])))


REFUSALS = [
    ("another protocol", model(protocol="json"), "'one' speaks json; only rest-json"),
    ("several other protocols", model(protocols=["query", "json"]), "speaks query and json"),
    ("an input in the host name", model({"endpoint": {"hostPrefix": "{account}."}}),
     "operation Do puts an input into the host"),
    ("too many errors", model({"errors": [{"shape": "Failure"}] * 121}), "more than 120 errors"),
]


@pytest.mark.parametrize("name, source, message", REFUSALS, ids=[case[0] for case in REFUSALS])
def test_refused(name, source, message):
    with pytest.raises(Refusal, match=message):
        build(source)


@pytest.mark.parametrize("service, message", [
    ("dynamodb", "'dynamodb' speaks json"),
    ("nosuch", "has no service 'nosuch'"),
])
def test_command_line_refuses(root, service, message):
    done = subprocess.run([sys.executable, "-B", str(root / "scripts" / "generate-openapi"), service],
                          capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert message in done.stderr


@pytest.mark.parametrize("service", ["lambda", "efs", "codeartifact", "imagebuilder"])
def test_other_services_are_valid(root, validators, tmp_path, service):
    """Generated here and now with the installed botocore."""
    path = tmp_path / f"{service}.yaml"
    subprocess.run([sys.executable, "-B", str(root / "scripts" / "generate-openapi"), service, "-o", str(path)],
                   check=True)
    done = validators("@seriousme/openapi-schema-validator/bin/validate-api-cli.js", path)
    assert done.returncode == 0, done.stdout
