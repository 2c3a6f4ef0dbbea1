"""The programs under test, and how they are started: shared by the fixtures and by tests that call the programs themselves."""

import os
import pathlib

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]

# Sanitizers are told by these how to report; Lambda knows nothing of them.
SANITIZER_NAMES = ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS")


def built(name):
    folder = ROOT / os.environ.get("ARAZZO_BUILD", "build/dev")
    path = folder / name
    if name == "bootstrap" and "ARAZZO_BOOTSTRAP" in os.environ:
        path = ROOT / os.environ["ARAZZO_BOOTSTRAP"]
    if not path.exists():
        pytest.fail(f"{path} is not built; set ARAZZO_BUILD to the build folder")
    return path


def sanitizer_environment():
    return {name: os.environ[name] for name in SANITIZER_NAMES if name in os.environ}
