"""Fixtures: the emulator around the real bootstrap, the real `arazzo` command, and a small HTTP server.

ARAZZO_BUILD is the folder of the programs (default build/dev); ARAZZO_BOOTSTRAP names another bootstrap, for example the
packaged one. With ARAZZO_BUNDLED=1 documents are bundled before they are run: the same tests show that a bundle runs as its source.
"""

import json
import os
import pathlib
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "tests/support"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from built import built, sanitizer_environment  # noqa: E402  (the folders must be on the path first)
from bundled import Bundles  # noqa: E402
from command_line import Arazzo  # noqa: E402
from http_double import HttpDouble  # noqa: E402

from emulator import Emulator  # noqa: E402


@pytest.fixture(scope="session")
def _emulators():
    started = {}
    yield started
    for one in started.values():
        one.stop()


@pytest.fixture(scope="session")
def bundles(tmp_path_factory):
    """Makes bundles in place of documents where ARAZZO_BUNDLED asks for it."""
    return Bundles(built("arazzo")) if os.environ.get("ARAZZO_BUNDLED") == "1" else None


def as_if_new(aws, cold):
    """Forgets what was before. The bootstrap's process stays unless `cold`: starting one takes most of a test's time."""
    aws.reset(cold)
    aws.image_builder.script(["AVAILABLE"])


@pytest.fixture
def emulator(_emulators, bundles):
    """A function that gives an emulator as if just started. Those with the same settings share their listeners.

    Requests are sent once in an invocation unless the test says otherwise: backoff costs real seconds.
    """
    used = []

    def start(environment=None, cold=False, **settings):
        variables = {"AWS_MAX_ATTEMPTS": "1", **sanitizer_environment(), **(environment or {})}
        if bundles and "ARAZZO_DOCUMENT" in variables:
            folder = pathlib.Path(settings.get("task_root", ROOT))
            bundle = bundles.of(folder / variables["ARAZZO_DOCUMENT"])
            variables["ARAZZO_DOCUMENT"] = os.path.relpath(bundle, folder)
        key = json.dumps([variables, settings], sort_keys=True, default=str)
        if key not in _emulators:
            _emulators[key] = Emulator(bootstrap=str(built("bootstrap")), environment=variables,
                                       **{"task_root": str(ROOT), **settings})
        as_if_new(_emulators[key], cold)
        used.append((_emulators[key], len(_emulators[key].logs())))
        return _emulators[key]
    yield start
    for one, seen in used:
        crashed = [line.text for line in one.logs()[seen:] if "Sanitizer" in line.text or "runtime error:" in line.text]
        assert crashed == []


@pytest.fixture
def aws(emulator):
    """The emulator with the default settings."""
    return emulator()


@pytest.fixture(scope="session")
def arazzo(bundles):
    """The `arazzo` command."""
    return Arazzo(built("arazzo"), ROOT, sanitizer_environment(), bundles)


@pytest.fixture
def server():
    """An HTTP server whose answers the test writes."""
    with HttpDouble() as double:
        yield double


@pytest.fixture
def documents(server, tmp_path):
    """The documents of tests/data/documents, with the test's server as theirs."""
    for source in (ROOT / "tests/data/documents").iterdir():
        (tmp_path / source.name).write_text(source.read_text().replace("http://server.test", server.url))
    return tmp_path
