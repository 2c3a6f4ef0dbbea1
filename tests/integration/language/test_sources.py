"""Source descriptions: other Arazzo documents with their own components and sources, folders, $self, identities."""

import os

import pytest

from contract import check_refusal, check_response

MAIN = "main/main.arazzo.yaml"
# Where the files lie: main and the other document name each other, and each has descriptions of its own.
LAYOUT = {MAIN: "sources-main.arazzo.yaml", "lib/flows/other.arazzo.yaml": "sources-other.arazzo.yaml",
          "lib/flows/api/alt.openapi.yaml": "alt.openapi.yaml", "things.openapi.yaml": "things.openapi.yaml"}
ONLY_1_1 = pytest.mark.parametrize("version", ["1.1.0"])


def lay_out(folder, source, layout):
    for target, name in layout.items():
        (folder / target).parent.mkdir(parents=True, exist_ok=True)
        (folder / target).write_text((source / name).read_text())
    return folder


@pytest.fixture(scope="session")
def _trees(tmp_path_factory, _folders):
    return {version: lay_out(tmp_path_factory.mktemp("tree"), folder, LAYOUT) for version, folder in _folders.items()}


@pytest.fixture
def run(emulator, _trees, version):
    def go(workflow, inputs=None):
        aws = emulator({"ARAZZO_DOCUMENT": MAIN, "AWS_REGION": None}, task_root=str(_trees[version]))
        results = aws.run({"workflowId": workflow, "inputs": inputs or {}})
        for result in results:
            assert not result.function_error, result.payload
            check_response(result.payload)
        return results[-1].payload
    return go


def test_a_step_runs_a_workflow_of_another_document(run, things):
    """Its components and its sources are its own: the same operationId is another operation there."""
    things.answers("getAlt", {"json": {"name": "other"}})
    assert run("call-other")["outputs"] == {"name": "other"}
    assert things.sent() == ["GET /alt/there?tag=of-other", "GET /things/main?tag=of-main"]


def test_the_same_name_here(run, things):
    things.answers("getThing", {"json": {"name": "own"}})
    assert run("call-own")["outputs"] == {"name": "own"}
    assert things.sent() == ["GET /things/own?tag=of-main"]


TRANSFERS = {
    "goto-other": ({"json": {}}, ["GET /things/a", "GET /alt/other?tag=of-other"]),
    "depends-on-other": ({"json": {}}, ["GET /alt/other?tag=of-other", "GET /things/a"]),
}


@pytest.mark.parametrize("workflow, answer, sent", [(name, *rest) for name, rest in TRANSFERS.items()], ids=TRANSFERS.keys())
def test_transfers_to_another_document(run, things, workflow, answer, sent):
    things.on("GET /things/a", answer)
    assert run(workflow)["status"] == "SUCCEEDED"
    assert things.sent() == sent


def test_a_detour_to_another_document(run, things):
    things.on("GET /things/a", {"status": 409}, {"json": {}})
    assert run("detour-to-other")["status"] == "SUCCEEDED"
    assert things.sent() == ["GET /things/a", "GET /alt/other?tag=of-other", "GET /things/a"]


def test_documents_that_name_each_other(run, things):
    things.answers("getThing", {"json": {"name": "main"}})
    things.answers("getAlt", {"json": {"name": "other"}})
    assert run("there-and-back")["outputs"] == {"name": "main"}
    assert things.sent() == ["GET /things/back?tag=of-main", "GET /alt/other?tag=of-other"]


def test_a_workflow_of_another_document_is_not_an_entry(emulator, _trees, version, things):
    aws = emulator({"ARAZZO_DOCUMENT": MAIN, "AWS_REGION": None}, task_root=str(_trees[version]))
    check_refusal(aws.invoke({"workflowId": "back", "inputs": {}}), "Arazzo.InvalidEvent", "back")
    assert things.sent() == []


@pytest.mark.skipif(os.environ.get("ARAZZO_BUNDLED") == "1", reason="a bundle does not change when its sources do")
def test_another_document_that_changes_is_another_document(emulator, _folders, version, things, tmp_path):
    """The state carries the digest of every document that it was made with."""
    folder = lay_out(tmp_path, _folders[version], LAYOUT)
    aws = emulator({"ARAZZO_DOCUMENT": MAIN, "AWS_REGION": None}, task_root=str(folder))
    response = check_response(aws.invoke({"workflowId": "call-other", "inputs": {}}).payload)
    other = folder / "lib/flows/other.arazzo.yaml"
    other.write_text(other.read_text() + "# one comment more\n")
    aws.reset()
    check_refusal(aws.invoke(response), "Arazzo.DocumentChanged")
    assert len(things.sent()) == 1


