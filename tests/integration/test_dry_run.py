"""`arazzo run --dry-run`: every request as it would be sent, nothing sent, no credentials needed."""

import json

import pytest

from image_run import DOCUMENT, INPUTS, operations

PAIRS = [part for name, value in INPUTS.items() for part in ("--input", f"{name}={value}")]
REGION = {"AWS_REGION": "eu-central-1"}
ARN = "$steps.createImage.outputs.imageBuildVersionArn"


def test_the_shipped_workflow(aws, arazzo):
    done = arazzo("run", DOCUMENT, *PAIRS, "--dry-run", environment=REGION)
    assert done.exit_status == 0, done.stderr
    create, poll, delete = done.json
    host = "https://imagebuilder.eu-central-1.amazonaws.com"
    assert (create["method"], create["url"], create["unresolved"]) == ("PUT", f"{host}/CreateImage", [])
    assert create["body"]["json"].items() >= INPUTS.items()
    assert all(entry["signing"] == {"service": "imagebuilder", "region": "eu-central-1"} for entry in done.json)
    assert (poll["method"], poll["url"]) == ("GET", f"{host}/GetImage?imageBuildVersionArn={{{ARN}}}")
    assert (delete["method"], delete["stepId"], delete["unresolved"]) == ("DELETE", "deleteFailedImage", [ARN])
    for part in ("1. createImage  PUT ", "3. deleteFailedImage  DELETE ", "signed for imagebuilder in eu-central-1", ARN):
        assert part in done.stderr
    assert operations(aws) == []


def test_quiet(arazzo):
    done = arazzo("run", DOCUMENT, *PAIRS, "--dry-run", "--quiet", environment=REGION)
    assert (done.stderr, len(done.json)) == ("", 3)


def test_an_input_that_is_missing(arazzo):
    done = arazzo("run", DOCUMENT, "--dry-run", environment=REGION)
    assert (done.exit_status, done.json["errorType"]) == (1, "Arazzo.InvalidInput")


def test_endpoints_are_those_of_the_run(arazzo):
    done = arazzo("run", DOCUMENT, *PAIRS, "--dry-run", "--endpoint-url", "http://localhost:9", environment=REGION)
    assert done.json[0]["url"] == "http://localhost:9/CreateImage"


API = """openapi: 3.0.3
info: {title: t, version: "1"}
servers: [{url: "https://api.example.com/v1"}]
paths:
  /make/{id}:
    post:
      operationId: make
      parameters:
        - {name: id, in: path, required: true, schema: {type: integer}}
        - {name: tag, in: query, schema: {type: array, items: {type: string}}}
      requestBody: {content: {application/json: {schema: {type: object}}, application/x-www-form-urlencoded: {schema: {type: object}}}}
      responses: {"200": {description: d}}
  /read:
    get:
      operationId: read
      parameters:
        - {name: needed, in: query, required: true, schema: {type: string}}
      responses: {"200": {description: d}}
"""
HEAD = """arazzo: 1.0.1
info: {title: t, version: "1"}
sourceDescriptions: [{name: api, url: api.yaml, type: openapi}]
workflows:
"""


@pytest.fixture
def dry(arazzo, tmp_path):
    def call(workflows, *options):
        (tmp_path / "api.yaml").write_text(API)
        (tmp_path / "doc.yaml").write_text(HEAD + workflows)
        return arazzo("run", tmp_path / "doc.yaml", "--dry-run", *options)
    return call


def test_parts_of_outputs_and_forms(dry):
    """Whatever an answer gives stands as it was written: in paths, lists, texts and forms; each is named once."""
    done = dry("""  - workflowId: main
    inputs: {type: object, properties: {who: {type: string, default: ada}, note: {type: string}}}
    steps:
      - {stepId: first, operationId: make, parameters: [{name: id, in: path, value: 7}], outputs: {made: $response.body, list: $response.body#/l}}
      - stepId: second
        operationId: make
        parameters:
          - {name: id, in: path, value: "$steps.first.outputs.made#/a/b"}
          - {name: tag, in: query, value: [x, "$steps.first.outputs.list#/0/name"]}
        requestBody:
          contentType: application/x-www-form-urlencoded
          payload: {who: $inputs.who, note: $inputs.note, text: "a {$steps.first.outputs.made} b"}
""")
    assert done.exit_status == 0, done.stderr
    second = done.json[1]
    assert second["url"] == ("https://api.example.com/v1/make/{$steps.first.outputs.made#/a/b}?tag=x&"
                             "tag={$steps.first.outputs.list#/0/name}")
    assert second["body"]["text"] == "who=ada&text=a+{$steps.first.outputs.made}+b"
    assert second["unresolved"] == ["$steps.first.outputs.made#/a/b", "$steps.first.outputs.list#/0/name",
                                    "$steps.first.outputs.made"]
    assert "signing" not in second


