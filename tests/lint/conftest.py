"""Fixtures: `arazzo validate` of this build. ARAZZO_BUILD is the build folder (default build/dev)."""

import json
import os
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
TIME_LIMIT_SECONDS = 30
SANITIZER_NAMES = ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS")


@pytest.fixture(scope="session")
def program():
    path = ROOT / os.environ.get("ARAZZO_BUILD", "build/dev") / "arazzo"
    if not path.exists():
        pytest.fail(f"{path} is not built; set ARAZZO_BUILD to the build folder")
    return path


@pytest.fixture
def validate(program, tmp_path):
    """Runs it in the test's folder, without credentials, region or home."""
    environment = {"PATH": os.environ["PATH"], **{name: os.environ[name] for name in SANITIZER_NAMES if name in os.environ}}

    def run(*arguments):
        return subprocess.run([program, "validate", *map(str, arguments)], cwd=tmp_path, capture_output=True, text=True,
                              env=environment, timeout=TIME_LIMIT_SECONDS)
    return run


@pytest.fixture
def findings(validate):
    """The findings of documents, as objects."""
    return lambda *arguments: json.loads(validate(*arguments, "--format", "json").stdout)
