"""Fixtures: an account of AWS in moto's server, and a function that runs one of our workflows in it."""

import json
import pathlib
import sys
import uuid

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.path.insert(0, str(HERE.parents[1] / "support"))

from account import Account  # noqa: E402  (the folders must be on the path first)
from contract import check_response  # noqa: E402
from moto_server import HOW_TO_GET_IT, python_with_moto  # noqa: E402
from workspace import Workspace  # noqa: E402


@pytest.fixture(scope="session")
def program():
    found = python_with_moto("moto.server, flask, yaml")
    if not found:
        pytest.skip(HOW_TO_GET_IT)
    return found


@pytest.fixture(scope="session")
def account(program):
    with Account(program) as one:
        yield one


@pytest.fixture(scope="session")
def workspace(program, tmp_path_factory):
    return Workspace(tmp_path_factory.mktemp("aws"), program)


@pytest.fixture
def name(request):
    """A name that nothing else in the account has; it tells which test made what."""
    return f"{request.node.originalname.removeprefix('test_').replace('_', '-')}-{uuid.uuid4().hex[:8]}"


def by_command(arazzo, workspace, document, inputs, environment, url):
    """As a person at a terminal does: the last response, and all that was written."""
    path = workspace.folder / workspace.document(document)
    done = arazzo("run", path, "--inputs", json.dumps(inputs), "--endpoint-url", url, "--poll-seconds", 0,
                  environment=environment)
    assert done.stdout, done.stderr
    return check_response(done.json), done.stdout + done.stderr


def by_function(emulator, workspace, document, inputs, environment, url):
    """As Step Functions does: each response is the next event, until the run is over."""
    aws = emulator({"ARAZZO_DOCUMENT": workspace.document(document), "ARAZZO_POLL_SECONDS": "0",
                    "AWS_ENDPOINT_URL": url, **environment}, task_root=str(workspace.folder))
    seen = len(aws.logs())
    results = aws.run({"inputs": inputs})
    assert not any(result.function_error for result in results), results[-1].payload
    return check_response(results[-1].payload), "\n".join(line.text for line in aws.logs()[seen:])


@pytest.fixture(params=["command", "function"])
def run(request, account, workspace):
    """A function that runs a workflow with its inputs: (last response, what was logged)."""
    with_runner = {"command": (by_command, "arazzo"), "function": (by_function, "emulator")}
    runner, fixture = with_runner[request.param]
    means = request.getfixturevalue(fixture)

    def start(document, inputs, **environment):
        return runner(means, workspace, document, inputs, account.environment(**environment), account.url)
    return start


@pytest.fixture
def outputs(run):
    """A function that runs a workflow, which must succeed: its outputs."""
    def start(document, inputs):
        response, log = run(document, inputs)
        assert response["status"] == "SUCCEEDED", (response, log)
        return response["outputs"]
    return start
