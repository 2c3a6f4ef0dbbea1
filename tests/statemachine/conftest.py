"""Fixtures: the interpreters, installed when they are missing. What can't be had is skipped, and the reason is said."""

import shutil
import subprocess

import pytest

import interpreters
from fake_lambda import FakeLambda


@pytest.fixture(scope="session")
def harness():
    """The folder of the Node harness, its packages installed from the lock file."""
    if not interpreters.node():
        pytest.skip("Node.js is not installed (Debian: nodejs)")
    if not interpreters.installed(interpreters.HARNESS):
        if not shutil.which("npm"):
            pytest.skip("npm is not installed (Debian: npm)")
        subprocess.run(["npm", "ci", "--ignore-scripts"], cwd=interpreters.HARNESS, check=True)
    return interpreters.HARNESS


@pytest.fixture(scope="session")
def moto():
    """moto's interpreter, its Lambda calls going to moto.fake."""
    program = interpreters.python_with_interpreter()
    if not program:
        pytest.skip(interpreters.HOW_TO_GET_MOTO)
    with FakeLambda() as fake, interpreters.Moto(program, fake) as server:
        yield server