# ---- $self ----

CALL = """arazzo: 1.1.0
{self}
info: {{title: t, version: 1.0.0}}
sourceDescriptions:
- {{name: things, url: {things}, type: openapi}}
{more}
workflows:
- workflowId: w
  steps:
  - stepId: get
    operationId: getThing
    parameters: [{{name: id, in: path, value: a}}]
{steps}"""
STEP = """  - stepId: child
    workflowId: $sourceDescriptions.other.child
"""
CHILD = """arazzo: 1.1.0
{self}
info: {{title: t, version: 1.0.0}}
sourceDescriptions:
- {{name: things, url: {things}, type: openapi}}
workflows:
- workflowId: child
  steps:
  - stepId: get
    operationId: getThing
    parameters: [{{name: id, in: path, value: child}}]
"""
SELF = "$self: https://flows.example.com/team/main.arazzo.yaml"

# The document; where it lies; where the description lies; the other document and where it lies.
SELVES = {
    "absolute-with-relative-url": (dict(self=SELF, things="../api/things.openapi.yaml"), "team/main.arazzo.yaml",
                                   "api/things.openapi.yaml", None, None),
    "absolute-with-absolute-url": (dict(self=SELF, things="https://flows.example.com/api/things.openapi.yaml"),
                                   "team/main.arazzo.yaml", "api/things.openapi.yaml", None, None),
    "absolute-in-the-same-folder": (dict(self=SELF, things="https://flows.example.com/team/things.openapi.yaml"),
                                    "main.arazzo.yaml", "things.openapi.yaml", None, None),
    "relative": (dict(self="$self: deep/main.arazzo.yaml", things="../things.openapi.yaml"), "main.arazzo.yaml",
                 "things.openapi.yaml", None, None),
    "relative-into-its-folder": (dict(self="$self: deep/main.arazzo.yaml", things="things.openapi.yaml"), "main.arazzo.yaml",
                                 "deep/things.openapi.yaml", None, None),
    "other-document-by-absolute-url": (
        dict(self=SELF, things="things.openapi.yaml", steps=STEP,
             more="- {name: other, url: 'https://flows.example.com/team/lib/child.arazzo.yaml', type: arazzo}"),
        "main.arazzo.yaml", "things.openapi.yaml",
        dict(self="$self: https://flows.example.com/team/lib/child.arazzo.yaml", things="../things.openapi.yaml"),
        "lib/child.arazzo.yaml"),
}


@ONLY_1_1
@pytest.mark.parametrize("main, place, description, child, child_place", SELVES.values(), ids=SELVES.keys())
def test_self(arazzo, _folders, things, tmp_path, main, place, description, child, child_place, version):
    """Relative URLs are resolved against $self; files are found by the relation of the URLs."""
    lay_out(tmp_path, _folders[version], {description: "things.openapi.yaml"})
    write(tmp_path / place, CALL.format(**{"more": "", "steps": "", **main}))
    if child:
        write(tmp_path / child_place, CHILD.format(**child))
    done = arazzo("run", tmp_path / place)
    assert done.exit_status == 0, done.stderr
    assert things.sent() == ["GET /things/a"] + (["GET /things/child"] if child else [])


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@ONLY_1_1
def test_a_document_is_known_by_its_identity(arazzo, _folders, things, tmp_path, version):
    """What has been loaded from elsewhere and says $self is meant by that URL: references MUST use the $self value."""
    lay_out(tmp_path, _folders[version], {"things.openapi.yaml": "things.openapi.yaml"})
    identity = "https://flows.example.com/canonical/child.arazzo.yaml"
    more = (f"- {{name: copy, url: cache/abc123.yaml, type: arazzo}}\n"
            f"- {{name: other, url: '{identity}', type: arazzo}}")
    write(tmp_path / "main.arazzo.yaml", CALL.format(self="", things="things.openapi.yaml", more=more, steps=STEP))
    write(tmp_path / "cache/abc123.yaml", CHILD.format(self=f"$self: {identity}",
                                                       things="https://flows.example.com/things.openapi.yaml"))
    lay_out(tmp_path, _folders[version], {"things.openapi.yaml": "things.openapi.yaml"})
    done = arazzo("run", tmp_path / "main.arazzo.yaml")
    assert done.exit_status == 0, done.stderr
    assert things.sent() == ["GET /things/a", "GET /things/child"]


