"""The generator: what it makes of each part of a model, and what it refuses."""

import copy
import subprocess
import sys

import pytest
import yaml

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
        "metadata": {"protocol": "rest-json", "endpointPrefix": "one", "serviceFullName": "One", "serviceId": "One",
                     "apiVersion": "2020-01-01", "jsonVersion": "1.0", "targetPrefix": "One_20200101", **metadata},
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
    ("timestamp as in headers", {"type": "timestamp", "timestampFormat": "rfc822"},
     {"type": "string", "format": "http-date"}),
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
    ("blob", "Blob", "application/octet-stream", {"type": "string", "format": "binary"}),
    ("string", "String", "text/plain", {"type": "string"}),
]


@pytest.mark.parametrize("name, shape, media_type, schema", PAYLOADS, ids=[case[0] for case in PAYLOADS])
def test_payload_member_is_the_body(name, shape, media_type, schema):
    whole = structure({"body": {"shape": shape}}, payload="body")
    _, _, described = only_operation(build(model({"input": {"shape": "In"}, "output": {"shape": "Out"}},
                                                 {"In": whole, "Out": whole})))
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


def test_times_outside_the_body_are_text():
    members = {"at": {"shape": "Time", "location": "querystring"}, "X-At": {"shape": "Time", "location": "header"}}
    _, _, described = only_operation(build(model({"input": {"shape": "In"}},
                                                 {"In": structure(members), "Time": {"type": "timestamp"}})))
    assert [parameter["schema"]["format"] for parameter in described["parameters"]] == ["date-time", "http-date"]


def test_greedy_label_keeps_its_plus():
    operation = {"http": {"method": "GET", "requestUri": "/{Bucket}/{Key+}"}, "input": {"shape": "In"}}
    members = {name: {"shape": "String", "location": "uri", "locationName": name} for name in ("Bucket", "Key")}
    path, _, described = only_operation(build(model(operation, {"In": structure(members)})))
    assert path == "/{Bucket}/{Key+}"
    assert [parameter["name"] for parameter in described["parameters"]] == ["Bucket", "Key+"]


def test_operation_without_authentication_has_no_security():
    assert only_operation(build(model({"authtype": "none"})))[2]["security"] == []


@pytest.mark.parametrize("said", [{"httpChecksumRequired": True}, {"httpChecksum": {"requestChecksumRequired": True}}])
def test_required_checksum_is_told(said):
    assert only_operation(build(model(said)))[2]["x-aws-checksumRequired"] is True
    assert "x-aws-checksumRequired" not in only_operation(build(model()))[2]


def test_bearer_service_has_its_own_scheme():
    document = build(model(signatureVersion="bearer"))
    assert document["security"] == [{"bearer": []}]
    assert document["components"]["securitySchemes"] == {"bearer": {"type": "http", "scheme": "bearer"}}


POST = {"http": {"method": "POST", "requestUri": "/"}, "input": {"shape": "Tree"}, "output": {"shape": "Tree"}}


def one_of(value):
    return {"type": "string", "enum": [value]}


def test_json_rpc():
    path, method, described = only_operation(build(model(POST, protocol="json")))
    media = {"application/x-amz-json-1.0": {"schema": {"$ref": "#/components/schemas/Tree"}}}
    assert (path, method) == ("/#X-Amz-Target=One_20200101.Do", "post")
    assert described == {
        "operationId": "Do",
        "parameters": [{"name": "X-Amz-Target", "in": "header", "required": True,
                        "schema": one_of("One_20200101.Do")}],
        "requestBody": {"required": True, "content": media},
        "responses": {"200": {"description": "Success", "content": media}}}


def test_json_rpc_without_input_wants_an_object():
    described = only_operation(build(model({"http": POST["http"]}, protocol="json", jsonVersion="1.1")))[2]
    assert described["requestBody"] == {
        "required": True, "content": {"application/x-amz-json-1.1": {"schema": {"type": "object"}}}}


@pytest.mark.parametrize("protocol", ["query", "ec2"])
def test_query(protocol):
    operation = {**POST, "errors": [{"shape": "Failure"}]}
    path, method, described = only_operation(build(model(operation, protocol=protocol)))
    assert (path, method) == ("/#Action=Do", "post")
    assert described["x-aws-operation-name"] == "Do"
    assert described["parameters"] == [
        {"name": "Action", "in": "query", "required": True, "schema": one_of("Do")},
        {"name": "Version", "in": "query", "required": True, "schema": one_of("2020-01-01")}]
    assert list(described["requestBody"]["content"]) == ["application/x-www-form-urlencoded"]
    assert [list(response["content"]) for response in described["responses"].values()] == [["text/xml"]] * 2


