"""Fixtures of the language's tests: one server that answers by things.openapi.yaml, the documents of tests/data/documents in a
folder for each version of the specification, and `play`, which runs their workflows.

The folders, the server and so the bootstraps live as long as the session: a test costs its requests.
"""

import json
import pathlib

import pytest

from contract import check_response
from openapi_double import OpenApiDouble, checked

DOCUMENTS = pathlib.Path(__file__).resolve().parents[2] / "data/documents"
VERSIONS = ("1.0.1", "1.1.0")


@pytest.fixture(scope="session")
def _things():
    with OpenApiDouble(DOCUMENTS / "things.openapi.yaml", also=[DOCUMENTS / "search.openapi.yaml"]) as double:
        yield double


@pytest.fixture
def things(_things):
    """The server: every operation answers {} unless the test says otherwise, and a request that is not as described fails
    the test."""
    with checked(_things):
        for operation in _things.description.operations:
            _things.answers(operation.identifier, {"json": {}})
        _things.answers("deleteThing", {"status": 204, "headers": {"Content-Type": None}})
        yield _things


@pytest.fixture(params=VERSIONS)
def version(request):
    """The version of the specification that the documents say; those of 1.1.0 alone are tested with that."""
    return request.param


@pytest.fixture(scope="session")
def _folders(tmp_path_factory, _things):
    made = {}
    for one in VERSIONS:
        made[one] = tmp_path_factory.mktemp(f"documents-{one}")
        for source in DOCUMENTS.iterdir():
            text = source.read_text().replace("http://server.test", _things.url)
            (made[one] / source.name).write_text(text.replace("arazzo: 1.0.1", f"arazzo: {one}"))
    return made


class Play:
    """Runs the workflows of one document."""

    def __init__(self, emulator, arazzo, folder):
        self.emulator, self.arazzo, self.folder = emulator, arazzo, folder

    def function(self, document, environment=None, **settings):
        """The emulator with a document."""
        variables = {"ARAZZO_DOCUMENT": f"{document}.arazzo.yaml", "AWS_REGION": None, **(environment or {})}
        return self.emulator(variables, task_root=str(self.folder), **settings)

    def step(self, document, event, **settings):
        """One invocation; its response."""
        result = self.function(document, **settings).invoke(event)
        assert not result.function_error, result.payload
        return check_response(result.payload)

    def run(self, document, workflow, inputs=None, most=60, **more):
        """As Step Functions does it: all responses."""
        event = {"workflowId": workflow, "inputs": inputs or {}, **more}
        results = self.function(document).run(event, most=most)
        for result in results:
            assert not result.function_error, result.payload
            check_response(result.payload)
        return [result.payload for result in results]

    def end(self, document, workflow, inputs=None, **more):
        """The last response."""
        return self.run(document, workflow, inputs, **more)[-1]

    def command(self, document, workflow, inputs=None):
        """`arazzo run`: what it printed."""
        done = self.arazzo("run", self.folder / f"{document}.arazzo.yaml", "--workflow", workflow, "--inputs",
                           json.dumps(inputs or {}), "--poll-seconds", "0")
        assert done.stdout, done.stderr
        return check_response(done.json)


@pytest.fixture
def play(emulator, arazzo, _folders, version):
    return Play(emulator, arazzo, _folders[version])