def test_workflows_in_workflows(dry):
    """What is depended upon comes first, what a step runs stands in its place, a workflow that runs itself is not followed."""
    done = dry("""  - workflowId: main
    dependsOn: [before]
    steps:
      - {stepId: own, operationId: make, parameters: [{name: id, in: path, value: 1}], outputs: {n: $response.body#/n}}
      - {stepId: call, workflowId: inner, parameters: [{name: n, value: $steps.own.outputs.n}], outputs: {got: $outputs.got}}
      - {stepId: last, operationId: read, parameters: [{name: needed, in: query, value: $steps.call.outputs.got}]}
  - workflowId: inner
    inputs: {type: object, properties: {n: {type: integer}, d: {type: integer, default: 5}}}
    steps:
      - {stepId: own, operationId: make, parameters: [{name: id, in: path, value: $inputs.n}], requestBody: {payload: {d: $inputs.d}}}
      - {stepId: again, workflowId: main}
    outputs: {got: $inputs.n}
  - workflowId: before
    steps: [{stepId: first, operationId: read, parameters: [{name: needed, in: query, value: x}]}]
""", "--workflow", "main")
    shown = [(entry["workflowId"], entry["stepId"]) for entry in done.json]
    assert shown == [("before", "first"), ("main", "own"), ("inner", "own"), ("inner", "again"), ("main", "last")], done.stderr
    assert done.json[2]["url"].endswith("/make/{$steps.own.outputs.n}")
    assert done.json[2]["body"]["json"] == {"d": 5}
    assert done.json[2]["unresolved"] == ["$steps.own.outputs.n"]
    assert "is under way" in done.json[3]["error"] and done.exit_status == 1
    assert done.json[4]["url"].endswith("needed={$steps.call.outputs.got}")


def test_a_request_that_can_not_be_made(dry):
    done = dry("""  - workflowId: main
    inputs: {type: object, properties: {x: {type: string}}}
    steps:
      - {stepId: bad, operationId: read, parameters: [{name: needed, in: query, value: $inputs.x}]}
      - {stepId: good, operationId: read, parameters: [{name: needed, in: query, value: y}]}
""")
    assert done.exit_status == 1
    assert "'needed' is needed but has no value: there is no $inputs.x" in done.json[0]["error"]
    assert done.json[1]["url"].endswith("/read?needed=y")
    assert "can't be made:" in done.stderr


def test_control_characters_of_documents(dry):
    done = dry("""  - workflowId: main
    steps: [{stepId: one, operationId: make, parameters: [{name: id, in: path, value: 1}], requestBody: {contentType: text/plain, payload: "a\\e[2Jb"}}]
""")
    assert "\x1b" not in done.stderr


def test_many_steps_with_many_values(dry):
    """What a step takes from those before it is made readable, in a memory that does not grow with their product."""
    def payload(number):
        return " ".join(f"{{$steps.s{before}.outputs.n}}" for before in range(max(0, number - 20), number)) or "none"
    steps = "".join(f"      - {{stepId: s{number}, operationId: make, parameters: [{{name: id, in: path, value: 1}}],\n"
                    f"         requestBody: {{contentType: text/plain, payload: \"{payload(number)}\"}},\n"
                    "         outputs: {n: $response.body#/n}}\n" for number in range(400))
    done = dry(f"  - workflowId: main\n    steps:\n{steps}")
    assert done.exit_status == 0, done.stderr[-500:]
    assert done.json[399]["body"]["text"] == payload(399)