@pytest.mark.parametrize("spoken, chosen", [
    (["smithy-rpc-v2-cbor", "json", "query"], "json"), (["query", "json"], "query"), (["rest-xml"], "rest-xml")])
def test_first_known_protocol_is_described(spoken, chosen):
    assert build(model(protocol=spoken[0], protocols=spoken))["info"]["x-aws-protocol"] == chosen


STRING = {"$ref": "#/components/schemas/String"}
FLAT = {"type": "list", "member": {"shape": "String"}, "flattened": True, "max": 3}
FLAT_NAMED = {**FLAT, "member": {"shape": "String", "locationName": "Item"}}
# Each: what the member says, its shape, the property of the structure, and the component (None: it has none).
XML_MEMBERS = [
    ("its own name", {}, {"type": "string"}, {}, {"type": "string"}),
    ("another name", {"locationName": "it"}, {"type": "string"}, {"xml": {"name": "it"}}, {"type": "string"}),
    ("a name from the shape", {}, {**structure({}), "locationName": "SSE-IT"}, {"xml": {"name": "SSE-IT"}},
     {"type": "object", "properties": {}}),
    ("attribute in a namespace", {"locationName": "xsi:type", "xmlAttribute": True}, {"type": "string"},
     {"xml": {"name": "type", "prefix": "xsi", "namespace": "urn:xsi", "attribute": True}}, {"type": "string"}),
    ("query name", {"locationName": "itSet", "queryName": "It"}, {"type": "string"},
     {"xml": {"name": "itSet"}, "x-aws-queryName": "It"}, {"type": "string"}),
    ("time", {}, {"type": "timestamp"}, {}, {"type": "string", "format": "date-time"}),
    ("list", {}, {"type": "list", "member": {"shape": "String"}, "min": 1}, {},
     {"type": "array", "items": {**STRING, "xml": {"name": "member"}}, "minItems": 1, "xml": {"wrapped": True}}),
    ("list with named items", {}, {"type": "list", "member": {"shape": "String", "locationName": "item"}}, {},
     {"type": "array", "items": {**STRING, "xml": {"name": "item"}}, "xml": {"wrapped": True}}),
    ("flattened list", {}, FLAT,
     {"type": "array", "items": {**STRING, "xml": {"name": "It"}}, "maxItems": 3, "xml": {"wrapped": False}}, None),
    ("flattened list with a name", {"locationName": "One"}, FLAT,
     {"type": "array", "items": {**STRING, "xml": {"name": "One"}}, "maxItems": 3,
      "xml": {"name": "One", "wrapped": False}}, None),
    ("flattened list with named items", {}, FLAT_NAMED,
     {"type": "array", "items": {**STRING, "xml": {"name": "Item"}}, "maxItems": 3,
      "xml": {"name": "Item", "wrapped": False}}, None),
    ("list that is flattened by the member", {"flattened": True, "locationName": "Tag"},
     {"type": "list", "member": {"shape": "String", "locationName": "Other"}},
     {"type": "array", "items": {**STRING, "xml": {"name": "Other"}}, "xml": {"name": "Other", "wrapped": False}},
     None),
    ("map", {}, {"type": "map", "key": {"shape": "String"}, "value": {"shape": "String"}}, {},
     {"type": "object", "propertyNames": STRING, "additionalProperties": STRING,
      "x-aws-map": {"entry": "entry", "key": "key", "value": "value"}}),
    ("flattened map with names", {},
     {"type": "map", "key": {"shape": "String", "locationName": "Name"}, "value": {"shape": "String",
      "locationName": "Value"}, "flattened": True}, {},
     {"type": "object", "propertyNames": STRING, "additionalProperties": STRING,
      "x-aws-map": {"key": "Name", "value": "Value"}}),
]


@pytest.mark.parametrize("name, member, shape, expected, component", XML_MEMBERS, ids=[case[0] for case in XML_MEMBERS])
def test_xml_member(name, member, shape, expected, component):
    output = structure({"It": {"shape": "It", **member}}, xmlNamespace={"prefix": "xsi", "uri": "urn:xsi"})
    schemas = build(model({"output": {"shape": "Out"}}, {"Out": output, "It": shape},
                          protocol="rest-xml"))["components"]["schemas"]
    reference = {} if component is None else {"$ref": "#/components/schemas/It"}
    assert schemas["Out"]["properties"]["It"] == {**reference, **expected}
    assert schemas.get("It") == component


