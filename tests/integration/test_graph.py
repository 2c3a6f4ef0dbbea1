"""`arazzo graph`: what is drawn (tests/data/graph.json), that it can be read, and that each format's own parser takes it."""

import html
import json
import re
import shutil
import subprocess

import pytest

from built import ROOT
from image_run import DOCUMENT
from picture import Picture, faults_of, mermaid_arrows

CASES = json.loads((ROOT / "tests/data/graph.json").read_text())
DOCUMENTS = [DOCUMENT] + [f"tests/data/documents/{name}.arazzo.yaml" for name in (
    "bodies", "corners", "criteria", "depends", "depends-1.1", "ends", "keys", "library", "loops", "nested", "outcomes", "promises",
    "secrets", "selectors", "timeouts", "transfers", "transfers-1.1", "values")]
FORMATS = ["mermaid", "dot", "svg"]
IMAGE = "docs/images/build-image.svg"


def named(cases):
    return {"argvalues": cases, "ids": [case["name"].replace(" ", "-") for case in cases]}


PARAMETERS = [{"name": "id", "in": "path", "value": "a"}]
GET = {"operationId": "getThing", "parameters": PARAMETERS}
DELETE = {"operationId": "deleteThing", "parameters": PARAMETERS}


def document_of(case):
    """A document with the case's workflow, and two that it may run."""
    steps = [{**({} if "workflowId" in step else GET), **step} for step in case["steps"]]
    return {"arazzo": "1.0.1", "info": {"title": "t", "version": "1"},
            "sourceDescriptions": [{"name": "things", "url": "things.openapi.yaml", "type": "openapi"}],
            "workflows": [{"workflowId": "drawn", "dependsOn": case.get("dependsOn", []), "steps": steps},
                          {"workflowId": "other", "steps": [{"stepId": "s", **GET}]},
                          {"workflowId": "cleaning", "steps": [{"stepId": "s", **DELETE}]}]}


@pytest.fixture
def attempt(arazzo, tmp_path):
    """Runs `arazzo graph` for the case's workflow."""
    def call(case, form):
        (tmp_path / "things.openapi.yaml").write_text((ROOT / "tests/data/documents/things.openapi.yaml").read_text())
        (tmp_path / "d.json").write_text(json.dumps(document_of(case)))
        return arazzo("graph", tmp_path / "d.json", "--workflow", "drawn", "--format", form)
    return call


@pytest.fixture
def draw(attempt):
    """The picture of the case's workflow."""
    def call(case, form):
        done = attempt(case, form)
        assert (done.exit_status, done.stderr) == (0, "")
        return done.stdout
    return call


@pytest.mark.parametrize("case", **named(CASES))
def test_arrows(draw, case):
    text = draw(case, "mermaid")
    assert sorted(mermaid_arrows(text)) == sorted(case["arrows"])
    assert [part for part in case.get("mermaid", []) if part not in text] == []


@pytest.mark.parametrize("case", **named([case for case in CASES if "boxes" in case]))
def test_boxes(draw, case):
    texts = Picture(draw(case, "svg")).texts
    for lines in case["boxes"]:
        assert lines in [texts[i:i + len(lines)] for i in range(len(texts))]


@pytest.mark.parametrize("case", **named(CASES))
def test_cases_are_readable(draw, case):
    for panel in Picture(draw(case, "svg")).panels:
        assert faults_of(panel) == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_pictures_are_readable(arazzo, document):
    """No label or box on another one, no arrow through a box, nothing outside of the picture."""
    picture = Picture(arazzo("graph", document, "--format", "svg").stdout)
    assert picture.panels
    for panel in picture.panels:
        assert faults_of(panel) == []
        assert all(0 <= rect.left and 0 <= rect.top and rect.right <= picture.width and rect.bottom <= picture.height
                   for rect in panel.boxes + panel.labels)


def test_pictures_tell_the_same_to_who_does_not_see_them(arazzo):
    picture = Picture(arazzo("graph", DOCUMENT, "--format", "svg").stdout)
    assert picture.root.get("role") == "img"
    title, description = picture.root[0], picture.root[1]
    assert picture.root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    assert title.text == "Arazzo workflow build-image-with-failure-cleanup"
    assert ('From step getImage to step deleteFailedImage, which deletes: image.state.status is "FAILED" or "CANCELLED".'
            in description.text)


def test_the_readmes_picture_is_current(arazzo):
    assert (ROOT / IMAGE).read_text() == arazzo("graph", DOCUMENT, "--format", "svg").stdout, \
        f"run arazzo graph {DOCUMENT} -o {IMAGE}"
    assert IMAGE in (ROOT / "README.md").read_text()


# ---- the formats' own parsers ----

@pytest.mark.parametrize("form", FORMATS)
def test_what_reorders_text_or_is_none_is_not_drawn(draw, form):
    """Marks of direction, which let a name be read as another one, and U+FFFF, which XML does not have."""
    picture = draw({"steps": [{"stepId": "a\u202eb\u2066c\uffffd\ufffee \u05d0"}]}, form)
    assert "a\ufffdb\ufffdc\ufffdd\ufffde \u05d0" in picture.replace("&#xFFFD;", "\ufffd")


