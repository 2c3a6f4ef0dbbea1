"""The documents of the specification's own schema tests load, with descriptions of the operations that they name beside them.

The files name their sources by URLs of nobody. Here each source is a file: an OpenAPI description that has the operations, paths and
path parameters which the document's steps use, and nothing else; or, for sources of type arazzo, a document with the workflows that
are named. What can't be run is refused, and for the reason that the table says.
"""

import json
import os
import pathlib
import re
import subprocess

import pytest
import yaml

DATA = pathlib.Path(os.environ.get("CONFORMANCE_DATA", "../shared/data")) / "arazzo/oai-schema-tests/pass"
ARAZZO = pathlib.Path(os.environ["ARAZZO_BUILD"]) / "arazzo"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="no conformance data: set CONFORMANCE_DATA to a folder with OAI's schema tests")

# AsyncAPI steps are recognised, and refused.
ASYNC = "AsyncAPI"
# Documents that pass the schema and can't be run, with the reason. The files named characterization-… are there because the schema lets
# through what its prose forbids.
REFUSED = {
    "asyncapi-success-criteria.arazzo.yaml": "a comparison is not a JSONPath query (RFC 9535)",  # told before that it is AsyncAPI
    "bnpl-example.yaml": "the text is neither JSON nor one runtime expression",  # a comma is missing in it
    "oauth-example.yaml": "a comparison is not a JSONPath query (RFC 9535); write $[?($.access_token",
    # They name a source by another case than they declare it in.
    "openapi-success-criteria.arazzo.yaml": "there is no source description 'userAPI'",
    "workflow-success-criteria.arazzo.yaml": "there is no source description 'userAPI'",
    "characterization-openapi-invalid-operationPath-string.arazzo.yaml": "an 'operationPath' has the form",
    "payload-replacement-using-selector.arazzo.yaml": "names a step that this workflow does not have",
}


def steps_of(document):
    return [step for workflow in document["workflows"] for step in workflow["steps"]]


def operation(step):
    parameters = [parameter for parameter in step.get("parameters", []) if parameter.get("in") == "path"]
    return {"parameters": [{"name": parameter["name"], "in": "path", "required": True} for parameter in parameters],
            "requestBody": {"content": {"application/json": {}}}, "responses": {"200": {"description": "done"}}}


def description(document, name):
    """An OpenAPI description with what the document's steps name of this source."""
    paths = {}
    for step in steps_of(document):
        operation_id = step.get("operationId", "")
        path = re.search(r"#/paths/([^/]+)/(\w+)$", step.get("operationPath", ""))
        if path:
            paths[path[1].replace("~1", "/")] = {path[2]: operation(step)}
        elif operation_id and (not operation_id.startswith("$") or operation_id.startswith(f"$sourceDescriptions.{name}.")):
            bare = operation_id.rpartition(".")[2]
            braces = "".join(f"/{{{p['name']}}}" for p in operation(step)["parameters"])
            paths[f"/{bare}{braces}"] = {"post": {"operationId": bare, **operation(step)}}
    return {"openapi": "3.1.0", "info": {"title": name, "version": "1"}, "servers": [{"url": "http://127.0.0.1:9"}], "paths": paths}


def other_document(text, name):
    """An Arazzo document with the workflows, and steps in them, that the text names of this source."""
    named = re.findall(rf"\$sourceDescriptions\.{name}\.(\w+)(?:\.steps\.(\w+))?", text)
    return {"arazzo": "1.1.0", "info": {"title": name, "version": "1"},
            "sourceDescriptions": [{"name": "api", "url": "other-api.yaml", "type": "openapi"}],
            "workflows": [{"workflowId": workflow, "steps": [{"stepId": step or "one", "operationId": "one"}]} for workflow, step in named]}


def lay_out(path, folder):
    text = path.read_text()
    document = yaml.safe_load(text)
    for source in document["sourceDescriptions"]:
        name = source["name"]
        text = text.replace(f"url: {source['url']}", f"url: {name}.yaml", 1)
        made = other_document(text, name) if source.get("type") == "arazzo" else description(document, name)
        (folder / f"{name}.yaml").write_text(json.dumps(made))
    (folder / "other-api.yaml").write_text(json.dumps(description(
        {"workflows": [{"steps": [{"operationId": "one"}]}]}, "api")))
    (folder / "document.yaml").write_text(re.sub(r"(?m)^\$self: .*\n", "", text))
    return document


def is_async(document):
    types = {source["name"]: source.get("type") for source in document["sourceDescriptions"]}
    return any("action" in step or "channelPath" in step or any(f"$sourceDescriptions.{name}." in step.get("operationId", "")
               for name, kind in types.items() if kind == "asyncapi") for step in steps_of(document))


@pytest.mark.parametrize("path", sorted(DATA.glob("*.yaml")) if DATA.is_dir() else [], ids=lambda path: path.name)
def test_document(path, tmp_path):
    document = lay_out(path, tmp_path)
    # A workflow that no document has: the answer says so once the document is loaded, and nothing is sent.
    done = subprocess.run([ARAZZO, "step", tmp_path / "document.yaml"], input=b'{"workflowId": "none", "inputs": {}}', capture_output=True,
                          check=False, env={**os.environ, "AWS_REGION": "eu-central-1"})
    said = (done.stdout + done.stderr).decode()
    wanted = REFUSED.get(path.name, ASYNC if is_async(document) else "the document has no workflow 'none'")
    assert wanted in said, said
    assert re.search(r"document\.yaml:\d+:\d+: ", said) or "has no workflow 'none'" in said
