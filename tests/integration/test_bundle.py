"""Bundles: the same requests and outputs as their source, the same bytes each time, the same digest; what is broken is refused.

That whole suites run on bundles is what ARAZZO_BUNDLED=1 is for (conftest.py); here is a sample of each kind of document.
"""

import hashlib
import json
import os
import pathlib
import re
import shutil

import pytest
import yaml

from contract import check_response
from image_run import DOCUMENT, INPUTS
from openapi_double import OpenApiDouble, checked

NO_REGION = {"AWS_REGION": None}
PAIRS = [part for name, value in INPUTS.items() for part in ("--input", f"{name}={value}")]
DOCUMENTS = pathlib.Path(__file__).resolve().parents[1] / "data/documents"


@pytest.fixture
def bundle(arazzo, tmp_path):
    def make(document, name="w.bundle"):
        done = arazzo("bundle", document, "-o", tmp_path / name)
        assert done.exit_status == 0, done.stderr
        return tmp_path / name, done.json
    return make


@pytest.fixture(scope="module")
def _double():
    with OpenApiDouble(DOCUMENTS / "things.openapi.yaml", also=[DOCUMENTS / "search.openapi.yaml"]) as double:
        yield double


@pytest.fixture
def things(_double, tmp_path):
    """The server of the language's documents, and a folder with these."""
    for source in DOCUMENTS.iterdir():
        (tmp_path / source.name).write_text(source.read_text().replace("http://server.test", _double.url))
    with checked(_double):
        for operation in _double.description.operations:
            _double.answers(operation.identifier, {"json": {"id": "i", "name": "n"}})
        yield tmp_path, _double


def all_workflows(path):
    return [workflow["workflowId"] for workflow in yaml.safe_load(path.read_text())["workflows"]]


def trace(arazzo, double, document, workflow):
    """What one run sends, and how it ends."""
    before = len(double.sent())
    done = arazzo("run", document, "--workflow", workflow, "--poll-seconds", "0", "--max-steps", "12", environment=NO_REGION)
    end = {name: value for name, value in json.loads(done.stdout or "{}").items() if name in ("status", "outputs", "error", "errorType")}
    return done.exit_status, end, double.sent()[before:]


@pytest.mark.parametrize("name", ["ends", "nested", "selectors"])
def test_the_same_requests_and_outputs(arazzo, bundle, things, name):
    folder, double = things
    document = folder / f"{name}.arazzo.yaml"
    made, _ = bundle(document)
    sent = 0
    for workflow in all_workflows(document)[:5]:
        source = trace(arazzo, double, document, workflow)
        assert trace(arazzo, double, made, workflow) == source
        sent += len(source[2])
    assert sent


def test_the_shipped_workflow(aws, arazzo, bundle):
    aws.image_builder.script(["PENDING", {"status": "FAILED", "reason": "no"}])
    made, report = bundle(DOCUMENT)
    done = arazzo("run", made, "--poll-seconds", "0", *PAIRS, environment=aws.sdk_environment())
    assert check_response(done.json)["outputs"]["finalStatus"] == "FAILED", done.stderr
    assert report["bytes"] == made.stat().st_size


def test_only_what_is_called_is_in_it(bundle):
    made, _ = bundle(DOCUMENT)
    document, description = json.loads(made.read_text())["files"]
    pruned = json.loads(description["text"])
    operations = {operation["operationId"] for item in pruned["paths"].values() for name, operation in item.items()
                  if name in ("get", "put", "delete", "post")}
    assert operations == {"CreateImage", "GetImage", "DeleteImage"}
    assert document["text"].startswith("arazzo: 1.0.1\n") and "isPruned" not in document
    assert description["isPruned"] is True and description["path"].startswith("../openapi/")


def test_the_same_bytes_wherever_it_lies(arazzo, bundle, tmp_path):
    first, report = bundle(DOCUMENT)
    shutil.copytree("descriptions", tmp_path / "elsewhere/descriptions")
    second, other = bundle(tmp_path / "elsewhere" / DOCUMENT, "x.bundle")
    assert first.read_bytes() == second.read_bytes()
    assert report["digest"] == other["digest"]


def test_a_run_goes_on_with_the_bundle_and_back(aws, arazzo, bundle):
    """The digest is that of the source."""
    aws.image_builder.script(["PENDING", "PENDING", "AVAILABLE"])
    made, _ = bundle(DOCUMENT)
    event = {"inputs": INPUTS}
    for document in (DOCUMENT, made, DOCUMENT, made):
        done = arazzo("step", document, stdin=json.dumps(event), environment=aws.sdk_environment())
        assert done.exit_status == 0, done.stderr
        event = done.json
    assert check_response(event)["status"] == "SUCCEEDED"


