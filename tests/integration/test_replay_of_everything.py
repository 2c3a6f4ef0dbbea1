"""Every workflow of the language's documents, and the OpenAPI Initiative's examples, through --dry-run, and through --trace and
--replay: a replay prints what the run printed, whatever features it used and however it ended. The services' answers are all the same
here; how they are judged is tested elsewhere."""

import json
import pathlib

import pytest
import yaml

from http_double import HttpDouble
from test_oai_examples import DATA, EXAMPLES, FULL, _examples, opened  # noqa: F401  (fixtures)

DOCUMENTS = pathlib.Path(__file__).resolve().parents[1] / "data/documents"
ENVIRONMENT = {"AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "not-a-real-key-1234567890"}
EVERY = {"headers": {"Retry-After": "0"}, "json": {"id": "7", "name": "lamp", "state": "done", "count": 2, "tags": ["a", "b"], "go": True}}


class Everything(HttpDouble):
    """Answers each request in the same way, with the status of the scene."""

    status = 200

    def take(self, request):
        with self._lock:
            self.requests.append(request)
        return {"status": self.status, **EVERY}


@pytest.fixture(scope="module")
def everything(tmp_path_factory):
    folder = tmp_path_factory.mktemp("everything")
    with Everything() as double:
        for source in DOCUMENTS.iterdir():
            (folder / source.name).write_text(source.read_text().replace("http://server.test", double.url))
        yield double, folder


def sample(schema):
    kinds = {"object": {}, "array": [], "integer": 1, "number": 1, "boolean": True}
    return kinds.get(schema.get("type"), "text")


def inputs_of(workflow):
    schema = workflow.get("inputs", {})
    if "key" in schema.get("required", []):
        return {"key": "k" * 20, "login": {"user": "u", "password": "p" * 20, "pins": ["q" * 20]}}
    return {name: sample(schema.get("properties", {}).get(name, {})) for name in schema.get("required", [])}


def check_replay(arazzo, document, workflow, inputs, trace):
    """`run` with a trace, then its replay without the network's credentials: the same output and exit status."""
    arguments = ("--inputs", json.dumps(inputs))
    done = arazzo("run", document, "--workflow", workflow, *arguments, "--poll-seconds", "0", "--max-steps", "12",
                  "--trace", trace, environment=ENVIRONMENT)
    assert done.stdout, done.stderr
    if not trace.exists():
        assert "errorType" in done.json
        return done
    again = arazzo("run", document, "--replay", trace, *arguments)
    assert (again.stdout, again.exit_status) == (done.stdout, done.exit_status), again.stderr
    trace.unlink()
    return done


WITH_DESCRIPTIONS = sorted(path.name for path in DOCUMENTS.glob("*.arazzo.yaml") if not path.name.startswith("sources-"))


@pytest.mark.parametrize("name", WITH_DESCRIPTIONS)
def test_documents(arazzo, everything, tmp_path, name):
    double, folder = everything
    workflows = yaml.safe_load((folder / name).read_text())["workflows"]
    for number, workflow in enumerate(workflows):
        double.status = 409 if number % 4 == 3 else 200
        done = check_replay(arazzo, folder / name, workflow["workflowId"], inputs_of(workflow), tmp_path / "t.json")
        if "errorType" in done.json:
            continue
        sent = len(double.requests)
        dry = arazzo("run", folder / name, "--workflow", workflow["workflowId"], "--inputs", json.dumps(inputs_of(workflow)),
                     "--dry-run", environment={"AWS_REGION": "eu-west-1"})
        assert isinstance(dry.json, list) and dry.json, dry.stderr
        assert (dry.exit_status == 0) == all("error" not in entry for entry in dry.json)
        assert len(double.requests) == sent


@pytest.mark.skipif(not DATA.is_dir(), reason=f"the conformance data is not here: {DATA} (CONFORMANCE_DATA)")
@pytest.mark.parametrize("name", FULL)
def test_published_examples(arazzo, opened, tmp_path, name):  # noqa: F811
    double, folder = opened(name)
    script, workflow, inputs = FULL[name]
    script(double)
    document = folder / EXAMPLES[name].document
    dry = arazzo("run", document, "--workflow", workflow, "--inputs", json.dumps(inputs), "--dry-run")
    assert (dry.exit_status, double.called()) == (0, []), dry.stderr
    assert all(entry["url"].startswith(double.server) for entry in dry.json)
    done = check_replay(arazzo, document, workflow, inputs, tmp_path / "t.json")
    assert (done.exit_status, done.json["status"]) == (0, "SUCCEEDED")
