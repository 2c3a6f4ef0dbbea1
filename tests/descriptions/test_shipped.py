"""What is shipped: valid by independent validators, complete by the installed botocore, shaped as published."""

import os
import pathlib
import re
import shutil
import subprocess

import botocore
import botocore.session
import pytest
import yaml

SCHEMA_VALIDATOR = "@seriousme/openapi-schema-validator/bin/validate-api-cli.js"
LINTER = "@redocly/cli/bin/cli.js"
ARAZZO = "amazon-ec2-image-builder-build-image-with-failure-cleanup-workflow.yml"
METHODS = {"get", "put", "post", "delete", "patch", "head"}


def version(text):
    return tuple(int(part) for part in text.split("."))


def described_operations(openapi):
    """operationId -> (method, path key, Operation Object)"""
    return {item[method]["operationId"]: (method, path, item[method])
            for path, item in openapi["paths"].items() for method in METHODS & set(item)}


def installed_model():
    return botocore.session.get_session().get_component("data_loader").load_service_model("imagebuilder", "service-2")


INSTALLED = installed_model()


@pytest.fixture(scope="module")
def operations(openapi):
    return described_operations(openapi)


def generator_version(path):
    return re.search(r"^# From: botocore ([0-9.]+),", path.read_text(), re.MULTILINE).group(1)