# ---- what is refused ----

def case(find, put, where, *parts, file=MAIN):
    return find, put, where, parts, file


BROKEN = {
    "missing-workflow": case("workflowId: $sourceDescriptions.other.fetch\n    parameters",
                             "workflowId: ¤$sourceDescriptions.other.fetsh\n    parameters",
                             MAIN, "fetsh", "other"),
    "missing-source": case("workflowId: $sourceDescriptions.other.back", "workflowId: ¤$sourceDescriptions.others.back", MAIN,
                           "others"),
    "missing-file": case("../lib/flows/other.arazzo.yaml", "¤../lib/other.arazzo.yaml", MAIN, "lib/other.arazzo.yaml"),
    "https": case("../lib/flows/other.arazzo.yaml", "¤https://flows.example.com/other.arazzo.yaml", MAIN,
                  "https://flows.example.com/other.arazzo.yaml", "beside"),
    "openapi-as-arazzo": case("../lib/flows/other.arazzo.yaml, type: arazzo", "../things.openapi.yaml, type: ¤arazzo", MAIN,
                              "things.openapi.yaml"),
    "arazzo-as-openapi": case("../things.openapi.yaml, type: openapi", "../lib/flows/other.arazzo.yaml, type: ¤openapi", MAIN,
                              "other.arazzo.yaml"),
    "depends-on-missing": case("[$sourceDescriptions.other.fetch]", "[¤$sourceDescriptions.other.none]", MAIN, "none"),
    "goto-missing": case("type: goto, workflowId: $sourceDescriptions.other.fetch",
                         "type: goto, workflowId: ¤$sourceDescriptions.other.none",
                         MAIN, "none"),
    "detour-missing": case("type: retry, workflowId: $sourceDescriptions.other.fetch",
                           "type: retry, workflowId: ¤$sourceDescriptions.other.none",
                           MAIN, "none"),
    "a-mistake-in-the-other": case("    operationId: getThing", "    operationId: ¤getThings", "other.arazzo.yaml", "getThings",
                                   file="lib/flows/other.arazzo.yaml"),
    "components-are-not-shared": case("    tag: {name: tag, in: query, value: of-other}",
                                      "    mark: {name: tag, in: query, value: of-other}",
                                      "other.arazzo.yaml", "tag", file="lib/flows/other.arazzo.yaml"),
    "source-of-the-other-missing": case("api/alt.openapi.yaml", "¤api/none.openapi.yaml", "other.arazzo.yaml",
                                        "none.openapi.yaml",
                                        file="lib/flows/other.arazzo.yaml"),
    "bare-name-of-another-documents-workflow": case("workflowId: $sourceDescriptions.other.back", "workflowId: ¤back", MAIN,
                                                    "back"),
}


@pytest.mark.parametrize("find, put, where, parts, file", BROKEN.values(), ids=BROKEN.keys())
def test_refused(emulator, arazzo, _folders, version, things, tmp_path, find, put, where, parts, file):
    folder = lay_out(tmp_path, _folders[version], LAYOUT)
    text = (folder / file).read_text()
    assert text.count(find) >= 1
    text = text.replace(find, put, 1)
    if "¤" in text:
        at = text.index("¤")
        text = text[:at] + text[at + 1:]
        line = text.count("\n", 0, at) + 1
        where = f"{where}:{line}:{at - text.rfind(chr(10), 0, at)}:"
    (folder / file).write_text(text)
    done = arazzo("run", folder / MAIN, "--workflow", "fetch")
    assert (done.exit_status, done.stdout) == (1, "")
    for part in (where, *parts):
        assert part in done.stderr
    aws = emulator({"ARAZZO_DOCUMENT": MAIN, "AWS_REGION": None}, task_root=str(folder))
    check_refusal(aws.invoke({"workflowId": "fetch", "inputs": {}}), "Arazzo.InvalidDocument", where, *parts)
    assert things.sent() == []