XML_ROOTS = [
    ("of the input", {"shape": "In", "locationName": "Order", "xmlNamespace": {"uri": "urn:one"}},
     structure({"a": {"shape": "String"}}), {"name": "Order", "namespace": "urn:one"}),
    ("of the input's shape", {"shape": "In"}, structure({"a": {"shape": "String"}}), {"name": "In"}),
    ("of the payload", {"shape": "In"},
     structure({"a": {"shape": "Tree", "locationName": "Order", "xmlNamespace": {"uri": "urn:one"}}}, payload="a"),
     {"name": "Order", "namespace": "urn:one"}),
    ("of the payload's shape", {"shape": "In"}, structure({"a": {"shape": "Tree"}}, payload="a"), {"name": "Tree"}),
]


@pytest.mark.parametrize("name, given, shape, root", XML_ROOTS, ids=[case[0] for case in XML_ROOTS])
def test_xml_root(name, given, shape, root):
    _, _, described = only_operation(build(model({"input": given}, {"In": shape}, protocol="rest-xml")))
    assert described["requestBody"]["content"]["application/xml"]["schema"]["xml"] == root


STREAM = {"Events": {**structure({"a": {"shape": "Tree"}}), "eventstream": True},
          "Streamed": structure({"body": {"shape": "Events"}}, payload="body")}
OBSTACLES = [
    ("an input in the host name", {"endpoint": {"hostPrefix": "{account}."}},
     "puts an input into the host name ({account}.)"),
    ("too many errors", {"errors": [{"shape": "Failure"}] * 121},
     "has more than 120 errors, and no statuses are left for them"),
    ("stream of events in the input", {"input": {"shape": "Streamed"}}, "its input is an event stream"),
    ("stream of events in the output", {"output": {"shape": "Streamed"}}, "its output is an event stream"),
]


@pytest.mark.parametrize("name, operation, reason", OBSTACLES, ids=[case[0] for case in OBSTACLES])
def test_left_out(name, operation, reason):
    source = model(operation, STREAM)
    source["operations"]["Other"] = {"http": {"method": "GET", "requestUri": "/other"}}
    document = build(source)
    assert list(document["paths"]) == ["/other"]
    assert document["info"]["x-aws-omitted"] == {"Do": reason}
    assert document["components"]["schemas"] == {}


REFUSALS = [
    ("another protocol", model(protocol="smithy-rpc-v2-cbor"),
     "'one' speaks smithy-rpc-v2-cbor; what can be described is rest-json, "),
    ("another signature", model(signatureVersion="v2"), "signed with version 2 of AWS's signature"),
    ("nothing left", model(OBSTACLES[0][1]), "no operation of 'one' can be described: Do puts an input into the host"),
]


@pytest.mark.parametrize("name, source, message", REFUSALS, ids=[case[0] for case in REFUSALS])
def test_refused(name, source, message):
    with pytest.raises(Refusal, match=message):
        build(source)


def generate(root, *arguments):
    return subprocess.run([sys.executable, "-B", str(root / "scripts" / "generate-openapi"), *map(str, arguments)],
                          capture_output=True, text=True)


@pytest.mark.parametrize("arguments, message", [
    (["nosuch"], "has no service 'nosuch'"),
    (["sdb"], "signed with version 2"),
    (["sts", "--operations", "GetCallerIdentity,Nothing"], "'sts' has no operation Nothing: it has AssumeRole, "),
    (["s3", "--operations", "SelectObjectContent"], "SelectObjectContent its output is an event stream"),
])
def test_command_line_refuses(root, arguments, message):
    done = generate(root, *arguments)
    assert (done.returncode, done.stdout) == (1, "")
    assert message in done.stderr


def test_only_the_operations_that_are_named(root):
    done = generate(root, "sts", "--operations", "GetCallerIdentity")
    assert done.stdout.startswith("# Generated by: scripts/generate-openapi sts --operations GetCallerIdentity\n")
    assert list(yaml.safe_load(done.stdout)["paths"]) == ["/#Action=GetCallerIdentity"]


def test_what_is_left_out_is_named_at_the_top(root):
    text = generate(root, "s3", "--operations", "GetObject,SelectObjectContent").stdout
    assert "\n# Left out: SelectObjectContent: its output is an event stream.\nopenapi: 3.1.0\n" in text