@pytest.mark.skipif(not shutil.which("dot"), reason="Graphviz is not installed")
@pytest.mark.parametrize("case", **named(CASES[-2:]))
def test_graphviz_reads_dot(draw, case):
    done = subprocess.run(["dot", "-Tplain"], input=draw(case, "dot"), capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(re.findall("(?m)^edge ", done.stdout)) == len(case["arrows"])


@pytest.mark.skipif(not shutil.which("dot"), reason="Graphviz is not installed")
def test_graphviz_keeps_texts(draw):
    """What a backslash or "&" would begin in dot comes out as it was."""
    done = subprocess.run(["dot", "-Tsvg"], input=draw(CASES[-1], "dot"), capture_output=True, text=True)
    texts = [html.unescape(text) for text in re.findall("<text[^>]*>([^<]*)</text>", done.stdout)]
    assert [line for line in CASES[-1]["boxes"][0] if line not in [text.replace("\xa0", " ") for text in texts]] == []


# ---- the command ----

def test_all_workflows_or_one(arazzo):
    document = "tests/data/documents/transfers.arazzo.yaml"
    assert len(Picture(arazzo("graph", document, "--format", "svg").stdout).panels) == 15
    one = arazzo("graph", document, "--format=svg", "--workflow", "refresh").stdout
    assert len(Picture(one).panels) == 1 and "refresh" in Picture(one).texts


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_document_gives_the_same_bytes(arazzo, form):
    command = ["graph", "tests/data/documents/nested.arazzo.yaml", "--format", form]
    assert arazzo(*command).stdout == arazzo(*command, environment={"LC_ALL": "de_DE.UTF-8", "TZ": "Asia/Tokyo"}).stdout


@pytest.mark.parametrize("name, start", [("a.svg", "<svg"), ("a.dot", "digraph"), ("a.gv", "digraph"), ("a.mmd", "flowchart")])
def test_a_file_in_the_format_of_its_name(arazzo, tmp_path, name, start):
    done = arazzo("graph", DOCUMENT, "-o", tmp_path / name)
    assert (done.exit_status, done.stdout, done.stderr) == (0, "", "")
    assert (tmp_path / name).read_text().startswith(start)


def test_it_needs_no_configuration(arazzo):
    """A picture sends nothing: what would stop a run is not looked at."""
    done = arazzo("graph", DOCUMENT, environment={"ARAZZO_POLL_SECONDS": "x", "AWS_ENDPOINT_URL": "x", "HOME": "/dev/null",
                                                  "AWS_PROFILE": "none", "AWS_CA_BUNDLE": "/no/such/file"})
    assert (done.exit_status, done.stderr) == (0, "")


STATUSES = {
    "no-document": (["graph"], 2, "graph needs DOC"),
    "two-documents": (["graph", DOCUMENT, DOCUMENT], 2, "one too many"),
    "unknown-format": (["graph", DOCUMENT, "--format", "png"], 2, "mermaid|dot|svg"),
    "no-file": (["graph", DOCUMENT, "-o", ""], 2, "-o needs the path of a file"),
    "missing-document": (["graph", "no-such.yml"], 1, "no-such.yml"),
    "no-arazzo-document": (["graph", "descriptions/openapi/amazon-ec2-image-builder-openapi.yaml"], 1, "openapi.yaml:"),
    "unknown-workflow": (["graph", DOCUMENT, "--workflow", "w"], 1,
                         "no workflow 'w'; it has 1, the first is 'build-image-with-failure-cleanup'"),
    "folder-missing": (["graph", DOCUMENT, "-o", "/no/such/folder/a.svg"], 1, "can't be written"),
    "disk-full": (["graph", DOCUMENT, "-o", "/dev/full"], 1, "can't be written"),
}


@pytest.mark.parametrize("arguments, status, part", STATUSES.values(), ids=STATUSES.keys())
def test_exit_status(arazzo, arguments, status, part):
    done = arazzo(*arguments)
    assert (done.exit_status, done.stdout) == (status, "")
    assert part in done.stderr


# ---- bounds ----

def long_workflow(count, jump):
    """Each step may also go `jump` steps further."""
    def step(number):
        action = {"name": "n", "type": "goto", "stepId": f"s{(number + jump) % count}", "criteria": [{"condition": "$statusCode == 1"}]}
        return {"stepId": f"s{number}", **({"onSuccess": [action]} if jump else {})}
    return {"steps": [step(number) for number in range(count)]}


def test_a_thousand_steps(draw):
    picture = Picture(draw(long_workflow(1000, 0), "svg"))
    assert len(picture.panels[0].boxes) == 1002


def test_arrows_that_pass_many_steps(draw):
    picture = Picture(draw(long_workflow(40, 7), "svg"))
    assert faults_of(picture.panels[0]) == []


def test_too_much_for_a_picture_is_refused(attempt, draw):
    done = attempt(long_workflow(1000, 400), "svg")
    assert (done.exit_status, done.stdout) == (1, "")
    assert "workflow drawn: its picture would have more than 100000 places for boxes and passing arrows" in done.stderr
    assert draw(long_workflow(1000, 400), "dot").count("->") == 2001


def test_mermaids_own_bounds_are_told(attempt):
    done = attempt(long_workflow(600, 0), "mermaid")
    assert done.exit_status == 0
    assert "Mermaid draws up to 500 in 50000" in done.stderr