def test_the_function_runs_a_bundle(emulator, bundle, tmp_path):
    made, _ = bundle(DOCUMENT)
    aws = emulator({"ARAZZO_DOCUMENT": made.name}, task_root=str(tmp_path))
    results = aws.run({"inputs": INPUTS})
    assert check_response(results[-1].payload)["status"] == "SUCCEEDED"


def test_every_file_of_several_is_in_it(arazzo, bundle, tmp_path):
    """References into other files, and from there."""
    (tmp_path / "d").mkdir()
    (tmp_path / "d/w.yaml").write_text(
        "arazzo: 1.0.1\ninfo: {title: t, version: '1'}\nsourceDescriptions: [{name: a, url: ../api.yaml}]\n"
        "workflows: [{workflowId: w, steps: [{stepId: s, operationId: get, parameters: [{name: q, in: query, value: [1, 2]}]}]}]\n")
    (tmp_path / "api.yaml").write_text(
        "openapi: 3.1.0\ninfo: {title: t, version: '1'}\nservers: [{url: 'https://a.example'}]\n"
        "paths: {/x: {$ref: 'parts/items.yaml#/x'}, /unused: {$ref: 'parts/none.yaml'}}\n")
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts/items.yaml").write_text(
        "x: {get: {operationId: get, parameters: [{$ref: 'parameters.yaml#/list/1'}], responses: {}}}\n"
        "y: {get: {operationId: other, responses: {}}}\n")
    (tmp_path / "parts/parameters.yaml").write_text(
        "list:\n- {name: p, in: query}\n- {name: q, in: query, explode: false, schema: {$ref: '#/schemas/q'}}\n"
        "schemas: {q: {type: array, description: gone, properties: {description: {type: string}}}, r: {type: string}}\n")
    made, _ = bundle(tmp_path / "d/w.yaml")
    files = {one["path"]: one["text"] for one in json.loads(made.read_text())["files"]}
    assert list(files) == ["w.yaml", "../api.yaml", "../parts/items.yaml", "../parts/parameters.yaml"]
    assert json.loads(files["../api.yaml"])["paths"] == {"/x": {"$ref": "parts/items.yaml#/x"}}
    assert list(json.loads(files["../parts/items.yaml"])) == ["x"]
    parameters = json.loads(files["../parts/parameters.yaml"])
    assert parameters["schemas"] == {"q": {"type": "array", "properties": {"description": {"type": "string"}}}}
    assert len(parameters["list"]) == 2
    # The bundle needs no other file any more.
    shutil.rmtree(tmp_path / "parts")
    (tmp_path / "api.yaml").unlink()
    assert arazzo("policy", made).exit_status == 0


def with_change(bundle_path, change):
    content = json.loads(bundle_path.read_text())
    change(content)
    return json.dumps(content)


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


def replace_text(content, index, old, new, honest):
    file = content["files"][index]
    assert old in file["text"]
    file["text"] = file["text"].replace(old, new)
    if honest:
        file["sha256"] = digest(file["text"])


BROKEN = {
    "cut": (lambda path: path.read_text()[:2000], "the bundle is not whole JSON"),
    "format": (lambda path: with_change(path, lambda c: c.update(arazzoBundle=2)), "has the format '2', and this program reads 1"),
    "edited": (lambda path: with_change(path, lambda c: replace_text(c, 0, "AVAILABLE", "PENDING", False)),
               "was changed after the bundle"),
    "edited-description": (lambda path: with_change(path, lambda c: replace_text(c, 1, "GetImage", "GetThing", False)),
                           "was changed after the bundle"),
    "file-taken-out": (lambda path: with_change(path, lambda c: c["files"].pop()), "has no file '../openapi/"),
    "no-files": (lambda path: with_change(path, lambda c: c.update(files=[])), "a bundle has 1 to"),
    "too-many-files": (lambda path: with_change(path, lambda c: c.update(files=c["files"] * 200)), "a bundle has 1 to 321 files, and this one 400"),
    "two-of-a-path": (lambda path: with_change(path, lambda c: c["files"].append(c["files"][0])), "two files have the path"),
    "no-path": (lambda path: with_change(path, lambda c: c["files"][0].update(path="")), "the 'path' is empty"),
    "no-digest": (lambda path: with_change(path, lambda c: c.pop("digest")), "digest"),
    "bad-digest": (lambda path: with_change(path, lambda c: c.update(digest="../../etc/passwd")), "'digest' must be a SHA-256"),
    "unknown-field": (lambda path: with_change(path, lambda c: c.update(extra=1)), "extra"),
    "text-of-another-type": (lambda path: with_change(path, lambda c: c["files"][0].update(text=7)), "text"),
    "a-bundle-in-a-bundle": (lambda path: with_change(path, lambda c: c["files"][0].update(
        text=path.read_text(), sha256=digest(path.read_text()))), "arazzo"),
    "too-long": (lambda path: path.read_text() + " " * (16 * 1024 * 1024), "16777216"),
}