def test_valid_by_the_schema_of_openapi(validators, openapi_path):
    done = validators(SCHEMA_VALIDATOR, openapi_path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_valid_by_a_linter(validators, openapi_path):
    """Semantics: references resolve, operation ids are unique, path parameters are declared."""
    done = validators(LINTER, "lint", "--extends=spec", openapi_path)
    assert done.returncode == 0, done.stdout + done.stderr


BREAKAGES = [
    ("reference to nothing", "schemas/GetImageResponse'", "schemas/Nothing'", LINTER),
    ("operation id twice", "operationId: GetImage\n", "operationId: DeleteImage\n", LINTER),
    ("unknown place of a parameter", "in: query\n", "in: body\n", SCHEMA_VALIDATOR),
    ("no info", "\ninfo:", "\nx-info:", SCHEMA_VALIDATOR),
]


@pytest.mark.parametrize("name, whole, broken, validator", BREAKAGES, ids=[case[0] for case in BREAKAGES])
def test_validators_notice(validators, openapi_path, tmp_path, name, whole, broken, validator):
    text = openapi_path.read_text()
    assert whole in text
    path = tmp_path / "broken.yaml"
    path.write_text(text.replace(whole, broken, 1))
    arguments = ("lint", "--extends=spec", path) if validator == LINTER else (path,)
    assert validators(validator, *arguments).returncode != 0


@pytest.mark.parametrize("name", sorted(INSTALLED["operations"]))
def test_has_operation_of_installed_botocore(operations, openapi_path, name):
    """Same method and path. AWS may have made a parameter optional since, so an older model may require more."""
    model = INSTALLED["operations"][name]
    method, key, operation = operations[name]
    assert method == model["http"]["method"].lower()
    assert key.split("#")[0] == model["http"]["requestUri"]
    shape = INSTALLED["shapes"][model["input"]["shape"]] if "input" in model else {}
    expected, described = set(shape.get("required", [])), required(operation)
    if version(botocore.__version__) == version(generator_version(openapi_path)):
        assert described == expected
    else:
        assert described <= expected


def required(operation):
    names = {parameter["name"] for parameter in operation["parameters"] if parameter["required"]}
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    return names | set(body.get("required", []))


def python_with(wanted):
    for name in ("python3", "/usr/bin/python3"):
        program = shutil.which(name)
        found = program and subprocess.run([program, "-c", "import botocore, yaml; print(botocore.__version__)"],
                                           capture_output=True, text=True).stdout.strip()
        if found == wanted:
            return program
    return None


def test_is_what_the_generator_writes(root, openapi_path, tmp_path):
    wanted = generator_version(openapi_path)
    program = python_with(wanted)
    if not program:
        pytest.skip(f"no Python with botocore {wanted} here, which generated the file")
    again = tmp_path / "again.yaml"
    subprocess.run([program, "-B", str(root / "scripts" / "generate-openapi"), "imagebuilder", "-o", str(again)],
                   check=True)
    assert again.read_bytes() == openapi_path.read_bytes()


def test_patterns_are_regular_expressions_of_json_schema(validators, openapi):
    """JSON Schema's patterns are ECMA-262's, which Node compiles."""
    schemas = openapi["components"]["schemas"].values()
    patterns = sorted({schema["pattern"] for schema in schemas if "pattern" in schema})
    assert patterns
    node = os.environ.get("NODE") or shutil.which("node")
    script = "process.argv.slice(1).forEach((pattern) => new RegExp(pattern))"
    done = subprocess.run([node, "-e", script, "--", *patterns], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_info_tells_how_to_sign(openapi):
    info = openapi["info"]
    assert (info["x-aws-signingName"], info["x-aws-protocol"]) == ("imagebuilder", "rest-json")
    assert (info["x-aws-apiVersion"], info["x-aws-endpointPrefix"]) == ("2019-12-02", "imagebuilder")


def test_servers_are_in_published_order(openapi):
    assert [server["url"] for server in openapi["servers"]] == [
        "http://imagebuilder.{region}.amazonaws.com", "https://imagebuilder.{region}.amazonaws.com",
        "http://imagebuilder.{region}.amazonaws.com.cn", "https://imagebuilder.{region}.amazonaws.com.cn"]
    for server in openapi["servers"]:
        region = server["variables"]["region"]
        assert region["default"] in region["enum"]
        assert all(name.startswith("cn-") == server["url"].endswith(".cn") for name in region["enum"])


@pytest.mark.parametrize("name, method, path", [
    ("CreateImage", "put", "/CreateImage"),
    ("GetImage", "get", "/GetImage#imageBuildVersionArn"),
    ("DeleteImage", "delete", "/DeleteImage#imageBuildVersionArn"),
    ("CancelImageCreation", "put", "/CancelImageCreation"),
    ("UntagResource", "delete", "/tags/{resourceArn}#tagKeys"),
])
def test_paths_as_published(operations, name, method, path):
    assert operations[name][:2] == (method, path)


def test_every_path_carries_the_signature_headers(openapi):
    refs = [{"$ref": f"#/components/parameters/{name}"} for name in openapi["components"]["parameters"]]
    assert len(refs) == 7
    assert all(item["parameters"] == refs for item in openapi["paths"].values())
    assert openapi["security"] == [{"hmac": []}]
    assert openapi["components"]["securitySchemes"]["hmac"]["x-amazon-apigateway-authtype"] == "awsSigv4"


def test_errors_stand_under_invented_statuses(operations):
    for _, _, operation in operations.values():
        statuses = sorted(operation["responses"])
        assert statuses == ["200"] + [str(480 + index) for index in range(len(statuses) - 1)]


def test_documentation_text_is_left_out(openapi_path):
    """AWS's prose is HTML; its models' facts are not."""
    assert not re.search(r"<(p|code|a|i|note|li)[ >]", openapi_path.read_text())


def test_workflow_is_the_published_document(root):
    data = pathlib.Path(os.environ.get("CONFORMANCE_DATA", root.parent / "shared" / "data"))
    seed = data / "seed" / "arazzo" / ARAZZO
    if not seed.is_file():
        pytest.skip(f"the conformance data is not here: {seed} (CONFORMANCE_DATA names its folder)")
    assert (root / "descriptions" / "arazzo" / ARAZZO).read_bytes() == seed.read_bytes()


def test_workflow_finds_its_operations(root, openapi_path, operations):
    path = root / "descriptions" / "arazzo" / ARAZZO
    document = yaml.safe_load(path.read_text())
    [source] = document["sourceDescriptions"]
    assert (path.parent / source["url"]).resolve() == openapi_path
    for step in document["workflows"][0]["steps"]:
        _, _, operation = operations[step["operationId"]]
        given = {parameter["name"] for parameter in step.get("parameters", [])}
        given |= set(step.get("requestBody", {}).get("payload", {}))
        assert required(operation) <= given
