"""Fixtures of the emulator's own tests."""

import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from raw_client import BOOTSTRAP  # noqa: E402  (the repository's root must be on the path first)

from emulator import Emulator  # noqa: E402


@pytest.fixture(scope="session")
def shared_aws():
    with Emulator(tls=True) as aws:
        yield aws


@pytest.fixture
def aws(shared_aws):
    """Image Builder alone, as if just started."""
    shared_aws.reset()
    shared_aws.clock.set_factor(0)
    return shared_aws


@pytest.fixture
def lambda_aws():
    """A factory of emulators with the test's function; all are stopped at the end."""
    started = []

    def start(**options):
        settings = {"function_timeout": 5, **options}
        started.append(Emulator(bootstrap=settings.pop("bootstrap", BOOTSTRAP), **settings))
        return started[-1]
    yield start
    for one in started:
        one.stop()