@pytest.mark.parametrize("make, message", BROKEN.values(), ids=BROKEN.keys())
def test_what_is_broken_is_refused(arazzo, bundle, tmp_path, make, message):
    made, _ = bundle(DOCUMENT)
    (tmp_path / "broken.bundle").write_text(make(made))
    done = arazzo("policy", tmp_path / "broken.bundle")
    assert (done.exit_status, done.stdout) == (1, "")
    assert message in done.stderr and "broken.bundle" in done.stderr


def test_a_mistake_in_a_bundled_document_has_its_own_place(arazzo, bundle, tmp_path):
    made, _ = bundle(DOCUMENT)
    change = with_change(made, lambda c: replace_text(c, 0, "stepId: deleteFailedImage\n      criteria", "stepId: nowhere\n      criteria", True))
    (tmp_path / "b").write_text(change)
    done = arazzo("policy", tmp_path / "b")
    line = 1 + (open(DOCUMENT).read().split("stepId: deleteFailedImage\n      criteria")[0]).count("\n")
    assert f"cleanup-workflow.yml:{line}:" in done.stderr and "in the bundle" in done.stderr


def test_one_in_a_pruned_description_has_none(arazzo, bundle, tmp_path):
    made, _ = bundle(DOCUMENT)
    (tmp_path / "b").write_text(with_change(made, lambda c: replace_text(c, 1, '"in":"query"', '"in":"moon"', True)))
    done = arazzo("policy", tmp_path / "b")
    assert done.exit_status == 1
    assert "openapi.yaml: in the bundle" in done.stderr and "moon" in done.stderr


REFUSED = {
    "no-output": (["bundle", DOCUMENT], 2, "-o FILE"),
    "no-document": (["bundle", "/no/such", "-o", "x"], 1, "/no/such"),
    "no-folder": (["bundle", DOCUMENT, "-o", "/no/such/x"], 1, "/no/such/x"),
}


@pytest.mark.parametrize("arguments, exit_status, message", REFUSED.values(), ids=REFUSED.keys())
def test_refused(arazzo, arguments, exit_status, message):
    done = arazzo(*arguments)
    assert (done.exit_status, done.stdout) == (exit_status, "")
    assert message in done.stderr


def test_only_files_are_replaced(arazzo, tmp_path):
    """Not a device, such as /dev/null, which would be lost for the whole machine."""
    os.mkfifo(tmp_path / "b")
    done = arazzo("bundle", DOCUMENT, "-o", tmp_path / "b")
    assert done.exit_status == 1 and "no file that could be replaced" in done.stderr
    assert (tmp_path / "b").is_fifo() and os.listdir(tmp_path) == ["b"]


def test_a_bundle_is_not_bundled(arazzo, bundle, tmp_path):
    made, _ = bundle(DOCUMENT)
    done = arazzo("bundle", made, "-o", tmp_path / "again")
    assert done.exit_status == 1 and "is a bundle already" in done.stderr
    assert not (tmp_path / "again").exists()


def test_a_document_that_does_not_load_is_not_bundled(arazzo, tmp_path):
    (tmp_path / "w.yaml").write_text(open(DOCUMENT).read().replace("operationId: GetImage", "operationId: GetImages"))
    done = arazzo("bundle", tmp_path / "w.yaml", "-o", tmp_path / "b")
    assert done.exit_status == 1 and "w.yaml:" in done.stderr
    assert os.listdir(tmp_path) == ["w.yaml"]


@pytest.mark.parametrize("name", ["w.yaml", "./w.yaml", "link.yaml", "hard.yaml", "api.yaml"])
def test_what_it_is_made_of_is_not_overwritten(arazzo, tmp_path, name):
    """Neither the document nor a description, under whatever name."""
    document = open(DOCUMENT).read()
    description = [path for path in pathlib.Path("descriptions/openapi").iterdir()][0].read_text()
    (tmp_path / "w.yaml").write_text(re.sub(r"url: \S+", "url: api.yaml", document))
    (tmp_path / "api.yaml").write_text(description)
    (tmp_path / "link.yaml").symlink_to("w.yaml")
    (tmp_path / "hard.yaml").hardlink_to(tmp_path / "w.yaml")
    before = {one.name: one.read_text() for one in tmp_path.iterdir()}
    done = arazzo("bundle", tmp_path / "w.yaml", "-o", f"{tmp_path}/{name}")
    assert done.exit_status in (1, 2) and "-o would overwrite" in done.stderr
    assert {one.name: one.read_text() for one in tmp_path.iterdir()} == before


def test_others_may_read_it(bundle, tmp_path):
    """Lambda reads its files as another user than the one who packaged them."""
    (tmp_path / "w.bundle.new").write_text("somebody else's")
    made, _ = bundle(DOCUMENT)
    assert made.stat().st_mode & 0o777 == 0o666 & ~umask()
    assert (tmp_path / "w.bundle.new").read_text() == "somebody else's"


def umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask
